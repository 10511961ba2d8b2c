// The operators of Array: elementwise, with NumPy's broadcasting and JAX's type promotion. C++
// numbers are weakly typed: x * 2 has x's dtype.
#pragma once

#include "linum/core/array.h"

namespace linum {

Array operator+(const Array& x, const Array& y);
Array operator-(const Array& x, const Array& y);
Array operator*(const Array& x, const Array& y);
Array operator/(const Array& x, const Array& y);  // true division: integers give float32
Array operator%(const Array& x, const Array& y);  // Python's: the sign of the divisor
Array operator+(const Array& x);
Array operator-(const Array& x);

// Elementwise, giving bool arrays. In a condition (`if (x == y)`) the result must be one concrete
// element; np::array_equal compares whole arrays.
Array operator==(const Array& x, const Array& y);
Array operator!=(const Array& x, const Array& y);
Array operator<(const Array& x, const Array& y);
Array operator<=(const Array& x, const Array& y);
Array operator>(const Array& x, const Array& y);
Array operator>=(const Array& x, const Array& y);

// Bitwise for integers, logical for bool.
Array operator&(const Array& x, const Array& y);
Array operator|(const Array& x, const Array& y);
Array operator^(const Array& x, const Array& y);
Array operator~(const Array& x);
Array operator<<(const Array& x, const Array& y);
Array operator>>(const Array& x, const Array& y);

// x becomes a new array; others that share the old value keep it.
Array& operator+=(Array& x, const Array& y);
Array& operator-=(Array& x, const Array& y);
Array& operator*=(Array& x, const Array& y);
Array& operator/=(Array& x, const Array& y);
Array& operator%=(Array& x, const Array& y);
Array& operator&=(Array& x, const Array& y);
Array& operator|=(Array& x, const Array& y);
Array& operator^=(Array& x, const Array& y);
Array& operator<<=(Array& x, const Array& y);
Array& operator>>=(Array& x, const Array& y);

}  // namespace linum
