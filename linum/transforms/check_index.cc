// Indices out of bounds: of dynamic slices, gathers and scatters.
#include <algorithm>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/check_trace.h"

namespace linum {
namespace {

// The lists of integers among an operation's parameters.
class IntegerLists final : public ParamSink {
 public:
  explicit IntegerLists(const Primitive& p) { p.params(*this); }
  const std::vector<std::int64_t>& operator[](const std::string& name) const {
    return lists_.at(name);
  }
  void integers(std::string_view name, const std::vector<std::int64_t>& v) override {
    lists_[std::string(name)] = v;
  }
  void integer(std::string_view, std::int64_t) override {}
  void number(std::string_view, double) override {}
  void text(std::string_view, std::string_view) override {}
  void program(std::string_view, const Program&) override {}
  void identity(std::string_view, const void*) override {}

 private:
  std::map<std::string, std::vector<std::int64_t>> lists_;
};

// Index vectors along the last axis of an array, and for each of their entries the axis of the
// operand and the last place in bounds.
struct Indices {
  Array vectors;
  std::vector<std::int64_t> axes, last;
};

std::int64_t size_along(const Array& operand, std::int64_t axis) {
  return operand.shape()[static_cast<std::size_t>(axis)];
}

Indices of_slice(const Array& operand, std::span<const Array> starts, const Shape& sizes) {
  Indices out;
  std::vector<Array> entries;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    entries.push_back(lax::reshape(starts[i], {1}));
    out.axes.push_back(static_cast<std::int64_t>(i));
    out.last.push_back(operand.shape()[i] - sizes[i]);
  }
  out.vectors = lax::concatenate(entries, 0);
  return out;
}

Indices of_gather(const IntegerLists& params, const Array& operand, const Array& indices) {
  Indices out{indices, params["start_index_map"], {}};
  for (std::int64_t axis : out.axes)
    out.last.push_back(size_along(operand, axis) -
                       params["slice_sizes"][static_cast<std::size_t>(axis)]);
  return out;
}

// How large the windows of a scatter are along each axis of the operand.
Shape window_sizes(const IntegerLists& params, const Array& operand, const Array& updates) {
  Shape sizes;
  std::size_t next = 0;
  for (std::int64_t axis = 0; axis < operand.ndim(); ++axis) {
    const bool one = contains(params["inserted_window_dims"], axis) ||
                     contains(params["operand_batching_dims"], axis);
    sizes.push_back(one ? 1 : size_along(updates, params["update_window_dims"][next++]));
  }
  return sizes;
}

Indices of_scatter(const IntegerLists& params, const Array& operand, const Array& indices,
                   const Array& updates) {
  Indices out{indices, params["scatter_dims_to_operand_dims"], {}};
  Shape sizes = window_sizes(params, operand, updates);
  for (std::int64_t axis : out.axes)
    out.last.push_back(size_along(operand, axis) - sizes[static_cast<std::size_t>(axis)]);
  return out;
}

Indices indices_of(const Primitive& p, std::span<const Array> x) {
  if (p.name() == "dynamic_slice")
    return of_slice(x[0], x.subspan(1), IntegerLists(p)["slice_sizes"]);
  if (p.name() == "dynamic_update_slice") return of_slice(x[0], x.subspan(2), x[1].shape());
  if (p.name() == "gather") return of_gather(IntegerLists(p), x[0], x[1]);
  return of_scatter(IntegerLists(p), x[0], x[1], x[2]);
}

// A row of numbers, as many as index vectors have entries.
Array row(const std::vector<std::int64_t>& numbers, DType dtype) {
  std::vector<Array> entries;
  for (std::int64_t n : numbers)
    entries.push_back(lax::broadcast_in_dim(make_integer_scalar(n, dtype), {1}, {}));
  return lax::concatenate(entries, 0);
}

Array as_i32(const Array& x) { return lax::convert_element_type(x, DType::I32); }

}  // namespace

const std::vector<Aval>& index_values() {
  static const auto* avals = new std::vector<Aval>(3, Aval(DType::I32, {}));
  return *avals;
}

void check_index(CheckTrace& trace, const Primitive& p, std::span<const Array> args) {
  Indices at = indices_of(p, args);
  if (at.axes.empty() || at.vectors.size() == 0) return;
  const DType dtype = at.vectors.dtype();
  const auto width = static_cast<std::int64_t>(at.axes.size());
  Array flat = lax::reshape(at.vectors, {at.vectors.size() / width, width});
  Array last = lax::broadcast_in_dim(row(at.last, dtype), flat.shape(), {1});
  Array outside =
      lax::bitwise_or(lax::lt(flat, lax::zeros(flat.shape(), dtype)), lax::gt(flat, last));
  outside = lax::reshape(outside, {flat.size()});
  Array place = lax::argmax(outside, 0);  // the first one
  Array entry = lax::rem(place, make_integer_scalar(width, DType::I32));
  std::vector<std::int64_t> sizes;
  for (std::int64_t axis : at.axes) sizes.push_back(size_along(args[0], axis));
  auto pick = [](const Array& from, const Array& i) {
    return as_i32(lax::dynamic_index_in_dim(from, i, 0, false));
  };
  std::vector<Array> values{pick(lax::reshape(flat, {flat.size()}), place),
                            pick(row(at.axes, DType::I32), entry),
                            pick(row(sizes, DType::I32), entry)};
  CheckSite site{.kind = CheckSite::Index,
                 .text = to_text(args[0].shape()),
                 .operation = std::string(p.name())};
  trace.fail_if(lax::reduce_or(outside, {0}), std::move(site), values);
}

}  // namespace linum
