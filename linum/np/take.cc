#include "linum/np/take.h"

#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/creation.h"
#include "linum/np/index_plan.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"

namespace linum::np {
namespace {

void require_integer(std::string_view what, const Array& indices) {
  if (is_integer(indices.dtype())) return;
  throw DTypeError(str_cat(what, " indices must be of integer type, got ", indices.aval()));
}

Array wrap_negative(const Array& indices, std::int64_t size) {
  return is_unsigned_int(indices.dtype()) ? indices : where(indices < 0, indices + size, indices);
}

// The indices as the gather shall see them, and what it does with those out of bounds.
std::pair<Array, lax::GatherScatterMode> prepare(std::string_view what, const Array& indices,
                                                 std::int64_t size, std::string_view mode) {
  require_integer(what, indices);
  using Mode = lax::GatherScatterMode;
  if (mode == "wrap") return {remainder(indices, size), Mode::PromiseInBounds};
  if (mode == "clip") return {indices, Mode::Clip};
  if (mode == "promise_in_bounds") return {indices, Mode::PromiseInBounds};
  if (mode == "fill") return {wrap_negative(indices, size), Mode::FillOrDrop};
  throw ValueError(str_cat(what, ": unknown mode \"", mode,
                           "\": it must be \"fill\", \"clip\", \"wrap\" or \"promise_in_bounds\""));
}

Array empty_result(const Array& x, const Shape& shape) { return lax::zeros(shape, x.dtype()); }

}  // namespace

// --- take -------------------------------------------------------------------------------------

static Axes range(std::int64_t first, std::int64_t last) {
  Axes out;
  for (std::int64_t i = first; i < last; ++i) out.push_back(i);
  return out;
}

Array take(const Array& x, const Array& indices, std::optional<std::int64_t> axis,
           const TakeOptions& options) {
  if (!axis) return take(ravel(x), indices, 0, options);
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "take");
  auto [places, mode] = prepare("take", indices, x.shape(along), options.mode);
  Shape window = x.shape(), shape = x.shape();
  shape.erase(shape.begin() + along);
  shape.insert(shape.begin() + along, indices.shape().begin(), indices.shape().end());
  if (element_count(shape) == 0) return empty_result(x, shape);
  if (x.shape(along) == 0) throw ShapeError("cannot take elements from an empty axis");
  window[static_cast<std::size_t>(along)] = 1;
  lax::GatherDimensionNumbers dimensions;
  dimensions.offset_dims = range(0, along);
  const Axes behind = range(along + indices.ndim(), x.ndim() + indices.ndim() - 1);
  dimensions.offset_dims.insert(dimensions.offset_dims.end(), behind.begin(), behind.end());
  dimensions.collapsed_slice_dims = {along};
  dimensions.start_index_map = {along};
  return lax::gather(
      x, lax::expand_dims(places, {indices.ndim()}), dimensions, window,
      {options.unique_indices, options.indices_are_sorted, mode, options.fill_value});
}

// --- along an axis ----------------------------------------------------------------------------

namespace {

// Axes that x and the indices share run along in step; where one of them has size 1, it repeats.
struct AlongAxis {
  Array operand, places;
  lax::GatherDimensionNumbers dimensions;
  Shape window;
};

AlongAxis plan_along(const Array& x, const Array& places, std::int64_t along) {
  AlongAxis plan;
  Axes repeated;          // axes of x to drop: it repeats along them
  Shape batch;            // sizes of the gather's batch axes
  std::int64_t next = 0;  // axis of the operand without the repeated ones
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    const bool is_whole = i != along && places.shape(i) == 1;  // the window has all of x's axis
    if (is_whole) {
      plan.dimensions.offset_dims.push_back(i);
      plan.window.push_back(x.shape(i));
      ++next;
      continue;
    }
    if (i != along && x.shape(i) == 1) {
      repeated.push_back(i);
    } else if (i == along) {
      plan.dimensions.start_index_map.push_back(next);
      plan.dimensions.collapsed_slice_dims.push_back(next++);
      plan.window.push_back(1);
    } else {
      plan.dimensions.operand_batching_dims.push_back(next++);
      plan.dimensions.start_indices_batching_dims.push_back(
          static_cast<std::int64_t>(batch.size()));
      plan.window.push_back(1);
    }
    batch.push_back(places.shape(i));
  }
  plan.operand = lax::squeeze(x, repeated);
  batch.push_back(1);
  plan.places = lax::reshape(places, batch);
  return plan;
}

}  // namespace

Array take_along_axis(const Array& x, const Array& indices, std::optional<std::int64_t> axis,
                      const TakeOptions& options) {
  if (!axis) return take_along_axis(ravel(x), indices, 0, options);
  if (x.ndim() != indices.ndim()) {
    throw ShapeError(
        str_cat("take_along_axis: indices and x must have the same number of dimensions,"
                " got ",
                indices.aval(), " and ", x.aval()));
  }
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "take_along_axis");
  auto [places, mode] = prepare("take_along_axis", indices, x.shape(along), options.mode);
  Shape shape = x.shape();
  shape[static_cast<std::size_t>(along)] = 1;
  shape = linum::broadcast_shapes(shape, indices.shape(), "take_along_axis");
  if (element_count(shape) == 0 || x.shape(along) == 0) return empty_result(x, shape);
  const AlongAxis plan = plan_along(x, places, along);
  return lax::gather(
      plan.operand, plan.places, plan.dimensions, plan.window,
      {options.unique_indices, options.indices_are_sorted, mode, options.fill_value});
}

Array put_along_axis(const Array& x, const Array& indices, const Array& values,
                     std::optional<std::int64_t> axis) {
  if (!axis) return reshape(put_along_axis(ravel(x), indices, values, 0), x.shape());
  if (x.ndim() != indices.ndim()) {
    throw ShapeError(
        str_cat("put_along_axis: indices and x must have the same number of dimensions, "
                "got ",
                indices.aval(), " and ", x.aval()));
  }
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "put_along_axis");
  std::vector<Index> place;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    Shape shape(x.shape().size(), 1);
    shape[static_cast<std::size_t>(i)] = x.shape(i);
    place.push_back(i == along ? indices : lax::broadcasted_iota(int32, shape, i));
  }
  return at(x, place).set(broadcast_to(values, indices.shape()));
}

// --- put and place ----------------------------------------------------------------------------

// The first `count` of the values, repeated.
static Array cycle(const Array& values, std::int64_t count) { return resize(values, {count}); }

Array put(const Array& x, const Array& indices, const Array& values, std::string_view mode) {
  require_integer("put", indices);
  if (x.size() == 0 || indices.size() == 0 || values.size() == 0) return x;
  Array places = ravel(indices);
  if (mode == "clip") {
    places = clip(places, 0, x.size() - 1);
  } else if (mode == "wrap") {
    places = remainder(places, x.size());
  } else if (mode != "drop") {
    throw ValueError(
        str_cat("put: mode must be \"drop\", \"clip\" or \"wrap\", got \"", mode, "\""));
  }
  return reshape(at(ravel(x), places).set(cycle(values, places.size())), x.shape());
}

Array place(const Array& x, const Array& mask, const Array& values) {
  if (x.size() != mask.size()) {
    throw ShapeError(
        str_cat("place: x and mask must be the same size, got ", x.aval(), " and ", mask.aval()));
  }
  if (values.size() == 0) throw ShapeError("place: cannot place values from an empty array");
  Array holds = ravel(mask) != 0;
  // The n-th true place takes the n-th value.
  Array rank = lax::cumsum(lax::convert_element_type(holds, int32), 0) - 1;
  Array value = take(ravel(values), remainder(rank, values.size()));
  return reshape(where(holds, lax::convert_element_type(value, x.dtype()), ravel(x)), x.shape());
}

// --- choices ----------------------------------------------------------------------------------

static bool any_concrete(const Array& condition) { return static_cast<bool>(any(condition)); }

static void check_in_range(std::string_view what, const Array& a, std::int64_t count) {
  if (a.is_traced()) {
    throw ConcretizationError(str_cat(what,
                                      " with mode \"raise\" needs concrete indices, got a "
                                      "traced value (",
                                      a.aval(), "); use \"wrap\" or \"clip\""));
  }
  if (any_concrete((a < 0) | (a >= count))) {
    throw ValueError(str_cat(what, ": an index is not in [0, ", count, ")"));
  }
}

static Array bounded(std::string_view what, const Array& a, std::int64_t count,
                     std::string_view mode) {
  require_integer(what, a);
  if (mode == "wrap") return remainder(a, count);
  if (mode == "clip") return clip(a, 0, count - 1);
  if (mode == "raise") check_in_range(what, a, count);
  if (mode == "raise" || mode == "ignore") return a;
  throw ValueError(
      str_cat(what, ": mode must be \"raise\", \"wrap\" or \"clip\", got \"", mode, "\""));
}

Array choose(const Array& a, const std::vector<Array>& choices, std::string_view mode) {
  const auto count = static_cast<std::int64_t>(choices.size());
  std::vector<Array> all = promote_dtypes(choices);
  all.push_back(lax::convert_element_type(bounded("choose", a, count, mode), int32));
  all = broadcast_arrays(all);
  const Array which = all.back();
  all.pop_back();
  return lax::select_n(which, all);
}

Array select(const std::vector<Array>& conditions, const std::vector<Array>& choices,
             const Array& otherwise) {
  if (conditions.size() != choices.size() || conditions.empty()) {
    throw ValueError(
        str_cat("select: there must be a choice for each condition, and at least one, "
                "got ",
                conditions.size(), " conditions and ", choices.size(), " choices"));
  }
  std::vector<Array> typed(choices);
  typed.push_back(otherwise);
  typed = promote_dtypes(typed);
  Array out = typed.back();
  for (std::size_t i = conditions.size(); i-- > 0;) out = where(conditions[i], typed[i], out);
  return out;
}

// --- where conditions hold --------------------------------------------------------------------

static std::int64_t count_of(const Array& holds) {
  if (holds.is_traced()) {
    throw ConcretizationError(str_cat("nonzero: how many elements of a traced value (",
                                      holds.aval(),
                                      ") are not zero is not known yet; pass a size"));
  }
  return sum(holds).item<std::int64_t>();
}

// Flat places in order; `size` of them.
static Array true_places(const Array& holds, std::int64_t size) {
  Array rank = lax::cumsum(lax::convert_element_type(holds, int32), 0);
  // Place n is preceded by as many elements as have rank <= n.
  Array counts = at(lax::zeros({size}, int32), rank).add(1);
  return lax::cumsum(counts, 0);
}

std::vector<Array> nonzero(const Array& x, const NonzeroOptions& options) {
  if (x.ndim() == 0) {
    throw ShapeError("nonzero needs at least one dimension; use np::atleast_1d(x)");
  }
  const Array holds = ravel(x) != 0;
  const std::int64_t size = options.size ? *options.size : count_of(holds);
  if (x.size() == 0 || size == 0)
    return std::vector<Array>(x.shape().size(), lax::zeros({size}, int32));
  const Array places = true_places(holds, size);
  const Shape strides = row_major_strides(x.shape());
  std::vector<Array> out;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    Array along = remainder(floor_divide(places, strides[static_cast<std::size_t>(i)]), x.shape(i));
    if (options.fill_value.defined()) {
      along = where(lax::iota(int32, size) >= sum(holds), options.fill_value, along);
    }
    out.push_back(along);
  }
  return out;
}

Array flatnonzero(const Array& x, const NonzeroOptions& options) {
  return nonzero(ravel(x), options)[0];
}

Array argwhere(const Array& x, const NonzeroOptions& options) {
  const std::vector<Array> places = nonzero(atleast_1d(x), options);
  if (x.ndim() == 0) return lax::zeros({places[0].size(), 0}, int32);
  return lax::stack(places, 1);
}

Array compress(const Array& condition, const Array& x, std::optional<std::int64_t> axis,
               const NonzeroOptions& options) {
  if (!axis) return compress(condition, ravel(x), 0, options);
  if (condition.ndim() != 1) {
    throw ShapeError(str_cat("compress: condition must be 1-dimensional, got ", condition.aval()));
  }
  const std::int64_t along = normalize_axis(*axis, x.ndim(), "compress");
  // Places beyond the end read the fill value.
  const std::int64_t outside = std::max(x.shape(along), condition.size());
  const Array places = flatnonzero(condition, {options.size, outside});
  const Array fill = options.fill_value.defined() ? options.fill_value : Array(0);
  return take(x, places, along, {.fill_value = fill});
}

Array extract(const Array& condition, const Array& x, const NonzeroOptions& options) {
  return compress(ravel(condition), ravel(x), 0, options);
}

// --- flat indices -----------------------------------------------------------------------------

std::vector<Array> unravel_index(const Array& indices, const Shape& shape) {
  std::vector<Array> out(shape.size());
  Array rest = indices;
  for (std::size_t i = shape.size(); i-- > 0;) {
    auto [quotient, place] = divmod(rest, shape[i]);
    rest = quotient;
    out[i] = place;
  }
  for (std::size_t i = 0; i < shape.size(); ++i) {
    out[i] = where(rest > 0, shape[i] - 1, where(rest < -1, 0, out[i]));
  }
  return out;
}

Array ravel_multi_index(const std::vector<Array>& multi_index, const Shape& dims,
                        std::string_view mode) {
  if (multi_index.size() != dims.size()) {
    throw ShapeError(str_cat("ravel_multi_index: there must be an index for each dimension, got ",
                             multi_index.size(), " for ", to_text(dims)));
  }
  const Shape strides = row_major_strides(dims);
  Array out = 0;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    out = out + bounded("ravel_multi_index", multi_index[i], dims[i], mode) * strides[i];
  }
  return out;
}

std::vector<Array> ix_(const std::vector<Array>& sequences) {
  std::vector<Array> out;
  for (std::size_t i = 0; i < sequences.size(); ++i) {
    if (sequences[i].ndim() != 1) {
      throw ShapeError(
          str_cat("ix_: its arguments must be 1-dimensional, got ", sequences[i].aval()));
    }
    Shape shape(sequences.size(), 1);
    shape[i] = sequences[i].size();
    out.push_back(lax::reshape(sequences[i], shape));
  }
  return out;
}

}  // namespace linum::np
