#include "linum/optim/contrib_wrappers.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/accumulation.h"
#include "linum/optim/clipping.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"
#include "linum/optim/tree_state.h"
#include "linum/random/random.h"

namespace linum::optim::contrib {

GradientTransformation normalize() {
  return stateless([](const Tree& updates, const Tree&) {
    Array norm = tree_norm(updates);
    return tree::map([&](const Array& g) { return g / norm; }, updates);
  });
}

// --- SAM -------------------------------------------------------------------------------------

namespace {

Tree negated(const Tree& t) {
  return tree::map([](const Array& x) { return -x; }, t);
}

struct Sam {
  GradientTransformation optimizer, adversary;
  SamOptions options;

  Tree init(const Tree& params) const {
    return {{"steps_since_sync", zero_count()},
            {"opt_state", optimizer.init(params)},
            {"adv_state", adversary.init(params)},
            {"cache", options.opaque_mode ? Tree() : params}};
  }

  // One update of the parameters is one step up or, at the end of a period, the step down.
  GradientTransformation::Updated update(const Tree& updates, const Tree& state,
                                         const Tree& params) const {
    require_params(params, "sam");
    const Array& step = state["steps_since_sync"];
    Array first = step == 0, last = step == options.sync_period - 1;
    auto [up, adv_state] = adversary.update(updates, state["adv_state"], params);
    auto [down, opt_state] = optimizer.update(updates, state["opt_state"], state["cache"]);
    Tree back = tree_add(tree_sub(state["cache"], params), down);
    Tree restarted = options.reset_state ? adversary.init(params) : state["adv_state"];
    Tree next{{"steps_since_sync", (step + 1) % options.sync_period},
              {"adv_state", tree_where(last, restarted, adv_state)},
              {"opt_state", tree_where(last, opt_state, state["opt_state"])},
              {"cache", tree_where(first, params, state["cache"])}};
    return {tree_where(last, back, negated(up)), next};
  }

  GradientTransformation::Updated update_at_once(const Tree& updates, const Tree& state,
                                                 const Tree& params, const ExtraArgs& extra) const {
    require_params(params, "sam");
    if (!extra.grad_fn) {
      throw ValueError(
          "sam in opaque mode takes gradients at other parameters; call "
          "update(updates, state, params, {.grad_fn = ...})");
    }
    Tree at = params, gradient = updates, adv_state = state["adv_state"];
    for (int i = 0; i < options.sync_period - 1; ++i) {
      auto [up, next] = adversary.update(gradient, adv_state, at);
      at = apply_updates(at, negated(up));
      adv_state = next;
      gradient = extra.grad_fn(at, i);
    }
    if (options.reset_state) adv_state = adversary.init(params);
    auto [down, opt_state] = optimizer.update(gradient, state["opt_state"], params);
    return {down, Tree{{"steps_since_sync", zero_count()},
                       {"adv_state", adv_state},
                       {"opt_state", opt_state},
                       {"cache", Tree()}}};
  }
};

}  // namespace

GradientTransformation sam(GradientTransformation optimizer, GradientTransformation adv_optimizer,
                           SamOptions options) {
  if (options.sync_period < 1) {
    throw ValueError(str_cat("sam needs a sync_period of 1 or more, got ", options.sync_period));
  }
  auto all =
      std::make_shared<const Sam>(Sam{std::move(optimizer), std::move(adv_optimizer), options});
  return {
      [all](const Tree& params) { return all->init(params); },
      [all](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs& extra) {
        return all->options.opaque_mode ? all->update_at_once(updates, state, params, extra)
                                        : all->update(updates, state, params);
      }};
}

// --- complex parameters ----------------------------------------------------------------------

static Tree split_complex(const Tree& t) {
  if (t.is_none()) return t;
  auto split = [](const Array& x, const Tree&) -> Tree {
    if (!is_complex(x.dtype())) return x;
    return {{"real", np::real(x)}, {"imaginary", np::imag(x)}};
  };
  return tree_map_subtrees(split, t, t);
}

GradientTransformation split_real_and_imaginary(GradientTransformation inner) {
  auto init = [inner](const Tree& params) {
    return Tree{{"inner_state", inner.init(split_complex(params))}};
  };
  auto update = [inner](const Tree& updates, const Tree& state, const Tree& params,
                        const ExtraArgs& extra) {
    auto [out, next] =
        inner.update(split_complex(updates), state["inner_state"], split_complex(params), extra);
    auto join = [](const Array& x, const Tree& parts) -> Tree {
      if (!is_complex(x.dtype())) return parts;
      return lax::complex(parts["real"], parts["imaginary"]);
    };
    return std::pair(tree_map_subtrees(join, updates, out), Tree{{"inner_state", next}});
  };
  return {init, update};
}

// --- ReduceOnPlateau -------------------------------------------------------------------------

namespace {

void check(const ReduceOnPlateauOptions& o) {
  if (o.factor <= 0 || o.factor >= 1) {
    throw ValueError(str_cat("reduce_on_plateau needs a factor between 0 and 1, got ", o.factor));
  }
  if (o.rtol < 0 || o.rtol > 1 || o.atol < 0 || (o.rtol == 0 && o.atol == 0)) {
    throw ValueError(
        str_cat("reduce_on_plateau needs 0 <= rtol <= 1 and atol >= 0, one of them "
                "positive, got rtol ",
                o.rtol, " and atol ", o.atol));
  }
}

// After accumulation_size losses.
Tree judge(const Tree& state, const ReduceOnPlateauOptions& o) {
  const Array &average = state["avg_value"], &best = state["best_value"], &scale = state["scale"];
  const Array& cooldown = state["cooldown_count"];
  Array improved = average < (1 - o.rtol) * best - o.atol;
  Array plateau = np::where(improved, 0, safe_increment(state["plateau_count"]));
  Array cooling = cooldown > 0;
  Array reduce = np::logical_and(np::logical_not(cooling), plateau == o.patience);
  Array reduced = np::maximum(np::where(reduce, scale * o.factor, scale), o.min_scale);
  Array waiting = np::where(cooling, cooldown - 1, np::where(reduce, o.cooldown, 0));
  return {{"scale", np::where(cooling, scale, reduced)},
          {"best_value", np::where(improved, average, best)},
          {"plateau_count", np::where(np::logical_or(cooling, reduce), 0, plateau)},
          {"cooldown_count", lax::convert_element_type(waiting, DType::I32)},
          {"count", zero_count()},
          {"avg_value", lax::zeros_like(average)}};
}

}  // namespace

GradientTransformation reduce_on_plateau(ReduceOnPlateauOptions o) {
  check(o);
  auto init = [](const Tree& params) {
    DType low = tree_dtype(params, "lowest"), high = tree_dtype(params, "highest");
    return Tree{{"scale", lax::ones({}, low)},
                {"best_value", lax::full({}, std::numeric_limits<double>::infinity(), high)},
                {"plateau_count", zero_count()},
                {"cooldown_count", zero_count()},
                {"count", zero_count()},
                {"avg_value", lax::zeros({}, high)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs& extra) {
    if (!extra.value.defined()) {
      throw ValueError(
          "reduce_on_plateau reads the loss; call update(updates, state, params, "
          "{.value = loss})");
    }
    const Array &count = state["count"], &average = state["avg_value"];
    Array next_count = safe_increment(count);
    Array value = lax::convert_element_type(extra.value, average.dtype());
    Tree next = state;
    next.set("count", next_count);
    next.set("avg_value",
             lax::convert_element_type((count * average + value) / next_count, average.dtype()));
    next = tree_where(next_count == o.accumulation_size, judge(next, o), next);
    return std::pair(tree_scale(next["scale"], updates), next);
  };
  return {init, update};
}

// --- privacy ---------------------------------------------------------------------------------

GradientTransformation differentially_private_aggregate(Scalar l2_norm_clip,
                                                        Scalar noise_multiplier, Array key) {
  auto init = [key](const Tree&) { return Tree{{"rng_key", key}}; };
  auto update = [=](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    std::vector<Array> grads = tree::leaves(updates);
    Tree::List list(grads.begin(), grads.end());
    auto [clipped, count] = per_example_global_norm_clip(Tree(list), l2_norm_clip);
    std::vector<Array> keys =
        random::split_list(state["rng_key"], static_cast<std::int64_t>(grads.size()) + 1);
    Scalar deviation = l2_norm_clip * noise_multiplier;
    std::vector<Array> out;
    for (std::size_t i = 0; i < grads.size(); ++i) {
      const Array& g = clipped[i];
      Array noise = random::normal(keys[i + 1], g.shape(), g.dtype());
      out.push_back((g + deviation * noise) / grads[0].shape(0));
    }
    return std::pair(TreeDef(updates).unflatten(out), Tree{{"rng_key", keys[0]}});
  };
  return {init, update};
}

GradientTransformation dpsgd(ScalarOrSchedule learning_rate, Scalar l2_norm_clip,
                             Scalar noise_multiplier, Array key, DpsgdOptions o) {
  return chain(differentially_private_aggregate(std::move(l2_norm_clip),
                                                std::move(noise_multiplier), std::move(key)),
               o.momentum ? trace(*o.momentum, {.nesterov = o.nesterov}) : identity(),
               scale_by_learning_rate(std::move(learning_rate)));
}

}  // namespace linum::optim::contrib
