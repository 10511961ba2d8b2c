// Bit operations and shifts: no derivatives.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

Array bitwise_and(X x, X y) {
  static const auto op = binary("and", "and", kBits, kFlat, kFlat);
  return apply(op, x, y);
}
Array bitwise_or(X x, X y) {
  static const auto op = binary("or", "or", kBits, kFlat, kFlat);
  return apply(op, x, y);
}
Array bitwise_xor(X x, X y) {
  static const auto op = binary("xor", "xor", kBits, kFlat, kFlat);
  return apply(op, x, y);
}
Array logical_not(X x) {
  static const auto op = unary("not", "not", kBits, flat);
  return apply(op, x);
}
Array shift_left(X x, X y) {
  static const auto op = binary("shift_left", "shift_left", kInteger, kFlat, kFlat);
  return apply(op, x, y);
}
Array shift_right_logical(X x, X y) {
  static const auto op =
      binary("shift_right_logical", "shift_right_logical", kInteger, kFlat, kFlat);
  return apply(op, x, y);
}
Array shift_right_arithmetic(X x, X y) {
  static const auto op =
      binary("shift_right_arithmetic", "shift_right_arithmetic", kInteger, kFlat, kFlat);
  return apply(op, x, y);
}
Array population_count(X x) {
  static const auto op = unary("population_count", "popcnt", kInteger, flat);
  return apply(op, x);
}
Array clz(X x) {
  static const auto op = unary("clz", "count_leading_zeros", kInteger, flat);
  return apply(op, x);
}

}  // namespace linum::lax
