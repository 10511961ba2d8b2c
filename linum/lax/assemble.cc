// Taking arrays apart and putting them together, in terms of slice, concatenate and broadcast.
#include <algorithm>

#include "linum/lax/structure.h"

namespace linum::lax {

Array collapse(const Array& x, std::int64_t start, std::optional<std::int64_t> stop) {
  std::int64_t rank = x.ndim();
  auto within = [&](std::int64_t axis) {
    if (axis < 0) axis += rank;
    return axis < 0 ? 0 : axis > rank ? rank : axis;
  };
  std::int64_t from = within(start), to = within(stop.value_or(rank));
  if (to < from) {
    throw ShapeError(str_cat("collapse: axis ", to, " lies before axis ", from, " of shape ",
                             to_text(x.shape()), "."));
  }
  Shape shape(x.shape().begin(), x.shape().begin() + from);
  shape.push_back(1);
  for (std::int64_t i = from; i < to; ++i) shape.back() *= x.shape(i);
  shape.insert(shape.end(), x.shape().begin() + to, x.shape().end());
  return reshape(x, shape);
}

Array broadcast_to_rank(const Array& x, std::int64_t rank) {
  return expand_dims(x, iota_axes(rank - x.ndim()));
}

Array broadcast_like(const Array& x, const Array& other) {
  const Shape& shape = other.shape();
  Shape both = broadcast_shapes(x.shape(), shape, "broadcast_like");
  if (both != shape) {
    throw ShapeError(str_cat("broadcast_like: shape ", to_text(x.shape()), " does not stretch to ",
                             to_text(shape), "."));
  }
  Axes dimensions;
  for (std::int64_t i = other.ndim() - x.ndim(); i < other.ndim(); ++i) dimensions.push_back(i);
  return broadcast_in_dim(x, shape, dimensions);
}

Shape broadcast_shapes(std::span<const Shape> shapes) {
  Shape out;
  for (const Shape& shape : shapes) out = linum::broadcast_shapes(out, shape, "broadcast_shapes");
  return out;
}

// A bound of a Python slice: from the end where negative, kept within the axis.
static std::int64_t clip(std::int64_t index, std::int64_t size) {
  if (index < 0) index += size;
  return index < 0 ? 0 : index > size ? size : index;
}

Array slice_in_dim(const Array& x, std::optional<std::int64_t> start,
                   std::optional<std::int64_t> limit, std::int64_t stride, std::int64_t axis) {
  auto i = static_cast<std::size_t>(normalize_axis(axis, x.ndim(), "slice_in_dim"));
  Shape from(x.shape().size(), 0), to = x.shape(), strides(x.shape().size(), 1);
  from[i] = clip(start.value_or(0), to[i]);
  to[i] = std::max(from[i], clip(limit.value_or(to[i]), to[i]));
  strides[i] = stride;
  return slice(x, from, to, strides);
}

Array index_in_dim(const Array& x, std::int64_t index, std::int64_t axis, bool keepdims) {
  axis = normalize_axis(axis, x.ndim(), "index_in_dim");
  std::int64_t size = x.shape(axis), wrapped = index < 0 ? index + size : index;
  if (wrapped < 0 || wrapped >= size) {
    throw ShapeError(str_cat("index_in_dim: index ", index, " is out of bounds for axis ", axis,
                             " of size ", size, "."));
  }
  Array kept = slice_in_dim(x, wrapped, wrapped + 1, 1, axis);
  return keepdims ? kept : squeeze(kept, {axis});
}

std::vector<Array> split(const Array& x, const Shape& sizes, std::int64_t axis) {
  axis = normalize_axis(axis, x.ndim(), "split");
  std::int64_t total = 0;
  bool negative = false;
  for (std::int64_t size : sizes) {
    total += size;
    negative = negative || size < 0;
  }
  if (total != x.shape(axis) || negative) {
    throw ShapeError(str_cat("split: sizes ", to_text(sizes), " do not add up to axis ", axis,
                             " of shape ", to_text(x.shape()), "."));
  }
  std::vector<Array> parts;
  std::int64_t start = 0;
  for (std::int64_t size : sizes) {
    parts.push_back(slice_in_dim(x, start, start + size, 1, axis));
    start += size;
  }
  return parts;
}

Array stack(std::span<const Array> operands, std::int64_t axis) {
  if (operands.empty()) throw ShapeError("stack requires at least one operand.");
  axis = normalize_axis(axis, operands[0].ndim() + 1, "stack");
  std::vector<Array> layers;
  for (const Array& x : operands) {
    if (x.shape() != operands[0].shape()) {
      throw ShapeError(str_cat("stack requires operands of one shape, got ",
                               to_text(operands[0].shape()), " and ", to_text(x.shape()), "."));
    }
    layers.push_back(expand_dims(x, {axis}));
  }
  return concatenate(layers, axis);
}

std::vector<Array> unstack(const Array& x, std::int64_t axis) {
  axis = normalize_axis(axis, x.ndim(), "unstack");
  std::vector<Array> layers;
  for (std::int64_t i = 0; i < x.shape(axis); ++i)
    layers.push_back(index_in_dim(x, i, axis, false));
  return layers;
}

// Each axis gets a repeating axis in front of it, and joins it.
Array tile(const Array& x, const Shape& reps) {
  if (reps.size() != x.shape().size()) {
    throw ShapeError(str_cat("tile: one count per axis, got ", to_text(reps), " for shape ",
                             to_text(x.shape()), "."));
  }
  Shape spread, joined;
  Axes dimensions;
  for (std::size_t i = 0; i < reps.size(); ++i) {
    spread.insert(spread.end(), {reps[i], x.shape()[i]});
    dimensions.push_back(static_cast<std::int64_t>(2 * i + 1));
    joined.push_back(reps[i] * x.shape()[i]);
  }
  return reshape(broadcast_in_dim(x, spread, dimensions), joined);
}

}  // namespace linum::lax
