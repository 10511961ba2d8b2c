#include "linum/optim/clipping.h"

#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/numerics.h"
#include "linum/optim/tree_math.h"

namespace linum::optim {
namespace {

// The axes that belong to one unit of a parameter of this rank.
Axes unit_axes(const Array& x) {
  switch (x.ndim()) {
    case 2:
    case 3:
      return {0};
    case 4:
      return {0, 1, 2};
    case 5:
      return {0, 1, 2, 3};
  }
  throw ShapeError(
      str_cat("adaptive_grad_clip knows the units of parameters with 1 to 5 axes, got ", x.aval(),
              "; name them with `axis`"));
}

bool is_vector(const Array& x) {
  return std::count_if(x.shape().begin(), x.shape().end(), [](auto n) { return n != 1; }) <= 1;
}

Array unitwise_norm(const Array& x, const std::optional<Axes>& axis) {
  Axes axes = axis ? *axis : is_vector(x) ? iota_axes(x.ndim()) : unit_axes(x);
  Array squared = np::sum(abs_sq(x), {.axis = axes, .keepdims = true});
  return np::broadcast_to(np::sqrt(squared), x.shape());
}

void check_batch_axis(const Tree& grads, std::string_view who) {
  std::vector<Array> leaves = tree::leaves(grads);
  for (const Array& g : leaves) {
    if (g.ndim() > 0 && leaves[0].ndim() > 0 && g.shape(0) == leaves[0].shape(0)) continue;
    throw ShapeError(
        str_cat(who, " needs gradients with one batch axis in front, got ", grads.to_string()));
  }
}

// The norm of each example over all leaves: (batch,).
Array example_norms(const Tree& grads) {
  Array sum = 0;
  for (const Array& g : tree::leaves(grads)) {
    Axes others = iota_axes(g.ndim());
    others.erase(others.begin());
    sum = sum + np::sum(abs_sq(g), {.axis = others});
  }
  return np::sqrt(sum);
}

}  // namespace

GradientTransformation clip(Scalar max_delta) {
  return stateless([max_delta](const Tree& updates, const Tree&) {
    return tree_clip(updates, -max_delta, max_delta);
  });
}

GradientTransformation clip_by_block_rms(Scalar threshold) {
  return stateless_map([threshold](const Array& u) {
    return u / np::maximum(1.0, np::sqrt(np::mean(abs_sq(u))) / threshold);
  });
}

GradientTransformation clip_by_global_norm(Scalar max_norm) {
  return stateless([max_norm](const Tree& updates, const Tree&) {
    Array norm = tree_norm(updates);
    Array fits = norm < max_norm.array();
    return tree::map(
        [&](const Array& t) {
          return lax::select(fits, t, t / lax::convert_element_type(norm, t.dtype()) * max_norm);
        },
        updates);
  });
}

GradientTransformation adaptive_grad_clip(Scalar clipping, Scalar eps, std::optional<Axes> axis) {
  return stateless([=](const Tree& updates, const Tree& params) {
    require_params(params, "adaptive_grad_clip");
    return tree::map(
        [&](const Array& g, const Array& p) {
          constexpr double kDivisionEps = 1e-6;
          Array norm = unitwise_norm(g, axis);
          Array max_norm = clipping * np::maximum(unitwise_norm(p, axis), eps);
          Array clipped = g * (max_norm / np::maximum(norm, kDivisionEps));
          return np::where(norm < max_norm, g, clipped);
        },
        updates, params);
  });
}

std::pair<Tree, Array> per_example_global_norm_clip(const Tree& grads, const Scalar& l2_norm_clip) {
  check_batch_axis(grads, "per_example_global_norm_clip");
  Array ratio = np::minimum(l2_norm_clip / example_norms(grads), 1.0);
  Array multipliers = np::where(np::isnan(ratio), 1.0, ratio);
  lax::DotDimensionNumbers batch{.lhs_contract = {0}, .rhs_contract = {0}};
  Tree clipped =
      tree::map([&](const Array& g) { return lax::dot_general(multipliers, g, batch); }, grads);
  return {clipped, np::sum(multipliers < 1.0)};
}

std::pair<Tree, Tree> per_example_layer_norm_clip(const Tree& grads,
                                                  const Scalar& global_l2_norm_clip, bool uniform) {
  check_batch_axis(grads, "per_example_layer_norm_clip");
  std::vector<Array> layers = tree::leaves(grads), clipped, counts;
  double total = 0;
  auto size_of = [](const Array& g) {
    const std::int64_t elements = g.size() / g.shape(0);  // of one example
    return static_cast<double>(elements);
  };
  for (const Array& g : layers) total += size_of(g);
  for (const Array& g : layers) {
    double share = uniform ? 1.0 / static_cast<double>(layers.size()) : size_of(g) / total;
    auto [sum, count] = per_example_global_norm_clip(g, global_l2_norm_clip * std::sqrt(share));
    clipped.push_back(sum);
    counts.push_back(count);
  }
  TreeDef structure(grads);
  return {structure.unflatten(clipped), structure.unflatten(counts)};
}

}  // namespace linum::optim
