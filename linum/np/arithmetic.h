// Arithmetic of jax.numpy. Operands broadcast and promote.
#pragma once

#include <utility>

#include "linum/core/array.h"

namespace linum::np {

Array add(const Array& x, const Array& y);  // logical or for bool
Array subtract(const Array& x, const Array& y);
Array multiply(const Array& x, const Array& y);  // logical and for bool
// True division: bool and integers give float32.
Array divide(const Array& x, const Array& y);
Array true_divide(const Array& x, const Array& y);
Array floor_divide(const Array& x, const Array& y);
// The remainder of floor_divide: it has y's sign; x % 0 is 0 for integers.
Array remainder(const Array& x, const Array& y);
Array mod(const Array& x, const Array& y);
// C's remainder: it has x's sign.
Array fmod(const Array& x, const Array& y);
std::pair<Array, Array> divmod(const Array& x, const Array& y);

Array negative(const Array& x);
Array positive(const Array& x);
Array absolute(const Array& x);
Array abs(const Array& x);
Array fabs(const Array& x);
Array sign(const Array& x);
Array square(const Array& x);
Array reciprocal(const Array& x);

// x to the y-th power. A concrete integer exponent multiplies out, so that x may be zero or
// negative in derivatives too.
Array power(const Array& x, const Array& y);
Array pow(const Array& x, const Array& y);
Array float_power(const Array& x, const Array& y);

Array maximum(const Array& x, const Array& y);  // NaN where either is
Array minimum(const Array& x, const Array& y);
Array fmax(const Array& x, const Array& y);  // the other where one is NaN
Array fmin(const Array& x, const Array& y);
// min(max(x, lower), upper); an undefined bound does not bound.
Array clip(const Array& x, const Array& lower, const Array& upper = {});

Array gcd(const Array& x, const Array& y);
Array lcm(const Array& x, const Array& y);

}  // namespace linum::np
