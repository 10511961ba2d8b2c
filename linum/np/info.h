// Limits of the element types: jax.numpy.finfo and iinfo.
#pragma once

#include <cstdint>

#include "linum/base/dtype.h"

namespace linum::np {

struct FloatInfo {
  int bits;       // of one number
  int nmant;      // stored bits of the mantissa
  int nexp;       // bits of the exponent
  int minexp;     // tiny is 2 to this power
  double eps;     // from 1 to the next number
  double epsneg;  // from the number before 1 to 1
  double tiny;    // smallest normal number (smallest_normal)
  double max;     // largest finite number; -max is the lowest
  double smallest_subnormal;
};
// Of the real part for complex dtypes; throws DTypeError for others.
FloatInfo finfo(DType dtype);

struct IntInfo {
  int bits;
  std::int64_t min;
  std::uint64_t max;
};
// Throws DTypeError for what is no integer.
IntInfo iinfo(DType dtype);

}  // namespace linum::np
