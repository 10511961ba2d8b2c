// Convolutions of jax.lax: conv_general_dilated and what is made from it.
#pragma once

#include <optional>
#include <string_view>

#include "linum/core/array.h"
#include "linum/lax/padding.h"
#include "linum/lax/structure.h"

namespace linum::lax {

// Which axes are batch, features and space. lhs and out: (batch, feature, space...);
// rhs: (out feature, in feature, space...).
struct ConvDimensionNumbers {
  Axes lhs_spec, rhs_spec, out_spec;

  // Empty: the order above, as ("NCHW", "OIHW", "NCHW") for two spatial dimensions.
  ConvDimensionNumbers() = default;
  ConvDimensionNumbers(Axes lhs, Axes rhs, Axes out)
      : lhs_spec(std::move(lhs)), rhs_spec(std::move(rhs)), out_spec(std::move(out)) {}
  // By letters, as {"NHWC", "HWIO", "NHWC"}: N batch, C feature, O and I the kernel's features, any
  // others space. Window strides and paddings go in the order of the kernel's spatial letters.
  ConvDimensionNumbers(std::string_view lhs, std::string_view rhs, std::string_view out);

  friend bool operator==(const ConvDimensionNumbers&, const ConvDimensionNumbers&) = default;
};

struct ConvOptions {
  Shape lhs_dilation = {}, rhs_dilation = {};  // empty: ones
  ConvDimensionNumbers dimension_numbers = {};
  std::int64_t feature_group_count = 1;
  std::int64_t batch_group_count = 1;
  Precision precision = Precision::Default;
  std::optional<DType> preferred_element_type = {};
};

// jax.lax.conv_general_dilated: lhs (rank n + 2) against the kernel rhs (rank n + 2). Not flipped:
// a cross-correlation, as in all neural networks.
Array conv_general_dilated(const Array& lhs, const Array& rhs, const Shape& window_strides,
                           const WindowPadding& padding, const ConvOptions& options = {});

// NCHW, OIHW -> NCHW.
Array conv(const Array& lhs, const Array& rhs, const Shape& window_strides,
           const WindowPadding& padding, Precision precision = Precision::Default,
           std::optional<DType> preferred_element_type = std::nullopt);
Array conv_with_general_padding(const Array& lhs, const Array& rhs, const Shape& window_strides,
                                const WindowPadding& padding, const Shape& lhs_dilation,
                                const Shape& rhs_dilation, Precision precision = Precision::Default,
                                std::optional<DType> preferred_element_type = std::nullopt);

struct ConvTransposeOptions {
  Shape rhs_dilation = {};                      // empty: ones
  ConvDimensionNumbers dimension_numbers = {};  // empty: ("NHWC", "HWIO", "NHWC") and the like
  bool transpose_kernel = false;  // flip the kernel and swap its features: the gradient of a conv
  Precision precision = Precision::Default;
  std::optional<DType> preferred_element_type = {};
  // Explicit pairs mean the padding of the forward convolution, as the names always do.
  bool use_consistent_padding = false;
};
// jax.lax.conv_transpose: the fractionally strided convolution.
Array conv_transpose(const Array& lhs, const Array& rhs, const Shape& strides,
                     const WindowPadding& padding, const ConvTransposeOptions& options = {});

// The dimension numbers with defaults filled in, checked against the operands' ranks.
ConvDimensionNumbers conv_dimension_numbers(const Shape& lhs_shape, const Shape& rhs_shape,
                                            const ConvDimensionNumbers& dimension_numbers);
// Shapes of the results, from operands in any order of dimensions.
Shape conv_general_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape,
                               const Shape& window_strides, const WindowPadding& padding,
                               const ConvDimensionNumbers& dimension_numbers);
Shape conv_transpose_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape,
                                 const Shape& window_strides, const WindowPadding& padding,
                                 const ConvDimensionNumbers& dimension_numbers);
// Padding of the transposed convolution over a (dilated) window, from the forward one's.
Pads conv_transpose_padding(const Shape& window, const Shape& strides,
                            const WindowPadding& padding);
// From operands in the canonical order: NCHW, OIHW.
Shape conv_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape, const Shape& strides,
                       const WindowPadding& padding, std::int64_t batch_group_count = 1);

}  // namespace linum::lax
