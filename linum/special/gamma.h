// The gamma function and its kin (jax.scipy.special), for real arguments; gamma and loggamma take
// complex ones, too.
#pragma once

#include "linum/core/array.h"

namespace linum::special {

// log|Gamma(x)|, and the sign of Gamma(x): NaN at its poles, the negative integers.
Array gammaln(const Array& x);
Array gammasgn(const Array& x);
// log(Gamma(x)) for x > 0, else NaN; of complex x continued analytically up to a cut along the
// negative real axis.
Array loggamma(const Array& x);
Array gamma(const Array& x);
// log(Gamma_d(a)), the multivariate gamma function of dimension d.
Array multigammaln(const Array& a, int d);
Array digamma(const Array& x);
// The n-th derivative of digamma; n is of an integer dtype. Throws DTypeError otherwise.
Array polygamma(const Array& n, const Array& x);
// The Hurwitz zeta function: the sum of (q + k)^-x over k = 0, 1, ... Differentiable in both.
// (Johansson: "Rigorous high-precision computation of the Hurwitz zeta function and its
// derivatives", 2015.)
Array zeta(const Array& x, const Array& q);

// Gamma(a) Gamma(b) / Gamma(a + b), and its logarithm.
Array beta(const Array& a, const Array& b);
Array betaln(const Array& a, const Array& b);
// The regularized incomplete beta and gamma functions (gammaincc: the upper one).
Array betainc(const Array& a, const Array& b, const Array& x);
Array gammainc(const Array& a, const Array& x);
Array gammaincc(const Array& a, const Array& x);

// n!, by way of gamma; 0 for negative n.
Array factorial(const Array& n);
// How many ways there are to choose k of N things (repetition: each as often as one likes).
Array comb(const Array& N, const Array& k, bool repetition = false);
// Gamma(z + m) / Gamma(z).
Array poch(const Array& z, const Array& m);
// The Bernoulli numbers B_0 ... B_n.
Array bernoulli(int n);

}  // namespace linum::special
