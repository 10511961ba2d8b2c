// The error function and its kin (jax.scipy.special), for real arguments; wofz and erfcx take
// complex ones, too.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

Array erf(const Array& x);
Array erfc(const Array& x);
Array erfinv(const Array& x);
// exp(x^2) erfc(x), without overflow for large x.
Array erfcx(const Array& x);
// The Faddeeva function exp(-z^2) erfc(-i z); the result is complex.
Array wofz(const Array& z);
// Dawson's integral exp(-x^2) times the integral of exp(t^2) from 0 to x. (Cody, Paciorek, Thacher:
// "Chebyshev approximations for Dawson's integral", 1970.)
Array dawsn(const Array& x);

}  // namespace linum::special
