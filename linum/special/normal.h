// The normal distribution (jax.scipy.special), in float32 and float64.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// The distribution function, its inverse, and its logarithm, which is accurate far into the lower
// tail: an asymptotic series of `series_order` terms (0 to 30) below -10 (-20 in float64).
Array ndtr(const Array& x);
Array ndtri(const Array& p);
Array log_ndtr(const Array& x, int series_order = 3);

}  // namespace linum::special
