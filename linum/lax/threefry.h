// The counter-based generator under every random number: Threefry-2x32, 20 rounds.
#pragma once

#include <utility>

#include "linum/core/array.h"

namespace linum::lax {

// Two words of random bits for each pair of counters (x0, x1) under the key (key0, key1). All are
// uint32 of one shape, or rank 0. (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
// 2011; bit for bit jax's threefry2x32.)
std::pair<Array, Array> threefry2x32(const Array& key0, const Array& key1, const Array& x0,
                                     const Array& x1);

}  // namespace linum::lax
