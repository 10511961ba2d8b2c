// D-adaptation, Prodigy and Mechanic: the learning rate from estimates of the distance to go.
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/contrib_parameter_free.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim::contrib {
namespace {

Array typed(const Array& x, DType dtype) { return lax::convert_element_type(x, dtype); }
Scalar root(const Scalar& x) { return pow(x, 0.5); }
Array l1_norm(const Tree& t) { return tree_sum(tree::map(np::abs, t)); }

// b * average + weight * x
Tree averaged(const Scalar& b, const Tree& average, const Array& weight, const Tree& x) {
  return tree::map([&](const Array& a, const Array& g) { return b * a + weight * g; }, average, x);
}

// Adam's bias correction of a learning rate.
Array correction(const std::pair<Scalar, Scalar>& betas, const Array& count) {
  return np::sqrt(1 - np::power(betas.second, count)) / (1 - np::power(betas.first, count));
}

}  // namespace

GradientTransformation dadapt_adamw(ScalarOrSchedule learning_rate, DadaptOptions o) {
  auto init = [o](const Tree& params) {
    DType dtype = tree_dtype(params, "lowest");
    return Tree{
        {"exp_avg", tree_zeros_like(params)},          {"exp_avg_sq", tree_zeros_like(params)},
        {"grad_sum", tree_zeros_like(params)},         {"estim_lr", typed(o.estim_lr0, dtype)},
        {"numerator_weighted", lax::zeros({}, dtype)}, {"count", zero_count()}};
  };
  auto update = [learning_rate, o](const Tree& updates, const Tree& state, const Tree& params,
                                   const ExtraArgs&) {
    require_params(params, "dadapt_adamw");
    auto& [b1, b2] = o.betas;
    Scalar b3 = root(b2);
    const Array &estimate = state["estim_lr"], &numerator = state["numerator_weighted"];
    Array count = safe_increment(state["count"]);
    Array rate = estimate * learning_rate.at(state["count"]) * correction(o.betas, count);
    rate = typed(rate, numerator.dtype());
    Tree scaled_sum =
        tree::map([&](const Array& s, const Array& v) { return s / (np::sqrt(v) + o.eps); },
                  state["grad_sum"], state["exp_avg_sq"]);
    Array gain = tree_vdot(updates, scaled_sum);
    Tree average = averaged(b1, state["exp_avg"], (1 - b1) * rate, updates);
    Tree squares = averaged(b2, state["exp_avg_sq"], 1 - b2, tree_mul(updates, updates));
    Tree sum = averaged(b3, state["grad_sum"], (1 - b3) * rate, updates);
    Array next_numerator = b3 * numerator + (1 - b3) * rate * gain;
    Array next_estimate = np::maximum(estimate, next_numerator / ((1 - b3) * l1_norm(sum)));
    Tree out = tree::map(
        [&](const Array& a, const Array& v, const Array& p) {
          return -o.weight_decay * rate * p - a / (np::sqrt(v) + o.eps);
        },
        average, squares, params);
    return std::pair(out, Tree{{"exp_avg", average},
                               {"exp_avg_sq", squares},
                               {"grad_sum", sum},
                               {"estim_lr", next_estimate},
                               {"numerator_weighted", next_numerator},
                               {"count", count}});
  };
  return {init, update};
}

GradientTransformation prodigy(ScalarOrSchedule learning_rate, ProdigyOptions o) {
  auto init = [o](const Tree& params) {
    DType dtype = tree_dtype(params, "lowest");
    return Tree{{"exp_avg", tree_zeros_like(params)},
                {"exp_avg_sq", tree_zeros_like(params)},
                {"grad_sum", tree_zeros_like(params)},
                {"params0", params},
                {"estim_lr", typed(o.estim_lr0, dtype)},
                {"numerator_weighted", lax::zeros({}, dtype)},
                {"count", zero_count()}};
  };
  auto update = [learning_rate, o](const Tree& updates, const Tree& state, const Tree& params,
                                   const ExtraArgs&) {
    require_params(params, "prodigy");
    auto& [b1, b2] = o.betas;
    Scalar b3 = o.beta3.value_or(root(b2));
    const Array& estimate = state["estim_lr"];
    Array count = safe_increment(state["count"]);
    Array rate = estimate * learning_rate.at(state["count"]) * correction(o.betas, count);
    rate = typed(rate, estimate.dtype());
    Tree dg = tree_scale(estimate, updates);
    Array gain = tree_vdot(updates, tree_sub(state["params0"], params));
    Tree average = averaged(b1, state["exp_avg"], 1 - b1, dg);
    Tree squares = averaged(b2, state["exp_avg_sq"], 1 - b2, tree_mul(dg, dg));
    Array weight = (o.safeguard_warmup ? estimate : rate) / o.estim_lr0;
    Tree sum = averaged(b3, state["grad_sum"], weight, dg);
    Array numerator =
        b3 * state["numerator_weighted"].array() + estimate / o.estim_lr0 * rate * gain;
    Array found = o.estim_lr_coef * numerator / l1_norm(sum);
    Array next_estimate = np::maximum(estimate, found);
    Tree out = tree::map(
        [&](const Array& a, const Array& v, const Array& p) {
          return -o.weight_decay * rate * p - rate * a / (np::sqrt(v) + next_estimate * o.eps);
        },
        average, squares, params);
    return std::pair(out, Tree{{"exp_avg", average},
                               {"exp_avg_sq", squares},
                               {"grad_sum", sum},
                               {"params0", state["params0"]},
                               {"estim_lr", next_estimate},
                               {"numerator_weighted", numerator},
                               {"count", count}});
  };
  return {init, update};
}

// --- Mechanic --------------------------------------------------------------------------------

namespace {

struct Mechanic {
  GradientTransformation base;
  MechanizeOptions options;

  Tree init(const Tree& params) const {
    DType dtype = tree_dtype(params, "lowest");
    Shape shape{options.num_betas};
    return {{"base_optimizer_state", base.init(params)},
            {"count", zero_count()},
            {"r", lax::zeros(shape, dtype)},
            {"m", lax::zeros(shape, dtype)},
            {"v", lax::zeros(shape, dtype)},
            {"s", lax::ones(shape, dtype) * options.s_init},
            {"x0", params}};
  }

  Array betas(DType dtype) const {
    std::vector<double> out;
    for (int i = 1; i <= options.num_betas; ++i) out.push_back(1.0 - std::pow(0.1, i));
    return np::array(out, dtype);
  }

  // Toward zero: what decays the weights.
  Tree decayed(const Tree& updates, const Tree& params, const Array& scale) const {
    Array rate =
        options.weight_decay * scale * tree_norm(updates) / (tree_norm(params) + options.eps);
    return tree_add_scale(updates, rate, params);
  }

  // The next r, m, v and s from the inner product of gradients and movement.
  Tree bet(const Tree& state, const Array& h) const {
    const Array& old_m = state["m"];
    Array b = betas(old_m.dtype());
    Array clipped = np::clip(lax::full_like(old_m, 1) * h, -old_m, old_m);
    Array m = np::maximum(b * old_m, np::abs(h) + options.eps);
    Array v = np::square(b) * state["v"].array() + np::square(h);
    Array r = b * state["r"].array() + clipped * state["s"].array();
    Array wealth = options.s_init / options.num_betas * m + np::maximum(0.0, r);
    return {{"r", r}, {"m", m}, {"v", v}, {"s", wealth / (np::sqrt(v) + options.eps)}};
  }

  GradientTransformation::Updated update(const Tree& updates, const Tree& state, const Tree& params,
                                         const ExtraArgs& extra) const {
    require_params(params, "mechanize");
    auto [step, base_state] = base.update(updates, state["base_optimizer_state"], params, extra);
    Tree x0 = tree_where(state["count"].array() == 0, params, state["x0"]);
    Array scale = np::sum(state["s"]);
    Tree moved =
        tree::map([&](const Array& x, const Array& x0) { return (x0 - x) / (scale + options.eps); },
                  params, x0);
    Array h = tree_vdot(decayed(updates, params, scale), moved);
    Tree next = bet(state, h);
    Tree target = tree_add_scale(x0, -np::sum(next["s"]), tree_sub(moved, step));
    next.set("base_optimizer_state", base_state);
    next.set("count", safe_increment(state["count"]));
    next.set("x0", x0);
    return {tree_sub(target, params), next};
  }
};

}  // namespace

GradientTransformation mechanize(GradientTransformation base_optimizer, MechanizeOptions options) {
  auto mechanic =
      std::make_shared<const Mechanic>(Mechanic{std::move(base_optimizer), std::move(options)});
  return {[mechanic](const Tree& params) { return mechanic->init(params); },
          [mechanic](const Tree& updates, const Tree& state, const Tree& params,
                     const ExtraArgs& extra) {
            return mechanic->update(updates, state, params, extra);
          }};
}

}  // namespace linum::optim::contrib
