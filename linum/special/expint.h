// Exponential integrals (jax.scipy.special), for real arguments.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// The integral of exp(t) / t from -infinity to x, as Cauchy's principal value; -inf at 0.
Array expi(const Array& x);
// E_n(x) = x^(n-1) times the integral of exp(-t) / t^n from x to infinity, for whole n >= 0 and
// x >= 0, else NaN. It has no derivative along n. exp1 is of n = 1.
Array expn(const Array& n, const Array& x);
Array exp1(const Array& x);

}  // namespace linum::special
