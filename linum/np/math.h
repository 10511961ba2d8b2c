// Functions of calculus, element by element: exponentials, trigonometry, rounding, complex parts.
#pragma once

#include <utility>

#include "linum/core/array.h"

namespace linum::np {

// bool and integers give float32.
Array exp(const Array& x);
Array exp2(const Array& x);
Array expm1(const Array& x);
Array log(const Array& x);
Array log2(const Array& x);
Array log10(const Array& x);
Array log1p(const Array& x);
Array sqrt(const Array& x);
Array cbrt(const Array& x);
// log(exp(x) + exp(y)) without overflow, and the same for powers of 2.
Array logaddexp(const Array& x, const Array& y);
Array logaddexp2(const Array& x, const Array& y);
Array hypot(const Array& x, const Array& y);

Array sin(const Array& x);
Array cos(const Array& x);
Array tan(const Array& x);
Array arcsin(const Array& x);
Array arccos(const Array& x);
Array arctan(const Array& x);
Array arctan2(const Array& y, const Array& x);
Array sinh(const Array& x);
Array cosh(const Array& x);
Array tanh(const Array& x);
Array arcsinh(const Array& x);
Array arccosh(const Array& x);
Array arctanh(const Array& x);
// The array API's names of the same.
Array asin(const Array& x);
Array acos(const Array& x);
Array atan(const Array& x);
Array atan2(const Array& y, const Array& x);
Array asinh(const Array& x);
Array acosh(const Array& x);
Array atanh(const Array& x);

Array deg2rad(const Array& x);
Array rad2deg(const Array& x);
Array degrees(const Array& x);
Array radians(const Array& x);
// sin(pi x) / (pi x), 1 at 0.
Array sinc(const Array& x);
// The modified Bessel function of order 0.
Array i0(const Array& x);

Array floor(const Array& x);
Array ceil(const Array& x);
Array trunc(const Array& x);
Array rint(const Array& x);
// To so many decimals, halves to even.
Array round(const Array& x, int decimals = 0);
Array around(const Array& x, int decimals = 0);
// Fractional and whole part, both with x's sign.
std::pair<Array, Array> modf(const Array& x);
// Mantissa in [1/2, 1) and exponent, int32.
std::pair<Array, Array> frexp(const Array& x);
// x times 2 to the y-th power.
Array ldexp(const Array& x, const Array& y);
// |x| with y's sign.
Array copysign(const Array& x, const Array& y);
Array nextafter(const Array& x, const Array& y);
// The distance to the next number away from zero.
Array spacing(const Array& x);
// 0 below zero, 1 above, y at zero.
Array heaviside(const Array& x, const Array& y);
// NaN and infinities replaced; by default by 0 and the largest finite numbers.
struct NanToNumOptions {
  Array nan = 0.0;
  Array posinf = {};
  Array neginf = {};
};
Array nan_to_num(const Array& x, const NanToNumOptions& options = {});

Array real(const Array& x);
Array imag(const Array& x);
Array conj(const Array& x);
Array conjugate(const Array& x);
Array angle(const Array& x, bool deg = false);

}  // namespace linum::np
