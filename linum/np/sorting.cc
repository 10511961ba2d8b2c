#include "linum/np/sorting.h"

#include "linum/lax/lax.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/take.h"

namespace linum::np {
namespace {

struct Along {
  Array x;
  std::int64_t axis;
};
Along along(std::string_view what, const Array& x, std::optional<std::int64_t> axis) {
  if (!axis) return {ravel(x), 0};
  return {x, normalize_axis(*axis, x.ndim(), what)};
}

Array reversed_if(bool reverse, const Array& x, std::int64_t axis) {
  return reverse ? lax::rev(x, {axis}) : x;
}

}  // namespace

Array sort(const Array& x, std::optional<std::int64_t> axis, const SortOptions& o) {
  const auto [lanes, dimension] = along("sort", x, axis);
  return reversed_if(o.descending, lax::sort(lanes, dimension, o.stable), dimension);
}

Array argsort(const Array& x, std::optional<std::int64_t> axis, const SortOptions& o) {
  const auto [lanes, dimension] = along("argsort", x, axis);
  // Backwards before and after, equal elements keep their order.
  const bool twice = o.descending && o.stable;
  const Array places = lax::broadcasted_iota(int32, lanes.shape(), dimension);
  const Array order = lax::sort_key_val(reversed_if(twice, lanes, dimension),
                                        reversed_if(twice, places, dimension), dimension, o.stable)
                          .second;
  return reversed_if(o.descending, order, dimension);
}

Array lexsort(const std::vector<Array>& keys, std::int64_t axis) {
  if (keys.empty()) throw ValueError("lexsort needs at least one key");
  for (const Array& key : keys) {
    if (key.shape() == keys[0].shape()) continue;
    throw ShapeError(str_cat("lexsort: all keys must have one shape, got ",
                             to_text(keys[0].shape()), " and ", to_text(key.shape())));
  }
  if (keys[0].ndim() == 0) return lax::zeros({}, int32);
  const std::int64_t dimension = normalize_axis(axis, keys[0].ndim(), "lexsort");
  std::vector<Array> operands(keys.rbegin(), keys.rend());
  operands.push_back(lax::broadcasted_iota(int32, keys[0].shape(), dimension));
  return lax::sort(operands, dimension, true, static_cast<std::int64_t>(keys.size())).back();
}

Array sort_complex(const Array& x) {
  const Array sorted = lax::sort(x);
  return lax::convert_element_type(sorted, complex_of(to_inexact(x.dtype())));
}

// --- partitions -------------------------------------------------------------------------------

namespace {

// The axis last, and the place of the kth element from the front.
struct Partition {
  Array lanes;
  std::int64_t axis, kth;
};
Partition prepare(std::string_view what, const Array& x, std::int64_t kth, std::int64_t axis) {
  if (is_complex(x.dtype())) {
    throw DTypeError(str_cat(what, ": complex numbers have no order, got ", x.aval()));
  }
  const std::int64_t a = normalize_axis(axis, x.ndim(), what);
  return {swapaxes(x, a, -1), a, normalize_axis(kth, x.shape(a), what)};
}

// The order upside down, in the same dtype.
Array inverted(const Array& x) { return is_integer(x.dtype()) || is_bool(x.dtype()) ? ~x : -x; }

}  // namespace

Array partition(const Array& x, std::int64_t kth, std::int64_t axis) {
  const Partition p = prepare("partition", x, kth, axis);
  const Array bottom = inverted(lax::top_k(inverted(p.lanes), p.kth + 1).first);
  const Array top = lax::top_k(p.lanes, p.lanes.shape(-1) - p.kth - 1).first;
  return swapaxes(lax::concatenate({bottom, top}, p.lanes.ndim() - 1), -1, p.axis);
}

Array argpartition(const Array& x, std::int64_t kth, std::int64_t axis) {
  const Partition p = prepare("argpartition", x, kth, axis);
  const Array bottom = lax::top_k(inverted(p.lanes), p.kth + 1).second;
  // What the bottom left; equal elements are told apart by their places.
  const Array left = put_along_axis(lax::full(p.lanes.shape(), 1.f), bottom, 0.f, -1);
  const Array top = lax::top_k(left, p.lanes.shape(-1) - p.kth - 1).second;
  return swapaxes(lax::concatenate({bottom, top}, p.lanes.ndim() - 1), -1, p.axis);
}

}  // namespace linum::np
