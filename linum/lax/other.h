// Small things of jax.lax: questions about types and shapes, and compositions of a few operations.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "linum/core/tree.h"

namespace linum::lax {

// jax.lax.dtype
inline DType dtype(const Array& x) { return x.dtype(); }
// The sizes as a vector of int32.
Array shape_as_value(const Shape& shape);
// x as a value of the program being traced, also where it is a number; outside transforms: x.
Array stage(const Array& x);
// Keeps what computes x in the program, though nobody reads it.
void dce_sink(const Array& x);
void dce_sink(const Tree& values);
// For each of lhs, rhs and out, by letters as in ConvDimensionNumbers: the axes that put it in the
// order batch (out feature), feature (in feature), space...
std::array<Axes, 3> conv_general_permutations(std::string_view lhs, std::string_view rhs,
                                              std::string_view out);

// jax.lax.reshape of x with its axes in the order `dimensions`.
Array reshape(const Array& x, const Shape& shape, const Axes& dimensions);
// The slices at (indices[0][i], indices[1][i], ...) of `axes`, for each i; the indices are taken
// modulo the axes' sizes. jax.lax.index_take.
Array index_take(const Array& operand, std::span<const Array> indices, const Axes& axes);

// top_k (approx_min_k: of the smallest, smallest first) up to approximation, which accelerators may
// trade for speed; these are exact. jax.lax.approx_max_k, approx_min_k.
std::pair<Array, Array> approx_max_k(const Array& operand, std::int64_t k,
                                     std::int64_t reduction_dimension = -1);
std::pair<Array, Array> approx_min_k(const Array& operand, std::int64_t k,
                                     std::int64_t reduction_dimension = -1);

}  // namespace linum::lax
