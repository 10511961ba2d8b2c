// Reductions over sliding windows: pooling, and the gradients of pooling.
#pragma once

#include <functional>

#include "linum/core/array.h"
#include "linum/lax/padding.h"

namespace linum::lax {

// The reduction of every window of `window_dimensions` (one size for each axis of x), the windows
// `window_strides` apart. Padding counts as the operation's identity. Empty strides and dilations
// are ones: base_dilation spreads x, window_dilation the window.
Array reduce_window_sum(const Array& x, const Shape& window_dimensions,
                        const Shape& window_strides = {}, const WindowPadding& padding = "VALID",
                        const Shape& base_dilation = {}, const Shape& window_dilation = {});
Array reduce_window_max(const Array& x, const Shape& window_dimensions,
                        const Shape& window_strides = {}, const WindowPadding& padding = "VALID",
                        const Shape& base_dilation = {}, const Shape& window_dilation = {});
Array reduce_window_min(const Array& x, const Shape& window_dimensions,
                        const Shape& window_strides = {}, const WindowPadding& padding = "VALID",
                        const Shape& base_dilation = {}, const Shape& window_dilation = {});

// Which element of a window is chosen: the first that is >= (or <=) all others.
enum class Select : std::uint8_t { Greatest, Least };

// For each window of `operand` the element of `tangents` where its chosen element lies: the
// derivative of reduce_window_max and _min. Padding chooses 0.
Array select_and_gather_add(const Array& tangents, const Array& operand, Select select,
                            const Shape& window_dimensions, const Shape& window_strides,
                            const Pads& padding, const Shape& base_dilation = {},
                            const Shape& window_dilation = {});
// Its transpose: zeros of the operand's shape, with each element of `source` (one per window) added
// where the window's chosen element lies.
Array select_and_scatter_add(const Array& source, const Array& operand, Select select,
                             const Shape& window_dimensions, const Shape& window_strides,
                             const Pads& padding);

// The shape of a windowed reduction's result.
Shape reduce_window_shape_tuple(const Shape& operand_shape, const Shape& window_dimensions,
                                const Shape& window_strides, const Pads& padding,
                                const Shape& base_dilation = {}, const Shape& window_dilation = {});

}  // namespace linum::lax
