// Products of arrays that sum over axes: jax.numpy's dot and its family. np/einsum.h has the
// general one.
#pragma once

#include <optional>
#include <utility>

#include "linum/core/array.h"
#include "linum/lax/structure.h"
#include "linum/np/axis.h"

namespace linum::np {

struct DotOptions {
  NamedOnly named_only = {};
  lax::Precision precision = lax::Precision::Default;
  // The dtype that products are summed in, and of the result; by default the promoted one.
  std::optional<DType> preferred_element_type = {};
};

// The last axis of x with the last but one of y (its only one, if y is a vector); the result has
// what is left of x, then of y. A scalar multiplies.
Array dot(const Array& x, const Array& y, const DotOptions& options = {});
// Products of the matrices in the last two axes; the axes before them broadcast. A vector is a row
// on the left, a column on the right.
Array matmul(const Array& x, const Array& y, const DotOptions& options = {});
// Matrices by vectors, (..., n, m) and (..., m) to (..., n).
Array matvec(const Array& x, const Array& y);
// Vectors by matrices, (..., n) and (..., n, m) to (..., m); the vectors are conjugated.
Array vecmat(const Array& x, const Array& y);

// The scalar product of all elements, x conjugated.
Array vdot(const Array& x, const Array& y, const DotOptions& options = {});
// Scalar products along an axis, x conjugated; the other axes broadcast.
Array vecdot(const Array& x, const Array& y, std::int64_t axis = -1,
             const DotOptions& options = {});
// The last axis of x with the last of y.
Array inner(const Array& x, const Array& y, const DotOptions& options = {});
// x[i] y[j] of the flat arrays.
Array outer(const Array& x, const Array& y);
// The last `axes` axes of x with the first ones of y.
Array tensordot(const Array& x, const Array& y, std::int64_t axes = 2,
                const DotOptions& options = {});
// The listed axes of x with those of y, pair by pair.
Array tensordot(const Array& x, const Array& y, const std::pair<Axes, Axes>& axes,
                const DotOptions& options = {});

// Every element of x replaced by itself times y.
Array kron(const Array& x, const Array& y);
struct CrossOptions {
  std::int64_t axisa = -1, axisb = -1, axisc = -1;  // where the vectors lie in x, y and the result
  std::optional<std::int64_t> axis = {};            // all three
};
// Vector products of vectors in space; of two in the plane: their scalar third component.
Array cross(const Array& x, const Array& y, const CrossOptions& options = {});

}  // namespace linum::np
