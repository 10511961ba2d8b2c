// Products of operands with a scale for each block of numbers (jax.lax.scaled_dot).
#pragma once

#include <optional>

#include "linum/lax/structure.h"

namespace linum::lax {

struct ScaledDotOptions {
  // Undefined: no scale. Each has its operand's shape, but along contracting axes a size that
  // divides the operand's at least twice: one scale for so many neighbours.
  Array lhs_scale = {}, rhs_scale = {};
  // Default: the last axis of lhs with the last but one of rhs, the axes before as batch.
  std::optional<DotDimensionNumbers> dimension_numbers = {};
  DType preferred_element_type = DType::BF16;
};
// (lhs lhs_scale) with (rhs rhs_scale), as dot_general; operands and scales are rounded to bfloat16
// first. Throws ShapeError for what does not fit.
Array scaled_dot(const Array& lhs, const Array& rhs, const ScaledDotOptions& options = {});

}  // namespace linum::lax
