// Samplers of counts (jax.random): same key, same numbers as JAX.
#pragma once

#include "linum/random/arguments.h"

namespace linum::random {

// Probability lam^k exp(-lam) / k! of k = 0, 1, ... (Knuth's method below lam = 10; Hormann: "The
// transformed rejection method for generating Poisson random variables", 1993.)
Array poisson(const Array& key, const Array& lam, const ShapeArg& shape = {}, DType dtype = int32);
// Successes among n trials of probability p, as floats; NaN for a negative n or an invalid p.
// (Hormann: "The generation of binomial random variates", 1993.)
Array binomial(const Array& key, const Array& n, const Array& p, const ShapeArg& shape = {},
               DType dtype = float32);
// How often each outcome occurs in n trials; the probabilities of outcomes lie along p's last axis.
// `shape` is the whole result's (default: p's), with outcomes along its last axis.
Array multinomial(const Array& key, const Array& n, const Array& p, const ShapeArg& shape = {},
                  DType dtype = float32);

}  // namespace linum::random
