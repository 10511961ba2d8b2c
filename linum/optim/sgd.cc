#include "linum/optim/sgd.h"

#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/accumulation.h"
#include "linum/optim/adam.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

GradientTransformation sgd(ScalarOrSchedule learning_rate, SgdOptions o) {
  GradientTransformation momentum =
      o.momentum
          ? trace(*o.momentum, {.nesterov = o.nesterov, .accumulator_dtype = o.accumulator_dtype})
          : identity();
  return chain(momentum, scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation noisy_sgd(ScalarOrSchedule learning_rate, Array key, NoisySgdOptions o) {
  return chain(add_noise(o.eta, o.gamma, std::move(key)),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation sign_sgd(ScalarOrSchedule learning_rate) {
  return chain(scale_by_sign(), scale_by_learning_rate(std::move(learning_rate)));
}
GradientTransformation signum(ScalarOrSchedule learning_rate, SignumOptions o) {
  return chain(ema(o.beta, {.debias = false, .accumulator_dtype = o.accumulator_dtype}),
               scale_by_sign(), scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation lars(ScalarOrSchedule learning_rate, LarsOptions o) {
  auto ratio = scale_by_trust_ratio({.trust_coefficient = o.trust_coefficient, .eps = o.eps});
  return chain(add_decayed_weights(o.weight_decay, o.weight_decay_mask),
               masked(ratio, o.trust_ratio_mask), scale_by_learning_rate(std::move(learning_rate)),
               trace(o.momentum, {.nesterov = o.nesterov}));
}

GradientTransformation fromage(ScalarOrSchedule learning_rate, Scalar min_norm) {
  auto ratio = scale_by_trust_ratio({.min_norm = min_norm});
  if (!learning_rate.is_schedule()) {
    const Scalar& rate = learning_rate.scalar();
    Scalar shrink = 1 / pow(1 + pow(rate, 2), 0.5);
    return chain(ratio, scale_by_learning_rate(rate * shrink), add_decayed_weights(shrink - 1));
  }
  Schedule rate = learning_rate.schedule();
  auto shrink = [rate](const Array& c) -> Array {
    return 1 / np::power(1 + np::power(rate(c), 2), 0.5);
  };
  return chain(ratio, scale_by_learning_rate([=](const Array& c) { return shrink(c) * rate(c); }),
               add_decayed_weights([=](const Array& c) { return shrink(c) - 1; }));
}

// --- optimistic ------------------------------------------------------------------------------

GradientTransformation scale_by_optimistic_gradient(OptimisticOptions o) {
  auto init = [](const Tree& params) {
    return Tree{{"is_initial_step", Array(true)}, {"previous_gradient", tree_zeros_like(params)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree out = tree::map(
        [&](const Array& g, const Array& previous) {
          Array before = np::where(state["is_initial_step"], g, previous);
          return (o.alpha + o.beta) * g - o.beta * before;
        },
        updates, state["previous_gradient"]);
    return std::pair(out, Tree{{"is_initial_step", Array(false)}, {"previous_gradient", updates}});
  };
  return {init, update};
}

GradientTransformation optimistic_gradient_descent(ScalarOrSchedule learning_rate,
                                                   OptimisticOptions options) {
  return chain(scale_by_optimistic_gradient(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation optimistic_adam(Scalar learning_rate, OptimisticAdamOptions o) {
  Scalar optimism = o.optimism.value_or(learning_rate);
  return optimistic_adam_v2(1.0, {.alpha = learning_rate,
                                  .beta = optimism,
                                  .b1 = o.b1,
                                  .b2 = o.b2,
                                  .eps = o.eps,
                                  .eps_root = o.eps_root,
                                  .mu_dtype = o.mu_dtype,
                                  .nesterov = o.nesterov});
}
GradientTransformation optimistic_adam_v2(ScalarOrSchedule learning_rate,
                                          OptimisticAdamV2Options o) {
  return chain(scale_by_adam({.b1 = o.b1,
                              .b2 = o.b2,
                              .eps = o.eps,
                              .eps_root = o.eps_root,
                              .mu_dtype = o.mu_dtype,
                              .nesterov = o.nesterov}),
               scale_by_optimistic_gradient({.alpha = o.alpha, .beta = o.beta}),
               scale_by_learning_rate(std::move(learning_rate)));
}

// --- rprop, polyak ---------------------------------------------------------------------------

GradientTransformation scale_by_rprop(Scalar learning_rate, RpropOptions o) {
  auto init = [learning_rate](const Tree& params) {
    return Tree{{"step_sizes", tree_full_like(params, learning_rate)},
                {"prev_updates", tree_zeros_like(params)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree sign = tree_mul(updates, state["prev_updates"]);
    Tree step_sizes = tree::map(
        [&](const Array& s, const Array& size) {
          Array factor = np::where(s > 0, o.eta_plus, o.eta_minus);
          return np::where(s == 0, size, np::clip(size * factor, o.min_step_size, o.max_step_size));
        },
        sign, state["step_sizes"]);
    auto unless_turned = [](const Array& s, const Array& x) {
      return np::where(s < 0, np::zeros_like(x), x);
    };
    Tree signed_steps = tree_mul(step_sizes, tree::map(np::sign, updates));
    Tree now = tree::map(unless_turned, sign, signed_steps);
    Tree out = tree::map(unless_turned, sign, state["prev_updates"]);  // one step behind, as optax
    return std::pair(out, Tree{{"step_sizes", step_sizes}, {"prev_updates", now}});
  };
  return {init, update};
}
GradientTransformation rprop(Scalar learning_rate, RpropOptions options) {
  return chain(scale_by_rprop(std::move(learning_rate), std::move(options)), scale(-1.0));
}

GradientTransformation scale_by_polyak(PolyakOptions o) {
  if (o.variant != "sps" && o.variant != "sps+") {
    throw ValueError(str_cat("polyak's variant is 'sps' or 'sps+', got '", o.variant, "'"));
  }
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs& extra) {
    if (!extra.value.defined()) {
      throw ValueError(
          "scale_by_polyak needs the loss: update(updates, state, params, {.value = loss})");
    }
    Array squared = tree_norm(updates, 2, true);
    Array gap = lax::convert_element_type(extra.value - o.f_min, squared.dtype());
    if (o.variant == "sps+") gap = np::maximum(gap, 0);
    Array step = np::minimum(gap / (squared + o.eps), o.max_learning_rate);
    double tiny = std::numeric_limits<float>::epsilon();
    step = np::where(squared + o.eps <= tiny, 0.0, step);
    return std::pair(tree_scale(step, updates), state);
  };
  return {[](const Tree&) { return empty_state(); }, update};
}
GradientTransformation polyak_sgd(ScalarOrSchedule scaling, PolyakOptions options) {
  return chain(sgd(std::move(scaling)), scale_by_polyak(std::move(options)));
}

}  // namespace linum::optim
