// Bessel functions (jax.scipy.special), for real arguments.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// Modified, of the first kind, of order 0 and 1; and the same times exp(-|x|).
Array i0(const Array& x);
Array i0e(const Array& x);
Array i1(const Array& x);
Array i1e(const Array& x);

// Of the first kind, of the orders 0 to v, along a new first axis: by backward recurrence from
// order n_iter.
Array bessel_jn(const Array& z, int v, int n_iter = 50);

}  // namespace linum::special
