#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/combine.h"
#include "linum/optim/contrib_parameter_free.h"
#include "linum/optim/scaling.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {
namespace {

Array typed(const Scalar& x, DType dtype) { return lax::convert_element_type(x.array(), dtype); }

Array l2_norm(const Array& x) { return np::sqrt(np::sum(np::square(x))); }

GradientTransformation decay_or_not(const std::optional<Scalar>& decay, const MaskOrFn& mask) {
  return decay ? add_decayed_weights(*decay, mask) : identity();
}

}  // namespace

GradientTransformation scale_by_distance_over_gradients(DistanceOverGradientsOptions o) {
  auto init = [o](const Tree& params) {
    auto distance = [&](const Array& x) { return o.reps_rel * (1 + l2_norm(x)); };
    auto zero = [](const Array&) { return lax::zeros({1}, DType::F32); };
    return Tree{{"max_dist", tree::map(distance, params)},
                {"grad_sum_of_squares", tree::map(zero, params)},
                {"init_params", tree_cast(params, o.param_dtype)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs&) {
    require_params(params, "scale_by_distance_over_gradients");
    Tree farthest = tree::map([](const Array& d, const Array& x,
                                 const Array& x0) { return np::maximum(d, l2_norm(x - x0)); },
                              state["max_dist"], params, state["init_params"]);
    Tree squares =
        tree::map([](const Array& sum, const Array& g) { return sum + np::sum(np::square(g)); },
                  state["grad_sum_of_squares"], updates);
    Tree out = tree::map(
        [&](const Array& g, const Array& d, const Array& sum) {
          return o.global_scale * (d / np::sqrt(sum + o.eps)) * g;
        },
        updates, farthest, squares);
    return std::pair(out, Tree{{"max_dist", farthest},
                               {"grad_sum_of_squares", squares},
                               {"init_params", state["init_params"]}});
  };
  return {init, update};
}

namespace contrib {
namespace {

GradientTransformation scale_by_dog(std::pair<std::string, Scalar> init_step, Scalar eps) {
  auto [kind, first] = init_step;
  if (kind != "distance" && kind != "heuristic" && kind != "learning_rate") {
    throw ValueError(str_cat(
        "dog knows the first steps \"distance\", \"heuristic\" and \"learning_rate\", got \"", kind,
        "\""));
  }
  auto init = [kind = kind, first = first](const Tree& params) {
    DType dtype = tree_dtype(params, "lowest");
    Scalar distance = kind == "heuristic"  ? Scalar(first * (1 + tree_norm(params)))
                      : kind == "distance" ? first
                                           : Scalar(0.0);
    return Tree{{"is_init_step", np::array(true)},
                {"init_params", params},
                {"max_dist", typed(distance, dtype)},
                {"sum_sq_norm_grads", lax::zeros({}, dtype)}};
  };
  auto update = [kind = kind, first = first, eps](const Tree& updates, const Tree& state,
                                                  const Tree& params, const ExtraArgs&) {
    require_params(params, "dog");
    Array distance =
        np::maximum(state["max_dist"], tree_norm(tree_sub(state["init_params"], params)));
    Array squares = state["sum_sq_norm_grads"].array() + tree_norm(updates, 2, true);
    Array rate = distance / np::sqrt(squares + eps);
    if (kind == "learning_rate") rate = np::where(state["is_init_step"], first, rate);
    return std::pair(tree_scale(rate, updates), Tree{{"is_init_step", np::array(false)},
                                                     {"init_params", state["init_params"]},
                                                     {"max_dist", distance},
                                                     {"sum_sq_norm_grads", squares}});
  };
  return {init, update};
}

GradientTransformation scale_by_dowg(Scalar init_estim_sq_dist, Scalar eps) {
  auto init = [init_estim_sq_dist](const Tree& params) {
    DType dtype = tree_dtype(params, "lowest");
    return Tree{{"init_params", params},
                {"estim_sq_dist", typed(init_estim_sq_dist, dtype)},
                {"weighted_sq_norm_grads", lax::zeros({}, dtype)}};
  };
  auto update = [eps](const Tree& updates, const Tree& state, const Tree& params,
                      const ExtraArgs&) {
    require_params(params, "dowg");
    Array now = tree_norm(tree_sub(state["init_params"], params), 2, true);
    Array distance = np::maximum(state["estim_sq_dist"], now);
    Array squares =
        distance * tree_norm(updates, 2, true) + state["weighted_sq_norm_grads"].array();
    Array rate = distance / (np::sqrt(squares) + eps);
    return std::pair(tree_scale(rate, updates), Tree{{"init_params", state["init_params"]},
                                                     {"estim_sq_dist", distance},
                                                     {"weighted_sq_norm_grads", squares}});
  };
  return {init, update};
}

}  // namespace

GradientTransformation dog(ScalarOrSchedule learning_rate, DogOptions o) {
  return chain(decay_or_not(o.weight_decay, o.mask), scale_by_dog(o.init_step, o.eps),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation dowg(ScalarOrSchedule learning_rate, DowgOptions o) {
  return chain(decay_or_not(o.weight_decay, o.mask),
               scale_by_dowg(o.init_estim_sq_dist.value_or(o.eps), o.eps),
               scale_by_learning_rate(std::move(learning_rate)));
}

GradientTransformation scale_by_cocob(CocobOptions o) {
  auto init = [o](const Tree& params) {
    return Tree{{"init_particles", params},
                {"cumulative_gradients", tree_zeros_like(params)},
                {"scale", tree_full_like(params, o.eps)},
                {"subgradients", tree_zeros_like(params)},
                {"reward", tree_zeros_like(params)}};
  };
  auto update = [o](const Tree& updates, const Tree& state, const Tree& params, const ExtraArgs&) {
    require_params(params, "scale_by_cocob");
    Tree moved = tree_sub(params, state["init_particles"]);
    Tree largest =
        tree::map([](const Array& l, const Array& g) { return np::maximum(l, np::abs(g)); },
                  state["scale"], updates);
    Tree total = tree_add(state["subgradients"], tree::map(np::abs, updates));
    Tree reward = tree::map(
        [](const Array& r, const Array& g, const Array& d) { return np::maximum(r - g * d, 0); },
        state["reward"], updates, moved);
    Tree sum = tree_sub(state["cumulative_gradients"], updates);
    Tree trees[] = {moved, sum, largest, total, reward};
    Tree out = tree::map_n(
        [&](std::span<const Array> x) {
          auto &d = x[0], &c = x[1], &l = x[2], &g = x[3], &r = x[4];
          return c / (l * np::maximum(g + l, o.alpha * l)) * (l + r) - d;
        },
        trees);
    return std::pair(out, Tree{{"init_particles", state["init_particles"]},
                               {"cumulative_gradients", sum},
                               {"scale", largest},
                               {"subgradients", total},
                               {"reward", reward}});
  };
  return {init, update};
}
GradientTransformation cocob(ScalarOrSchedule learning_rate, CocobOptions o) {
  return chain(add_decayed_weights(o.weight_decay, o.mask),
               scale_by_learning_rate(std::move(learning_rate), false), scale_by_cocob(o));
}

}  // namespace contrib
}  // namespace linum::optim
