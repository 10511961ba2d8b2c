// Products of which one axis falls into groups of different sizes (jax.lax.ragged_dot): mixtures of
// experts, say.
#pragma once

#include <optional>

#include "linum/lax/structure.h"

namespace linum::lax {

// (m, k) with (g, k, n) to (m, n): row i of lhs is multiplied with the matrix of its group. The
// first group_sizes[0] rows are the first group, and so on; rows beyond the last give zeros.
// `group_sizes` are g integers.
Array ragged_dot(const Array& lhs, const Array& rhs, const Array& group_sizes,
                 const PrecisionLike& precision = {},
                 std::optional<DType> preferred_element_type = std::nullopt);

struct RaggedDotDimensionNumbers {
  DotDimensionNumbers dot_dimension_numbers;
  Axes lhs_ragged_dimensions;  // one
  Axes rhs_group_dimensions;   // one where the ragged axis is free, else none
};

// As dot_general, with one ragged axis of lhs. b: batch axes, m and n: free ones, k: contracted.
//   m ragged: [b,m,k] with [g,b,k,n] to [b,m,n]: each group has a slice of rhs.
//   k ragged: [b,m,k] with [b,k,n] to [g,b,m,n]: each group gives a product of its own.
//   b ragged: [b,m,k] with [b,k,n] to [b,m,n]: the same as without groups.
// `group_sizes` have shape [g], or those of the axes of lhs outside the ragged one in front: batch
// axes, then free (contracted) ones. Throws ShapeError for what does not fit.
Array ragged_dot_general(const Array& lhs, const Array& rhs, const Array& group_sizes,
                         const RaggedDotDimensionNumbers& dimensions,
                         const PrecisionLike& precision = {},
                         std::optional<DType> preferred_element_type = std::nullopt);

}  // namespace linum::lax
