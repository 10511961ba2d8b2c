// Shapes and orders of axes and elements.
#pragma once

#include <optional>
#include <vector>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np {

// --- shape ------------------------------------------------------------------------------------

// One size may be -1: what is left. The order 'F' runs the first axis fastest on both sides.
Array reshape(const Array& x, const Shape& shape, char order = 'C');
Array ravel(const Array& x, char order = 'C');
// Axes of size 1 removed: all of them, or the listed ones.
Array squeeze(const Array& x, const AxisArg& axis = {});
// New axes of size 1 at these places of the result.
Array expand_dims(const Array& x, const AxisArg& axis);
Array broadcast_to(const Array& x, const Shape& shape);
std::vector<Array> broadcast_arrays(const std::vector<Array>& arrays);
Shape broadcast_shapes(const std::vector<Shape>& shapes);
Array atleast_1d(const Array& x);
Array atleast_2d(const Array& x);
Array atleast_3d(const Array& x);
// The elements repeated, or cut off, to fill another shape.
Array resize(const Array& x, const Shape& new_shape);

// --- axes -------------------------------------------------------------------------------------

// Axes in a new order; reversed by default.
Array transpose(const Array& x, const AxisArg& axes = {});
Array permute_dims(const Array& x, const AxisArg& axes);
// The last two axes exchanged.
Array matrix_transpose(const Array& x);
Array swapaxes(const Array& x, std::int64_t axis1, std::int64_t axis2);
Array moveaxis(const Array& x, const AxisArg& source, const AxisArg& destination);
// The axis moved in front of axis `start`.
Array rollaxis(const Array& x, std::int64_t axis, std::int64_t start = 0);

// --- order of elements ------------------------------------------------------------------------

Array flip(const Array& x, const AxisArg& axis = {});
Array fliplr(const Array& x);  // axis 1
Array flipud(const Array& x);  // axis 0
// By 90 degrees, k times, from the first axis toward the second.
Array rot90(const Array& x, std::int64_t k = 1, const Axes& axes = {0, 1});
// Elements moved on by `shift`; those that leave come in again at the front. Without an axis the
// array is flat. One shift for all axes, or one for each.
Array roll(const Array& x, std::int64_t shift, const AxisArg& axis = {});
Array roll(const Array& x, const Axes& shifts, const AxisArg& axis);
// By a number known only when the program runs.
Array roll(const Array& x, const Array& shift, const AxisArg& axis = {});

// --- repetition -------------------------------------------------------------------------------

// The whole array repeated along each axis; too few reps are for the last axes.
Array tile(const Array& x, const Shape& reps);
// Each element (slice along an axis) repeated; without an axis the array is flat.
Array repeat(const Array& x, std::int64_t repeats, std::optional<std::int64_t> axis = {});
// Each its own number of times. `total_repeat_length` is the length of the result: what is too long
// is cut off, what is too short filled with the last element. It must be given for traced repeats.
Array repeat(const Array& x, const Array& repeats, std::optional<std::int64_t> axis = {},
             std::optional<std::int64_t> total_repeat_length = {});

}  // namespace linum::np
