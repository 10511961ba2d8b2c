#include "linum/lax/conv.h"

#include "linum/lax/conv_primitive.h"

namespace linum::lax {

Array conv_general_dilated(const Array& lhs, const Array& rhs, const Shape& window_strides,
                           const WindowPadding& padding, const ConvOptions& options) {
  const auto dn = conv_dimension_numbers(lhs.shape(), rhs.shape(), options.dimension_numbers);
  const std::size_t space = dn.lhs_spec.size() - 2;
  ConvParams params{
      .window_strides = window_strides,
      .padding = {},
      .lhs_dilation = ones_unless_given(options.lhs_dilation, space),
      .rhs_dilation = ones_unless_given(options.rhs_dilation, space),
      .dimension_numbers = dn,
      .feature_group_count = options.feature_group_count,
      .batch_group_count = options.batch_group_count,
      .precision = precision_or_default(options.precision),
      .preferred_element_type = options.preferred_element_type,
  };
  if (!padding.is_explicit() && params.lhs_dilation != Shape(space, 1)) {
    throw ValueError(str_cat("conv_general_dilated: padding '", padding.name(),
                             "' has no meaning with lhs_dilation ", to_text(params.lhs_dilation),
                             "; give (low, high) pairs or use conv_transpose"));
  }
  const Shape window = dilate_shape(take_dims(rhs.shape(), spatial_axes(dn.rhs_spec)),
                                    params.rhs_dilation, "conv_general_dilated: rhs_dilation");
  params.padding = padtype_to_pads(take_dims(lhs.shape(), spatial_axes(dn.lhs_spec)), window,
                                   window_strides, padding);
  return bind_conv(lhs, rhs, std::move(params));
}

Array conv(const Array& lhs, const Array& rhs, const Shape& window_strides,
           const WindowPadding& padding, Precision precision,
           std::optional<DType> preferred_element_type) {
  return conv_general_dilated(
      lhs, rhs, window_strides, padding,
      {.precision = precision, .preferred_element_type = preferred_element_type});
}

Array conv_with_general_padding(const Array& lhs, const Array& rhs, const Shape& window_strides,
                                const WindowPadding& padding, const Shape& lhs_dilation,
                                const Shape& rhs_dilation, Precision precision,
                                std::optional<DType> preferred_element_type) {
  return conv_general_dilated(lhs, rhs, window_strides, padding,
                              {.lhs_dilation = lhs_dilation,
                               .rhs_dilation = rhs_dilation,
                               .precision = precision,
                               .preferred_element_type = preferred_element_type});
}

namespace {

// The order of dimensions that conv_transpose assumes.
ConvDimensionNumbers channels_last(std::int64_t rank) {
  switch (rank) {
    case 2:
      return {"NC", "IO", "NC"};
    case 3:
      return {"NHC", "HIO", "NHC"};
    case 4:
      return {"NHWC", "HWIO", "NHWC"};
    case 5:
      return {"NHWDC", "HWDIO", "NHWDC"};
    default:
      throw ShapeError(str_cat("conv_transpose has no default dimension_numbers for rank ", rank));
  }
}

}  // namespace

Array conv_transpose(const Array& lhs, const Array& rhs, const Shape& strides,
                     const WindowPadding& padding, const ConvTransposeOptions& options) {
  const auto dn = conv_dimension_numbers(lhs.shape(), rhs.shape(),
                                         options.dimension_numbers.lhs_spec.empty()
                                             ? channels_last(lhs.ndim())
                                             : options.dimension_numbers);
  const Axes space(dn.rhs_spec.begin() + 2, dn.rhs_spec.end());
  const Shape dilation = ones_unless_given(options.rhs_dilation, space.size());
  if (strides.size() != space.size()) {
    throw ShapeError(str_cat("conv_transpose over ", space.size(),
                             " spatial dimensions got strides ", to_text(strides)));
  }
  const bool forward = options.use_consistent_padding || !padding.is_explicit();
  const Shape window =
      dilate_shape(take_dims(rhs.shape(), space), dilation, "conv_transpose: rhs_dilation");
  const Pads pads = forward ? conv_transpose_padding(window, strides, padding) : padding.pads();
  Array kernel = rhs;
  if (options.transpose_kernel) {
    Axes order = iota_axes(rhs.ndim());
    std::swap(order[static_cast<std::size_t>(dn.rhs_spec[0])],
              order[static_cast<std::size_t>(dn.rhs_spec[1])]);
    kernel = transpose(rev(rhs, space), order);
  }
  return conv_general_dilated(lhs, kernel, Shape(space.size(), 1), pads,
                              {.lhs_dilation = strides,
                               .rhs_dilation = dilation,
                               .dimension_numbers = dn,
                               .precision = options.precision,
                               .preferred_element_type = options.preferred_element_type});
}

}  // namespace linum::lax
