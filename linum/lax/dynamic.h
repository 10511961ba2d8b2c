// Slices whose place is known only when the program runs.
#pragma once

#include <vector>

#include "linum/core/array.h"

namespace linum::lax {

// Indices: one integer scalar for each dimension, C++ numbers or arrays. Those out of bounds are
// moved until the whole slice is in bounds. Negative ones count from the end, unless
// allow_negative_indices is false (then they are clamped to 0, and a negative C++ number throws).
using Indices = std::vector<Array>;

// jax.lax.dynamic_slice and dynamic_update_slice.
Array dynamic_slice(const Array& operand, const Indices& start_indices, const Shape& slice_sizes,
                    bool allow_negative_indices = true);
Array dynamic_update_slice(const Array& operand, const Array& update, const Indices& start_indices,
                           bool allow_negative_indices = true);

// Along one axis.
Array dynamic_slice_in_dim(const Array& operand, const Array& start_index, std::int64_t slice_size,
                           std::int64_t axis = 0, bool allow_negative_indices = true);
Array dynamic_index_in_dim(const Array& operand, const Array& index, std::int64_t axis = 0,
                           bool keepdims = true, bool allow_negative_indices = true);
Array dynamic_update_slice_in_dim(const Array& operand, const Array& update,
                                  const Array& start_index, std::int64_t axis,
                                  bool allow_negative_indices = true);
// `update` may lack the axis.
Array dynamic_update_index_in_dim(const Array& operand, const Array& update, const Array& index,
                                  std::int64_t axis, bool allow_negative_indices = true);

}  // namespace linum::lax
