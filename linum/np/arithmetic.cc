#include "linum/np/arithmetic.h"

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/comparison.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {

// --- sums and products ------------------------------------------------------------------------

Array add(const Array& x, const Array& y) {
  auto [a, b] = promote_args("add", x, y);
  return is_bool(a.dtype()) ? lax::bitwise_or(a, b) : lax::add(a, b);
}

Array subtract(const Array& x, const Array& y) {
  auto [a, b] = promote_args("subtract", x, y);
  return lax::sub(a, b);
}

Array multiply(const Array& x, const Array& y) {
  auto [a, b] = promote_args("multiply", x, y);
  return is_bool(a.dtype()) ? lax::bitwise_and(a, b) : lax::mul(a, b);
}

// --- division ---------------------------------------------------------------------------------

Array true_divide(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("divide", x, y);
  return lax::div(a, b);
}
Array divide(const Array& x, const Array& y) { return true_divide(x, y); }

// Quotient and remainder of floats, rounded toward minus infinity as CPython's float_divmod.
static ArrayPair float_divmod(const Array& x, const Array& y) {
  Array mod = lax::rem(x, y);
  Array exact = where(y == 0, x, lax::sub(x, mod));
  Array quotient = lax::div(exact, y);
  Array opposite = (mod != 0) & (lax::sign(y) != lax::sign(mod));
  return {lax::round(where(opposite, quotient - 1, quotient)), where(opposite, mod + y, mod)};
}

static Array floor_divide_integers(const Array& x, const Array& y) {
  Array quotient = lax::div(x, y);
  if (is_unsigned_int(x.dtype())) return quotient;
  Array rounded_up = (lax::sign(x) != lax::sign(y)) & (lax::rem(x, y) != 0);
  return where(rounded_up, quotient - 1, quotient);
}

static void refuse_complex(std::string_view what, const Array& x) {
  if (!is_complex(x.dtype())) return;
  throw DTypeError(str_cat(what, " does not support complex-valued inputs, got ", x.aval()));
}

Array floor_divide(const Array& x, const Array& y) {
  auto [a, b] = promote_args_numeric("floor_divide", x, y);
  refuse_complex("floor_divide", a);
  return is_integer(a.dtype()) ? floor_divide_integers(a, b) : float_divmod(a, b).first;
}

// Where an integer divisor is zero: one, so that the remainder is zero.
static Array safe_divisor(const Array& y) {
  return is_integer(y.dtype()) ? where(y == 0, constant_like(y, 1), y) : y;
}

Array remainder(const Array& x, const Array& y) {
  auto [a, divisor] = promote_args_numeric("remainder", x, y);
  Array b = safe_divisor(divisor);
  Array truncated = lax::rem(a, b);
  Array opposite = (truncated < 0) != (b < 0);
  return where(opposite & (truncated != 0), truncated + b, truncated);
}
Array mod(const Array& x, const Array& y) { return remainder(x, y); }

Array fmod(const Array& x, const Array& y) {
  auto [a, b] = promote_args_numeric("fmod", x, y);
  return lax::rem(a, safe_divisor(b));
}

std::pair<Array, Array> divmod(const Array& x, const Array& y) {
  auto [a, b] = promote_args_numeric("divmod", x, y);
  if (is_integer(a.dtype())) return {floor_divide_integers(a, b), remainder(a, b)};
  refuse_complex("divmod", a);
  return float_divmod(a, b);
}

// --- one operand ------------------------------------------------------------------------------

Array negative(const Array& x) { return lax::neg(x); }
Array positive(const Array& x) { return x; }

Array absolute(const Array& x) {
  return is_bool(x.dtype()) || is_unsigned_int(x.dtype()) ? x : lax::abs(x);
}
Array abs(const Array& x) { return absolute(x); }

Array fabs(const Array& x) {
  refuse_complex("fabs", x);
  return lax::abs(promote_dtypes_inexact(x));
}

Array sign(const Array& x) { return lax::sign(x); }
Array square(const Array& x) { return lax::square(promote_dtypes_numeric(x)); }
Array reciprocal(const Array& x) { return lax::integer_pow(promote_dtypes_inexact(x), -1); }

// --- powers -----------------------------------------------------------------------------------

// By squaring. Six bits of the exponent are enough: with more, every base but 0, 1 and -1
// overflows.
static Array power_of_integers(Array base, Array exponent) {
  Array zero = constant_like(base, 0), one = constant_like(base, 1);
  Array result = where((base == 0) & (exponent != 0), zero, one);
  for (int bit = 0; bit < 6; ++bit) {
    result = where((exponent & 1) != 0, lax::mul(result, base), result);
    base = lax::mul(base, base);
    exponent = lax::shift_right_logical(exponent, constant_like(exponent, 1));
  }
  return result;
}

// The exponent's value where it is an integer known now.
static std::optional<int> concrete_exponent(const Array& y) {
  if (y.ndim() != 0 || y.is_traced() || !is_integer(y.dtype())) return std::nullopt;
  return y.item<int>();
}

Array power(const Array& x, const Array& y) {
  if (auto exponent = concrete_exponent(y)) {
    return lax::integer_pow(promote_dtypes_numeric(x), *exponent);
  }
  auto [a, b] = promote_args_numeric("power", x, y);
  if (is_integer(a.dtype())) return power_of_integers(a, b);
  if (!is_inexact(x.dtype()) || !is_integer(y.dtype())) return lax::pow(a, b);
  // An integer exponent stays one: the derivative at zero is then defined.
  auto [base, exponent] = promote_shapes("power", x, y);
  return lax::pow(base, exponent);
}
Array pow(const Array& x, const Array& y) { return power(x, y); }

Array float_power(const Array& x, const Array& y) {
  auto [a, b] = promote_args_inexact("float_power", x, y);
  return lax::pow(a, b);
}

// --- extrema ----------------------------------------------------------------------------------

Array maximum(const Array& x, const Array& y) {
  auto [a, b] = promote_args("maximum", x, y);
  return lax::max(a, b);
}
Array minimum(const Array& x, const Array& y) {
  auto [a, b] = promote_args("minimum", x, y);
  return lax::min(a, b);
}

Array fmax(const Array& x, const Array& y) { return where((x > y) | isnan(y), x, y); }
Array fmin(const Array& x, const Array& y) { return where((x < y) | isnan(y), x, y); }

Array clip(const Array& x, const Array& lower, const Array& upper) {
  for (const Array& a : {x, lower, upper}) {
    if (a.defined()) refuse_complex("clip", a);
  }
  Array out = lower.defined() ? maximum(lower, x) : x;
  return upper.defined() ? minimum(upper, out) : out;
}

}  // namespace linum::np
