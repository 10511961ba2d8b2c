#include "linum/lax/limits.h"

#include <limits>

#include "linum/core/value.h"

namespace linum::lax {

static Array extreme(DType d, std::int64_t widest_integer, double infinity, bool truth) {
  if (is_bool(d)) return make_integer_scalar(truth, d);
  if (is_complex(d)) return make_scalar(std::complex<double>(infinity, infinity), d);
  if (is_floating(d)) return make_scalar(infinity, d);
  if (is_unsigned_int(d)) return make_integer_scalar(truth ? -1 : 0, d);
  return make_integer_scalar(widest_integer >> (64 - 8 * item_size(d)), d);
}

Array lowest(DType d) {
  return extreme(d, std::numeric_limits<std::int64_t>::min(),
                 -std::numeric_limits<double>::infinity(), false);
}
Array highest(DType d) {
  return extreme(d, std::numeric_limits<std::int64_t>::max(),
                 std::numeric_limits<double>::infinity(), true);
}

template <class T>
static FloatInfo info_of() {
  using L = std::numeric_limits<T>;
  return {L::epsilon(), L::max(), L::min()};
}

FloatInfo finfo(DType d) {
  switch (real_part_of(d)) {
    case DType::F64:
      return info_of<double>();
    case DType::F32:
      return info_of<float>();
    case DType::BF16:
      return {0x1p-7, 0x1.FEp127, 0x1p-126};
    case DType::F16:
      return {0x1p-10, 65504.0, 0x1p-14};
    default:
      throw DTypeError(str_cat("finfo: ", name_of(d), " is not a float dtype to compute in."));
  }
}

}  // namespace linum::lax
