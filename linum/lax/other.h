// Small questions of jax.lax about types and shapes.
#pragma once

#include <array>
#include <string_view>

#include "linum/core/array.h"

namespace linum::lax {

// jax.lax.dtype
inline DType dtype(const Array& x) { return x.dtype(); }
// The sizes as a vector of int32.
Array shape_as_value(const Shape& shape);
// For each of lhs, rhs and out, by letters as in ConvDimensionNumbers: the axes that put it in the
// order batch (out feature), feature (in feature), space...
std::array<Axes, 3> conv_general_permutations(std::string_view lhs, std::string_view rhs,
                                              std::string_view out);

}  // namespace linum::lax
