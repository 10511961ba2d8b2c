// Hypergeometric functions (jax.scipy.special), for real arguments. Series of at most 250 terms:
// large values may be far off, less so in float64.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// 1F1(a; b; x), the sum of (a)_k / (b)_k x^k / k!, where (a)_k = a (a + 1) ... (a + k - 1).
Array hyp1f1(const Array& a, const Array& b, const Array& x);
// 2F1(a, b; c; x), the sum of (a)_k (b)_k / (c)_k x^k / k!, for x <= 1; inf above 1.
Array hyp2f1(const Array& a, const Array& b, const Array& c, const Array& x);

}  // namespace linum::special
