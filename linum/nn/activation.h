// Activation functions (jax.nn), element by element unless said otherwise, and PReLU.
#pragma once

#include "linum/nn/module.h"

namespace linum::nn {

Array identity(const Array& x);
// max(x, 0), with derivative 0 at 0.
Array relu(const Array& x);
// min(max(x, 0), 6), with derivative 0 at 0 and at 6.
Array relu6(const Array& x);
// x, below zero negative_slope * x.
Array leaky_relu(const Array& x, const Array& negative_slope = 1e-2);
// x, below zero alpha (exp(x) - 1).
Array elu(const Array& x, const Array& alpha = 1.0);
// elu with continuous derivative: below zero alpha (exp(x / alpha) - 1). Barron 2017.
Array celu(const Array& x, const Array& alpha = 1.0);
// elu scaled so that activations keep mean 0 and variance 1. Klambauer et al. 2017.
Array selu(const Array& x);
// x times the normal distribution's cumulative function, or its approximation by tanh. Hendrycks
// and Gimpel 2016.
Array gelu(const Array& x, bool approximate = true);
// x sigmoid(x), also called swish.
Array silu(const Array& x);
Array swish(const Array& x);
// x tanh(softplus(x)). Misra 2019.
Array mish(const Array& x);

// 1 / (1 + exp(-x)).
Array sigmoid(const Array& x);
Array log_sigmoid(const Array& x);
Array tanh(const Array& x);
// x / (|x| + 1).
Array soft_sign(const Array& x);
// log(1 + exp(x)).
Array softplus(const Array& x);
// (x + sqrt(x^2 + b)) / 2.
Array squareplus(const Array& x, const Array& b = 4.0);
// 0 up to -1, (x + 1)^2 / 4 up to 1, then x; its derivative, sparse_sigmoid, is linear between.
Array sparse_plus(const Array& x);
Array sparse_sigmoid(const Array& x);

// x kept within [-1, 1].
Array hard_tanh(const Array& x);
// relu6(x + 3) / 6.
Array hard_sigmoid(const Array& x);
// x hard_sigmoid(x), also called hard_swish.
Array hard_silu(const Array& x);
Array hard_swish(const Array& x);

// The first half along `axis` times the sigmoid of the second; throws ShapeError for an odd size.
Array glu(const Array& x, std::int64_t axis = -1);
// log(1 - exp(-x)) for x > 0, without cancellation.
Array log1mexp(const Array& x);

// leaky_relu whose slope is learned: one number, "negative_slope". He et al. 2015.
struct PReLU : Module<PReLU> {
  DType param_dtype = DType::F32;
  double negative_slope_init = 0.01;
  std::string name = {};

  Array forward(Array inputs) const;
};

}  // namespace linum::nn
