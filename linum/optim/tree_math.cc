#include "linum/optim/tree_math.h"

#include <cmath>
#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/np/promote.h"
#include "linum/optim/numerics.h"

namespace linum::optim {

Tree tree_add(const Tree& x, const Tree& y) {
  return tree::map([](const Array& a, const Array& b) { return a + b; }, x, y);
}
Tree tree_sub(const Tree& x, const Tree& y) {
  return tree::map([](const Array& a, const Array& b) { return a - b; }, x, y);
}
Tree tree_mul(const Tree& x, const Tree& y) {
  return tree::map([](const Array& a, const Array& b) { return a * b; }, x, y);
}
Tree tree_div(const Tree& x, const Tree& y) {
  return tree::map([](const Array& a, const Array& b) { return a / b; }, x, y);
}
Tree tree_scale(const Array& scalar, const Tree& t) {
  return tree::map([&](const Array& x) { return scalar * x; }, t);
}
Tree tree_add_scale(const Tree& x, const Array& scalar, const Tree& y) {
  return tree::map([&](const Array& a, const Array& b) { return a + scalar * b; }, x, y);
}
Tree tree_conj(const Tree& t) { return tree::map(np::conj, t); }
Tree tree_real(const Tree& t) { return tree::map(np::real, t); }
Tree tree_clip(const Tree& t, const Array& min_value, const Array& max_value) {
  return tree::map([&](const Array& x) { return np::clip(x, min_value, max_value); }, t);
}
Tree tree_where(const Array& condition, const Tree& x, const Tree& y) {
  return tree::map([&](const Array& a, const Array& b) { return np::where(condition, a, b); }, x,
                   y);
}

// --- reductions ------------------------------------------------------------------------------

static Array add_leaves(const Tree& t) {
  return tree::reduce([](const Array& a, const Array& b) { return a + b; }, t, 0);
}

Array tree_vdot(const Tree& x, const Tree& y) {
  auto vdot = [](const Array& a, const Array& b) {
    if (a.shape() != b.shape()) {
      throw ShapeError(str_cat("tree_vdot of leaves ", a.aval(), " and ", b.aval()));
    }
    lax::DotDimensionNumbers all{.lhs_contract = iota_axes(a.ndim()),
                                 .rhs_contract = iota_axes(a.ndim())};
    auto [left, right] = np::promote_dtypes(np::conj(a), b);
    return lax::dot_general(left, right, all, lax::Precision::Highest);
  };
  return add_leaves(tree::map(vdot, x, y));
}
Array tree_sum(const Tree& t) {
  return add_leaves(tree::map([](const Array& x) { return np::sum(x); }, t));
}

static Array fold_not_empty(const Tree& t, Array (*of_leaf)(const Array&),
                            Array (*join)(const Array&, const Array&), double initial) {
  Array out = initial;
  for (const Array& x : tree::leaves(t))
    if (x.size() > 0) out = join(out, of_leaf(x));
  return out;
}
Array tree_max(const Tree& t) {
  return fold_not_empty(
      t, [](const Array& x) { return np::max(x); }, np::maximum,
      -std::numeric_limits<double>::infinity());
}
Array tree_min(const Tree& t) {
  return fold_not_empty(
      t, [](const Array& x) { return np::min(x); }, np::minimum,
      std::numeric_limits<double>::infinity());
}

std::int64_t tree_size(const Tree& t) {
  std::int64_t out = 0;
  for (const Array& x : tree::leaves(t)) out += x.size();
  return out;
}

Array tree_norm(const Tree& t, double ord, bool squared) {
  if (ord == 2) {
    Array sum = tree_sum(tree::map(abs_sq, t));
    return squared ? sum : np::sqrt(sum);
  }
  Tree magnitudes = tree::map(np::abs, t);
  if (ord != 1 && !std::isinf(ord)) {
    throw ValueError(str_cat("tree_norm knows ord 1, 2 and infinity, got ", ord));
  }
  Array norm = ord == 1 ? tree_sum(magnitudes) : tree_max(magnitudes);
  return squared ? norm * norm : norm;
}

Array tree_allclose(const Tree& a, const Tree& b, const AllcloseOptions& options) {
  Array out = true;
  np::CloseOptions close{
      .rtol = options.rtol, .atol = options.atol, .equal_nan = options.equal_nan};
  Tree equal =
      tree::map([&](const Array& x, const Array& y) { return np::allclose(x, y, close); }, a, b);
  for (const Array& leaf : tree::leaves(equal)) out = np::logical_and(out, leaf);
  return out;
}

// --- like another tree -----------------------------------------------------------------------

Tree tree_full_like(const Tree& t, const Array& value, std::optional<DType> dtype) {
  return tree::map(
      [&](const Array& x) {
        DType to = dtype.value_or(x.dtype());
        return lax::full(x.shape(), lax::convert_element_type(value, to));
      },
      t);
}
Tree tree_zeros_like(const Tree& t, std::optional<DType> dtype) {
  return tree_full_like(t, 0, dtype);
}
Tree tree_ones_like(const Tree& t, std::optional<DType> dtype) {
  return tree_full_like(t, 1, dtype);
}
Tree tree_cast(const Tree& t, std::optional<DType> dtype) {
  if (!dtype) return t;
  return tree::map([&](const Array& x) { return lax::convert_element_type(x, *dtype); }, t);
}
Tree tree_cast_like(const Tree& t, const Tree& other) {
  return tree::map(
      [](const Array& x, const Array& like) { return lax::convert_element_type(x, like.dtype()); },
      t, other);
}
static DType lower_dtype(DType a, DType b) {
  DType both = promote_types(a, b);
  if (both == a) return b;
  if (both == b) return a;
  throw DTypeError(str_cat("neither of ", name_of(a), " and ", name_of(b), " holds the other"));
}
static DType join_dtypes(DType a, DType b, std::string_view how) {
  if (how == "promote") return promote_types(a, b);
  DType lower = lower_dtype(a, b);
  if (how == "lowest") return lower;
  if (how == "highest") return lower == a ? b : a;
  throw ValueError(
      str_cat("tree_dtype joins by \"promote\", \"highest\" or \"lowest\", got \"", how, "\""));
}
DType tree_dtype(const Tree& t, std::string_view mixed) {
  std::vector<Array> leaves = tree::leaves(t);
  if (leaves.empty()) return DType::F32;
  DType out = leaves[0].dtype();
  for (const Array& x : leaves) {
    if (!mixed.empty()) {
      out = join_dtypes(out, x.dtype(), mixed);
    } else if (x.dtype() != out) {
      throw DTypeError(str_cat("tree_dtype of a tree with leaves of ", name_of(out), " and ",
                               name_of(x.dtype())));
    }
  }
  return out;
}

Array tree_to_vector(const Tree& t) {
  std::vector<Array> flat;
  for (const Array& x : tree::leaves(t)) flat.push_back(np::ravel(x));
  if (flat.empty()) return lax::zeros({0}, DType::F32);
  return np::concatenate(flat);
}
Tree tree_from_vector(const Array& vector, const Tree& like) {
  Shape sizes;
  for (const Array& x : tree::leaves(like)) sizes.push_back(x.size());
  std::vector<Array> parts = lax::split(vector, sizes);
  std::size_t next = 0;
  return tree::map(
      [&](const Array& x) {
        return lax::convert_element_type(np::reshape(parts[next++], x.shape()), x.dtype());
      },
      like);
}
Tree tree_batch_shape(const Tree& t, const Shape& shape) {
  return tree::map([&](const Array& x) { return lax::broadcast(x, shape); }, t);
}

// --- moments ---------------------------------------------------------------------------------

static Array decayed(const Scalar& decay, const Array& fresh, const Array& old) {
  return (1 - decay) * fresh + decay * old;
}
static Array to_power(const Array& g, int order) {
  return order == 1 ? g : lax::integer_pow(g, order);
}

Tree tree_update_moment(const Tree& updates, const Tree& moments, const Scalar& decay, int order) {
  return tree::map(
      [&](const Array& g, const Array& t) { return decayed(decay, to_power(g, order), t); },
      updates, moments);
}

Tree tree_update_moment_per_elem_norm(const Tree& updates, const Tree& moments, const Scalar& decay,
                                      int order) {
  return tree::map(
      [&](const Array& g, const Array& t) {
        if (!is_complex(g.dtype())) return decayed(decay, to_power(g, order), t);
        Array norm = order % 2 ? np::power(abs_sq(g), order / 2.0) : to_power(abs_sq(g), order / 2);
        return decayed(decay, norm, t);
      },
      updates, moments);
}

Tree tree_update_infinity_moment(const Tree& updates, const Tree& moments, const Scalar& decay,
                                 const Scalar& eps) {
  return tree::map(
      [&](const Array& g, const Array& t) { return np::maximum(np::abs(g) + eps, decay * t); },
      updates, moments);
}

Tree tree_bias_correction(const Tree& moment, const Scalar& decay, const Array& count) {
  Array correction = 1 - np::power(decay, count);
  return tree::map(
      [&](const Array& t) { return t / lax::convert_element_type(correction, t.dtype()); }, moment);
}

}  // namespace linum::optim
