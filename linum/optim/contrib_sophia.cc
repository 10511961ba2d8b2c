#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/combine.h"
#include "linum/optim/contrib_second_order.h"
#include "linum/optim/numerics.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"
#include "linum/optim/tree_random.h"
#include "linum/random/random.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"

namespace linum::optim::contrib {

// The derivative of f's gradient along `direction`.
static Tree hessian_product(const std::function<Array(const Tree&)>& f, const Tree& at,
                            const Tree& direction) {
  auto gradient = [&](Tree x) { return grad([&](Tree y) { return f(y); })(x); };
  return jvp(gradient, std::tuple<Tree>(at), std::tuple<Tree>(direction)).second;
}

GradientTransformation hutchinson_estimator_diag_hessian(std::optional<Array> key) {
  auto init = [key](const Tree&) { return Tree{{"key", key ? *key : random::PRNGKey(0)}}; };
  auto update = [](const Tree&, const Tree& state, const Tree& params, const ExtraArgs& extra) {
    require_params(params, "hutchinson_estimator_diag_hessian");
    if (!extra.value_fn) {
      throw ValueError(
          "hutchinson_estimator_diag_hessian differentiates the loss; call "
          "update(updates, state, params, {.value_fn = ...})");
    }
    auto [next, sample] = random::split<2>(state["key"]);
    auto sign = [](const Array& key, const Shape& shape, DType dtype) {
      return random::rademacher(key, shape, dtype);
    };
    Tree signs =
        tree_cast(tree_random_like(sample, params, sign, DType::F32), tree_dtype(params, "lowest"));
    Tree product = tree_mul(hessian_product(extra.value_fn, params, signs), signs);
    return std::pair(product, Tree{{"key", next}});
  };
  return {init, update};
}

static GradientTransformation scale_by_sophia(const SophiaOptions& o) {
  auto init = [o](const Tree& params) {
    return Tree{{"count", zero_count()},
                {"mu", tree_zeros_like(params, o.mu_dtype)},
                {"nu", tree_zeros_like(params)},
                {"hessian_fn_state", o.hessian_diagonal_fn.init(params)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree& params,
                    const ExtraArgs& extra) {
    require_params(params, "sophia");
    const Array& done = state["count"];
    Array count = safe_increment(done);
    Tree mu = tree_update_moment(updates, state["mu"], o.b1, 1);
    Tree out = tree::map(
        [&](const Array& m, const Array& h) {
          Array step = m / np::maximum(o.gamma * h, o.eps);
          return o.clip_threshold ? np::clip(step, -*o.clip_threshold, *o.clip_threshold) : step;
        },
        tree_bias_correction(mu, o.b1, count), state["nu"]);
    auto look = [&](Tree hessian_state, Tree nu, Tree updates, Tree params) {
      auto [diagonal, next] = o.hessian_diagonal_fn.update(updates, hessian_state, params, extra);
      return std::pair<Tree, Tree>(next, tree_update_moment(diagonal, nu, o.b2, 1));
    };
    auto keep = [](Tree hessian_state, Tree nu, Tree, Tree) {
      return std::pair<Tree, Tree>(hessian_state, nu);
    };
    auto [hessian_state, nu] = lax::cond(done % o.update_interval == 0, look, keep,
                                         state["hessian_fn_state"], state["nu"], updates, params);
    return std::pair(out, Tree{{"count", count},
                               {"mu", tree_cast(mu, o.mu_dtype)},
                               {"nu", nu},
                               {"hessian_fn_state", hessian_state}});
  };
  return {init, update};
}

GradientTransformation sophia(ScalarOrSchedule learning_rate, SophiaOptions o) {
  return chain(scale_by_sophia(o), add_decayed_weights(o.weight_decay, o.weight_decay_mask),
               scale_by_learning_rate(std::move(learning_rate)));
}

}  // namespace linum::optim::contrib
