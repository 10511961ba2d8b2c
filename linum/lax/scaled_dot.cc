#include "linum/lax/scaled_dot.h"

#include "linum/lax/arithmetic.h"

namespace linum::lax {
namespace {

DotDimensionNumbers matrix_product(const Array& lhs, const Array& rhs) {
  if (lhs.ndim() < 2 || lhs.ndim() != rhs.ndim()) {
    throw ShapeError(str_cat("scaled_dot takes operands of one rank, 2 or more, got ",
                             to_text(lhs.shape()), " and ", to_text(rhs.shape())));
  }
  const Axes batch = iota_axes(lhs.ndim() - 2);
  return {{lhs.ndim() - 1}, {lhs.ndim() - 2}, batch, batch};
}

void check_scale(std::string_view side, const Array& x, const Array& scale, const Axes& contract) {
  bool fits = scale.ndim() == x.ndim();
  for (std::int64_t i = 0; fits && i < x.ndim(); ++i) {
    const std::int64_t size = x.shape(i), scales = scale.shape(i);
    fits = contains(contract, i) ? scales > 0 && size % scales == 0 && size >= 2 * scales
                                 : size == scales;
  }
  if (fits) return;
  throw ShapeError(str_cat("scaled_dot: the ", side, " scale of shape ", to_text(scale.shape()),
                           " does not fit the operand's shape ", to_text(x.shape()),
                           ": it has its sizes, and along contracting dimensions ",
                           to_text(contract), " one that divides its size at least twice"));
}

// Each scale once for every number of its block.
Array repeated(const Array& scale, const Shape& shape) {
  Shape blocks;
  Axes kept;
  for (std::int64_t i = 0; i < scale.ndim(); ++i) {
    kept.push_back(static_cast<std::int64_t>(blocks.size()));
    blocks.push_back(scale.shape(i));
    const std::int64_t times = shape[static_cast<std::size_t>(i)] / scale.shape(i);
    if (times > 1) blocks.push_back(times);
  }
  return reshape(broadcast_in_dim(scale, blocks, kept), shape);
}

Array scaled(std::string_view side, const Array& x, const Array& scale, const Axes& contract) {
  Array narrow = convert_element_type(x, DType::BF16);
  if (!scale.defined()) return narrow;
  check_scale(side, x, scale, contract);
  return mul(narrow, repeated(convert_element_type(scale, DType::BF16), x.shape()));
}

}  // namespace

Array scaled_dot(const Array& lhs, const Array& rhs, const ScaledDotOptions& options) {
  const DotDimensionNumbers dot =
      options.dimension_numbers ? *options.dimension_numbers : matrix_product(lhs, rhs);
  return dot_general(scaled("lhs", lhs, options.lhs_scale, dot.lhs_contract),
                     scaled("rhs", rhs, options.rhs_scale, dot.rhs_contract), dot, {},
                     options.preferred_element_type);
}

}  // namespace linum::lax
