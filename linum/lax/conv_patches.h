// Convolutions by patches: the windows themselves, and kernels that differ from place to place.
#pragma once

#include "linum/lax/conv.h"

namespace linum::lax {

struct ConvPatchesOptions {
  Shape lhs_dilation = {}, rhs_dilation = {};  // empty: ones
  ConvDimensionNumbers dimension_numbers = {};
  Precision precision = Precision::Default;
  std::optional<DType> preferred_element_type = {};
};

// jax.lax.conv_general_dilated_patches: what a convolution with a window of `filter_shape` sees at
// each place, as features: those of the first input feature in the window's order, then the next.
Array conv_general_dilated_patches(const Array& lhs, const Shape& filter_shape,
                                   const Shape& window_strides, const WindowPadding& padding,
                                   const ConvPatchesOptions& options = {});

// jax.lax.conv_general_dilated_local: a convolution with a kernel of its own at each place. The
// kernel's spatial sizes are the result's, its in features those of the patches.
Array conv_general_dilated_local(const Array& lhs, const Array& rhs, const Shape& window_strides,
                                 const WindowPadding& padding, const Shape& filter_shape,
                                 const ConvPatchesOptions& options = {});

}  // namespace linum::lax
