// Sorting along an axis, and the largest elements.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::lax {

// Ascending along `dimension`. Floats are in the order -inf ... 0 ... inf, NaN, where -0 and 0 are
// equal and so are all NaN; complex numbers go by real, then by imaginary part.
Array sort(const Array& operand, std::int64_t dimension = -1, bool is_stable = true);
// Arrays of one shape in one order: that of the first `num_keys` of them, lexicographically.
std::vector<Array> sort(std::span<const Array> operands, std::int64_t dimension = -1,
                        bool is_stable = true, std::int64_t num_keys = 1);
std::pair<Array, Array> sort_key_val(const Array& keys, const Array& values,
                                     std::int64_t dimension = -1, bool is_stable = true);

// The k largest elements along `axis`, largest first (of equal ones the earlier first), and their
// int32 indices. jax.lax.top_k.
std::pair<Array, Array> top_k(const Array& operand, std::int64_t k, std::int64_t axis = -1);

}  // namespace linum::lax
