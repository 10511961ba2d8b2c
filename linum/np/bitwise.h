// Operations on the bits of integers, and on bool.
#pragma once

#include "linum/core/array.h"

namespace linum::np {

Array bitwise_and(const Array& x, const Array& y);
Array bitwise_or(const Array& x, const Array& y);
Array bitwise_xor(const Array& x, const Array& y);
Array bitwise_not(const Array& x);
Array bitwise_invert(const Array& x);
Array invert(const Array& x);
Array left_shift(const Array& x, const Array& y);
Array bitwise_left_shift(const Array& x, const Array& y);
// Keeps the sign of signed integers.
Array right_shift(const Array& x, const Array& y);
Array bitwise_right_shift(const Array& x, const Array& y);
// The number of ones in |x|, as uint8.
Array bitwise_count(const Array& x);

}  // namespace linum::np
