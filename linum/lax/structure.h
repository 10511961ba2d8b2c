// Operations of jax.lax that make or rearrange arrays, reduce them, or contract two.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <vector>

#include "linum/core/array.h"

namespace linum::lax {

// `value` (rank 0) everywhere.
Array full(const Shape& shape, const Array& value);
Array full(const Shape& shape, const Array& value, DType dtype);
Array zeros(const Shape& shape, DType dtype);
Array ones(const Shape& shape, DType dtype);
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
// In the opposite order along the listed axes.
Array rev(const Array& x, const Axes& dimensions);

Array reduce_sum(const Array& x, const Axes& axes);
Array reduce_max(const Array& x, const Axes& axes);
Array reduce_min(const Array& x, const Axes& axes);
Array reduce_prod(const Array& x, const Axes& axes);
Array reduce_and(const Array& x, const Axes& axes);
Array reduce_or(const Array& x, const Axes& axes);
Array reduce_xor(const Array& x, const Axes& axes);

struct DotDimensionNumbers {
  Axes lhs_contract, rhs_contract, lhs_batch, rhs_batch;
};
enum class Precision : std::uint8_t { Default, High, Highest };
// Result axes: batch, then what is left of lhs, then of rhs. jax.lax.dot_general.
Array dot_general(const Array& lhs, const Array& rhs, const DotDimensionNumbers& dimensions,
                  Precision precision = Precision::Default,
                  std::optional<DType> preferred_element_type = std::nullopt);

}  // namespace linum::lax
