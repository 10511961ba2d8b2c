// jax.lax.map in batches: vmap inside scan, and vmap over what is left.
#include "linum/lax/lax.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

std::int64_t common_length(const Tree& xs) {
  std::int64_t length = -1;
  for (auto& [path, x] : tree::leaves_with_path(xs)) {
    if (x.ndim() == 0 || (length >= 0 && x.shape(0) != length)) {
      throw ShapeError(str_cat("map: the inputs need a first axis of one length, got ", x.aval(),
                               path.empty() ? "" : " at ", path));
    }
    length = x.shape(0);
  }
  if (length < 0) throw ValueError("map: there are no arrays to map over");
  return length;
}

// The first `batches` * `size` rows as batches of rows.
Tree in_batches(const Tree& xs, std::int64_t batches, std::int64_t size) {
  auto fold = [&](const Array& x) {
    Shape shape = x.shape();
    shape[0] = size;
    shape.insert(shape.begin(), batches);
    return lax::reshape(lax::slice_in_dim(x, 0, batches * size), shape);
  };
  return tree::map(fold, xs);
}
Tree joined_batches(const Tree& ys) {
  auto unfold = [](const Array& y) {
    Shape shape(y.shape().begin() + 1, y.shape().end());
    shape[0] *= y.shape(0);
    return lax::reshape(y, shape);
  };
  return tree::map(unfold, ys);
}
Tree joined(const Tree& a, const Tree& b) {
  return tree::map(
      [](const Array& x, const Array& y) {
        return lax::concatenate({x, y}, 0);
      },
      a, b);
}

Tree one_by_one(const TreeFn& f, const Tree& xs) {
  auto step = [&](const Tree& carry_x) {
    return Tree::list({carry_x[0], f(Tree::list({carry_x[1]}))});
  };
  return scan_tree(step, Tree(), xs, {})[1];
}

}  // namespace

Tree map_tree(const TreeFn& f, const Tree& xs, std::int64_t batch_size) {
  if (batch_size < 0) throw ValueError(str_cat("map: batch_size is ", batch_size));
  std::int64_t length = common_length(xs), size = batch_size;
  if (size == 0) return one_by_one(f, xs);
  auto batch = [&](const Tree& rows) { return vmap_tree(f, Tree::list({rows}), {}); };
  auto step = [&](const Tree& carry_x) { return Tree::list({carry_x[0], batch(carry_x[1])}); };
  std::int64_t batches = length / size;
  Tree rest =
      tree::map([&](const Array& x) { return lax::slice_in_dim(x, batches * size, length); }, xs);
  if (batches == 0) return batch(rest);
  Tree ys = joined_batches(scan_tree(step, Tree(), in_batches(xs, batches, size), {})[1]);
  return batches * size == length ? ys : joined(ys, batch(rest));
}

}  // namespace linum
