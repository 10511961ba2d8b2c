// Shapes and axis lists, and the small arithmetic on them that every floor needs.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace linum {

using Shape = std::vector<std::int64_t>;
using Axes = std::vector<std::int64_t>;

std::int64_t element_count(const Shape&);
// "(2, 3)", as NumPy writes it: "(3,)" for one dimension, "()" for none.
std::string to_text(const Shape&);
// "2,3": jaxpr's form.
std::string join(std::span<const std::int64_t>, std::string_view separator = ",");
std::string join(std::span<const std::string>, std::string_view separator = ",");

// Maps -1 to rank-1 and so on; throws ShapeError naming `what` when out of range.
std::int64_t normalize_axis(std::int64_t axis, std::int64_t rank, std::string_view what);
// The same for a list; also refuses an axis that is named twice.
Axes normalize_axes(const Axes& axes, std::int64_t rank, std::string_view what);
// 0, 1, ..., n-1.
Axes iota_axes(std::int64_t n);
// NumPy's broadcasting of two shapes; throws ShapeError naming `what` and both shapes.
Shape broadcast_shapes(const Shape& a, const Shape& b, std::string_view what);
// Row-major strides in elements.
Shape row_major_strides(const Shape&);
bool contains(const Axes&, std::int64_t);
bool contains(std::span<const std::string>, std::string_view);
// The sizes of one shape, then those of the other.
Shape joined_shape(Shape first, const Shape& second);
// The shape without the listed (normalized) axes.
Shape without_axes(const Shape&, const Axes&);
// The inverse permutation.
Axes inverse_permutation(const Axes&);

}  // namespace linum
