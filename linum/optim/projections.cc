#include "linum/optim/projections.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/tree_math.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"

namespace linum::optim::projections {
namespace {

// One bound for all leaves, or one for each.
Tree spread(const Tree& bound, const Tree& like) {
  return bound.is_leaf() && !like.is_leaf() ? tree::broadcast(bound, like) : bound;
}

Array unit_simplex(const Array& values) {
  const std::int64_t n = values.shape(0);
  Array sorted = np::flip(np::sort(values));
  Array sums = np::cumsum(sorted);
  Array places = np::arange(n) + 1;
  Array kept = 1 / places + (sorted - sums / places) > 0;
  Array count = np::count_nonzero(kept);
  Array sum = np::index(sums, Array(count - 1));
  return np::maximum(1 / count + (values - sum / count), 0);
}

// The derivative is that on the face that the point lies on.
Array differentiable_unit_simplex(const Array& values) {
  auto rule = [](const std::tuple<Array>& primals, const std::tuple<Array>& tangents) {
    Array out = unit_simplex(std::get<0>(primals));
    const Array& t = std::get<0>(tangents);
    Array support = lax::convert_element_type(out > 0, t.dtype());
    Array mean = np::sum(support * t) / np::sum(support);
    return std::pair(out, support * t - mean * support);
  };
  return custom_jvp(unit_simplex, rule)(values);
}

}  // namespace

Tree projection_non_negative(const Tree& t) {
  return tree::map([](const Array& x) { return np::maximum(x, 0); }, t);
}

Tree projection_box(const Tree& t, const Tree& lower, const Tree& upper) {
  return tree::map([](const Array& x, const Array& l, const Array& u) { return np::clip(x, l, u); },
                   t, spread(lower, t), spread(upper, t));
}

Tree projection_hypercube(const Tree& t, const Tree& scale) {
  return projection_box(t, Array(0), scale);
}

Tree projection_simplex(const Tree& t, const Array& scale) {
  Array vector = tree_to_vector(t);
  return tree_from_vector(scale * differentiable_unit_simplex(vector / scale), t);
}

Tree projection_l1_sphere(const Tree& t, const Array& scale) {
  return tree_mul(tree::map(np::sign, t), projection_simplex(tree::map(np::abs, t), scale));
}

Tree projection_l1_ball(const Tree& t, const Array& scale) {
  auto inside = [](Tree x, Array) { return x; };
  auto outside = [](Tree x, Array scale) { return projection_l1_sphere(x, scale); };
  return lax::cond(tree_norm(t, 1) <= scale, inside, outside, t, scale);
}

Tree projection_l2_sphere(const Tree& t, const Array& scale) {
  return tree_scale(scale / tree_norm(t), t);
}

Tree projection_l2_ball(const Tree& t, const Array& scale) {
  Array norm = np::sqrt(np::maximum(tree_norm(t, 2, true), np::square(scale)));
  return tree_scale(scale / norm, t);
}

Tree projection_linf_ball(const Tree& t, const Array& scale) {
  return projection_box(t, -scale, scale);
}

Tree projection_vector(const Tree& x, const Tree& a) {
  return tree_scale(tree_vdot(x, a) / tree_vdot(a, a), a);
}

Tree projection_hyperplane(const Tree& x, const Tree& a, const Array& b) {
  return tree_add_scale(x, (b - tree_vdot(x, a)) / tree_vdot(a, a), a);
}

Tree projection_halfspace(const Tree& x, const Tree& a, const Array& b) {
  Array excess = (b - tree_vdot(x, a)) / tree_vdot(a, a);
  return tree_add_scale(x, np::minimum(excess, 0), a);
}

}  // namespace linum::optim::projections
