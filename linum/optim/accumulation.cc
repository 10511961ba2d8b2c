#include "linum/optim/accumulation.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

GradientTransformation trace(Scalar decay, TraceOptions options) {
  auto init = [options](const Tree& params) {
    return Tree{{"trace", tree_zeros_like(params, options.accumulator_dtype)}};
  };
  auto update = [decay, options](const Tree& updates, const Tree& state, const Tree&,
                                 const ExtraArgs&) {
    Tree sum = tree_add_scale(updates, decay, state["trace"]);
    Tree out = options.nesterov ? tree_add_scale(updates, decay, sum) : sum;
    return std::pair(out, Tree{{"trace", tree_cast(sum, options.accumulator_dtype)}});
  };
  return {init, update};
}

GradientTransformation ema(Scalar decay, EmaOptions options) {
  auto init = [options](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"ema", tree_zeros_like(params, options.accumulator_dtype)}};
  };
  auto update = [decay, options](const Tree& updates, const Tree& state, const Tree&,
                                 const ExtraArgs&) {
    Tree average = tree_update_moment(updates, state["ema"], decay, 1);
    Array count = safe_increment(state["count"]);
    Tree out = options.debias ? tree_bias_correction(average, decay, count) : average;
    return std::pair(
        out, Tree{{"count", count}, {"ema", tree_cast(average, options.accumulator_dtype)}});
  };
  return {init, update};
}

GradientTransformation apply_every(int k) {
  auto init = [](const Tree& params) {
    return Tree{{"count", zero_count()}, {"grad_acc", tree_zeros_like(params)}};
  };
  auto update = [k](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Array place = state["count"] % k;
    Tree sum = tree_add(tree_scale(place != 0, state["grad_acc"]), updates);
    Tree out = tree_scale(place == k - 1, sum);
    Array count = safe_increment(state["count"]) % k;
    return std::pair(out, Tree{{"count", count}, {"grad_acc", sum}});
  };
  return {init, update};
}

// --- MultiSteps ------------------------------------------------------------------------------

std::pair<Array, Tree> skip_not_finite(const Tree& updates, const Array&, const Tree&) {
  Array count = 0;
  for (const Array& p : tree::leaves(updates)) {
    count = count + np::sum(np::logical_not(np::isfinite(p)));
  }
  Array skip = count > 0;
  return {skip, Tree{{"should_skip", skip}, {"num_not_finite", count}}};
}

ShouldSkipUpdateFunction skip_large_updates(Scalar max_squared_norm) {
  return [max_squared_norm](const Tree& updates, const Array&, const Tree&) {
    Array norm = tree_norm(updates, 2, true);
    Array skip = np::logical_not(norm < max_squared_norm.array());
    return std::pair(skip, Tree{{"should_skip", skip}, {"norm_squared", norm}});
  };
}

namespace {

struct Accumulator {
  GradientTransformation opt;
  ScalarOrSchedule every_k;
  MultiStepsOptions options;

  std::pair<Array, Tree> decide(const Tree& updates, const Array& step, const Tree& params) const {
    if (!options.should_skip_update_fn) return {Array(), Tree::list({})};
    auto decision = options.should_skip_update_fn(updates, step, params);
    if (decision.first.dtype() != DType::Bool || decision.first.ndim() != 0) {
      throw ValueError(
          str_cat("should_skip_update_fn must give one bool, got ", decision.first.aval()));
    }
    return decision;
  }

  Tree init(const Tree& params) const {
    Array step = zero_count();
    Tree skip_state = decide(tree_zeros_like(params), step, params).second;
    return {{"mini_step", zero_count()},
            {"gradient_step", step},
            {"inner_opt_state", opt.init(params)},
            {"acc_grads", tree_zeros_like(params, options.accumulator_dtype)},
            {"skip_state", skip_state}};
  }

  Tree accumulate(const Tree& updates, const Tree& state) const {
    const Array& done = state["mini_step"];
    return tree::map(
        [&](const Array& g, const Array& acc) {
          return options.use_grad_mean ? acc + (g - acc) / (done + 1) : g + acc;
        },
        updates, state["acc_grads"]);
  }

  std::pair<Tree, Tree> step(const Tree& updates, const Tree& state, const Tree& params,
                             const ExtraArgs& extra) const {
    Array k = every_k.at(state["gradient_step"]);
    Tree sum = accumulate(updates, state);
    auto [inner_updates, inner_state] =
        opt.update(tree_cast_like(sum, updates), state["inner_opt_state"], params, extra);
    Array emit = state["mini_step"].array() == k - 1;
    auto keep = [&](const Array& old, const Array& fresh) {
      return lax::convert_element_type(np::where(emit, fresh, old), old.dtype());
    };
    auto reset = [&](const Array& x) {
      return lax::convert_element_type((1 - emit) * x, options.accumulator_dtype);
    };
    Array steps = state["gradient_step"];
    Tree next{{"mini_step", safe_increment(state["mini_step"]) % k},
              {"gradient_step", emit * safe_increment(steps) + (1 - emit) * steps},
              {"inner_opt_state", tree::map(keep, state["inner_opt_state"], inner_state)},
              {"acc_grads", tree::map(reset, sum)},
              {"skip_state", state["skip_state"]}};
    return {tree_scale(emit, inner_updates), next};
  }

  std::pair<Tree, Tree> update(const Tree& updates, const Tree& state, const Tree& params,
                               const ExtraArgs& extra) const {
    auto [skip, skip_state] = decide(updates, state["gradient_step"], params);
    auto [stepped, next] = step(updates, state, params, extra);
    next.set("skip_state", skip_state);
    if (!skip.defined()) return {stepped, next};
    Tree same = state;
    same.set("skip_state", skip_state);
    return {tree_where(skip, tree_zeros_like(stepped), stepped), tree_where(skip, same, next)};
  }
};

}  // namespace

GradientTransformation MultiSteps(GradientTransformation opt, ScalarOrSchedule every_k_schedule,
                                  MultiStepsOptions options) {
  auto all = std::make_shared<const Accumulator>(
      Accumulator{std::move(opt), std::move(every_k_schedule), std::move(options)});
  return {[all](const Tree& params) { return all->init(params); },
          [all](const Tree& updates, const Tree& state, const Tree& params,
                const ExtraArgs& extra) { return all->update(updates, state, params, extra); }};
}

Array has_updated(const Tree& state) {
  return np::logical_and(state["mini_step"].array() == 0, state["gradient_step"].array() > 0);
}

}  // namespace linum::optim
