// Random bits by XLA's own generators (jax.lax). jax.random's functions, in linum/random, give the
// same numbers everywhere; these need not.
#pragma once

#include <utility>

#include "linum/core/array.h"

namespace linum::lax {

enum class RandomAlgorithm : std::uint8_t {
  RNG_DEFAULT,    // the platform's
  RNG_THREE_FRY,  // Threefry-2x32
  RNG_PHILOX,     // Philox-4x32
};

// The key for the next call, and random bits of this shape; dtype is an unsigned integer. `key` is
// uint32 of shape (4,), or uint64 of shape (2,).
std::pair<Array, Array> rng_bit_generator(const Array& key, const Shape& shape,
                                          DType dtype = DType::U32,
                                          RandomAlgorithm algorithm = RandomAlgorithm::RNG_DEFAULT);

// Numbers drawn evenly from [a, b), scalars of one dtype; new ones in every run of the program.
Array rng_uniform(const Array& a, const Array& b, const Shape& shape);

}  // namespace linum::lax
