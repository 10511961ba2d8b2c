// Samplers made of Gamma variates (jax.random): same key, same numbers as JAX.
#pragma once

#include "linum/random/arguments.h"

namespace linum::random {

// Density x^(a-1) exp(-x) for x > 0, up to a factor. Differentiable in a. (Marsaglia, Tsang: "A
// simple method for generating gamma variables", 2000.)
Array gamma(const Array& key, const Array& a, const ShapeArg& shape = {}, DType dtype = float32);
// The logarithm of such a variate, exact where the variate itself would underflow.
Array loggamma(const Array& key, const Array& a, const ShapeArg& shape = {}, DType dtype = float32);

// Density x^(a-1) (1-x)^(b-1) in (0, 1), up to a factor.
Array beta(const Array& key, const Array& a, const Array& b, const ShapeArg& shape = {},
           DType dtype = float32);
// Points of the simplex: `shape` (default: alpha's without its last axis) + alpha's last axis.
Array dirichlet(const Array& key, const Array& alpha, const ShapeArg& shape = {},
                DType dtype = float32);
// The sum of df squared normal variates.
Array chisquare(const Array& key, const Array& df, const ShapeArg& shape = {},
                DType dtype = float32);
// Student's t with df degrees of freedom.
Array t(const Array& key, const Array& df, const ShapeArg& shape = {}, DType dtype = float32);
// The F distribution: a quotient of two chisquare variates, each over its degrees of freedom.
Array f(const Array& key, const Array& dfnum, const Array& dfden, const ShapeArg& shape = {},
        DType dtype = float32);
// Density exp(-|x|^p), up to a factor.
Array generalized_normal(const Array& key, const Array& p, const Shape& shape = {},
                         DType dtype = float32);
// Uniform in the unit ball of the p-norm in d dimensions: `shape` + (d).
Array ball(const Array& key, std::int64_t d, const Array& p = 2.0, const Shape& shape = {},
           DType dtype = float32);

}  // namespace linum::random
