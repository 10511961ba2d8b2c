// The extreme values of a dtype, as strong scalars.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// What max and min start from: -inf and inf, or an integer's ends, or false and true.
Array lowest(DType);
Array highest(DType);

struct FloatInfo {
  double eps, max, tiny;  // tiny: the smallest normal number
};
FloatInfo finfo(DType);

}  // namespace linum::lax
