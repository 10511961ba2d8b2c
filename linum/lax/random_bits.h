// The primitives of random keys: what linum/random's functions are made of, and the names that
// jax.random's have in a program. All are threefry2x32 of the numbers of elements.
#pragma once

#include "linum/core/array.h"

namespace linum::lax {

// Keys are uint32 of shape (..., 2). What follows is one result of the given shape for each key.

// `width` (8, 16, 32 or 64) random bits for each element, as unsigned integers.
Array random_bits(const Array& keys, int width, const Shape& shape);
// New keys: of shape (..., *shape, 2).
Array random_split(const Array& keys, const Shape& shape);
// New keys from keys and numbers, uint32 with the keys' leading axes.
Array random_fold_in(const Array& keys, const Array& data);

}  // namespace linum::lax
