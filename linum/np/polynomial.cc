#include "linum/np/polynomial.h"

#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/bits.h"
#include "linum/np/indexing.h"
#include "linum/np/info.h"
#include "linum/np/joining.h"
#include "linum/np/linalg.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/statistics.h"
#include "linum/transforms/control_flow.h"

namespace linum::np {

static void require_vector(std::string_view what, const Array& p) {
  if (p.ndim() == 1) return;
  throw ShapeError(str_cat(what, ": coefficients must form a vector, got ", p.aval()));
}

Array polyval(const Array& p, const Array& x) {
  auto [coefficients, at] = promote_dtypes(p, x);
  if (p.ndim() == 0) throw ShapeError(str_cat("polyval: p needs an axis, got ", p.aval()));
  const Shape each(p.shape().begin() + 1, p.shape().end());
  const Shape shape = linum::broadcast_shapes(each, x.shape(), "polyval");
  auto horner = [at = at](const Array& y, const Array& c) {
    return std::pair{strong(y * at + c), Tree()};
  };
  const Array start = lax::zeros(shape, at.dtype());
  return lax::scan(horner, start, strong(coefficients), {.unroll = 16}).first;
}

Array polyadd(const Array& p, const Array& q) {
  require_vector("polyadd", p);
  require_vector("polyadd", q);
  auto [a, b] = promote_dtypes(p, q);
  if (a.size() < b.size()) std::swap(a, b);
  const Array zero = lax::convert_element_type(0, a.dtype());
  return a + lax::pad(b, zero, {{a.size() - b.size(), 0, 0}});
}
Array polysub(const Array& p, const Array& q) {
  auto [a, b] = promote_dtypes(p, q);
  return polyadd(a, -b);
}

static Array trimmed(const Array& p) { return p.size() > 1 ? trim_zeros(p, "f") : p; }

Array polymul(const Array& p, const Array& q, bool trim_leading_zeros) {
  require_vector("polymul", p);
  require_vector("polymul", q);
  auto [a, b] = promote_dtypes_inexact(p, q);
  if (trim_leading_zeros) {
    a = trimmed(a);
    b = trimmed(b);
  }
  if (a.size() == 0) a = lax::zeros({1}, b.dtype());
  if (b.size() == 0) b = lax::zeros({1}, a.dtype());
  return convolve(a, b);
}

// Coefficients in front that are nearly zero, cut off.
static Array without_tiny_head(const Array& p) {
  const double least = std::sqrt(finfo(p.dtype()).eps);
  const Array large = abs(p) >= least;
  if (!any(large).item<bool>()) return lax::zeros({0}, p.dtype());
  return index(p, Slice{.start = argmax(large).item<std::int64_t>()});
}

std::pair<Array, Array> polydiv(const Array& p, const Array& q, bool trim_leading_zeros) {
  require_vector("polydiv", p);
  require_vector("polydiv", q);
  auto [rest, by] = promote_dtypes_inexact(p, q);
  if (by.size() == 0) throw ShapeError("polydiv: the divisor is empty");
  const Array scale = 1.0 / index(by, 0);
  std::vector<Array> quotient;
  for (std::int64_t k = 0; k + by.size() <= rest.size(); ++k) {
    const Array d = scale * index(rest, k);
    quotient.push_back(d);
    rest = at(rest, Slice{.start = k, .stop = k + by.size()}).add(-d * by);
  }
  const Array out = quotient.empty() ? lax::zeros({1}, rest.dtype()) : stack(quotient);
  return {out, trim_leading_zeros ? without_tiny_head(rest) : rest};
}

// (n + i)! / n! for each power n, i factors: what deriving brings down.
static Array falling_factors(std::int64_t count, std::int64_t m, DType dtype) {
  HostArray factors(dtype, {count});
  for (std::int64_t i = 0; i < count; ++i) {
    double factor = 1;
    for (std::int64_t j = 1; j <= m; ++j) factor *= static_cast<double>(count - 1 - i + j);
    factors.set_number(i, factor);
  }
  return Array::from_host(factors);
}

static void require_order(std::string_view what, std::int64_t m) {
  if (m < 0) throw ValueError(str_cat(what, ": the order must not be negative, got ", m));
}

Array polyder(const Array& p, std::int64_t m) {
  require_vector("polyder", p);
  require_order("polyder", m);
  const Array a = promote_dtypes_inexact(p);
  const std::int64_t left = std::max<std::int64_t>(a.size() - m, 0);
  return index(a, Slice{.stop = left}) * falling_factors(left, m, a.dtype());
}

Array polyint(const Array& p, std::int64_t m, const Array& k) {
  require_vector("polyint", p);
  require_order("polyint", m);
  auto [a, constants] = promote_dtypes_inexact(p, atleast_1d(k));
  if (constants.size() == 1) constants = broadcast_to(ravel(constants), {m});
  if (constants.shape() != Shape{m}) {
    throw ShapeError(
        str_cat("polyint: k must be a scalar or have m elements, got ", k.aval(), " for m = ", m));
  }
  HostArray divisors(a.dtype(), {a.size() + m});
  for (std::int64_t i = 0; i < divisors.size(); ++i) {
    const std::int64_t power = a.size() + m - 1 - i;
    double divisor = 1;
    for (std::int64_t j = 0; j < m; ++j) {
      divisor *= static_cast<double>(std::max<std::int64_t>(1, power - j));
    }
    divisors.set_number(i, divisor);
  }
  return concatenate({a, constants}) / Array::from_host(divisors);
}

Array poly(const Array& zeros) {
  const bool is_matrix = zeros.ndim() == 2 && zeros.shape(0) == zeros.shape(1) && zeros.size() > 0;
  const Array z = is_matrix ? linalg::eigvals(zeros) : atleast_1d(promote_dtypes_inexact(zeros));
  require_vector("poly", z);
  const Array one = lax::ones({1}, z.dtype());
  if (z.size() == 0) return lax::squeeze(one, {0});
  Array out = one;
  for (std::int64_t i = 0; i < z.size(); ++i) {
    out = convolve(out, concatenate({one, -index(z, Slice{.start = i, .stop = i + 1})}));
  }
  return out;
}

}  // namespace linum::np
