// Operations of jax.lax that make or rearrange arrays, reduce them, or contract two.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "linum/core/array.h"
#include "linum/lax/precision.h"

namespace linum::lax {

// `value` (rank 0) everywhere.
Array full(const Shape& shape, const Array& value);
Array full(const Shape& shape, const Array& value, DType dtype);
Array zeros(const Shape& shape, DType dtype);
Array ones(const Shape& shape, DType dtype);
Array empty(const Shape& shape, DType dtype);  // contents unspecified
Array zeros_like(const Array& x);
Array full_like(const Array& x, const Array& value);
// 0, 1, ... along `dimension`.
Array broadcasted_iota(DType dtype, const Shape& shape, std::int64_t dimension);
Array iota(DType dtype, std::int64_t size);

Array reshape(const Array& x, const Shape& shape);
Array transpose(const Array& x, const Axes& permutation);
// Operand axis i becomes axis dimensions[i] of the result.
Array broadcast_in_dim(const Array& x, const Shape& shape, const Axes& dimensions);
// New leading axes.
Array broadcast(const Array& x, const Shape& sizes);
Array expand_dims(const Array& x, const Axes& dimensions);
Array squeeze(const Array& x, const Axes& dimensions);

// Axes start, ..., stop - 1 as one axis (negative ones count from the end; no stop: the last).
Array collapse(const Array& x, std::int64_t start_dimension,
               std::optional<std::int64_t> stop_dimension = std::nullopt);
// New leading axes of size 1 up to this rank.
Array broadcast_to_rank(const Array& x, std::int64_t rank);
// x in the other's shape, by NumPy's rule.
Array broadcast_like(const Array& x, const Array& other);
using linum::broadcast_shapes;
Shape broadcast_shapes(std::span<const Shape> shapes);

// Elements start, start + stride, ... below limit along each axis; no strides: 1.
Array slice(const Array& x, const Shape& start, const Shape& limit, const Shape& strides = {});
// `low` and `high` elements more at the ends of an axis (fewer where negative), and `interior` more
// between its elements.
struct Padding {
  std::int64_t low = 0, high = 0, interior = 0;
};
Array pad(const Array& x, const Array& value, const std::vector<Padding>& padding);
Array concatenate(std::span<const Array> operands, std::int64_t dimension);
inline Array concatenate(std::initializer_list<Array> operands, std::int64_t dimension) {
  return concatenate(std::span<const Array>(operands.begin(), operands.size()), dimension);
}
// Along one axis; negative indices count from the end, no index means the whole way.
Array slice_in_dim(const Array& x, std::optional<std::int64_t> start,
                   std::optional<std::int64_t> limit, std::int64_t stride = 1,
                   std::int64_t axis = 0);
Array index_in_dim(const Array& x, std::int64_t index, std::int64_t axis = 0, bool keepdims = true);
// Consecutive parts of these sizes.
std::vector<Array> split(const Array& x, const Shape& sizes, std::int64_t axis = 0);
// Arrays of one shape joined along a new axis, and taken apart.
Array stack(std::span<const Array> operands, std::int64_t axis = 0);
inline Array stack(std::initializer_list<Array> operands, std::int64_t axis = 0) {
  return stack(std::span<const Array>(operands.begin(), operands.size()), axis);
}
std::vector<Array> unstack(const Array& x, std::int64_t axis = 0);
// The array repeated reps[i] times along axis i.
Array tile(const Array& x, const Shape& reps);
// In the opposite order along the listed axes.
Array rev(const Array& x, const Axes& dimensions);

Array reduce_sum(const Array& x, const Axes& axes);
Array reduce_max(const Array& x, const Axes& axes);
Array reduce_min(const Array& x, const Axes& axes);
Array reduce_prod(const Array& x, const Axes& axes);
Array reduce_and(const Array& x, const Axes& axes);
Array reduce_or(const Array& x, const Axes& axes);
Array reduce_xor(const Array& x, const Axes& axes);

// Indices of the greatest (smallest) elements along an axis: the first of equals, the first NaN.
Array argmax(const Array& x, std::int64_t axis, DType index_dtype = DType::I32);
Array argmin(const Array& x, std::int64_t axis, DType index_dtype = DType::I32);

struct DotDimensionNumbers {
  Axes lhs_contract, rhs_contract, lhs_batch, rhs_batch;
};
// Result axes: batch, then what is left of lhs, then of rhs. jax.lax.dot_general.
Array dot_general(const Array& lhs, const Array& rhs, const DotDimensionNumbers& dimensions,
                  const PrecisionLike& precision = {},
                  std::optional<DType> preferred_element_type = std::nullopt);
// Vectors and matrices without batch: the last axis of lhs with the first of rhs.
Array dot(const Array& lhs, const Array& rhs, const PrecisionLike& precision = {},
          std::optional<DType> preferred_element_type = std::nullopt);
// Matrices over any number of equal leading axes.
Array batch_matmul(const Array& lhs, const Array& rhs, const PrecisionLike& precision = {});

}  // namespace linum::lax
