#include "linum/optim/adam.h"

#include "linum/np/np.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

Tree init_moments(const Tree& params, std::optional<DType> mu_dtype) {
  return {{"count", zero_count()},
          {"mu", tree_zeros_like(params, mu_dtype)},
          {"nu", tree_zeros_like(params)}};
}

Tree divide_by_root(const Tree& m, const Tree& v, const Scalar& eps, const Scalar& eps_root) {
  return tree::map(
      [&](const Array& m, const Array& v) { return m / (np::sqrt(v + eps_root) + eps); }, m, v);
}

Tree corrected_mu(const Tree& mu, const Tree& updates, const Scalar& b1, const Array& count,
                  bool nesterov) {
  if (!nesterov) return tree_bias_correction(mu, b1, count);
  return tree::map([&](const Array& m, const Array& g) { return b1 * m + (1 - b1) * g; },
                   tree_bias_correction(mu, b1, safe_increment(count)),
                   tree_bias_correction(updates, b1, count));
}

GradientTransformation scale_by_adam(AdamOptions o) {
  auto init = [o](const Tree& params) { return init_moments(params, o.mu_dtype); };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree_update_moment_per_elem_norm(updates, state["nu"], o.b2, 2);
    Array count = safe_increment(state["count"]);
    Tree mu_hat = corrected_mu(mu, updates, o.b1, count, o.nesterov);
    Tree nu_hat = tree_bias_correction(nu, o.b2, count);
    Tree new_state{{"count", count},
                   {"mu", tree_cast(mu, o.mu_dtype)},
                   {"nu", tree_cast_like(nu, state["nu"])}};
    return std::pair(divide_by_root(mu_hat, nu_hat, o.eps, o.eps_root), new_state);
  };
  return {init, update};
}

GradientTransformation adam(ScalarOrSchedule learning_rate, AdamOptions options) {
  return chain(scale_by_adam(std::move(options)), scale_by_learning_rate(std::move(learning_rate)));
}
GradientTransformation nadam(ScalarOrSchedule learning_rate, AdamOptions options) {
  options.nesterov = true;
  return adam(std::move(learning_rate), std::move(options));
}

GradientTransformation adamw(ScalarOrSchedule learning_rate, AdamWOptions o) {
  return chain(scale_by_adam({.b1 = o.b1,
                              .b2 = o.b2,
                              .eps = o.eps,
                              .eps_root = o.eps_root,
                              .mu_dtype = o.mu_dtype,
                              .nesterov = o.nesterov}),
               add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}
GradientTransformation nadamw(ScalarOrSchedule learning_rate, AdamWOptions options) {
  options.nesterov = true;
  return adamw(std::move(learning_rate), std::move(options));
}

GradientTransformation scale_by_amsgrad(AmsgradOptions o) {
  auto init = [o](const Tree& params) {
    Tree state = init_moments(params, o.mu_dtype);
    state.set("nu_max", tree_zeros_like(params));
    return state;
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree_update_moment_per_elem_norm(updates, state["nu"], o.b2, 2);
    Array count = safe_increment(state["count"]);
    Tree mu_hat = o.bias_correction_mu ? tree_bias_correction(mu, o.b1, count) : mu;
    Tree nu_hat = o.bias_correction_nu ? tree_bias_correction(nu, o.b2, count) : nu;
    Tree nu_max = tree::map(np::maximum, state["nu_max"], nu_hat);
    Tree new_state{
        {"count", count}, {"mu", tree_cast(mu, o.mu_dtype)}, {"nu", nu}, {"nu_max", nu_max}};
    return std::pair(divide_by_root(mu_hat, nu_max, o.eps, o.eps_root), new_state);
  };
  return {init, update};
}
GradientTransformation amsgrad(ScalarOrSchedule learning_rate, AmsgradOptions options) {
  return chain(scale_by_amsgrad(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_adamax(AdamaxOptions o) {
  auto init = [](const Tree& params) { return init_moments(params); };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Array count = safe_increment(state["count"]);
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree_update_infinity_moment(updates, state["nu"], o.b2, o.eps);
    Tree out = tree_div(tree_bias_correction(mu, o.b1, count), nu);
    return std::pair(out, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation adamax(ScalarOrSchedule learning_rate, AdamaxOptions options) {
  return chain(scale_by_adamax(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}
GradientTransformation adamaxw(ScalarOrSchedule learning_rate, AdamaxWOptions o) {
  return chain(scale_by_adamax({.b1 = o.b1, .b2 = o.b2, .eps = o.eps}),
               add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation lamb(ScalarOrSchedule learning_rate, LambOptions o) {
  return chain(scale_by_adam({.b1 = o.b1, .b2 = o.b2, .eps = o.eps, .eps_root = o.eps_root}),
               add_decayed_weights(o.weight_decay, o.mask), scale_by_trust_ratio(),
               scale_by_learning_rate(std::move(learning_rate)));
}

}  // namespace linum::optim
