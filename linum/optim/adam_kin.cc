#include "linum/optim/adam_kin.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/adam.h"
#include "linum/optim/combine.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {

// --- AdaBelief -------------------------------------------------------------------------------

GradientTransformation scale_by_belief(AdabeliefOptions o) {
  auto init = [](const Tree& params) { return init_moments(params); };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree_update_moment_per_elem_norm(tree_sub(updates, mu), state["nu"], o.b2, 2);
    nu = tree::map([&](const Array& v) { return v + o.eps_root; }, nu);
    Array count = safe_increment(state["count"]);
    Tree out = divide_by_root(corrected_mu(mu, updates, o.b1, count, o.nesterov),
                              tree_bias_correction(nu, o.b2, count), o.eps, 0.0);
    return std::pair(out, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation adabelief(ScalarOrSchedule learning_rate, AdabeliefOptions options) {
  return chain(scale_by_belief(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

// --- Yogi ------------------------------------------------------------------------------------

GradientTransformation scale_by_yogi(YogiOptions o) {
  auto init = [o](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"mu", tree_full_like(params, o.initial_accumulator_value)},
                {"nu", tree_full_like(params, o.initial_accumulator_value)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree::map(
        [&](const Array& g, const Array& v) {
          Array squared = abs_sq(g);
          return v - (1 - o.b2) * np::sign(v - squared) * squared;
        },
        updates, state["nu"]);
    Array count = safe_increment(state["count"]);
    Tree out = divide_by_root(tree_bias_correction(mu, o.b1, count),
                              tree_bias_correction(nu, o.b2, count), o.eps, o.eps_root);
    return std::pair(out, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation yogi(ScalarOrSchedule learning_rate, YogiOptions options) {
  return chain(scale_by_yogi(std::move(options)), scale_by_learning_rate(std::move(learning_rate)));
}

// --- RAdam -----------------------------------------------------------------------------------

// The length of the approximated moving average, and the rectification from it.
static std::pair<Array, Array> rectification(const Scalar& b2, const Array& count) {
  Scalar longest = 2.0 / (1.0 - b2) - 1.0;
  Array decayed = np::power(b2, count);
  Array length = longest - 2 * count * decayed / (1 - decayed);
  Array ratio =
      (length - 4.0) * (length - 2.0) * longest / ((longest - 4.0) * (longest - 2.0) * length);
  return {length, np::sqrt(ratio)};
}

GradientTransformation scale_by_radam(RadamOptions o) {
  auto init = [](const Tree& params) { return init_moments(params); };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree nu = tree_update_moment_per_elem_norm(updates, state["nu"], o.b2, 2);
    Array count = safe_increment(state["count"]);
    auto [length, factor] = rectification(o.b2, count);
    Tree mu_hat = corrected_mu(mu, updates, o.b1, count, o.nesterov);
    Tree nu_hat = tree_bias_correction(nu, o.b2, count);
    Array long_enough = length >= o.threshold.array();
    Tree out = tree::map(
        [&, factor = factor](const Array& m, const Array& v) {
          Array rectified =
              lax::convert_element_type(factor, m.dtype()) * m / (np::sqrt(v + o.eps_root) + o.eps);
          return np::where(long_enough, rectified, m);
        },
        mu_hat, nu_hat);
    return std::pair(out, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation radam(ScalarOrSchedule learning_rate, RadamOptions options) {
  return chain(scale_by_radam(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

// --- Adan ------------------------------------------------------------------------------------

GradientTransformation scale_by_adan(AdanOptions o) {
  auto init = [](const Tree& params) {
    return Tree{{"m", tree_zeros_like(params)},
                {"v", tree_zeros_like(params)},
                {"n", tree_zeros_like(params)},
                {"g", tree_zeros_like(params)},
                {"t", zero_count()}};
  };
  auto update = [o](const Tree& g, const Tree& state, const Tree&, const ExtraArgs&) {
    Array first = state["t"].array() == 0;
    Tree diff = tree_where(first, tree_zeros_like(g), tree_sub(g, state["g"]));
    Tree m = tree_update_moment(g, state["m"], o.b1, 1);
    Tree v = tree_update_moment(diff, state["v"], o.b2, 1);
    Tree n =
        tree_update_moment_per_elem_norm(tree_add_scale(g, 1 - o.b2, diff), state["n"], o.b3, 2);
    Array t = safe_increment(state["t"]);
    Tree mixed = tree_add_scale(tree_bias_correction(m, o.b1, t), 1 - o.b2,
                                tree_bias_correction(v, o.b2, t));
    Tree out = divide_by_root(mixed, tree_bias_correction(n, o.b3, t), o.eps, o.eps_root);
    return std::pair(out, Tree{{"m", m}, {"v", v}, {"n", n}, {"g", g}, {"t", t}});
  };
  return {init, update};
}
GradientTransformation adan(ScalarOrSchedule learning_rate, AdanDecayOptions o) {
  return chain(scale_by_adan({o.b1, o.b2, o.b3, o.eps, o.eps_root}),
               add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

// --- Lion ------------------------------------------------------------------------------------

static Array lion_step(const Array& x, const LionOptions& o) {
  if (o.mode == "hard") return np::sign(x);
  if (o.mode == "smooth") return np::tanh(o.smooth_beta * x);
  return np::where(np::abs(x) < 1.0, x, np::sign(x));
}

GradientTransformation scale_by_lion(LionOptions o) {
  if (o.mode != "hard" && o.mode != "smooth" && o.mode != "refined") {
    throw ValueError(
        str_cat("scale_by_lion knows the modes hard, smooth and refined, got '", o.mode, "'"));
  }
  auto init = [o](const Tree& params) {
    return Tree{{"count", zero_count()}, {"mu", tree_zeros_like(params, o.mu_dtype)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree&, const ExtraArgs&) {
    Tree out = tree::map(
        [&](const Array& g, const Array& m) { return lion_step((1.0 - o.b1) * g + o.b1 * m, o); },
        updates, state["mu"]);
    Tree mu = tree_cast(tree_update_moment(updates, state["mu"], o.b2, 1), o.mu_dtype);
    return std::pair(out, Tree{{"count", safe_increment(state["count"])}, {"mu", mu}});
  };
  return {init, update};
}
GradientTransformation lion(ScalarOrSchedule learning_rate, LionDecayOptions o) {
  return chain(scale_by_lion({.b1 = o.b1, .b2 = o.b2, .mu_dtype = o.mu_dtype}),
               add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

// --- NovoGrad --------------------------------------------------------------------------------

GradientTransformation scale_by_novograd(NovogradOptions o) {
  auto init = [o](const Tree& params) {
    Tree nu = tree::map([](const Array& p) { return lax::zeros({}, p.dtype()); }, params);
    return Tree{{"count", zero_count()}, {"mu", tree_zeros_like(params, o.mu_dtype)}, {"nu", nu}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs&) {
    require_params(params, "scale_by_novograd");
    Array count = safe_increment(state["count"]);
    Array first = count == 1;
    Tree squared =
        tree::map([](const Array& g) { return np::square(np::sqrt(np::sum(abs_sq(g)))); }, updates);
    Tree nu = tree_where(first, tree_cast_like(squared, state["nu"]),
                         tree_update_moment(squared, state["nu"], o.b2, 1));
    Tree step = tree::map(
        [&](const Array& g, const Array& p, const Array& v) {
          return g / (np::sqrt(v + o.eps_root) + o.eps) + o.weight_decay * p;
        },
        updates, params, nu);
    Tree mu = tree_where(first, step, tree_add_scale(step, o.b1, state["mu"]));
    mu = tree_cast(mu, o.mu_dtype);
    return std::pair(mu, Tree{{"count", count}, {"mu", mu}, {"nu", nu}});
  };
  return {init, update};
}
GradientTransformation novograd(ScalarOrSchedule learning_rate, NovogradOptions options) {
  return chain(scale_by_novograd(std::move(options)),
               scale_by_learning_rate(std::move(learning_rate)));
}

}  // namespace linum::optim
