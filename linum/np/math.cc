#include "linum/np/math.h"

#include <cmath>
#include <numbers>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {

using Unary = Array (*)(const Array&);
static Array of_inexact(Unary f, const Array& x) { return f(promote_dtypes_inexact(x)); }

static void require_real(std::string_view what, const Array& x) {
  if (!is_complex(x.dtype())) return;
  throw DTypeError(str_cat(what, " does not support complex-valued inputs, got ", x.aval()));
}

// --- exponentials -----------------------------------------------------------------------------

Array exp(const Array& x) { return of_inexact(lax::exp, x); }
Array exp2(const Array& x) { return of_inexact(lax::exp2, x); }
Array expm1(const Array& x) { return of_inexact(lax::expm1, x); }
Array log(const Array& x) { return of_inexact(lax::log, x); }
Array log1p(const Array& x) { return of_inexact(lax::log1p, x); }
Array sqrt(const Array& x) { return of_inexact(lax::sqrt, x); }
Array cbrt(const Array& x) { return of_inexact(lax::cbrt, x); }

Array log2(const Array& x) { return log(x) / std::numbers::ln2; }
Array log10(const Array& x) { return log(x) * std::numbers::log10e; }

// max + log(1 + base^-|x - y|) for bases e and 2.
static Array log_of_sum(std::string_view what, const Array& x, const Array& y, Unary power,
                        double log_base) {
  auto [a, b] = promote_args_inexact(what, x, y);
  require_real(what, a);
  Array difference = a - b;
  Array undefined = isnan(difference);  // NaN, or infinities of one sign
  Array distance = lax::abs(where(undefined, constant_like(difference, 0), difference));
  Array sum = lax::max(a, b) + lax::log1p(power(-distance)) / log_base;
  return where(undefined, a + b, sum);
}
Array logaddexp(const Array& x, const Array& y) {
  return log_of_sum("logaddexp", x, y, lax::exp, 1.0);
}
Array logaddexp2(const Array& x, const Array& y) {
  return log_of_sum("logaddexp2", x, y, lax::exp2, std::numbers::ln2);
}

Array hypot(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("hypot", x, y);
  require_real("hypot", a);
  Array larger = maximum(lax::abs(a), lax::abs(b)), smaller = minimum(lax::abs(a), lax::abs(b));
  Array ratio = smaller / where(larger == 0, constant_like(larger, 1), larger);
  Array length = where(larger == 0, larger, larger * lax::sqrt(1 + lax::square(ratio)));
  Array infinite = isinf(a) | isinf(b);
  return where(infinite, constant_like(length, std::numeric_limits<double>::infinity()), length);
}

// --- trigonometry -----------------------------------------------------------------------------

Array sin(const Array& x) { return of_inexact(lax::sin, x); }
Array cos(const Array& x) { return of_inexact(lax::cos, x); }
Array tan(const Array& x) { return of_inexact(lax::tan, x); }
Array arcsin(const Array& x) { return of_inexact(lax::asin, x); }
Array arccos(const Array& x) { return of_inexact(lax::acos, x); }
Array arctan(const Array& x) { return of_inexact(lax::atan, x); }
Array sinh(const Array& x) { return of_inexact(lax::sinh, x); }
Array cosh(const Array& x) { return of_inexact(lax::cosh, x); }
Array tanh(const Array& x) { return of_inexact(lax::tanh, x); }
Array arcsinh(const Array& x) { return of_inexact(lax::asinh, x); }
Array arctanh(const Array& x) { return of_inexact(lax::atanh, x); }

Array arccosh(const Array& x) {
  Array y = of_inexact(lax::acosh, x);
  // NumPy's branch of the complex function has a real part that is not negative.
  return is_complex(y.dtype()) ? where(lax::real(y) < 0, -y, y) : y;
}

Array arctan2(const Array& y, const Array& x) {
  auto [a, b] = promote_args_inexact("arctan2", y, x);
  return lax::atan2(a, b);
}

Array asin(const Array& x) { return arcsin(x); }
Array acos(const Array& x) { return arccos(x); }
Array atan(const Array& x) { return arctan(x); }
Array atan2(const Array& y, const Array& x) { return arctan2(y, x); }
Array asinh(const Array& x) { return arcsinh(x); }
Array acosh(const Array& x) { return arccosh(x); }
Array atanh(const Array& x) { return arctanh(x); }

Array deg2rad(const Array& x) { return promote_dtypes_inexact(x) * (std::numbers::pi / 180); }
Array rad2deg(const Array& x) { return promote_dtypes_inexact(x) * (180 / std::numbers::pi); }
Array degrees(const Array& x) { return rad2deg(x); }
Array radians(const Array& x) { return deg2rad(x); }

Array sinc(const Array& x) {
  Array y = promote_dtypes_inexact(x) * std::numbers::pi;
  Array at_zero = y == 0;
  Array safe = where(at_zero, constant_like(y, 1), y);
  // The series gives the derivatives at zero.
  Array y2 = y * y;
  Array series = 1 - y2 / 6 * (1 - y2 / 20 * (1 - y2 / 42));
  return where(at_zero, series, lax::sin(safe) / safe);
}

Array i0(const Array& x) {
  require_real("i0", x);
  Array size = lax::abs(promote_dtypes_inexact(x));
  return lax::exp(size) * lax::bessel_i0e(size);
}

// --- rounding ---------------------------------------------------------------------------------

static bool is_whole(const Array& x) { return !is_inexact(x.dtype()); }

Array floor(const Array& x) { return is_whole(x) ? x : lax::floor(x); }
Array ceil(const Array& x) { return is_whole(x) ? x : lax::ceil(x); }
Array trunc(const Array& x) { return is_whole(x) ? x : where(x < 0, lax::ceil(x), lax::floor(x)); }

static Array round_to_even(const Array& x) {
  return lax::round(x, lax::RoundingMethod::ToNearestEven);
}

static Array round_float(const Array& x, int decimals) {
  if (decimals == 0) return round_to_even(x);
  const bool is_half = x.dtype() == float16;  // whose range the factor may leave
  Array wide = is_half ? lax::convert_element_type(x, float32) : x;
  const double factor = std::pow(10.0, decimals);
  return lax::convert_element_type(round_to_even(wide * factor) / factor, x.dtype(), x.weak());
}

Array round(const Array& x, int decimals) {
  if (is_whole(x)) {
    if (decimals >= 0) return x;
    throw ValueError(str_cat("round: integers round to decimals >= 0 only, got ", decimals));
  }
  if (decimals > std::log10(finfo(x.dtype()).max)) return x;
  if (!is_complex(x.dtype())) return round_float(x, decimals);
  return lax::complex(round_float(lax::real(x), decimals), round_float(lax::imag(x), decimals));
}
Array around(const Array& x, int decimals) { return round(x, decimals); }

Array rint(const Array& x) {
  return is_whole(x) ? lax::convert_element_type(x, float32) : round(x);
}

std::pair<Array, Array> modf(const Array& x) {
  Array y = promote_dtypes_inexact(x);
  require_real("modf", y);
  Array whole = where(y >= 0, lax::floor(y), lax::ceil(y));
  return {y - whole, whole};
}

// --- the parts of a float ---------------------------------------------------------------------

static DType int_like(const Array& x) {
  switch (item_size(x.dtype())) {
    case 2:
      return int16;
    case 4:
      return int32;
    default:
      return int64;
  }
}

// 2 to integer powers within the normal range, exactly.
static Array exact_power_of_2(const Array& exponent, DType dtype) {
  const FloatInfo info = finfo(dtype);
  return lax::bitcast_convert_type((exponent + (1 - info.minexp)) << info.nmant, dtype);
}

// The e for which x / 2^e lies in [1/2, 1); 0 for zero, NaN and infinities.
static Array exponent_of(const Array& x) {
  const FloatInfo info = finfo(x.dtype());
  Array fixed = lax::stop_gradient(x);
  Array subnormal = lax::abs(fixed) < info.tiny;
  Array normal = where(subnormal, fixed * std::ldexp(1.0, info.nmant), fixed);
  Array bits = lax::bitcast_convert_type(normal, int_like(x));
  Array biased = (bits >> info.nmant) & ((1 << info.nexp) - 1);
  Array exponent = biased + (info.minexp - where(subnormal, info.nmant, 0));
  Array special = ~isfinite(fixed) | (fixed == 0);
  return where(special, 0, exponent);
}

// x times 2^exponent, in two steps of half the size: one alone may leave the range.
static Array scale(const Array& x, const Array& exponent) {
  Array half = exponent >> 1;
  return x * exact_power_of_2(half, x.dtype()) * exact_power_of_2(exponent - half, x.dtype());
}

std::pair<Array, Array> frexp(const Array& x) {
  Array y = strong(promote_dtypes_inexact(x));
  require_real("frexp", y);
  Array exponent = exponent_of(y);
  return {scale(y, -exponent), lax::convert_element_type(exponent, int32)};
}

Array ldexp(const Array& x, const Array& y) {
  if (is_complex(x.dtype()) || !is_integer(y.dtype())) {
    throw DTypeError(str_cat("ldexp multiplies real numbers by integer powers of 2, got ", x.aval(),
                             " and ", y.aval()));
  }
  auto [base, power] = promote_shapes("ldexp", strong(promote_dtypes_inexact(x)), y);
  const FloatInfo info = finfo(base.dtype());
  const int most = 2 * (1 - info.minexp + info.nmant);  // beyond, all is zero or infinite
  if (item_size(power.dtype()) < 4) power = lax::convert_element_type(power, int32);
  if (!is_unsigned_int(power.dtype())) power = maximum(power, -most);
  Array bounded = lax::convert_element_type(minimum(power, most), int_like(base));
  Array mantissa = scale(base, -exponent_of(base));
  Array total = clip(exponent_of(base) + bounded, 2 * info.minexp, 2 * (1 - info.minexp));
  return where(isfinite(base), scale(mantissa, total), base);
}

Array copysign(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("copysign", x, y);
  require_real("copysign", a);
  return where(signbit(b), -lax::abs(a), lax::abs(a));
}

Array nextafter(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("nextafter", x, y);
  return lax::nextafter(a, b);
}

Array spacing(const Array& x) {
  Array y = promote_dtypes_inexact(x);
  require_real("spacing", y);
  Array infinity = constant_like(y, std::numeric_limits<double>::infinity());
  if (y.dtype() == float16) return lax::nextafter(y, infinity) - y;
  Array gap = lax::nextafter(y, copysign(infinity, y)) - y;
  return where(gap == 0, copysign(finfo(y.dtype()).smallest_subnormal, y), gap);
}

Array heaviside(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("heaviside", x, y);
  Array positive = where(a > 0, constant_like(a, 1), where(isnan(a), a, b));
  return where(a < 0, constant_like(a, 0), positive);
}

Array nan_to_num(const Array& x, const NanToNumOptions& options) {
  if (!is_inexact(x.dtype())) return x;
  if (is_complex(x.dtype())) {
    return lax::complex(nan_to_num(lax::real(x), options), nan_to_num(lax::imag(x), options));
  }
  const double max = finfo(x.dtype()).max;
  auto typed = [&x](const Array& v) { return lax::convert_element_type(v, x.dtype()); };
  Array out = where(isnan(x), typed(options.nan), x);
  out = where(isposinf(out), typed(options.posinf.defined() ? options.posinf : max), out);
  return where(isneginf(out), typed(options.neginf.defined() ? options.neginf : -max), out);
}

// --- complex numbers --------------------------------------------------------------------------

Array real(const Array& x) { return is_complex(x.dtype()) ? lax::real(x) : x; }
Array imag(const Array& x) { return is_complex(x.dtype()) ? lax::imag(x) : lax::zeros_like(x); }
Array conjugate(const Array& x) { return is_complex(x.dtype()) ? lax::conj(x) : x; }
Array conj(const Array& x) { return conjugate(x); }

Array angle(const Array& x, bool deg) {
  Array radians = lax::atan2(promote_dtypes_inexact(imag(x)), promote_dtypes_inexact(real(x)));
  return deg ? rad2deg(radians) : radians;
}

}  // namespace linum::np
