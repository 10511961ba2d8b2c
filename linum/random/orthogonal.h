// Random orthogonal matrices (jax.random.orthogonal).
#pragma once

#include <optional>

#include "linum/core/array.h"

namespace linum::random {

// Uniform over the orthogonal group, of shape (shape..., n, m): the rows (or, where n > m, the
// columns) are orthonormal. Mezzadri 2007. Throws DTypeError for a dtype that is no float.
Array orthogonal(const Array& key, std::int64_t n, const Shape& shape = {}, DType dtype = float32,
                 std::optional<std::int64_t> m = {});

}  // namespace linum::random
