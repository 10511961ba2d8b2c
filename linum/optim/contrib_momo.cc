#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/contrib_parameter_free.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim::contrib {
namespace {

Array value_of(const ExtraArgs& extra, DType dtype, std::string_view who) {
  if (!extra.value.defined()) {
    throw ValueError(str_cat(who,
                             " reads the loss; call update(updates, state, params, {.value = "
                             "loss})"));
  }
  return lax::convert_element_type(extra.value, dtype);
}

// What both know about the loss after a step.
struct Model {
  Array barf, gamma, inner, norm;  // averages of loss and <g, x>; <average, x>; its squared norm
  Array scale;                     // 1, or Adam's bias correction
  Scalar decay;                    // 1 + learning rate * weight decay

  Array loss() const { return decay * (barf - gamma) + inner; }
  // The bound where the model shows that the old one is too high.
  Array reset_bound(const Array& bound, const Scalar& lowest) const {
    Array cap = loss();
    return np::where(cap < decay * scale * bound, np::maximum(cap / (2 * scale * decay), lowest),
                     bound);
  }
  Array step(const Array& bound, const Scalar& rate) const {
    Array gap = np::maximum(decay * (barf - scale * bound - gamma) + inner, 0.0) / norm;
    Array small = norm <= static_cast<double>(std::numeric_limits<float>::epsilon());
    return np::minimum(rate / scale, np::where(small, 0.0, gap));
  }
  Array next_bound(const Array& tau, const Scalar& lowest) const {
    return np::maximum((barf + inner - gamma - 0.5 * tau * norm) / scale, lowest);
  }
};

Tree init_momo(const Tree& params, const Scalar& lower_bound) {
  DType dtype = tree_dtype(params, "lowest");
  return {{"exp_avg", tree_zeros_like(params)},
          {"barf", lax::zeros({}, dtype)},
          {"gamma", lax::zeros({}, dtype)},
          {"lb", lax::convert_element_type(lower_bound.array(), dtype)},
          {"count", zero_count()}};
}

Tree mixed(const Scalar& b, const Tree& average, const Tree& x) {
  return tree::map([&](const Array& a, const Array& g) { return b * a + (1 - b) * g; }, average, x);
}

// -decay share * params - tau * direction
Tree step_along(const Tree& direction, const Array& tau, const Tree& params, const Scalar& rate,
                const Scalar& weight_decay) {
  Scalar share = rate * weight_decay / (1 + rate * weight_decay);
  return tree::map([&](const Array& a, const Array& p) { return -share * p - tau * a; }, direction,
                   params);
}

}  // namespace

GradientTransformation momo(ScalarOrSchedule learning_rate, MomoOptions o) {
  auto init = [o](const Tree& params) { return init_momo(params, o.lower_bound); };
  auto update = [learning_rate, o](const Tree& updates, const Tree& state, const Tree& params,
                                   const ExtraArgs& extra) {
    require_params(params, "momo");
    const Array &count = state["count"], &barf = state["barf"];
    Scalar b = np::where(count == 0, 0.0, o.beta), rate = learning_rate.at(count);
    Tree average = mixed(b, state["exp_avg"], updates);
    Model model{.barf = b * barf + (1 - b) * value_of(extra, barf.dtype(), "momo"),
                .gamma = b * state["gamma"].array() + (1 - b) * tree_vdot(updates, params),
                .inner = tree_vdot(average, params),
                .norm = tree_norm(average, 2, true),
                .scale = 1.0,
                .decay = 1 + rate * o.weight_decay};
    Array bound = state["lb"];
    if (o.adapt_lower_bound) bound = model.reset_bound(bound, o.lower_bound);
    Array tau = model.step(bound, rate);
    Array lb = o.adapt_lower_bound ? model.next_bound(tau, o.lower_bound) : bound;
    return std::pair(step_along(average, tau, params, rate, o.weight_decay),
                     Tree{{"exp_avg", average},
                          {"barf", model.barf},
                          {"gamma", model.gamma},
                          {"lb", lb},
                          {"count", safe_increment(count)}});
  };
  return {init, update};
}

GradientTransformation momo_adam(ScalarOrSchedule learning_rate, MomoAdamOptions o) {
  auto init = [o](const Tree& params) {
    Tree state = init_momo(params, o.lower_bound);
    state.set("exp_avg_sq", tree_zeros_like(params));
    return state;
  };
  auto update = [learning_rate, o](const Tree& updates, const Tree& state, const Tree& params,
                                   const ExtraArgs& extra) {
    require_params(params, "momo_adam");
    const Array& barf = state["barf"];
    Scalar rate = learning_rate.at(state["count"]);
    Array count = safe_increment(state["count"]);
    Tree average = mixed(o.b1, state["exp_avg"], updates);
    Tree squares = mixed(o.b2, state["exp_avg_sq"], tree_mul(updates, updates));
    Array correction = lax::convert_element_type(1 - np::power(o.b2, count), barf.dtype());
    Tree direction = tree::map(
        [&](const Array& a, const Array& v) { return a / (o.eps + np::sqrt(v / correction)); },
        average, squares);
    Model model{.barf = o.b1 * barf + (1 - o.b1) * value_of(extra, barf.dtype(), "momo_adam"),
                .gamma = o.b1 * state["gamma"].array() + (1 - o.b1) * tree_vdot(updates, params),
                .inner = tree_vdot(average, params),
                .norm = tree_vdot(average, direction),
                .scale = lax::convert_element_type(1 - np::power(o.b1, count), barf.dtype()),
                .decay = 1 + rate * o.weight_decay};
    Array bound = state["lb"];
    if (o.adapt_lower_bound) bound = model.reset_bound(bound, o.lower_bound);
    Array tau = model.step(bound, rate);
    Array lb = o.adapt_lower_bound ? model.next_bound(tau, o.lower_bound) : bound;
    return std::pair(step_along(direction, tau, params, rate, o.weight_decay),
                     Tree{{"exp_avg", average},
                          {"exp_avg_sq", squares},
                          {"barf", model.barf},
                          {"gamma", model.gamma},
                          {"lb", lb},
                          {"count", count}});
  };
  return {init, update};
}

}  // namespace linum::optim::contrib
