// Correlated normal numbers (jax.random.multivariate_normal).
#pragma once

#include <optional>

#include "linum/random/arguments.h"

namespace linum::random {

// Normal vectors of this mean (..., n) and covariance (..., n, n): `shape` + (n), where shape
// defaults to what the leading axes broadcast to. JAX's default method, by Cholesky's factor: the
// covariance must be positive definite (else NaN).
Array multivariate_normal(const Array& key, const Array& mean, const Array& cov,
                          const ShapeArg& shape = {}, std::optional<DType> dtype = {});

}  // namespace linum::random
