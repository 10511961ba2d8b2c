#include "linum/np/info.h"

#include <cmath>

#include "linum/base/error.h"

namespace linum::np {

// By IEEE 754's scheme; the bias is 2^(nexp-1) - 1.
static FloatInfo ieee(int nmant, int nexp) {
  FloatInfo info{};
  info.bits = 1 + nexp + nmant;
  info.nmant = nmant;
  info.nexp = nexp;
  const int bias = (1 << (nexp - 1)) - 1;
  info.minexp = 1 - bias;
  info.eps = std::ldexp(1.0, -nmant);
  info.epsneg = std::ldexp(1.0, -nmant - 1);
  info.tiny = std::ldexp(1.0, info.minexp);
  info.max = std::ldexp(2.0 - info.eps, bias);
  info.smallest_subnormal = std::ldexp(1.0, info.minexp - nmant);
  return info;
}

FloatInfo finfo(DType dtype) {
  switch (real_part_of(dtype)) {
    case DType::F16:
      return ieee(10, 5);
    case DType::BF16:
      return ieee(7, 8);
    case DType::F32:
      return ieee(23, 8);
    case DType::F64:
      return ieee(52, 11);
    default:
      break;
  }
  throw DTypeError(str_cat("finfo knows float16, bfloat16, float32, float64 and the complex types ",
                           "made of them, got ", name_of(dtype)));
}

IntInfo iinfo(DType dtype) {
  if (!is_integer(dtype)) {
    throw DTypeError(str_cat("iinfo needs an integer dtype, got ", name_of(dtype)));
  }
  const int bits = static_cast<int>(8 * item_size(dtype));
  const std::uint64_t ones = ~std::uint64_t{0} >> (64 - bits);
  if (is_unsigned_int(dtype)) return {bits, 0, ones};
  const auto max = static_cast<std::int64_t>(ones >> 1);
  return {bits, -max - 1, ones >> 1};
}

}  // namespace linum::np
