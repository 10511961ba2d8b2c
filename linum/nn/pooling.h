// Pooling over windows (flax.linen.pooling): no parameters. Inputs are (batch..., space...,
// features), one spatial dimension for each number of the window shape, or without batch.
#pragma once

#include <functional>

#include "linum/core/array.h"
#include "linum/lax/padding.h"
#include "linum/nn/sizes.h"

namespace linum::nn {

// A reduction of pool(): lax::add, lax::max or lax::min.
using PoolFn = Array (*)(const Array&, const Array&);

// reduce_fn over `init` and each window of every feature. Empty strides are ones; padding is
// "VALID", "SAME" or one pair for each spatial dimension, and counts as `init`. Throws ShapeError
// when the numbers of dimensions do not fit, ValueError for another function.
Array pool(const Array& inputs, const Array& init, PoolFn reduce_fn, const Shape& window_shape,
           const Shape& strides = {}, const lax::WindowPadding& padding = "VALID");

// The mean of each window. Padding counts as zeros, unless count_include_pad is false.
Array avg_pool(const Array& inputs, const Shape& window_shape, const Shape& strides = {},
               const lax::WindowPadding& padding = "VALID", bool count_include_pad = true);
Array max_pool(const Array& inputs, const Shape& window_shape, const Shape& strides = {},
               const lax::WindowPadding& padding = "VALID");
Array min_pool(const Array& inputs, const Shape& window_shape, const Shape& strides = {},
               const lax::WindowPadding& padding = "VALID");

}  // namespace linum::nn
