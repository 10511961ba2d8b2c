#include "linum/lax/other.h"

#include "linum/lax/conv.h"

namespace linum::lax {

Array shape_as_value(const Shape& shape) {
  return Array::of<std::int32_t>({static_cast<std::int64_t>(shape.size())},
                                 std::vector<std::int32_t>(shape.begin(), shape.end()));
}

std::array<Axes, 3> conv_general_permutations(std::string_view lhs, std::string_view rhs,
                                              std::string_view out) {
  const ConvDimensionNumbers numbers(lhs, rhs, out);
  return {numbers.lhs_spec, numbers.rhs_spec, numbers.out_spec};
}

}  // namespace linum::lax
