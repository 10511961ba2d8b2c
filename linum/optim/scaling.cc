#include "linum/optim/scaling.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"
#include "linum/optim/tree_random.h"
#include "linum/random/random.h"

namespace linum::optim {
namespace {

// f(update, param) of each leaf; the parameters must be given.
GradientTransformation map_with_params(std::string who,
                                       std::function<Array(const Array&, const Array&)> f) {
  return stateless(
      [who = std::move(who), f = std::move(f)](const Tree& updates, const Tree& params) {
        require_params(params, who);
        return tree::map(f, updates, params);
      });
}

}  // namespace

GradientTransformation scale(Scalar step_size) {
  return stateless_map([step_size](const Array& g) { return step_size * g; });
}

GradientTransformation scale_by_learning_rate(std::optional<ScalarOrSchedule> learning_rate,
                                              bool flip_sign) {
  if (!learning_rate) return identity();
  int sign = flip_sign ? -1 : 1;
  if (!learning_rate->is_schedule()) return scale(sign * learning_rate->scalar());
  return scale_by_schedule(
      [sign, rate = learning_rate->schedule()](const Array& count) { return sign * rate(count); });
}

GradientTransformation scale_by_schedule(Schedule step_size_fn) {
  auto init = [](const Tree&) { return Tree{{"count", zero_count()}}; };
  auto update = [step_size_fn](const Tree& updates, const Tree& state, const Tree&,
                               const ExtraArgs&) {
    Array step_size = step_size_fn(state["count"]);
    Tree scaled = tree::map(
        [&](const Array& g) { return lax::convert_element_type(step_size, g.dtype()) * g; },
        updates);
    return std::pair(scaled, Tree{{"count", safe_increment(state["count"])}});
  };
  return {init, update};
}

GradientTransformation scale_by_sign() { return stateless_map(np::sign); }

GradientTransformation add_decayed_weights(ScalarOrSchedule weight_decay, MaskOrFn mask) {
  auto init = [weight_decay](const Tree&) {
    return weight_decay.is_schedule() ? Tree{{"count", zero_count()}} : empty_state();
  };
  auto update = [weight_decay](const Tree& updates, const Tree& state, const Tree& params,
                               const ExtraArgs&) {
    require_params(params, "add_decayed_weights");
    bool scheduled = weight_decay.is_schedule();
    Tree new_state = scheduled ? Tree{{"count", safe_increment(state["count"])}} : state;
    if (!scheduled && weight_decay.scalar().is(0)) return std::pair(updates, new_state);
    Array decay =
        scheduled ? weight_decay.schedule()(state["count"]) : weight_decay.scalar().array();
    return std::pair(tree_add_scale(updates, decay, params), new_state);
  };
  GradientTransformation decay(init, update);
  return mask ? masked(decay, *mask) : decay;
}

GradientTransformation add_noise(Scalar eta, Scalar gamma, Array key) {
  auto init = [key](const Tree&) { return Tree{{"count", zero_count()}, {"rng_key", key}}; };
  auto update = [eta, gamma](const Tree& updates, const Tree& state, const Tree&,
                             const ExtraArgs&) {
    Array count = safe_increment(state["count"]);
    Array deviation = np::sqrt(eta / np::power(count, gamma));
    auto [next_key, sample_key] = random::split<2>(state["rng_key"]);
    Tree noise = tree_random_like(sample_key, updates);
    return std::pair(tree_add_scale(updates, deviation, noise),
                     Tree{{"count", count}, {"rng_key", next_key}});
  };
  return {init, update};
}

GradientTransformation scale_by_param_block_norm(Scalar min_scale) {
  return map_with_params("scale_by_param_block_norm", [min_scale](const Array& u, const Array& p) {
    return u * safe_norm(p, min_scale);
  });
}

GradientTransformation scale_by_param_block_rms(Scalar min_scale) {
  return map_with_params("scale_by_param_block_rms", [min_scale](const Array& u, const Array& p) {
    return u * safe_root_mean_squares(p, min_scale);
  });
}

GradientTransformation scale_by_trust_ratio(TrustRatioOptions o) {
  return map_with_params("scale_by_trust_ratio", [o](const Array& u, const Array& p) {
    Array param_norm = safe_norm(p, o.min_norm), update_norm = safe_norm(u, o.min_norm);
    Array ratio = o.trust_coefficient * param_norm / (update_norm + o.eps);
    Array is_zero = np::logical_or(param_norm == 0.0, update_norm == 0.0);
    return u * np::where(is_zero, lax::full({}, 1, p.dtype()), ratio);
  });
}

GradientTransformation centralize() {
  return stateless_map([](const Array& g) {
    if (g.ndim() < 2) return g;
    Axes others = iota_axes(g.ndim());
    others.erase(others.begin());
    return g - np::mean(g, {.axis = others, .keepdims = true});
  });
}

GradientTransformation normalize_by_update_norm(Scalar scale_factor, Scalar eps) {
  return stateless([scale_factor, eps](const Tree& updates, const Tree&) {
    Array norm = (tree_norm(updates) + eps) / scale_factor;
    return tree::map([&](const Array& g) { return g / norm; }, updates);
  });
}

}  // namespace linum::optim
