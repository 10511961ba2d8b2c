// Correlated normal numbers (jax.random.multivariate_normal).
#pragma once

#include <optional>
#include <string_view>

#include "linum/random/arguments.h"

namespace linum::random {

// Normal vectors of this mean (..., n) and covariance (..., n, n): `shape` + (n), where shape
// defaults to what the leading axes broadcast to. The method factorizes the covariance: "cholesky",
// which must be positive definite (else NaN), or "eigh" or "svd", semidefinite too.
Array multivariate_normal(const Array& key, const Array& mean, const Array& cov,
                          const ShapeArg& shape = {}, std::optional<DType> dtype = {},
                          std::string_view method = "cholesky");

}  // namespace linum::random
