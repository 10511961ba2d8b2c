#include "linum/np/index_plan.h"

#include <algorithm>

#include "linum/lax/index_checks.h"
#include "linum/lax/lax.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"

namespace linum::np {
namespace {

// --- reading the user's indices ---------------------------------------------------------------

const Array* array_of(const Index& index) { return std::get_if<Array>(&index.value()); }

// How many axes of the operand an entry stands for; an ellipsis is counted elsewhere.
std::int64_t consumed_axes(const Index& index) {
  if (const Array* a = array_of(index)) return is_bool(a->dtype()) ? a->ndim() : 1;
  return std::holds_alternative<std::int64_t>(index.value()) ||
         std::holds_alternative<Slice>(index.value()) ||
         std::holds_alternative<DynamicSlice>(index.value());
}

std::int64_t clamp_to(std::int64_t v, std::int64_t low, std::int64_t high) {
  return std::min(std::max(v, low), high);
}

// Python's slice.indices.
AxisIndex resolve_slice(const Slice& s, std::int64_t size) {
  if (s.step == 0) throw ValueError("slice step cannot be zero");
  const bool forward = s.step > 0;
  const std::int64_t least = forward ? 0 : -1, most = forward ? size : size - 1;
  auto place = [&](const std::optional<std::int64_t>& v, std::int64_t missing) {
    return v ? clamp_to(*v < 0 ? *v + size : *v, least, most) : missing;
  };
  const std::int64_t start = place(s.start, forward ? least : most);
  const std::int64_t stop = place(s.stop, forward ? most : least);
  const std::int64_t length = forward ? stop - start : start - stop;
  const std::int64_t stride = forward ? s.step : -s.step;
  AxisIndex out{AxisIndex::Range, 0};
  out.start = start;
  out.size = length > 0 ? (length + stride - 1) / stride : 0;
  out.step = s.step;
  return out;
}

AxisIndex resolve_point(std::int64_t place, std::int64_t axis, std::int64_t size, bool wrap) {
  AxisIndex out{AxisIndex::Point, 0};
  out.start = place < 0 && wrap ? place + size : place;
  if (out.start >= 0 && out.start < size) return out;
  throw ValueError(
      str_cat("index ", place, " is out of bounds for axis ", axis, " with size ", size));
}

// The places where a mask is true, one array for each of its axes.
std::vector<Array> places_of(const Array& mask) {
  if (mask.is_traced()) {
    throw ConcretizationError(
        str_cat("a traced bool array (", mask.aval(),
                ") cannot be an index: the shape of the result would depend on its values. Use "
                "np::where(mask, x, y), or np::nonzero with a size"));
  }
  const HostArray host = mask.to_host();
  const Shape strides = row_major_strides(mask.shape());
  std::vector<std::vector<std::int32_t>> places(mask.shape().size());
  for (std::int64_t i = 0; i < host.size(); ++i) {
    if (host.number(i) == 0) continue;
    for (std::size_t d = 0; d < places.size(); ++d) {
      places[d].push_back(static_cast<std::int32_t>(i / strides[d] % mask.shape()[d]));
    }
  }
  std::vector<Array> out;
  for (const auto& p : places) {
    out.push_back(Array::of<std::int32_t>({static_cast<std::int64_t>(p.size())}, p));
  }
  return out;
}

Array wrap_negative_places(const Array& places, std::int64_t size) {
  if (is_unsigned_int(places.dtype())) return places;
  return lax::select(places < 0, places + size, places);
}

AxisIndex resolve_window(const DynamicSlice& s, std::int64_t size, bool wrap) {
  if (s.start.ndim() != 0 || !is_integer(s.start.dtype())) {
    throw DTypeError(str_cat("ds: the start must be an integer scalar, got ", s.start.aval()));
  }
  if (s.size < 0 || s.size > size) {
    throw ShapeError(
        str_cat("ds: a slice of ", s.size, " elements does not fit an axis of size ", size));
  }
  const Array start = wrap ? wrap_negative_places(s.start, size) : s.start;
  AxisIndex out{AxisIndex::Window, 0};
  out.size = s.size;
  out.array = lax::max(lax::min(start, size - s.size), 0);
  return out;
}

// Appends entries one after the other, keeping count of the operand's axes.
class Resolver {
 public:
  Resolver(const Shape& shape, bool wrap) : shape_(shape), wrap_(wrap) {}

  void operator()(std::int64_t place) { add(resolve_point(place, axis_, size(), wrap_)); }
  void operator()(const Slice& slice) { add(resolve_slice(slice, size())); }
  void operator()(const DynamicSlice& slice) { add(resolve_window(slice, size(), wrap_)); }
  void operator()(NewAxis) { out_.push_back({AxisIndex::New, entry_}); }
  void operator()(Ellipsis) {
    for (std::int64_t i = 0; i < left_over_; ++i) (*this)(Slice{});
  }
  void operator()(const Array& a) {
    if (is_bool(a.dtype())) {
      check_mask(a);
      for (const Array& places : places_of(a)) add_lookup(places);
    } else if (is_integer(a.dtype())) {
      add_lookup(wrap_ ? wrap_negative_places(a, size()) : a);
    } else {
      throw DTypeError(
          str_cat("arrays used as indices must be of integer or bool type, got ", a.aval()));
    }
  }

  std::vector<AxisIndex> resolve(const Indices& indices) {
    std::int64_t used = 0, ellipses = 0;
    for (const Index& i : indices) {
      used += consumed_axes(i);
      ellipses += std::holds_alternative<Ellipsis>(i.value());
    }
    check_count(used, ellipses);
    left_over_ = static_cast<std::int64_t>(shape_.size()) - used;
    for (const Index& i : indices) {
      std::visit(*this, i.value());
      ++entry_;
    }
    if (ellipses == 0) (*this)(Ellipsis{});
    return std::move(out_);
  }

 private:
  std::int64_t size() const { return shape_[static_cast<std::size_t>(axis_)]; }
  void add(AxisIndex index) {
    index.entry = entry_;
    index.axis = axis_++;
    out_.push_back(std::move(index));
  }
  void add_lookup(const Array& places) {
    AxisIndex index{AxisIndex::Lookup, 0};
    index.array = places;
    add(std::move(index));
  }
  void check_count(std::int64_t used, std::int64_t ellipses) const {
    if (ellipses > 1) throw ValueError("an index can only have a single ellipsis");
    if (used <= static_cast<std::int64_t>(shape_.size())) return;
    throw ShapeError(str_cat("Too many indices: array is ", shape_.size(), "-dimensional, but ",
                             used, " were indexed"));
  }
  void check_mask(const Array& mask) const {
    const auto from = shape_.begin() + axis_;
    if (mask.ndim() > 0 && std::equal(mask.shape().begin(), mask.shape().end(), from)) return;
    throw ShapeError(str_cat("boolean index did not match shape of indexed array in index ", entry_,
                             ": got ", to_text(mask.shape()), ", expected ",
                             to_text(Shape(from, from + mask.ndim()))));
  }

  const Shape& shape_;
  bool wrap_;
  std::vector<AxisIndex> out_;
  std::size_t entry_ = 0;
  std::int64_t axis_ = 0;
  std::int64_t left_over_ = 0;
};

// --- planning a gather ------------------------------------------------------------------------

// The arrays that make up the index vector, each placed from one axis of the gather's batch on.
class GatherBuilder {
 public:
  GatherBuilder(const Shape& shape, const std::vector<AxisIndex>& indices)
      : indices_(indices), index_dtype_(lax::index_dtype_for(shape, true)), shape_(shape) {}

  GatherPlan build() {
    find_lookups();
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      if (!lookups_.empty() && i == lookup_position_) place_lookups();
      place(indices_[i]);
    }
    plan_.indices = join_indices();
    std::sort(plan_.dimensions.collapsed_slice_dims.begin(),
              plan_.dimensions.collapsed_slice_dims.end());
    plan_.is_ordered = lookups_.empty();
    return std::move(plan_);
  }

 private:
  bool is_advanced(const AxisIndex& i) const {
    return !lookups_.empty() && (i.kind == AxisIndex::Lookup || i.kind == AxisIndex::Point);
  }

  // With index arrays, numbers count as arrays too. All of them together make new axes where the
  // first one stands, or in front if other entries come between.
  void find_lookups() {
    const bool any = std::any_of(indices_.begin(), indices_.end(), [](const AxisIndex& i) {
      return i.kind == AxisIndex::Lookup && i.array.ndim() > 0;
    });
    if (!any) return;
    bool contiguous = true;
    std::size_t last_entry = 0;
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      const AxisIndex& index = indices_[i];
      if (index.kind != AxisIndex::Lookup && index.kind != AxisIndex::Point) continue;
      if (lookups_.empty()) {
        lookup_position_ = i;
      } else {
        contiguous = contiguous && index.entry - last_entry <= 1;
      }
      last_entry = index.entry;
      lookups_.push_back(as_array(index));
      plan_.dimensions.start_index_map.push_back(index.axis);
    }
    if (!contiguous) lookup_position_ = 0;
    lookup_axes_ = std::move(plan_.dimensions.start_index_map);
    plan_.dimensions.start_index_map.clear();
  }

  Array as_array(const AxisIndex& index) const {
    const Array& a = index.kind == AxisIndex::Point ? Array(index.start) : index.array;
    return lax::convert_element_type(a, index_dtype_);
  }

  void place_lookups() {
    Shape shape;
    for (const Array& a : lookups_) {
      shape = linum::broadcast_shapes(shape, a.shape(), "index arrays");
    }
    for (std::size_t i = 0; i < lookups_.size(); ++i) {
      add_index(broadcast_to(lookups_[i], shape), lookup_axes_[i]);
    }
    grow(shape);
  }

  void place(const AxisIndex& index) {
    if (index.kind == AxisIndex::New) {
      plan_.new_axes.push_back(static_cast<std::int64_t>(plan_.shape.size()));
      plan_.shape.push_back(1);
    } else if (is_advanced(index)) {
      plan_.window.push_back(1);
      plan_.dimensions.collapsed_slice_dims.push_back(index.axis);
    } else if (index.kind == AxisIndex::Range) {
      place_range(index);
    } else if (index.kind == AxisIndex::Window) {
      place_window(as_array(index), index);
    } else {
      add_index(as_array(index), index.axis);
      plan_.window.push_back(1);
      plan_.dimensions.collapsed_slice_dims.push_back(index.axis);
    }
  }

  std::int64_t next_axis() const {
    return static_cast<std::int64_t>(plan_.shape.size() - plan_.new_axes.size());
  }

  // Part of the gathered window.
  void place_window(const Array& start, const AxisIndex& index) {
    if (index.size != shape_[static_cast<std::size_t>(index.axis)]) add_index(start, index.axis);
    plan_.window.push_back(index.size);
    plan_.dimensions.offset_dims.push_back(next_axis());
    plan_.shape.push_back(index.size);
  }

  void place_range(const AxisIndex& range) {
    if (range.step == 1) {
      place_window(lax::convert_element_type(range.start, index_dtype_), range);
      return;
    }
    const std::int64_t result_axis = next_axis();
    const std::int64_t first =
        range.step > 0 ? range.start : range.start + (range.size - 1) * range.step;
    Array places = lax::iota(index_dtype_, range.size) * std::abs(range.step) + first;
    if (range.step < 0) plan_.reversed.push_back(result_axis);
    add_index(places, range.axis);
    plan_.window.push_back(1);
    plan_.dimensions.collapsed_slice_dims.push_back(range.axis);
    grow({range.size});
  }

  void add_index(const Array& places, std::int64_t axis) {
    parts_.push_back({places, static_cast<std::int64_t>(batch_.size())});
    plan_.dimensions.start_index_map.push_back(axis);
  }
  void grow(const Shape& shape) {
    batch_.insert(batch_.end(), shape.begin(), shape.end());
    plan_.shape.insert(plan_.shape.end(), shape.begin(), shape.end());
  }

  Array join_indices() const {
    Shape shape = batch_;
    shape.push_back(1);
    if (parts_.empty()) {
      shape.back() = 0;
      return lax::zeros(shape, index_dtype_);
    }
    std::vector<Array> columns;
    for (const auto& [places, first] : parts_) {
      Axes axes;
      for (std::int64_t i = 0; i < places.ndim(); ++i) axes.push_back(first + i);
      columns.push_back(lax::broadcast_in_dim(places, shape, axes));
    }
    if (columns.size() == 1) return columns[0];
    return lax::concatenate(columns, static_cast<std::int64_t>(batch_.size()));
  }

  const std::vector<AxisIndex>& indices_;
  DType index_dtype_;
  const Shape& shape_;
  std::vector<Array> lookups_;
  Axes lookup_axes_;
  std::size_t lookup_position_ = 0;
  Shape batch_;  // of the gather
  std::vector<std::pair<Array, std::int64_t>> parts_;
  GatherPlan plan_;
};

}  // namespace

std::vector<AxisIndex> resolve_indices(const Shape& shape, const Indices& indices,
                                       bool wrap_negative) {
  return Resolver(shape, wrap_negative).resolve(indices);
}

GatherPlan plan_gather(const Shape& shape, const std::vector<AxisIndex>& indices) {
  return GatherBuilder(shape, indices).build();
}

lax::GatherScatterMode parse_mode(std::string_view mode) {
  using Mode = lax::GatherScatterMode;
  if (mode.empty() || mode == "fill" || mode == "drop") return Mode::FillOrDrop;
  if (mode == "clip") return Mode::Clip;
  if (mode == "promise_in_bounds") return Mode::PromiseInBounds;
  throw ValueError(str_cat("unknown index mode \"", mode,
                           "\": it must be \"fill\", \"drop\", \"clip\" or \"promise_in_bounds\""));
}

}  // namespace linum::np
