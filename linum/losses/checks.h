// The checks that losses share.
#pragma once

#include <string_view>

#include "linum/core/array.h"

namespace linum::losses {

// Throws DTypeError: "<who> needs floating-point <what>, got int32[3]".
void check_floating(const Array& x, std::string_view who, std::string_view what);
void check_integer(const Array& x, std::string_view who, std::string_view what);
// Throws ShapeError naming both shapes.
void check_same_shape(const Array& x, const Array& y, std::string_view who);

}  // namespace linum::losses
