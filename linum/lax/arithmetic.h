// Elementwise operations of jax.lax that every rule needs. Operands have one shape and dtype; a
// weak scalar takes the other's dtype, a rank-0 operand the other's shape.
#pragma once

#include <span>

#include "linum/core/array.h"

namespace linum::lax {

Array neg(const Array& x);
Array sin(const Array& x);
Array cos(const Array& x);
Array exp(const Array& x);
Array log(const Array& x);
Array log1p(const Array& x);
Array expm1(const Array& x);
Array exp2(const Array& x);
Array tanh(const Array& x);
Array logistic(const Array& x);
Array sqrt(const Array& x);
Array rsqrt(const Array& x);
Array cbrt(const Array& x);
Array abs(const Array& x);
Array sign(const Array& x);
Array floor(const Array& x);
Array ceil(const Array& x);
enum class RoundingMethod : std::uint8_t { AwayFromZero, ToNearestEven };  // of what ends in .5
Array round(const Array& x, RoundingMethod method = RoundingMethod::AwayFromZero);
Array is_finite(const Array& x);
// The next number that x's dtype holds, from x toward y.
Array nextafter(const Array& x, const Array& y);
// x rounded to a float format of these widths.
Array reduce_precision(const Array& x, int exponent_bits, int mantissa_bits);
Array logical_not(const Array& x);  // bitwise for integers: jax.lax.bitwise_not
Array integer_pow(const Array& x, int exponent);
Array square(const Array& x);
Array reciprocal(const Array& x);

Array tan(const Array& x);
Array asin(const Array& x);
Array acos(const Array& x);
Array atan(const Array& x);
Array sinh(const Array& x);
Array cosh(const Array& x);
Array asinh(const Array& x);
Array acosh(const Array& x);
Array atanh(const Array& x);
Array atan2(const Array& y, const Array& x);

Array real(const Array& x);
Array imag(const Array& x);
Array conj(const Array& x);  // of a real operand: the complex number with no imaginary part
Array complex(const Array& re, const Array& im);

Array population_count(const Array& x);
Array clz(const Array& x);  // leading zero bits

Array add(const Array& x, const Array& y);
Array sub(const Array& x, const Array& y);
Array mul(const Array& x, const Array& y);
Array div(const Array& x, const Array& y);  // integers truncate toward zero
Array rem(const Array& x, const Array& y);  // sign of the dividend
Array pow(const Array& x, const Array& y);
Array max(const Array& x, const Array& y);
Array min(const Array& x, const Array& y);
Array bitwise_and(const Array& x, const Array& y);
Array bitwise_or(const Array& x, const Array& y);
Array bitwise_xor(const Array& x, const Array& y);
Array shift_left(const Array& x, const Array& y);
Array shift_right_logical(const Array& x, const Array& y);
Array shift_right_arithmetic(const Array& x, const Array& y);
Array mulhi(const Array& x, const Array& y);  // the high half of the product

Array eq(const Array& x, const Array& y);
Array ne(const Array& x, const Array& y);
Array lt(const Array& x, const Array& y);
Array le(const Array& x, const Array& y);
Array gt(const Array& x, const Array& y);
Array ge(const Array& x, const Array& y);

// x kept between low and high, which have its shape or rank 0. jax.lax.clamp.
Array clamp(const Array& low, const Array& x, const Array& high);

// on_true where `which` (bool, of their shape or rank 0) holds, else on_false.
Array select(const Array& which, const Array& on_true, const Array& on_false);
// cases[which], element by element; `which` is int32, or bool for at most two cases.
Array select_n(const Array& which, std::span<const Array> cases);

Array convert_element_type(const Array& x, DType dtype, bool weak = false);
// The same bits as another dtype. To a narrower one the result has a new last axis; to a wider one
// the last axis is joined.
Array bitcast_convert_type(const Array& x, DType dtype);
// x itself, without a derivative.
Array stop_gradient(const Array& x);
// The operands themselves; the compiler moves nothing across.
std::vector<Array> optimization_barrier(std::span<const Array> operands);

}  // namespace linum::lax
