#include "linum/special/promote.h"

#include "linum/core/value.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::special {

static void check_real(std::string_view what, const Array& x) {
  if (!is_complex(x.dtype())) return;
  throw DTypeError(str_cat(what, " does not support complex-valued inputs, got ", x.aval()));
}

Array as_inexact(const Array& x) { return np::strong(np::promote_dtypes_inexact(x)); }

std::pair<Array, Array> as_inexacts(std::string_view what, const Array& x, const Array& y) {
  auto [a, b] = np::promote_args_inexact(what, x, y);
  return {np::strong(a), np::strong(b)};
}

Array as_real(std::string_view what, const Array& x) {
  check_real(what, x);
  return as_inexact(x);
}

std::pair<Array, Array> as_reals(std::string_view what, const Array& x, const Array& y) {
  check_real(what, x);
  check_real(what, y);
  return as_inexacts(what, x, y);
}

std::vector<Array> as_full_reals(std::string_view what, const std::vector<Array>& args) {
  for (const Array& x : args) check_real(what, x);
  std::vector<Array> full = np::broadcast_arrays(np::promote_dtypes_inexact(args));
  for (Array& x : full) x = np::strong(x);
  return full;
}

void check_single_or_double(std::string_view what, const Array& x) {
  if (x.dtype() == float32 || x.dtype() == float64) return;
  throw DTypeError(
      str_cat(what, " takes float32 and float64, got ", x.aval(), "; convert it first"));
}

Array like(const Array& x, double number) { return make_scalar(number, x.dtype()); }

Array polynomial(std::span<const double> coefficients, const Array& x) {
  Array sum = like(x, 0);
  for (double c : coefficients) sum = sum * x + like(x, c);
  return sum;
}

}  // namespace linum::special
