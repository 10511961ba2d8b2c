// Zeros of polynomials, and polynomials that fit points.
#include <cmath>

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/creation.h"
#include "linum/np/indexing.h"
#include "linum/np/info.h"
#include "linum/np/joining.h"
#include "linum/np/linalg.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/polynomial.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"

namespace linum::np {

// --- roots ------------------------------------------------------------------------------------

// Of p with a leading coefficient that is not 0.
static Array eigenvalues_of_companion(const Array& p) {
  const std::int64_t n = p.size() - 1;
  if (n < 1) return lax::zeros({0}, complex_of(p.dtype()));
  const Array first = -index(p, Slice{.start = 1}) / index(p, 0);
  const Array below = eye(n - 1, n, 0, p.dtype());
  return linalg::eigvals(linum::np::concatenate({expand_dims(first, 0), below}, 0));
}

// With `count` zeros in front: the numbers are moved to the front, which adds as many zeros at 0,
// and those are replaced by NaN.
static Array roots_behind_zeros(const Array& given, const Array& count) {
  const Array p = where(count == given.size(), 1, given);
  const Array found = eigenvalues_of_companion(roll(p, -count));
  const Array is_zero = lax::convert_element_type(found == 0, int32);
  const Array sorted = lax::sort_key_val(is_zero, found).second;
  const Array nan = lax::full_like(real(found), NAN);
  return where(lax::iota(int32, found.size()) < found.size() - count, sorted,
               lax::complex(nan, nan));
}

Array roots(const Array& given, bool strip_zeros) {
  const Array p = strong(promote_dtypes_inexact(atleast_1d(given)));
  if (p.ndim() != 1) {
    throw ShapeError(str_cat("roots: coefficients must form a vector, got ", given.aval()));
  }
  if (p.size() < 2) return lax::zeros({0}, complex_of(p.dtype()));
  const Array count = where(all(p == 0), p.size(), lax::argmin(p == 0, 0));
  if (!strip_zeros) return roots_behind_zeros(p, count);
  return eigenvalues_of_companion(index(p, Slice{.start = count.item<std::int64_t>()}));
}

// --- polyfit ----------------------------------------------------------------------------------

static void check_points(const Array& x, const Array& y, std::int64_t deg, const Array& w) {
  if (deg < 0) throw ValueError(str_cat("polyfit: deg must not be negative, got ", deg));
  const bool fits =
      x.ndim() == 1 && x.size() > 0 && (y.ndim() == 1 || y.ndim() == 2) && y.shape(0) == x.size();
  if (!fits) {
    throw ShapeError(str_cat("polyfit needs x (m,) with elements and y (m,) or (m, k), got ",
                             x.aval(), " and ", y.aval()));
  }
  if (w.defined() && w.shape() != x.shape()) {
    throw ShapeError(
        str_cat("polyfit needs a weight for each of the ", x.size(), " points, got ", w.aval()));
  }
}

static Array covariance_of(const Array& matrix, const Array& scale, const Array& residuals,
                           bool is_vector, FitCovariance kind) {
  const std::int64_t spare = matrix.shape(0) - matrix.shape(1);
  const Array gram = dot(transpose(matrix), matrix);
  const Array base = linalg::inv(gram) / outer(scale, scale);
  Array factor = constant_like(residuals, 1);
  if (kind == FitCovariance::Scaled) {
    if (spare <= 0) {
      throw ValueError(
          str_cat("polyfit: to scale the covariance there must be more points "
                  "than the ",
                  matrix.shape(1), " coefficients, got ", matrix.shape(0)));
    }
    factor = residuals / spare;
  }
  if (is_vector) return base * factor;
  return expand_dims(base, -1) * factor;
}

Polyfit polyfit(const Array& x, const Array& y, std::int64_t deg, const PolyfitOptions& o) {
  check_points(x, y, deg, o.w);
  const Array points = promote_dtypes_inexact(x);
  const bool is_vector = y.ndim() == 1;
  Array matrix = vander(points, deg + 1), right = y;
  if (o.w.defined()) {
    const Array w = promote_dtypes_inexact(o.w), column = expand_dims(w, -1);
    matrix = matrix * column;
    right = right * (is_vector ? w : column);
  }
  const Array scale = sqrt(sum(matrix * matrix, 0));
  matrix = matrix / scale;
  const double rcond = o.rcond.value_or(static_cast<double>(x.size()) * finfo(points.dtype()).eps);
  const auto fit = linalg::lstsq(matrix, right, rcond);
  Polyfit out{fit.x / (is_vector ? scale : expand_dims(scale, -1)),
              fit.residuals,
              fit.rank,
              fit.s,
              asarray(rcond),
              {}};
  if (o.cov != FitCovariance::None) {
    out.covariance = covariance_of(matrix, scale, fit.residuals, is_vector, o.cov);
  }
  return out;
}

}  // namespace linum::np
