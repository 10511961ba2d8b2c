#include "linum/np/comparison.h"

#include <limits>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {

// --- order ------------------------------------------------------------------------------------

Array equal(const Array& x, const Array& y) {
  auto [a, b] = promote_args("equal", x, y);
  return lax::eq(a, b);
}
Array not_equal(const Array& x, const Array& y) {
  auto [a, b] = promote_args("not_equal", x, y);
  return lax::ne(a, b);
}

using Compare = Array (*)(const Array&, const Array&);
static Array compare(std::string_view what, Compare f, const Array& x, const Array& y) {
  auto [a, b] = promote_args(what, x, y);
  if (!is_complex(a.dtype())) return f(a, b);
  Array x_real = lax::real(a), y_real = lax::real(b);
  return lax::select(lax::eq(x_real, y_real), f(lax::imag(a), lax::imag(b)), f(x_real, y_real));
}
Array less(const Array& x, const Array& y) { return compare("less", lax::lt, x, y); }
Array less_equal(const Array& x, const Array& y) { return compare("less_equal", lax::le, x, y); }
Array greater(const Array& x, const Array& y) { return compare("greater", lax::gt, x, y); }
Array greater_equal(const Array& x, const Array& y) {
  return compare("greater_equal", lax::ge, x, y);
}

// --- truth ------------------------------------------------------------------------------------

static Array truth(const Array& x) { return is_bool(x.dtype()) ? x : x != 0; }

Array logical_and(const Array& x, const Array& y) {
  auto [a, b] = promote_shapes("logical_and", truth(x), truth(y));
  return lax::bitwise_and(a, b);
}
Array logical_or(const Array& x, const Array& y) {
  auto [a, b] = promote_shapes("logical_or", truth(x), truth(y));
  return lax::bitwise_or(a, b);
}
Array logical_xor(const Array& x, const Array& y) {
  auto [a, b] = promote_shapes("logical_xor", truth(x), truth(y));
  return lax::bitwise_xor(a, b);
}
Array logical_not(const Array& x) { return lax::logical_not(truth(x)); }

Array where(const Array& condition, const Array& on_true, const Array& on_false) {
  auto [t, f] = promote_dtypes(on_true, on_false);
  std::tie(t, f) = promote_shapes("where", t, f);
  const Array& larger = t.ndim() == 0 ? f : t;
  Array which = truth(condition);
  if (which.ndim() == 0 || larger.ndim() == 0) return lax::select(which, t, f);
  const Array full = promote_shapes("where", which, larger).first;
  return lax::select(full, promote_shapes("where", t, full).first,
                     promote_shapes("where", f, full).first);
}

// --- tests of floats --------------------------------------------------------------------------

static Array full_bool(const Array& x, bool value) {
  return lax::full(x.shape(), make_integer_scalar(value, DType::Bool));
}

Array isfinite(const Array& x) {
  if (is_complex(x.dtype())) return isfinite(lax::real(x)) & isfinite(lax::imag(x));
  return is_floating(x.dtype()) ? lax::is_finite(x) : full_bool(x, true);
}

static Array equals_number(const Array& x, double number) {
  return is_floating(x.dtype()) ? lax::eq(x, constant_like(x, number)) : full_bool(x, false);
}
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Array isinf(const Array& x) {
  if (is_complex(x.dtype())) return isinf(lax::real(x)) | isinf(lax::imag(x));
  return is_floating(x.dtype()) ? equals_number(lax::abs(x), kInfinity) : full_bool(x, false);
}

Array isnan(const Array& x) { return lax::ne(x, x); }

static Array is_signed_infinity(std::string_view what, const Array& x, double infinity) {
  if (is_complex(x.dtype())) {
    throw DTypeError(str_cat(what, " is not well defined for complex types, got ", x.aval()));
  }
  return equals_number(x, infinity);
}
Array isposinf(const Array& x) { return is_signed_infinity("isposinf", x, kInfinity); }
Array isneginf(const Array& x) { return is_signed_infinity("isneginf", x, -kInfinity); }

static DType signed_int_of_size(std::size_t bytes) {
  return bytes == 1 ? DType::I8 : bytes == 2 ? DType::I16 : bytes == 4 ? DType::I32 : DType::I64;
}

Array signbit(const Array& x) {
  if (is_complex(x.dtype())) {
    throw DTypeError(str_cat("signbit is not well defined for complex types, got ", x.aval()));
  }
  if (is_bool(x.dtype())) return full_bool(x, false);
  if (is_integer(x.dtype())) return x < 0;
  return lax::bitcast_convert_type(x, signed_int_of_size(item_size(x.dtype()))) < 0;
}

Array iscomplex(const Array& x) {
  return is_complex(x.dtype()) ? lax::imag(x) != 0 : full_bool(x, false);
}
Array isreal(const Array& x) { return logical_not(iscomplex(x)); }

// --- closeness --------------------------------------------------------------------------------

Array isclose(const Array& x, const Array& y, const CloseOptions& options) {
  auto [a, b] = promote_args_inexact("isclose", x, y);
  Array size = lax::abs(b);
  Array bound = options.atol + options.rtol * size;
  Array close = (a == b) | (isfinite(b) & (lax::abs(lax::sub(a, b)) <= bound));
  return options.equal_nan ? close | (isnan(a) & isnan(b)) : close;
}

static Array all_of(const Array& x) { return lax::reduce_and(x, iota_axes(x.ndim())); }

Array allclose(const Array& x, const Array& y, const CloseOptions& options) {
  return all_of(isclose(x, y, options));
}

Array array_equal(const Array& x, const Array& y, bool equal_nan) {
  if (x.shape() != y.shape()) return Array(false);
  Array same = x == y;
  return all_of(equal_nan ? same | (isnan(x) & isnan(y)) : same);
}

Array array_equiv(const Array& x, const Array& y) {
  try {
    return all_of(x == y);
  } catch (const ShapeError&) {
    return Array(false);
  }
}

}  // namespace linum::np
