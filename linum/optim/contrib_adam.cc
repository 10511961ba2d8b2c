#include "linum/optim/contrib_adam.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/adam.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim::contrib {

GradientTransformation scale_by_acprop(AcpropOptions o) {
  auto init = [](const Tree& params) { return init_moments(params); };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree error = tree_sub(updates, state["mu"]);
    Tree nu = tree_update_moment_per_elem_norm(error, state["nu"], o.b2, 2);
    nu = tree::map([&](const Array& v) { return v + o.eps_root; }, nu);
    Array count = safe_increment(state["count"]), first = state["count"].array() == 0;
    Array steps = np::where(first, count, state["count"].array());
    Tree out =
        tree::map([&](const Array& g,
                      const Array& v) { return g / (np::sqrt(np::where(first, 1, v)) + o.eps); },
                  updates, tree_bias_correction(state["nu"], o.b2, steps));
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    return std::pair(out, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation acprop(ScalarOrSchedule learning_rate, AcpropOptions o) {
  return chain(scale_by_acprop(o), add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_ademamix(AdemamixOptions o) {
  auto init = [o](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"count_m2", zero_count()},
                {"m1", tree_zeros_like(params, o.mu_dtype)},
                {"m2", tree_zeros_like(params, o.mu_dtype)},
                {"nu", tree_zeros_like(params, o.mu_dtype)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Scalar b3 = o.b3.at(state["count_m2"]), alpha = o.alpha.at(state["count_m2"]);
    Tree m1 = tree_update_moment(updates, state["m1"], o.b1, 1);
    Tree m2 = tree_update_moment(updates, state["m2"], b3, 1);
    Tree nu = tree_update_moment_per_elem_norm(updates, state["nu"], o.b2, 2);
    Array count = safe_increment(state["count"]);
    Tree mixed = tree_add_scale(tree_bias_correction(m1, o.b1, count), alpha, m2);
    Tree out = divide_by_root(mixed, tree_bias_correction(nu, o.b2, count), o.eps, o.eps_root);
    return std::pair(out, Tree{{"count", count},
                               {"count_m2", safe_increment(state["count_m2"])},
                               {"m1", m1},
                               {"m2", m2},
                               {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation ademamix(ScalarOrSchedule learning_rate, AdemamixOptions o) {
  return chain(scale_by_ademamix(o), add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_simplified_ademamix(SimplifiedAdemamixOptions o) {
  auto init = [](const Tree& params) {
    return Tree{
        {"t", zero_count()}, {"m", tree_zeros_like(params)}, {"n", tree_zeros_like(params)}};
  };
  auto update = [o](const Tree& g, const Tree& state, const Tree&, const ExtraArgs&) {
    Scalar alpha = o.alpha.at(state["t"]);
    Tree m = tree_add_scale(g, o.b1, state["m"]), squared = tree_mul(g, g);
    Tree n = tree_add_scale(squared, o.b2, tree_sub(state["n"], squared));
    Array t = safe_increment(state["t"]);
    Tree out = divide_by_root(tree_add_scale(m, alpha, g), tree_bias_correction(n, o.b2, t), o.eps,
                              o.eps_root);
    return std::pair(out, Tree{{"t", t}, {"m", m}, {"n", n}});
  };
  return {init, update};
}
GradientTransformation simplified_ademamix(ScalarOrSchedule learning_rate,
                                           SimplifiedAdemamixOptions o) {
  return chain(scale_by_simplified_ademamix(o), add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_adopt(AdoptOptions o) {
  auto init = [o](const Tree& params) { return init_moments(params, o.mu_dtype); };
  auto normalize = [o](const Tree& updates, const Tree& nu, const Array& count) {
    Array bound = o.clip_value_fn ? o.clip_value_fn(count) : np::power(count, 0.25);
    return tree::map(
        [&](const Array& g, const Array& v) {
          Array scaled = g / np::maximum(np::sqrt(v), o.eps);
          return o.use_clipping ? np::clip(scaled, -bound, bound) : scaled;
        },
        updates, nu);
  };
  auto update = [o, normalize](const Tree& updates, const Tree& state, const Tree&,
                               const ExtraArgs&) {
    const Array& done = state["count"];
    Scalar b1 = np::where(done > 0, o.b1, 1), b2 = np::where(done > 0, o.b2, 0);
    Tree nu = tree_update_moment_per_elem_norm(updates, state["nu"], b2, 2);
    Tree normalized = normalize(updates, state["nu"], done);
    Tree mu = tree_update_moment(normalized, state["mu"], b1, 1);
    Tree out = o.nesterov ? tree_update_moment(normalized, mu, b1, 1) : mu;
    return std::pair(
        out, Tree{{"count", safe_increment(done)}, {"mu", tree_cast(mu, o.mu_dtype)}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation adopt(ScalarOrSchedule learning_rate, AdoptOptions options) {
  return chain(scale_by_adopt(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_madgrad(ScalarOrSchedule learning_rate, MadgradOptions o) {
  auto init = [](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"grad_sum_sq", tree_zeros_like(params)},
                {"s", tree_zeros_like(params)},
                {"x0", params}};
  };
  auto update = [learning_rate, o](const Tree& updates, const Tree& state, const Tree& params,
                                   const ExtraArgs&) {
    require_params(params, "scale_by_madgrad");
    const Array& count = state["count"];
    Array weight = (learning_rate.at(count) + o.eps) * np::sqrt(count + 1);
    Tree s = tree_add_scale(state["s"], weight, updates);
    Tree squares = tree_add_scale(state["grad_sum_sq"], weight, tree::map(np::square, updates));
    Tree averaged = tree::map([&](const Array& x0, const Array& s,
                                  const Array& g) { return x0 - s / (np::cbrt(g) + o.eps); },
                              state["x0"], s, squares);
    Tree out = tree::map(
        [&](const Array& z, const Array& x) { return (1 - o.momentum) * z + o.momentum * x - x; },
        averaged, params);
    return std::pair(out, Tree{{"count", safe_increment(count)},
                               {"grad_sum_sq", squares},
                               {"s", s},
                               {"x0", state["x0"]}});
  };
  return {init, update};
}
GradientTransformation madgrad(ScalarOrSchedule learning_rate, MadgradOptions o) {
  return chain(add_decayed_weights(o.weight_decay), scale_by_madgrad(std::move(learning_rate), o));
}

}  // namespace linum::optim::contrib
