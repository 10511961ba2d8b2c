#include "linum/lax/other.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/conv.h"
#include "linum/lax/gather_scatter.h"
#include "linum/lax/index_checks.h"
#include "linum/lax/sort.h"
#include "linum/lax/structure.h"

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

Array reshape(const Array& x, const Shape& shape, const Axes& dimensions) {
  return reshape(transpose(x, dimensions), shape);
}

Array index_take(const Array& operand, std::span<const Array> indices, const Axes& axes) {
  if (indices.size() != axes.size() || indices.empty()) {
    throw ValueError(str_cat("index_take: needs one index array for each axis, got ",
                             indices.size(), " for axes ", to_text(axes)));
  }
  std::vector<Array> columns;
  Shape window = operand.shape();
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const Array size = make_integer_scalar(operand.shape(axes[i]), indices[i].dtype());
    const Array rest = rem(indices[i], size);
    const Array negative = lt(rest, make_integer_scalar(0, rest.dtype()));
    columns.push_back(expand_dims(select(negative, add(rest, size), rest), {1}));
    window[static_cast<std::size_t>(axes[i])] = 1;
  }
  const Axes offset = iota_axes(operand.ndim() - static_cast<std::int64_t>(axes.size()));
  return gather(operand, concatenate(columns, 1), {shifted(offset), axes, axes}, window);
}

std::pair<Array, Array> approx_max_k(const Array& operand, std::int64_t k,
                                     std::int64_t reduction_dimension) {
  return top_k(operand, k, reduction_dimension);
}

std::pair<Array, Array> approx_min_k(const Array& operand, std::int64_t k,
                                     std::int64_t reduction_dimension) {
  auto [largest, indices] = top_k(neg(operand), k, reduction_dimension);
  return {neg(largest), indices};
}

}  // namespace linum::lax
