// Comparing what Linum computed with what was recorded.
#pragma once

#include <string>

#include "linum/core/tree.h"

namespace linum::parity {

// Relative; 0 (exact) for integers and booleans.
double default_tolerance(DType dtype);

// Empty when equal, else what differs and where. Numbers a, e agree when
// |a - e| <= tolerance * max(|e|, a tenth of the largest |e|, a hundredth); NaN agrees with NaN.
// Trees without leaves (None, {}, []) count as equal. A tolerance of 0 means the dtype's.
std::string difference(const Tree& actual, const Tree& expected, double tolerance);
std::string difference(const Array& actual, const Array& expected, double tolerance);

}  // namespace linum::parity
