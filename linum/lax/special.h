// Special functions of jax.lax, for floating dtypes.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

Array erf(const Array& x);
Array erfc(const Array& x);
Array erf_inv(const Array& x);

Array lgamma(const Array& x);
Array digamma(const Array& x);
Array polygamma(const Array& m, const Array& x);
// The Hurwitz zeta function.
Array zeta(const Array& x, const Array& q);

// The regularized incomplete gamma functions, lower and upper.
Array igamma(const Array& a, const Array& x);
Array igammac(const Array& a, const Array& x);
// d igamma(a, x) / da.
Array igamma_grad_a(const Array& a, const Array& x);
// d x / da of a sample x of Gamma(a, 1).
Array random_gamma_grad(const Array& a, const Array& x);
// The regularized incomplete beta function.
Array betainc(const Array& a, const Array& b, const Array& x);

// Modified Bessel functions of the first kind, scaled by exp(-|x|).
Array bessel_i0e(const Array& x);
Array bessel_i1e(const Array& x);

}  // namespace linum::lax
