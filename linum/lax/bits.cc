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

// The high half of the product of two 64-bit integers, from products of 32-bit halves (Hacker's
// Delight, 8-2).
static Array high_half_64(X x, X y) {
  auto as_u64 = [](X v) { return convert_element_type(v, DType::U64); };
  auto low = [](X v) { return bitwise_and(v, 0xFFFFFFFFu); };
  auto high = [](X v) { return shift_right_logical(v, 32); };
  Array ux = as_u64(x), uy = as_u64(y);
  Array low_high = mul(low(ux), high(uy)), high_low = mul(high(ux), low(uy));
  Array carry = add(add(low(low_high), low(high_low)), high(mul(low(ux), low(uy))));
  Array sum = add(mul(high(ux), high(uy)), add(high(low_high), add(high(high_low), high(carry))));
  if (is_unsigned_int(x.dtype())) return sum;
  auto minus_if_negative = [](X v) { return shift_right_arithmetic(v, 63); };
  return add(convert_element_type(sum, DType::I64),
             add(mul(minus_if_negative(x), y), mul(minus_if_negative(y), x)));
}

static Array high_half(X x, X y) {
  auto bits = static_cast<int>(8 * item_size(x.dtype()));
  if (bits == 64) return high_half_64(x, y);
  DType wide = is_signed_int(x.dtype()) ? DType::I64 : DType::U64;
  Array product = mul(convert_element_type(x, wide), convert_element_type(y, wide));
  return convert_element_type(shift_right_logical(product, bits), x.dtype());
}

Array mulhi(X x, X y) {
  static const auto op = binary("mulhi", "mulhi", kInteger, kFlat, kFlat, {.composed = high_half});
  return apply(op, x, y);
}

}  // namespace linum::lax
