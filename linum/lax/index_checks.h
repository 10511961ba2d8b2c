// What gather and scatter share: checks of their dimension numbers, and vectors of bounds.
#pragma once

#include <span>
#include <string_view>

#include "linum/core/array.h"

namespace linum::lax {

// The checks throw ShapeError: "gather: offset_dims must be sorted, got (1, 0)".
struct DimensionCheck {
  std::string_view operation;

  // Increasing, without repeats, in [0, rank).
  void sorted_unique(const Axes& dims, std::int64_t rank, std::string_view name) const;
  void unique_in_range(const Axes& dims, std::int64_t rank, std::string_view name) const;
  void disjoint(const Axes& a, std::string_view a_name, const Axes& b,
                std::string_view b_name) const;
  // Batching dimensions of an operand and of its indices: as many, as large.
  void batching(const Shape& operand, const Axes& operand_dims, const Shape& indices,
                const Axes& indices_dims) const;
  // The last axis of the indices has one entry for each mapped dimension of the operand.
  void index_vector(const Aval& indices, const Axes& map, std::string_view name) const;
};

// Every dimension one further: there is a new one in front.
Axes shifted(const Axes& dims);
// The same, with 0 added in front.
Axes shifted_with_front(const Axes& dims);
// The sizes of the operand's axes that are listed.
Shape sizes_at(const Shape& shape, const Axes& dims);
// A vector of these numbers.
Array index_vector(std::span<const std::int64_t> values, DType dtype);
// The largest value that an integer dtype holds (of those that fit std::int64_t).
std::int64_t largest_index(DType dtype);
// int32, or int64 where a dimension needs it; unsigned on request.
DType index_dtype_for(const Shape& shape, bool is_signed);

}  // namespace linum::lax
