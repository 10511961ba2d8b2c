#include "linum/np/bitwise.h"

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/promote.h"

namespace linum::np {

Array bitwise_and(const Array& x, const Array& y) {
  auto [a, b] = promote_args("bitwise_and", x, y);
  return lax::bitwise_and(a, b);
}
Array bitwise_or(const Array& x, const Array& y) {
  auto [a, b] = promote_args("bitwise_or", x, y);
  return lax::bitwise_or(a, b);
}
Array bitwise_xor(const Array& x, const Array& y) {
  auto [a, b] = promote_args("bitwise_xor", x, y);
  return lax::bitwise_xor(a, b);
}

Array bitwise_not(const Array& x) { return lax::logical_not(x); }
Array bitwise_invert(const Array& x) { return bitwise_not(x); }
Array invert(const Array& x) { return bitwise_not(x); }

Array left_shift(const Array& x, const Array& y) {
  auto [a, b] = promote_args_numeric("left_shift", x, y);
  return lax::shift_left(a, b);
}
Array bitwise_left_shift(const Array& x, const Array& y) { return left_shift(x, y); }

Array right_shift(const Array& x, const Array& y) {
  auto [a, b] = promote_args_numeric("right_shift", x, y);
  return is_unsigned_int(a.dtype()) ? lax::shift_right_logical(a, b)
                                    : lax::shift_right_arithmetic(a, b);
}
Array bitwise_right_shift(const Array& x, const Array& y) { return right_shift(x, y); }

Array bitwise_count(const Array& x) {
  Array magnitude = absolute(promote_dtypes_numeric(x));
  return lax::convert_element_type(lax::population_count(magnitude), uint8);
}

}  // namespace linum::np
