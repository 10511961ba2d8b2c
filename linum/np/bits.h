// Bits packed in bytes, and what is left of arrays whose numbers are known.
#pragma once

#include <optional>
#include <string_view>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::np {

// Eight truth values in a byte along an axis (of the flat array without one), the last byte filled
// with zeros. bitorder: "big" puts the first in the highest bit, "little" in the lowest.
Array packbits(const Array& x, std::optional<std::int64_t> axis = {},
               std::string_view bitorder = "big");
// The inverse; `count` bits of them, zeros behind where there are fewer.
Array unpackbits(const Array& x, std::optional<std::int64_t> axis = {},
                 std::optional<std::int64_t> count = {}, std::string_view bitorder = "big");

// Without the slices of zeros at the front ("f"), the back ("b") or both along the axes. x must not
// be traced: its numbers decide the shape.
Array trim_zeros(const Array& x, std::string_view trim = "fb", const AxisArg& axis = {});

}  // namespace linum::np
