// Logarithms, odds and entropies (jax.scipy.special); entr, rel_entr and kl_div take real arguments
// only.
#pragma once

#include "linum/core/array.h"
#include "linum/nn/softmax.h"

namespace linum::special {

using nn::logsumexp;
// Over the axes; unlike nn's, over all by default.
Array softmax(const Array& x, const np::AxisArg& axis = {});
Array log_softmax(const Array& x, const np::AxisArg& axis = {});

// 1 / (1 + exp(-x)), and its inverse log(p / (1 - p)).
Array expit(const Array& x);
Array logit(const Array& p);

// x log(y) and x log(1 + y): 0 where x is, unless y is NaN.
Array xlogy(const Array& x, const Array& y);
Array xlog1py(const Array& x, const Array& y);

// -x log(x); 0 at 0, -inf below.
Array entr(const Array& x);
// p log(p / q); 0 where p is 0, inf where p or q is negative or q alone is 0.
Array rel_entr(const Array& p, const Array& q);
// rel_entr(p, q) - p + q.
Array kl_div(const Array& p, const Array& q);

// The Box-Cox transformation (x^lambda - 1) / lambda, log(x) at lambda = 0; and of 1 + x.
Array boxcox(const Array& x, const Array& lmbda);
Array boxcox1p(const Array& x, const Array& lmbda);

}  // namespace linum::special
