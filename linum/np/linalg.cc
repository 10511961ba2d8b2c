#include "linum/np/linalg.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/einsum.h"
#include "linum/np/indexing.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"

namespace linum::np::linalg {

// --- norms ------------------------------------------------------------------------------------

namespace {

Array euclidean(const Array& x, const AxisArg& axis, bool keepdims) {
  const Array squares = is_complex(x.dtype()) ? real(x * conj(x)) : x * x;
  return sqrt(sum(squares, {.axis = axis, .keepdims = keepdims}));
}

[[noreturn]] void refuse_order(std::string_view kind, const Order& ord) {
  throw ValueError(
      str_cat("norm: invalid order ", ord.p() ? std::to_string(*ord.p()) : "\"" + ord.name() + "\"",
              " for a ", kind, " norm",
              kind == "matrix" ? ": it must be \"fro\", \"nuc\", 1, -1, 2, -2, or an infinity"
                               : ": it must be a number"));
}

Array vector_norm_of(const Array& x, double p, const AxisArg& axis, bool keepdims) {
  if (p == 2) return euclidean(x, axis, keepdims);
  const Array size = abs(x);
  if (p == INFINITY) return max(size, {.axis = axis, .keepdims = keepdims, .initial = 0});
  if (p == -INFINITY) return min(size, {.axis = axis, .keepdims = keepdims});
  const ReduceOptions over{.axis = axis, .keepdims = keepdims};
  if (p == 0) {
    return lax::convert_element_type(sum(x != 0, over), real_part_of(to_inexact(x.dtype())));
  }
  if (p == 1) return sum(size, over);
  return power(sum(power(size, p), over), 1 / p);
}

// The largest singular value (2), the smallest (-2), or their sum.
Array spectral_norm(const Array& x, const Order& ord, const Axes& axes, bool keepdims) {
  const Array s = svdvals(moveaxis(x, axes, {-2, -1}));
  Array out = sum(s, -1);
  if (ord.p()) out = *ord.p() > 0 ? max(s, {.axis = -1, .initial = 0}) : min(s, -1);
  return keepdims ? expand_dims(out, axes) : out;
}

Array matrix_norm_of(const Array& x, const Order& ord, const Axes& axes, bool keepdims) {
  if (ord.is_default() || ord.name() == "fro" || ord.name() == "f") {
    return euclidean(x, axes, keepdims);
  }
  const double p = ord.p().value_or(0);
  if (ord.name() == "nuc" || std::abs(p) == 2) return spectral_norm(x, ord, axes, keepdims);
  if (std::abs(p) != 1 && !std::isinf(p)) refuse_order("matrix", ord);
  const std::int64_t summed = axes[std::isinf(p) ? 1 : 0], left = axes[std::isinf(p) ? 0 : 1];
  const Array sums = sum(abs(x), {.axis = summed, .keepdims = true});
  const Array out = p > 0 ? max(sums, {.axis = left, .keepdims = true, .initial = 0})
                          : min(sums, {.axis = left, .keepdims = true});
  return keepdims ? out : squeeze(out, axes);
}

}  // namespace

Array vector_norm(const Array& x, const NormOptions& o) {
  if (!o.ord.name().empty()) refuse_order("vector", o.ord);
  return vector_norm_of(promote_dtypes_inexact(x), o.ord.p().value_or(2), o.axis, o.keepdims);
}

Array norm(const Array& x, const NormOptions& o) {
  const Array values = promote_dtypes_inexact(x);
  if (!o.axis.has_value() && o.ord.is_default()) return euclidean(values, {}, o.keepdims);
  const Axes axes = o.axis.resolve(x.ndim(), "norm");
  if (axes.size() == 1) {
    return vector_norm(values, {.ord = o.ord, .axis = axes, .keepdims = o.keepdims});
  }
  if (axes.size() == 2) return matrix_norm_of(values, o.ord, axes, o.keepdims);
  throw ShapeError(str_cat("norm: pass one axis for a vector norm or two for a matrix norm, got ",
                           axes.size(), " for ", x.aval()));
}
Array matrix_norm(const Array& x, const Order& ord, bool keepdims) {
  return norm(x, {.ord = ord, .axis = {-2, -1}, .keepdims = keepdims});
}

// --- products ---------------------------------------------------------------------------------

static void require_square(std::string_view what, const Array& x) {
  if (x.ndim() >= 2 && x.shape(-1) == x.shape(-2)) return;
  throw ShapeError(str_cat(what, " needs square matrices in the last two axes, got ", x.aval()));
}

Array matrix_power(const Array& x, std::int64_t n) {
  require_square("matrix_power", x);
  if (n == 0) return broadcast_to(eye(x.shape(-1), {}, 0, x.dtype()), x.shape());
  Array square = n < 0 ? inv(x) : x, out;
  for (std::int64_t left = std::abs(n); left > 0; left /= 2) {
    if (left % 2 == 1) out = out.defined() ? matmul(out, square) : square;
    if (left > 1) square = matmul(square, square);
  }
  return out;
}

Array multi_dot(const std::vector<Array>& arrays, lax::Precision precision) {
  if (arrays.size() < 2) {
    throw ValueError(str_cat("multi_dot needs at least two arrays, got ", arrays.size()));
  }
  std::vector<EinsumTerm> terms;
  for (std::size_t i = 0; i < arrays.size(); ++i) {
    const auto label = static_cast<std::int64_t>(i);
    const bool is_end = i == 0 || i + 1 == arrays.size();
    if (arrays[i].ndim() != 2 && !(is_end && arrays[i].ndim() == 1)) {
      throw ShapeError(str_cat("multi_dot takes matrices, and vectors at both ends; got ",
                               arrays[i].aval(), " at place ", i));
    }
    const bool is_matrix = arrays[i].ndim() == 2;
    terms.push_back({arrays[i], is_matrix ? Axes{label, label + 1} : Axes{i == 0 ? 1 : label}});
  }
  Axes output;
  if (arrays.front().ndim() == 2) output.push_back(0);
  if (arrays.back().ndim() == 2) output.push_back(static_cast<std::int64_t>(arrays.size()));
  return einsum(terms, output, {.precision = precision});
}

// --- equations --------------------------------------------------------------------------------

namespace {

// The sign of the permutation that a list of row swaps makes.
Array sign_of_swaps(const Array& pivots, DType dtype) {
  const Array swaps = sum(pivots != lax::iota(int32, pivots.shape(-1)), -1);
  return lax::convert_element_type(1 - 2 * (swaps % 2), dtype);
}

}  // namespace

Array solve(const Array& a, const Array& b) {
  require_square("solve", a);
  const bool is_vector = b.ndim() == 1;
  if (b.ndim() == 0 || b.shape(is_vector ? -1 : -2) != a.shape(-1)) {
    throw ShapeError(str_cat("solve: ", a.aval(), " does not fit ", b.aval(),
                             ": b must be (..., m, n), or a vector of m elements"));
  }
  auto [matrix, right] = promote_dtypes_inexact(a, is_vector ? expand_dims(b, -1) : b);
  auto leading = [](const Array& x) { return Shape(x.shape().begin(), x.shape().end() - 2); };
  const Shape batch = linum::broadcast_shapes(leading(matrix), leading(right), "solve");
  auto spread = [&](const Array& x) {
    Shape shape = batch;
    shape.insert(shape.end(), x.shape().end() - 2, x.shape().end());
    return broadcast_to(strong(x), shape);
  };
  const auto [lu, pivots, permutation] = lax::linalg::lu(strong(matrix));
  const Array order = squeeze(spread(expand_dims(permutation, -1)), -1);
  const Array x = lax::linalg::lu_solve(spread(lu), order, spread(right));
  return is_vector ? squeeze(x, -1) : x;
}

Array inv(const Array& x) {
  require_square("inv", x);
  return solve(x, eye(x.shape(-1), {}, 0, to_inexact(x.dtype())));
}

namespace {

// Element (i, j) of each matrix.
Array entry(const Array& x, std::int64_t i, std::int64_t j) { return index(x, {ellipsis, i, j}); }

Array det_of_2(const Array& x) {
  return entry(x, 0, 0) * entry(x, 1, 1) - entry(x, 0, 1) * entry(x, 1, 0);
}
Array det_of_3(const Array& x) {
  auto product = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    return entry(x, 0, i) * entry(x, 1, j) * entry(x, 2, k);
  };
  return product(0, 1, 2) + product(1, 2, 0) + product(2, 0, 1) - product(2, 1, 0) -
         product(0, 2, 1) - product(1, 0, 2);
}

}  // namespace

Array det(const Array& x) {
  require_square("det", x);
  const Array a = strong(promote_dtypes_inexact(x));
  if (a.shape(-1) == 2) return det_of_2(a);
  if (a.shape(-1) == 3) return det_of_3(a);
  const auto [lu, pivots, permutation] = lax::linalg::lu(a);
  return prod(diagonal(lu), -1) * sign_of_swaps(pivots, a.dtype());
}

// x / |x|, and 0 where x is. Unlike sign's, its derivative is that of the phase.
static Array phase(const Array& x) {
  if (!is_complex(x.dtype())) return sign(x);
  const Array size = abs(x), divisor = where(size == 0, 1, size);
  return x / lax::convert_element_type(divisor, x.dtype());
}

SignLogDet slogdet(const Array& x) {
  require_square("slogdet", x);
  const Array a = strong(promote_dtypes_inexact(x));
  if (a.shape(-1) == 2) return {phase(det_of_2(a)), log(abs(det_of_2(a)))};
  const auto [lu, pivots, permutation] = lax::linalg::lu(a);
  const Array u = diagonal(lu);
  return {prod(phase(u), -1) * sign_of_swaps(pivots, a.dtype()), sum(log(abs(u)), -1)};
}

static std::int64_t product_of(const Shape& shape, std::size_t first, std::size_t last) {
  return std::accumulate(shape.begin() + static_cast<std::ptrdiff_t>(first),
                         shape.begin() + static_cast<std::ptrdiff_t>(last), std::int64_t{1},
                         std::multiplies<>());
}

Array tensorinv(const Array& x, std::int64_t ind) {
  if (ind <= 0 || ind > x.ndim()) {
    throw ValueError(
        str_cat("tensorinv: ind must be between 1 and the rank ", x.ndim(), ", got ", ind));
  }
  const auto split = static_cast<std::size_t>(ind), rank = x.shape().size();
  const std::int64_t rows = product_of(x.shape(), 0, split);
  const std::int64_t columns = product_of(x.shape(), split, rank);
  if (rows != columns) {
    throw ShapeError(str_cat("tensorinv: the first ", ind, " axes of ", x.aval(), " have ", rows,
                             " elements, the others ", columns));
  }
  Shape shape(x.shape().begin() + ind, x.shape().end());
  shape.insert(shape.end(), x.shape().begin(), x.shape().begin() + ind);
  return lax::reshape(inv(lax::reshape(x, {rows, columns})), shape);
}

Array tensorsolve(const Array& x, const Array& b, const Axes& axes) {
  Array a = x;
  if (!axes.empty()) {
    Axes ends(axes.size());
    std::iota(ends.begin(), ends.end(), x.ndim() - std::ssize(axes));
    a = moveaxis(x, axes, ends);
  }
  if (b.ndim() > a.ndim() ||
      product_of(a.shape(), b.shape().size(), a.shape().size()) != b.size()) {
    throw ShapeError(str_cat("tensorsolve: ", x.aval(), " does not fit ", b.aval()));
  }
  const Shape shape(a.shape().begin() + b.ndim(), a.shape().end());
  return lax::reshape(solve(lax::reshape(a, {b.size(), b.size()}), ravel(b)), shape);
}

// --- the array API's --------------------------------------------------------------------------

Array cross(const Array& x, const Array& y, std::int64_t axis) {
  if (x.shape(axis) != 3 || y.shape(axis) != 3) {
    throw ShapeError(str_cat("linalg::cross: both vectors must have 3 components, got ", x.aval(),
                             " and ", y.aval()));
  }
  return np::cross(x, y, {.axis = axis});
}
Array diagonal(const Array& x, std::int64_t offset) { return np::diagonal(x, offset, -2, -1); }
Array trace(const Array& x, std::int64_t offset, std::optional<DType> dtype) {
  return np::trace(x, offset, -2, -1, dtype);
}

}  // namespace linum::np::linalg
