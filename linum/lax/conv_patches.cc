#include "linum/lax/conv_patches.h"

#include <algorithm>

#include "linum/lax/arithmetic.h"

namespace linum::lax {
namespace {

// The permutation that brings the first two of `rank` axes to these places.
Axes first_two_to(std::int64_t first, std::int64_t second, std::int64_t rank) {
  Axes permutation(static_cast<std::size_t>(rank));
  std::int64_t next = 2;
  for (std::int64_t i = 0; i < rank; ++i) {
    permutation[static_cast<std::size_t>(i)] = i == first ? 0 : i == second ? 1 : next++;
  }
  return permutation;
}

ConvDimensionNumbers dimensions_of(const Array& lhs, const Shape& filter_shape,
                                   const ConvPatchesOptions& options) {
  Shape kernel{1, 1};
  kernel.insert(kernel.end(), filter_shape.begin(), filter_shape.end());
  return conv_dimension_numbers(lhs.shape(), kernel, options.dimension_numbers);
}

// For every input feature, a kernel that picks each place of the window.
Array picking_kernel(DType dtype, std::int64_t features, const Shape& filter_shape) {
  const std::int64_t size = element_count(filter_shape);
  Array row = broadcasted_iota(DType::I32, {size, size}, 0);
  Array column = broadcasted_iota(DType::I32, {size, size}, 1);
  Array eye = convert_element_type(eq(row, column), dtype);
  Shape shape{features * size, 1};
  shape.insert(shape.end(), filter_shape.begin(), filter_shape.end());
  return reshape(broadcast(eye, {features}), shape);
}

}  // namespace

Array conv_general_dilated_patches(const Array& lhs, const Shape& filter_shape,
                                   const Shape& window_strides, const WindowPadding& padding,
                                   const ConvPatchesOptions& options) {
  const ConvDimensionNumbers dn = dimensions_of(lhs, filter_shape, options);
  const std::int64_t features = lhs.shape(dn.lhs_spec[1]);
  Array kernel = picking_kernel(lhs.dtype(), features, filter_shape);
  kernel = transpose(kernel, first_two_to(dn.rhs_spec[0], dn.rhs_spec[1], kernel.ndim()));
  return conv_general_dilated(lhs, kernel, window_strides, padding,
                              {.lhs_dilation = options.lhs_dilation,
                               .rhs_dilation = options.rhs_dilation,
                               .dimension_numbers = dn,
                               .feature_group_count = features,
                               .precision = options.precision,
                               .preferred_element_type = options.preferred_element_type});
}

Array conv_general_dilated_local(const Array& lhs, const Array& rhs, const Shape& window_strides,
                                 const WindowPadding& padding, const Shape& filter_shape,
                                 const ConvPatchesOptions& options) {
  const ConvDimensionNumbers dn = dimensions_of(lhs, filter_shape, options);
  Array patches = conv_general_dilated_patches(lhs, filter_shape, window_strides, padding, options);
  // Spatial axes in the order that the result has them.
  std::vector<std::pair<std::int64_t, std::int64_t>> space;
  for (std::size_t i = 2; i < dn.out_spec.size(); ++i) {
    space.emplace_back(dn.out_spec[i], dn.rhs_spec[i]);
  }
  std::sort(space.begin(), space.end());
  DotDimensionNumbers dims{{dn.out_spec[1]}, {dn.rhs_spec[1]}, {}, {}};
  for (auto [out, kernel] : space) {
    dims.lhs_batch.push_back(out);
    dims.rhs_batch.push_back(kernel);
  }
  // Space, batch, features.
  Array y = dot_general(patches, rhs, dims, options.precision, options.preferred_element_type);
  Axes order = iota_axes(y.ndim());
  std::rotate(order.begin(), order.end() - 2, order.end());
  y = transpose(y, order);
  return transpose(y, first_two_to(dn.out_spec[0], dn.out_spec[1], y.ndim()));
}

}  // namespace linum::lax
