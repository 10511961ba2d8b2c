#include "linum/optim/rms.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/accumulation.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

GradientTransformation scale_by_rss(AdagradOptions o) {
  auto init = [o](const Tree& params) {
    return Tree{{"sum_of_squares", tree_full_like(params, o.initial_accumulator_value)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree sum = tree_add(tree::map(abs_sq, updates), state["sum_of_squares"]);
    Tree out =
        tree::map([&](const Array& g,
                      const Array& t) { return np::where(t > 0, lax::rsqrt(t + o.eps), 0.0) * g; },
                  updates, sum);
    return std::pair(out, Tree{{"sum_of_squares", sum}});
  };
  return {init, update};
}
GradientTransformation adagrad(ScalarOrSchedule learning_rate, AdagradOptions options) {
  return chain(scale_by_rss(std::move(options)), scale_by_learning_rate(std::move(learning_rate)));
}

namespace {

// RMSProp, with or without the first moment.
struct RmsScaler {
  RmsOptions options;
  bool centered;

  Tree init(const Tree& params) const {
    Tree state{{"nu", tree_full_like(params, options.initial_scale)}};
    if (centered) state.set("mu", tree_zeros_like(params));
    if (options.bias_correction) state.set("count", zero_count());
    return state;
  }

  Array scale(const Array& variance) const {
    if (options.eps_in_sqrt) return lax::rsqrt(variance + options.eps);
    return 1 / (np::sqrt(variance) + options.eps);
  }

  Tree corrected(const Tree& state, const char* name) const {
    if (!options.bias_correction) return state[name];
    return tree_bias_correction(state[name], options.decay, state["count"]);
  }

  GradientTransformation::Updated update(const Tree& updates, const Tree& state) const {
    Tree next = state;
    next.set("nu", tree_update_moment_per_elem_norm(updates, state["nu"], options.decay, 2));
    if (centered) next.set("mu", tree_update_moment(updates, state["mu"], options.decay, 1));
    if (options.bias_correction) next.set("count", safe_increment(state["count"]));
    Tree variance = corrected(next, "nu");
    if (centered) variance = tree_sub(variance, tree::map(abs_sq, corrected(next, "mu")));
    Tree out =
        tree::map([&](const Array& g, const Array& v) { return scale(v) * g; }, updates, variance);
    return {out, next};
  }
};

GradientTransformation rms_scaler(RmsOptions options, bool centered) {
  RmsScaler scaler{std::move(options), centered};
  return {[scaler](const Tree& params) { return scaler.init(params); },
          [scaler](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
            return scaler.update(updates, state);
          }};
}

}  // namespace

GradientTransformation scale_by_rms(RmsOptions o) { return rms_scaler(std::move(o), false); }
GradientTransformation scale_by_stddev(RmsOptions o) { return rms_scaler(std::move(o), true); }

GradientTransformation rmsprop(ScalarOrSchedule learning_rate, RmspropOptions o) {
  RmsOptions rms{o.decay, o.eps, o.initial_scale, o.eps_in_sqrt, o.bias_correction};
  return chain(rms_scaler(rms, o.centered), scale_by_learning_rate(std::move(learning_rate)),
               o.momentum ? trace(*o.momentum, {.nesterov = o.nesterov}) : identity());
}

GradientTransformation scale_by_adadelta(Scalar rho, Scalar eps) {
  auto init = [](const Tree& params) {
    return Tree{{"e_g", tree_zeros_like(params)}, {"e_x", tree_zeros_like(params)}};
  };
  auto update = [rho, eps](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree e_g = tree_update_moment(updates, state["e_g"], rho, 2);
    Tree out = tree::map(
        [&](const Array& g, const Array& now, const Array& before) {
          return np::sqrt(before + eps) / np::sqrt(now + eps) * g;
        },
        updates, e_g, state["e_x"]);
    return std::pair(out,
                     Tree{{"e_g", e_g}, {"e_x", tree_update_moment(out, state["e_x"], rho, 2)}});
  };
  return {init, update};
}
GradientTransformation adadelta(std::optional<ScalarOrSchedule> learning_rate, AdadeltaOptions o) {
  return chain(add_decayed_weights(o.weight_decay, o.weight_decay_mask),
               scale_by_adadelta(o.rho, o.eps), scale_by_learning_rate(std::move(learning_rate)));
}

}  // namespace linum::optim
