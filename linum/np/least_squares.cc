// Ranks, condition numbers, pseudoinverses and least squares, from singular values.
#include <algorithm>
#include <cmath>

#include "linum/lax/decompositions.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/indexing.h"
#include "linum/np/info.h"
#include "linum/np/linalg.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/transforms/custom.h"

namespace linum::np::linalg {
namespace {

Array dot(const Array& x, const Array& y) {
  return matmul(x, y, {.precision = lax::Precision::Highest});
}

// eps times the larger of the sizes.
double rounding_of(const Array& x) {
  return finfo(x.dtype()).eps * static_cast<double>(std::max(x.shape(-1), x.shape(-2)));
}

}  // namespace

Array matrix_rank(const Array& x, const RankOptions& options) {
  const Array a = promote_dtypes_inexact(x);
  if (a.ndim() < 2) return lax::convert_element_type(any(a != 0), int32);
  const Array s =
      svd(a, {.full_matrices = false, .compute_uv = false, .hermitian = options.hermitian}).s;
  const Array least = options.rtol.defined() ? options.rtol : max(s, -1) * rounding_of(a);
  return sum(s > expand_dims(least, -1), -1);
}

Array cond(const Array& x, const Order& p) {
  if (x.ndim() < 2 || x.shape(-1) == 0 || x.shape(-2) == 0) {
    throw ShapeError(
        str_cat("cond needs matrices with elements in the last two axes, got ", x.aval()));
  }
  const double order = p.p().value_or(p.is_default() ? 2 : 0);
  if (std::abs(order) != 2 && x.shape(-1) != x.shape(-2)) {
    throw ShapeError(
        str_cat("cond: only the norms 2 and -2 are of matrices that are not square, "
                "such as ",
                x.aval()));
  }
  Array out;
  if (std::abs(order) == 2) {
    const Array s = svdvals(x);
    const Array greatest = index(s, {ellipsis, 0}), least = index(s, {ellipsis, -1});
    if (order == 2) return greatest / least;
    out = least / greatest;
  } else {
    out = matrix_norm(x, p) * matrix_norm(inv(x), p);
  }
  const Array is_singular = isnan(out) & logical_not(any(isnan(x), {.axis = {-2, -1}}));
  return where(is_singular, INFINITY, out);
}

// --- pinv -------------------------------------------------------------------------------------

namespace {

Array pinv_of(const Array& a, const Array& rtol, bool hermitian) {
  const auto [u, s, vh] = svd(conj(a), {.full_matrices = false, .hermitian = hermitian});
  const Array least = expand_dims(rtol, -1) * index(s, {ellipsis, Slice{.stop = 1}});
  const Array kept = lax::convert_element_type(where(s > least, s, INFINITY), u.dtype());
  return dot(matrix_transpose(vh), matrix_transpose(u) / expand_dims(kept, -1));
}

Array with_pinv_derivative(const Array& a, const Array& rtol, bool hermitian);

// Golub and Pereyra 1973, with the products in the cheaper order.
Array pinv_tangent(const Array& a, const Array& p, const Array& t) {
  const Array ph = lax::adjoint(p), th = lax::adjoint(t);
  if (a.shape(-2) >= a.shape(-1)) {
    const Array s = dot(dot(p, ph), th), r = dot(dot(th, ph), p);
    return -dot(dot(p, t), p) + s - dot(dot(s, a), p) + r - dot(dot(p, a), r);
  }
  const Array s = dot(p, dot(ph, th)), r = dot(th, dot(ph, p));
  return -dot(p, dot(t, p)) + s - dot(s, dot(a, p)) + r - dot(p, dot(a, r));
}

Array with_pinv_derivative(const Array& a, const Array& rtol, bool hermitian) {
  using Arguments = std::tuple<Array, Array>;
  const auto inverse = [hermitian](const Array& x, const Array& r) {
    return pinv_of(x, r, hermitian);
  };
  const auto rule = [hermitian](const Arguments& primals, const Arguments& tangents) {
    const auto& [x, r] = primals;
    const Array p = with_pinv_derivative(x, r, hermitian);
    const auto whole = [hermitian](const Array& v) {
      return hermitian ? (v + lax::adjoint(v)) / 2 : v;
    };
    return std::pair{p, pinv_tangent(whole(x), p, whole(std::get<0>(tangents)))};
  };
  return custom_jvp(inverse, rule)(a, rtol);
}

}  // namespace

Array pinv(const Array& x, const RankOptions& options) {
  const Array a = strong(promote_dtypes_inexact(x));
  if (a.ndim() < 2) {
    throw ShapeError(str_cat("pinv needs matrices in the last two axes, got ", x.aval()));
  }
  if (a.shape(-1) == 0 || a.shape(-2) == 0) return matrix_transpose(a);
  const DType real_type = real_part_of(a.dtype());
  const Array rtol = options.rtol.defined() ? options.rtol : Array(10 * rounding_of(a));
  return with_pinv_derivative(a, lax::convert_element_type(rtol, real_type), options.hermitian);
}

// --- lstsq ------------------------------------------------------------------------------------

namespace {

void check_system(const Array& a, const Array& b) {
  const bool fits = a.ndim() == 2 && (b.ndim() == 1 || b.ndim() == 2) && a.shape(0) == b.shape(0);
  if (fits) return;
  throw ShapeError(str_cat("lstsq: ", a.aval(), " does not fit ", b.aval(),
                           ": a must be (m, n), and b (m,) or (m, k)"));
}

// x, the rank and the singular values; b has columns.
LeastSquares solve_least_squares(const Array& a, const Array& b, std::optional<double> rcond) {
  const std::int64_t n = a.shape(1);
  if (a.size() == 0) {
    return {lax::zeros({n, b.shape(1)}, a.dtype()),
            {},
            lax::zeros({}, int32),
            lax::zeros({0}, real_part_of(a.dtype()))};
  }
  const auto [u, s, vh] = svd(a, {.full_matrices = false});
  double least = rcond.value_or(rounding_of(a));
  if (least < 0) least = finfo(a.dtype()).eps;
  const Array is_kept = (s > 0) & (s >= index(s, 0) * least);
  const Array inverse = where(is_kept, 1 / where(is_kept, s, 1), 0);
  const Array turned = dot(lax::adjoint(u), b);
  const Array scaled = lax::convert_element_type(expand_dims(inverse, -1), a.dtype()) * turned;
  return {dot(lax::adjoint(vh), scaled), {}, sum(is_kept), s};
}

}  // namespace

LeastSquares lstsq(const Array& given_a, const Array& given_b, std::optional<double> rcond,
                   bool numpy_resid) {
  check_system(given_a, given_b);
  auto [a, b] = promote_dtypes_inexact(given_a, given_b);
  const Array right = b.ndim() == 1 ? expand_dims(b, -1) : b;
  LeastSquares out = solve_least_squares(strong(a), strong(right), rcond);
  const std::int64_t m = a.shape(0), n = a.shape(1);
  if (numpy_resid && (m <= n || out.rank.item<std::int64_t>() < n)) {
    out.residuals = lax::zeros({0}, real_part_of(a.dtype()));
  } else {
    const Array length = norm(right - dot(a, out.x), {.axis = 0});
    out.residuals = length * length;
  }
  if (b.ndim() == 1) out.x = squeeze(out.x, -1);
  return out;
}

}  // namespace linum::np::linalg
