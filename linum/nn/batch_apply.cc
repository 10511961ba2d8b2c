#include "linum/nn/batch_apply.h"

#include "linum/lax/structure.h"

namespace linum::nn::detail {

Shape leading_sizes(const Tree& args, std::int64_t num_dims) {
  for (const Array& leaf : tree::leaves(args)) {
    if (leaf.ndim() < num_dims) continue;
    return Shape(leaf.shape().begin(),
                 leaf.shape().begin() + static_cast<std::ptrdiff_t>(num_dims));
  }
  throw ValueError(
      str_cat("BatchApply requires at least one input of ", num_dims, " dimensions or more"));
}

Tree merge_leading(const Tree& args, std::int64_t num_dims) {
  return tree::map(
      [&](const Array& x) { return x.ndim() < num_dims ? x : lax::collapse(x, 0, num_dims); },
      args);
}

Tree split_leading(const Tree& results, const Shape& sizes) {
  return tree::map(
      [&](const Array& x) {
        Shape shape = sizes;
        if (x.ndim() == 0) {
          throw ShapeError("BatchApply: the function gave a scalar; its results need a batch axis");
        }
        shape.insert(shape.end(), x.shape().begin() + 1, x.shape().end());
        return lax::reshape(x, shape);
      },
      results);
}

}  // namespace linum::nn::detail
