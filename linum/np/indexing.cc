#include "linum/np/indexing.h"

#include <algorithm>

#include "linum/lax/index_checks.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/index_plan.h"
#include "linum/np/manipulation.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

using AxisIndices = std::vector<AxisIndex>;

bool all_of(const AxisIndices& indices, bool (*test)(const AxisIndex&)) {
  return std::all_of(indices.begin(), indices.end(), test);
}
// Known to be in bounds, and known altogether.
bool is_certain(const AxisIndex& i) { return i.kind != AxisIndex::Lookup; }
bool is_static(const AxisIndex& i) { return is_certain(i) && i.kind != AxisIndex::Window; }
bool is_one_window(const AxisIndex& i) {
  return i.kind == AxisIndex::Lookup ? i.array.ndim() == 0
                                     : i.kind != AxisIndex::Range || i.step == 1;
}

// What remains to do on a slice that has all axes of the operand.
Array drop_points(const Array& window, const AxisIndices& indices) {
  Axes points, reversed, added;
  std::int64_t place = 0;
  for (const AxisIndex& i : indices) {
    if (i.kind == AxisIndex::Point || i.kind == AxisIndex::Lookup) {
      points.push_back(i.axis);
      continue;
    }
    if (i.kind == AxisIndex::New) added.push_back(place);
    if (i.kind == AxisIndex::Range && i.step < 0) reversed.push_back(i.axis);
    ++place;
  }
  return lax::expand_dims(lax::squeeze(lax::rev(window, reversed), points), added);
}

Array static_slice(const Array& x, const AxisIndices& indices) {
  Shape start, limit, strides;
  bool whole = true;
  for (const AxisIndex& i : indices) {
    if (i.kind == AxisIndex::New) continue;
    const std::int64_t span = (i.size - 1) * i.step;  // from the first element to the last
    const std::int64_t least = i.size == 0 ? 0 : std::min(i.start, i.start + span);
    start.push_back(least);
    limit.push_back(i.size == 0 ? 0 : std::max(i.start, i.start + span) + 1);
    strides.push_back(std::abs(i.step));
    whole = whole && limit.back() - least == x.shape(i.axis) && strides.back() == 1;
  }
  return drop_points(whole ? x : lax::slice(x, start, limit, strides), indices);
}

lax::Indices window_start(const Shape& shape, const AxisIndices& indices) {
  const DType dtype = lax::index_dtype_for(shape, true);
  lax::Indices start;
  for (const AxisIndex& i : indices) {
    if (i.kind == AxisIndex::New) continue;
    const Array& place = is_static(i) ? Array(i.start) : i.array;
    start.push_back(lax::convert_element_type(place, dtype));
  }
  return start;
}

Array dynamic_window(const Array& x, const AxisIndices& indices) {
  Shape sizes;
  for (const AxisIndex& i : indices) {
    if (i.kind != AxisIndex::New) sizes.push_back(i.size);
  }
  Array window = lax::dynamic_slice(x, window_start(x.shape(), indices), sizes, false);
  return drop_points(window, indices);
}

lax::GatherOptions gather_options(const GatherPlan& plan, const IndexOptions& options) {
  return {.unique_indices = options.unique_indices || plan.is_ordered,
          .indices_are_sorted = options.indices_are_sorted || plan.is_ordered,
          .mode = parse_mode(options.mode),
          .fill_value = options.fill_value};
}

Array gather(const Array& x, const AxisIndices& indices, const IndexOptions& options) {
  const GatherPlan plan = plan_gather(x.shape(), indices);
  if (element_count(plan.shape) == 0) return lax::zeros(plan.shape, x.dtype());
  Array y =
      lax::gather(x, plan.indices, plan.dimensions, plan.window, gather_options(plan, options));
  return lax::expand_dims(lax::rev(y, plan.reversed), plan.new_axes);
}

// --- updates ----------------------------------------------------------------------------------

// The result of a window of these indices.
Shape window_shape(const AxisIndices& indices) {
  Shape shape;
  for (const AxisIndex& i : indices) {
    if (i.kind != AxisIndex::Point) shape.push_back(i.size);
  }
  return shape;
}

// One window, in bounds: no scatter needed.
Array set_window(const Array& x, const Array& values, const AxisIndices& indices) {
  Shape sizes;
  for (const AxisIndex& i : indices) {
    if (i.kind != AxisIndex::New) sizes.push_back(i.size);
  }
  Array update = lax::reshape(broadcast_to(values, window_shape(indices)), sizes);
  return sizes == x.shape()
             ? update
             : lax::dynamic_update_slice(x, update, window_start(x.shape(), indices), false);
}

using Scatter = Array (*)(const Array&, const Array&, const Array&,
                          const lax::ScatterDimensionNumbers&, const lax::ScatterOptions&);

Array scatter_into(const Array& x, const Array& values, const AxisIndices& indices, Scatter op,
                   const IndexOptions& options) {
  const GatherPlan plan = plan_gather(x.shape(), indices);
  if (element_count(plan.shape) == 0) return x;
  Array updates = lax::squeeze(broadcast_to(values, plan.shape), plan.new_axes);
  const lax::GatherDimensionNumbers& d = plan.dimensions;
  return op(x, plan.indices, lax::rev(updates, plan.reversed),
            {d.offset_dims, d.collapsed_slice_dims, d.start_index_map},
            {.indices_are_sorted = options.indices_are_sorted || plan.is_ordered,
             .unique_indices = options.unique_indices || plan.is_ordered,
             .mode = parse_mode(options.mode)});
}

Array update(const Array& x, const Indices& where, const Array& values, Scatter op,
             const IndexOptions& options) {
  const AxisIndices indices = resolve_indices(x.shape(), where, options.wrap_negative_indices);
  auto [operand, typed] = promote_dtypes(x, values);
  const bool sets_window = op == lax::scatter && all_of(indices, is_certain) &&
                           all_of(indices, is_one_window) &&
                           element_count(window_shape(indices)) > 0;
  Array out = sets_window ? set_window(operand, typed, indices)
                          : scatter_into(operand, typed, indices, op, options);
  return lax::convert_element_type(out, x.dtype(), x.weak());
}

}  // namespace

Array index(const Array& x, const Indices& where, const IndexOptions& options) {
  const AxisIndices indices = resolve_indices(x.shape(), where, options.wrap_negative_indices);
  if (all_of(indices, is_static)) return static_slice(x, indices);
  const bool may_clip =
      all_of(indices, is_certain) || (options.mode != "fill" && options.mode != "drop");
  if (may_clip && all_of(indices, is_one_window)) return dynamic_window(x, indices);
  return gather(x, indices, options);
}

Array At::get(const IndexOptions& options) const { return index(x_, indices_, options); }
Array At::set(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter, options);
}
Array At::add(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter_add, options);
}
Array At::subtract(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter_sub, options);
}
Array At::mul(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter_mul, options);
}
Array At::multiply(const Array& values, const IndexOptions& options) const {
  return mul(values, options);
}
Array At::min(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter_min, options);
}
Array At::max(const Array& values, const IndexOptions& options) const {
  return update(x_, indices_, values, lax::scatter_max, options);
}

Array At::apply(const std::function<Array(const Array&)>& f, const IndexOptions& options) const {
  return set(f(get(options)), options);
}
Array At::divide(const Array& values, const IndexOptions& options) const {
  return apply([&](const Array& x) { return np::divide(x, values); }, options);
}
Array At::power(const Array& values, const IndexOptions& options) const {
  return apply([&](const Array& x) { return np::power(x, values); }, options);
}

}  // namespace linum::np
