// How dot_general's algorithms become StableHLO.
#pragma once

#include "linum/lax/precision.h"

namespace linum::lax {

// The dtypes that the operands are converted to, and the one of the product before it is converted
// to the result's.
struct DotTypes {
  DType lhs, rhs, product;
};
DotTypes dot_types(const PrecisionLike& precision, DType lhs, DType rhs, DType result);

// "algorithm = #stablehlo.dot_algorithm<...>", or nothing. Throws ValueError for operands that the
// algorithm cannot take.
std::string dot_algorithm_attribute(const PrecisionLike& precision, DType lhs, DType rhs);

// Throws ValueError where `platform` would ignore the algorithm.
void check_dot_algorithm(const PrecisionLike& precision, std::string_view platform);

// "DEFAULT", "HIGH", "HIGHEST": StableHLO's words.
std::string_view name_of(Precision precision);

}  // namespace linum::lax
