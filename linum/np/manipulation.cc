#include "linum/np/manipulation.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/indexing.h"
#include "linum/np/take.h"

namespace linum::np {

// --- shape ------------------------------------------------------------------------------------

[[noreturn]] static void refuse_reshape(const Array& x, const Shape& shape) {
  throw ShapeError(str_cat("cannot reshape array of shape ", to_text(x.shape()), " (size ",
                           x.size(), ") into shape ", to_text(shape)));
}

// The shape with its -1 filled in.
static Shape complete_shape(const Array& x, const Shape& shape) {
  Shape out = shape;
  const auto unknown = std::count(shape.begin(), shape.end(), -1);
  if (unknown > 1) {
    throw ShapeError(str_cat("reshape: only one size can be -1, got ", to_text(shape)));
  }
  if (unknown == 1) {
    auto place = std::find(out.begin(), out.end(), -1);
    *place = 1;
    const std::int64_t rest = element_count(out);
    if (rest == 0 || x.size() % rest != 0) refuse_reshape(x, shape);
    *place = x.size() / rest;
  }
  if (element_count(out) != x.size()) refuse_reshape(x, shape);
  return out;
}

Array reshape(const Array& x, const Shape& shape, char order) {
  Shape full = complete_shape(x, shape);
  if (order == 'C') return lax::reshape(x, full);
  if (order != 'F')
    throw ValueError(str_cat("reshape: order must be 'C' or 'F', got '", order, "'"));
  std::reverse(full.begin(), full.end());
  return transpose(lax::reshape(transpose(x), full));
}

Array ravel(const Array& x, char order) { return reshape(x, {x.size()}, order); }

Array squeeze(const Array& x, const AxisArg& axis) {
  if (axis.has_value()) return lax::squeeze(x, axis.resolve(x.ndim(), "squeeze"));
  Axes ones;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (x.shape(i) == 1) ones.push_back(i);
  }
  return lax::squeeze(x, ones);
}

Array expand_dims(const Array& x, const AxisArg& axis) {
  return lax::expand_dims(x, axis.listed("expand_dims"));
}

Array broadcast_to(const Array& x, const Shape& shape) {
  if (x.shape() == shape) return x;
  const std::int64_t lead = static_cast<std::int64_t>(shape.size()) - x.ndim();
  Axes repeated, kept;
  bool fits = lead >= 0;
  for (std::int64_t i = 0; fits && i < x.ndim(); ++i) {
    const std::int64_t size = shape[static_cast<std::size_t>(lead + i)];
    fits = x.shape(i) == size || x.shape(i) == 1;
    if (x.shape(i) == size) {
      kept.push_back(lead + i);
    } else {
      repeated.push_back(i);
    }
  }
  if (!fits) {
    throw ShapeError(str_cat("Incompatible shapes for broadcasting: ", to_text(x.shape()),
                             " and requested shape ", to_text(shape)));
  }
  return lax::broadcast_in_dim(lax::squeeze(x, repeated), shape, kept);
}

Shape broadcast_shapes(const std::vector<Shape>& shapes) {
  Shape out;
  for (const Shape& s : shapes) out = linum::broadcast_shapes(out, s, "broadcast_shapes");
  return out;
}

std::vector<Array> broadcast_arrays(const std::vector<Array>& arrays) {
  Shape shape;
  for (const Array& x : arrays) {
    shape = linum::broadcast_shapes(shape, x.shape(), "broadcast_arrays");
  }
  std::vector<Array> out;
  for (const Array& x : arrays) out.push_back(broadcast_to(x, shape));
  return out;
}

Array atleast_1d(const Array& x) { return x.ndim() >= 1 ? x : lax::reshape(x, {1}); }
Array atleast_2d(const Array& x) {
  return x.ndim() >= 2 ? x : lax::expand_dims(atleast_1d(x), {0});
}
Array atleast_3d(const Array& x) {
  return x.ndim() >= 3 ? x : lax::expand_dims(atleast_2d(x), {2});
}

Array resize(const Array& x, const Shape& new_shape) {
  const std::int64_t size = element_count(new_shape);
  if (x.size() == 0 || size == 0) {
    return broadcast_to(lax::convert_element_type(0, x.dtype()), new_shape);
  }
  Array repeated = tile(ravel(x), {(size + x.size() - 1) / x.size()});
  return lax::reshape(lax::slice(repeated, {0}, {size}), new_shape);
}

// --- axes -------------------------------------------------------------------------------------

Array transpose(const Array& x, const AxisArg& axes) {
  Axes order = axes.resolve(x.ndim(), "transpose");
  if (!axes.has_value()) std::reverse(order.begin(), order.end());
  return lax::transpose(x, order);
}
Array permute_dims(const Array& x, const AxisArg& axes) { return transpose(x, axes); }

Array matrix_transpose(const Array& x) {
  if (x.ndim() < 2) {
    throw ShapeError(
        str_cat("matrix_transpose: x must be at least two-dimensional, got ", x.aval()));
  }
  return swapaxes(x, -1, -2);
}

Array swapaxes(const Array& x, std::int64_t axis1, std::int64_t axis2) {
  Axes order = iota_axes(x.ndim());
  std::swap(order[static_cast<std::size_t>(normalize_axis(axis1, x.ndim(), "swapaxes"))],
            order[static_cast<std::size_t>(normalize_axis(axis2, x.ndim(), "swapaxes"))]);
  return lax::transpose(x, order);
}

Array moveaxis(const Array& x, const AxisArg& source, const AxisArg& destination) {
  const Axes from = source.resolve(x.ndim(), "moveaxis");
  const Axes to = destination.resolve(x.ndim(), "moveaxis");
  if (from.size() != to.size()) {
    throw ShapeError(str_cat("moveaxis: source and destination must have the same number of axes, ",
                             "got ", from.size(), " and ", to.size()));
  }
  Axes order(static_cast<std::size_t>(x.ndim()), -1);
  for (std::size_t i = 0; i < from.size(); ++i) order[static_cast<std::size_t>(to[i])] = from[i];
  std::int64_t next = 0;
  for (std::int64_t& axis : order) {
    if (axis >= 0) continue;
    while (contains(from, next)) ++next;
    axis = next++;
  }
  return lax::transpose(x, order);
}

Array rollaxis(const Array& x, std::int64_t axis, std::int64_t start) {
  const std::int64_t from = normalize_axis(axis, x.ndim(), "rollaxis");
  std::int64_t to = normalize_axis(start, x.ndim() + 1, "rollaxis");
  if (start < 0) --to;  // negative ones count from the end of the old axes
  return moveaxis(x, from, to > from ? to - 1 : to);
}

// --- order of elements ------------------------------------------------------------------------

Array flip(const Array& x, const AxisArg& axis) {
  return lax::rev(x, axis.resolve(x.ndim(), "flip"));
}
Array fliplr(const Array& x) { return flip(x, 1); }
Array flipud(const Array& x) { return flip(x, 0); }

Array rot90(const Array& x, std::int64_t k, const Axes& axes) {
  if (x.ndim() < 2 || axes.size() != 2) {
    throw ShapeError(str_cat("rot90 turns two axes of an array that is at least 2-D, got ",
                             x.aval(), " and axes ", to_text(axes)));
  }
  const Axes plane = normalize_axes(axes, x.ndim(), "rot90");
  switch (((k % 4) + 4) % 4) {
    case 0:
      return x;
    case 1:
      return swapaxes(flip(x, plane[1]), plane[0], plane[1]);
    case 2:
      return flip(x, plane);
    default:
      return flip(swapaxes(x, plane[0], plane[1]), plane[1]);
  }
}

static Array roll_axis(const Array& x, std::int64_t shift, std::int64_t axis) {
  const std::int64_t size = x.shape(axis);
  if (size == 0) return x;
  const std::int64_t cut = ((-shift % size) + size) % size;
  if (cut == 0) return x;
  return lax::concatenate(
      {lax::slice_in_dim(x, cut, size, 1, axis), lax::slice_in_dim(x, 0, cut, 1, axis)}, axis);
}

static Array roll_axis(const Array& x, const Array& shift, std::int64_t axis) {
  const std::int64_t size = x.shape(axis);
  if (size == 0) return x;
  Array start = subtract(size, remainder(lax::convert_element_type(shift, int32), size));
  return lax::dynamic_slice_in_dim(lax::concatenate({x, x}, axis), start, size, axis);
}

Array roll(const Array& x, std::int64_t shift, const AxisArg& axis) {
  return roll(x, Axes{shift}, axis);
}

Array roll(const Array& x, const Axes& shifts, const AxisArg& axis) {
  if (!axis.has_value()) return lax::reshape(roll(ravel(x), shifts, 0), x.shape());
  const Axes& listed = axis.listed("roll");
  const std::size_t count = std::max(listed.size(), shifts.size());
  for (std::size_t n : {listed.size(), shifts.size()}) {
    if (n == count || n == 1) continue;
    throw ShapeError(str_cat("roll: shift and axis must be single or equally many, got ",
                             shifts.size(), " shifts and ", listed.size(), " axes"));
  }
  Array out = x;
  for (std::size_t i = 0; i < count; ++i) {
    const std::int64_t along = listed[listed.size() == 1 ? 0 : i];
    out =
        roll_axis(out, shifts[shifts.size() == 1 ? 0 : i], normalize_axis(along, x.ndim(), "roll"));
  }
  return out;
}

Array roll(const Array& x, const Array& shift, const AxisArg& axis) {
  if (!axis.has_value()) return lax::reshape(roll(ravel(x), shift, 0), x.shape());
  const Axes listed = axis.resolve(x.ndim(), "roll");
  const Array shifts = broadcast_to(shift, {static_cast<std::int64_t>(listed.size())});
  Array out = x;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    Array by = lax::index_in_dim(shifts, static_cast<std::int64_t>(i), 0, false);
    out = roll_axis(out, by, listed[i]);
  }
  return out;
}

// --- repetition -------------------------------------------------------------------------------

Array tile(const Array& x, const Shape& reps) {
  const auto rank = std::max(x.ndim(), static_cast<std::int64_t>(reps.size()));
  Shape full(static_cast<std::size_t>(rank) - reps.size(), 1);
  full.insert(full.end(), reps.begin(), reps.end());
  return lax::tile(lax::broadcast_to_rank(x, rank), full);
}

Array repeat(const Array& x, std::int64_t repeats, std::optional<std::int64_t> axis) {
  if (repeats < 0) throw ValueError(str_cat("repeat: repeats must not be negative, got ", repeats));
  if (!axis) return repeat(ravel(x), repeats, 0);
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "repeat");
  Shape split = x.shape(), joined = x.shape();
  split.insert(split.begin() + along + 1, repeats);
  joined[static_cast<std::size_t>(along)] *= repeats;
  Axes kept = iota_axes(x.ndim() + 1);
  kept.erase(kept.begin() + along + 1);
  return lax::reshape(lax::broadcast_in_dim(x, split, kept), joined);
}

static std::int64_t total_of(const Array& repeats) {
  if (repeats.is_traced()) {
    throw ConcretizationError(
        "repeat: the total number of repeats must be known when the program is made; pass "
        "total_repeat_length");
  }
  const HostArray host = repeats.to_host();
  std::int64_t total = 0;
  for (std::int64_t i = 0; i < host.size(); ++i) total += static_cast<std::int64_t>(host.number(i));
  return total;
}

Array repeat(const Array& x, const Array& repeats, std::optional<std::int64_t> axis,
             std::optional<std::int64_t> total_repeat_length) {
  if (!axis) return repeat(ravel(x), repeats, 0, total_repeat_length);
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "repeat");
  const Array each = broadcast_to(repeats, {x.shape(along)});
  const std::int64_t total = total_repeat_length ? *total_repeat_length : total_of(each);
  if (total == 0 || x.shape(along) == 0) return lax::slice_in_dim(x, 0, 0, 1, along);
  // Each element leaves a mark where its copies start; counting the marks gives the element.
  const Array lengths = lax::convert_element_type(each, int32);
  const Array starts = lax::sub(lax::cumsum(lengths, 0), lengths);
  const Array marks = at(lax::zeros({total}, int32), starts).add(1);
  return take(x, subtract(lax::cumsum(marks, 0), 1), along);
}

}  // namespace linum::np
