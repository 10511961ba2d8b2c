// Samplers of continuous distributions (jax.random): same key, same numbers as JAX.
#pragma once

#include <string_view>

#include "linum/random/arguments.h"

namespace linum::random {

// Uniform in [minval, maxval), which broadcast to `shape`.
Array uniform(const Array& key, const Shape& shape = {}, DType dtype = float32,
              const Array& minval = 0.0, const Array& maxval = 1.0);
// Mean 0, variance 1. Complex dtypes: variance 1/2 in each part.
Array normal(const Array& key, const Shape& shape = {}, DType dtype = float32);
// Normal, on the condition of lying in (lower, upper).
Array truncated_normal(const Array& key, const Array& lower, const Array& upper,
                       const ShapeArg& shape = {}, DType dtype = float32);
// exp of sigma * normal.
Array lognormal(const Array& key, const Array& sigma = 1.0, const ShapeArg& shape = {},
                DType dtype = float32);

// Density exp(-x) for x >= 0.
Array exponential(const Array& key, const Shape& shape = {}, DType dtype = float32);
// Density exp(-(x + exp(-x))). The mode "high" (or "highest") spends twice the bits, so that the
// tail is sampled too; "low" is JAX's default.
Array gumbel(const Array& key, const Shape& shape = {}, DType dtype = float32,
             std::string_view mode = "low");
// Density exp(-|x|) / 2.
Array laplace(const Array& key, const Shape& shape = {}, DType dtype = float32);
// Density exp(-x) / (1 + exp(-x))^2.
Array logistic(const Array& key, const Shape& shape = {}, DType dtype = float32);
// Density 1 / (pi (x^2 + 1)).
Array cauchy(const Array& key, const Shape& shape = {}, DType dtype = float32);
// Density b x^(-b-1) for x >= 1.
Array pareto(const Array& key, const Array& b, const ShapeArg& shape = {}, DType dtype = float32);
// Density x / scale^2 exp(-x^2 / (2 scale^2)) for x > 0.
Array rayleigh(const Array& key, const Array& scale, const ShapeArg& shape = {},
               DType dtype = float32);
// Rises from left to mode, falls to right.
Array triangular(const Array& key, const Array& left, const Array& mode, const Array& right,
                 const ShapeArg& shape = {}, DType dtype = float32);
// The inverse Gaussian distribution with variance mean^3.
Array wald(const Array& key, const Array& mean, const ShapeArg& shape = {}, DType dtype = float32);
// Density (c / scale) (x / scale)^(c-1) exp(-(x / scale)^c) for x > 0, c the concentration.
Array weibull_min(const Array& key, const Array& scale, const Array& concentration,
                  const Shape& shape = {}, DType dtype = float32);
// The length of three normal numbers.
Array maxwell(const Array& key, const Shape& shape = {}, DType dtype = float32);
// loc +- scale * maxwell, of shape `shape` (default: the parameters') + the parameters'.
Array double_sided_maxwell(const Array& key, const Array& loc, const Array& scale,
                           const Shape& shape = {}, DType dtype = float32);

}  // namespace linum::random
