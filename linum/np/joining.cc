#include "linum/np/joining.h"

#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/creation.h"
#include "linum/np/manipulation.h"
#include "linum/np/promote.h"
#include "linum/np/take.h"

namespace linum::np {

// --- joining ----------------------------------------------------------------------------------

static std::vector<Array> in_one_dtype(std::string_view what, const std::vector<Array>& arrays,
                                       std::optional<DType> dtype) {
  if (arrays.empty()) throw ValueError(str_cat(what, ": need at least one array"));
  if (!dtype) return promote_dtypes(arrays);
  std::vector<Array> out;
  for (const Array& x : arrays) out.push_back(astype(x, *dtype));
  return out;
}

Array concatenate(const std::vector<Array>& arrays, std::optional<std::int64_t> axis,
                  std::optional<DType> dtype) {
  std::vector<Array> parts = in_one_dtype("concatenate", arrays, dtype);
  if (!axis) {
    for (Array& x : parts) x = ravel(x);
  }
  if (parts[0].ndim() == 0) throw ShapeError("Zero-dimensional arrays cannot be concatenated.");
  const std::int64_t along = normalize_axis(axis.value_or(0), parts[0].ndim(), "concatenate");
  return parts.size() == 1 ? parts[0] : lax::concatenate(parts, along);
}
Array concat(const std::vector<Array>& arrays, std::optional<std::int64_t> axis) {
  return concatenate(arrays, axis);
}

Array stack(const std::vector<Array>& arrays, std::int64_t axis, std::optional<DType> dtype) {
  const std::vector<Array> parts = in_one_dtype("stack", arrays, dtype);
  return lax::stack(parts, axis);
}

using Raise = Array (*)(const Array&);
static Array join_raised(const std::vector<Array>& arrays, Raise raise, std::int64_t axis) {
  std::vector<Array> parts;
  for (const Array& x : arrays) parts.push_back(raise(x));
  return concatenate(parts, axis);
}
Array vstack(const std::vector<Array>& arrays) { return join_raised(arrays, atleast_2d, 0); }
Array dstack(const std::vector<Array>& arrays) { return join_raised(arrays, atleast_3d, 2); }
Array hstack(const std::vector<Array>& arrays) {
  const bool flat = arrays.empty() || arrays[0].ndim() <= 1;
  return join_raised(arrays, atleast_1d, flat ? 0 : 1);
}

static Array as_column(const Array& x) { return x.ndim() < 2 ? transpose(atleast_2d(x)) : x; }
Array column_stack(const std::vector<Array>& arrays) { return join_raised(arrays, as_column, 1); }

Array block(const std::vector<std::vector<Array>>& rows) {
  std::vector<Array> lines;
  for (const auto& row : rows) lines.push_back(join_raised(row, atleast_2d, -1));
  return concatenate(lines, -2);
}

Array append(const Array& x, const Array& values, std::optional<std::int64_t> axis) {
  return concatenate({x, values}, axis);
}

// --- splitting --------------------------------------------------------------------------------

std::vector<Array> array_split(const Array& x, std::int64_t sections, std::int64_t axis) {
  if (sections < 1) {
    throw ValueError(str_cat("split: the number of sections must be positive, got ", sections));
  }
  const std::int64_t along = normalize_axis(axis, x.ndim(), "split");
  const std::int64_t part = x.shape(along) / sections, longer = x.shape(along) % sections;
  Shape sizes(static_cast<std::size_t>(sections), part);
  for (std::int64_t i = 0; i < longer; ++i) ++sizes[static_cast<std::size_t>(i)];
  return lax::split(x, sizes, along);
}

std::vector<Array> split(const Array& x, std::int64_t sections, std::int64_t axis) {
  const std::int64_t size = x.shape(normalize_axis(axis, x.ndim(), "split"));
  if (sections > 0 && size % sections != 0) {
    throw ShapeError(str_cat("array split does not result in an equal division: axis ", axis,
                             " of ", x.aval(), " has no ", sections, " equal parts, the rest is ",
                             size % sections));
  }
  return array_split(x, sections, axis);
}

std::vector<Array> split(const Array& x, const Axes& indices, std::int64_t axis) {
  const std::int64_t along = normalize_axis(axis, x.ndim(), "split"), size = x.shape(along);
  auto place = [size](std::int64_t i) {
    return std::clamp(i < 0 ? i + size : i, std::int64_t{0}, size);
  };
  std::vector<Array> parts;
  std::int64_t start = 0;
  for (std::int64_t i : indices) {
    parts.push_back(lax::slice_in_dim(x, start, std::max(start, place(i)), 1, along));
    start = place(i);
  }
  parts.push_back(lax::slice_in_dim(x, start, size, 1, along));
  return parts;
}
std::vector<Array> array_split(const Array& x, const Axes& indices, std::int64_t axis) {
  return split(x, indices, axis);
}

std::vector<Array> vsplit(const Array& x, std::int64_t sections) { return split(x, sections, 0); }
std::vector<Array> dsplit(const Array& x, std::int64_t sections) { return split(x, sections, 2); }
std::vector<Array> hsplit(const Array& x, std::int64_t sections) {
  return split(x, sections, x.ndim() == 1 ? 0 : 1);
}
std::vector<Array> unstack(const Array& x, std::int64_t axis) { return lax::unstack(x, axis); }

// --- removing and inserting -------------------------------------------------------------------

static std::vector<std::int64_t> checked_places(std::string_view what, const Axes& indices,
                                                std::int64_t size, std::int64_t end) {
  std::vector<std::int64_t> out;
  for (std::int64_t i : indices) {
    const std::int64_t place = i < 0 ? i + size : i;
    if (place < 0 || place >= end) {
      throw ValueError(str_cat(what, ": index ", i, " is out of bounds for size ", size));
    }
    out.push_back(place);
  }
  return out;
}

static Array index_array(const std::vector<std::int64_t>& places) {
  std::vector<std::int32_t> narrow(places.begin(), places.end());
  return Array::of<std::int32_t>({static_cast<std::int64_t>(narrow.size())}, narrow);
}

Array remove(const Array& x, const Axes& indices, std::optional<std::int64_t> axis) {
  if (!axis) return remove(ravel(x), indices, 0);
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "delete"), size = x.shape(along);
  const auto gone = checked_places("delete", indices, size, size);
  std::vector<std::int64_t> kept;
  for (std::int64_t i = 0; i < size; ++i) {
    if (!contains(gone, i)) kept.push_back(i);
  }
  return take(x, index_array(kept), along);
}

Array insert(const Array& x, const Axes& indices, const Array& values,
             std::optional<std::int64_t> axis) {
  if (!axis) return insert(ravel(x), indices, values, 0);
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "insert"), size = x.shape(along);
  auto places = checked_places("insert", indices, size, size + 1);
  Shape shape = x.shape();
  std::int64_t& count = shape[static_cast<std::size_t>(along)];
  count = static_cast<std::int64_t>(places.size());
  if (count == 1 && values.ndim() == x.ndim()) {  // several values at one place
    count = values.shape(along);
    places.resize(static_cast<std::size_t>(count), places[0]);
  }
  // From the old array and the new values behind it, in the new order.
  Array both = lax::concatenate(
      {x, broadcast_to(lax::convert_element_type(values, x.dtype(), x.weak()), shape)}, along);
  std::vector<std::int64_t> order;
  for (std::int64_t i = 0; i <= size; ++i) {
    for (std::size_t v = 0; v < places.size(); ++v) {
      if (places[v] == i) order.push_back(size + static_cast<std::int64_t>(v));
    }
    if (i < size) order.push_back(i);
  }
  return take(both, index_array(order), along);
}

}  // namespace linum::np
