#include "linum/np/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/np/reductions.h"
#include "linum/np/take.h"

namespace linum::np {
namespace {

constexpr std::array<std::string_view, 6> kMethods{"linear",   "lower",   "higher",
                                                   "midpoint", "nearest", "inverted_cdf"};

void check(const Array& x, const Array& q, const QuantileOptions& o) {
  if (std::find(kMethods.begin(), kMethods.end(), o.method) == kMethods.end()) {
    throw ValueError(
        str_cat("quantile: method must be \"linear\", \"lower\", \"higher\", "
                "\"midpoint\", \"nearest\" or \"inverted_cdf\", got \"",
                o.method, "\""));
  }
  if (is_complex(x.dtype())) {
    throw DTypeError(str_cat("quantile: complex numbers have no order, got ", x.aval()));
  }
  if (q.ndim() > 1) throw ShapeError(str_cat("quantile: q must have rank 0 or 1, got ", q.aval()));
  if (o.weights.defined() && o.method != "inverted_cdf") {
    throw ValueError(str_cat("quantile: only the method \"inverted_cdf\" takes weights, got \"",
                             o.method, "\""));
  }
}

// The reduced axes as one, the last.
Array as_lanes(const Array& x, const Axes& axes) {
  Axes order;
  Shape shape;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (contains(axes, i)) continue;
    order.push_back(i);
    shape.push_back(x.shape(i));
  }
  std::int64_t size = 1;
  for (std::int64_t i = 0; i < x.ndim(); ++i) {
    if (!contains(axes, i)) continue;
    order.push_back(i);
    size *= x.shape(i);
  }
  shape.push_back(size);
  return lax::reshape(lax::transpose(x, order), shape);
}

Array weights_like(const Array& x, const Array& weights, const Axes& axes) {
  if (weights.shape() == x.shape()) return weights;
  Shape sizes;
  for (std::int64_t axis : axes) sizes.push_back(x.shape(axis));
  if (weights.shape() != sizes) {
    throw ShapeError(str_cat("quantile: the weights' shape ", to_text(weights.shape()),
                             " must be x's, ", to_text(x.shape()), ", or that of the axes, ",
                             to_text(sizes)));
  }
  return lax::broadcast_in_dim(weights, x.shape(), axes);
}

// Elements of the last axis; `places` has one axis for all lanes, or also the lanes' own axes.
Array pick(const Array& lanes, const Array& places) {
  return places.ndim() == lanes.ndim() ? take_along_axis(lanes, places, -1)
                                       : take(lanes, places, -1);
}

// Sorted lanes, and how many elements of each count.
struct Lanes {
  Array values;
  Array weights;  // sorted with the values; undefined for none
  Array count;    // rank 0, or (..., 1)
};

Lanes sort_lanes(Array values, Array weights, DType count_dtype, bool skip_nan) {
  const Array nan = isnan(values), a_nan = constant_like(values, NAN);
  // All NaN positive sort to the end.
  values = where(skip_nan ? nan : any(nan, {.axis = -1, .keepdims = true}), a_nan, values);
  Lanes out;
  if (weights.defined()) {
    std::tie(out.values, out.weights) = lax::sort_key_val(values, weights);
  } else {
    out.values = lax::sort(values);
  }
  out.count = skip_nan ? sum(~isnan(values), {.axis = -1, .dtype = count_dtype, .keepdims = true})
                       : make_scalar(static_cast<double>(values.shape(-1)), count_dtype);
  return out;
}

Array interpolate(const Lanes& lanes, const Array& q, std::string_view method) {
  const Array last = lanes.count - 1;
  const Array place = q * last;
  const Array low = floor(place), high = ceil(place);
  const Array high_weight = place - low, low_weight = 1 - high_weight;
  auto at = [&](const Array& p) {
    return pick(lanes.values, lax::convert_element_type(maximum(minimum(p, last), 0), int32));
  };
  Array below = at(low), above = at(high);
  if (method == "lower") return below;
  if (method == "higher") return above;
  if (method == "midpoint") return (below + above) * 0.5;
  if (method == "nearest") {
    return where(broadcast_to(high_weight <= 0.5, below.shape()), below, above);
  }
  auto in_q = [&](const Array& v) { return lax::convert_element_type(v, q.dtype()); };
  return in_q(below) * low_weight + in_q(above) * high_weight;
}

// The first element at which the sum of the weights reaches q of it all.
Array invert_cdf(const Lanes& lanes, const Array& q) {
  const Array ones = lax::full_like(lanes.values, constant_like(lanes.values, 1));
  const Array weights = lanes.weights.defined() ? lanes.weights : ones;
  const Array bad = (weights < 0) | isnan(weights), nan = isnan(lanes.values);
  const Array clean = where(bad | nan, 0, weights);
  const Array sums = lax::cumsum(clean, clean.ndim() - 1);
  const Array total = lax::slice_in_dim(sums, -1, {}, 1, sums.ndim() - 1);
  const Array target = total * q;  // (..., nq)
  const Array below = lax::expand_dims(sums, {sums.ndim() - 1}) < lax::expand_dims(target, {-1});
  const Array last = lax::convert_element_type(lanes.count - 1, int32);
  const Array place = maximum(minimum(sum(below, -1), last), 0);
  const Array forced = any(bad, {.axis = -1, .keepdims = true}) | (lanes.count == 0) |
                       isnan(lax::slice_in_dim(lanes.values, 0, 1, 1, lanes.values.ndim() - 1));
  return where(forced, constant_like(lanes.values, NAN), pick(lanes.values, place));
}

// (..., nq) to q's axis first, or without it for a scalar q.
Array q_first(const Array& x, bool q_is_scalar) {
  return q_is_scalar ? squeeze(x, -1) : moveaxis(x, -1, 0);
}

Array quantile_of(const Array& x, const Array& q, const QuantileOptions& o, bool skip_nan) {
  check(x, q, o);
  Array values = promote_dtypes_inexact(x), weights = o.weights;
  const Axes axes = o.axis.resolve(x.ndim(), "quantile");
  if (weights.defined()) {
    std::tie(values, weights) = promote_dtypes_inexact(x, weights);
    weights = as_lanes(weights_like(values, weights, axes), axes);
  }
  const DType dtype = values.dtype();
  const Lanes lanes = sort_lanes(as_lanes(values, axes), weights, q.dtype(), skip_nan);
  const Array parts = lax::reshape(q, {q.size()});
  Array out =
      o.method == "inverted_cdf" ? invert_cdf(lanes, parts) : interpolate(lanes, parts, o.method);
  out = lax::convert_element_type(q_first(out, q.ndim() == 0), dtype);
  if (!o.keepdims) return out;
  Axes restored;
  for (std::int64_t axis : axes) restored.push_back(axis + q.ndim());
  std::sort(restored.begin(), restored.end());
  return lax::expand_dims(out, restored);
}

Array hundredth(const Array& q) { return promote_dtypes_inexact(q) / 100; }

}  // namespace

Array quantile(const Array& x, const Array& q, const QuantileOptions& options) {
  return quantile_of(x, promote_dtypes_inexact(q), options, false);
}
Array nanquantile(const Array& x, const Array& q, const QuantileOptions& options) {
  return quantile_of(x, promote_dtypes_inexact(q), options, true);
}
Array percentile(const Array& x, const Array& q, const QuantileOptions& options) {
  return quantile(x, hundredth(q), options);
}
Array nanpercentile(const Array& x, const Array& q, const QuantileOptions& options) {
  return nanquantile(x, hundredth(q), options);
}

Array median(const Array& x, const AxisArg& axis, bool keepdims) {
  return quantile(x, 0.5, {.axis = axis, .method = "midpoint", .keepdims = keepdims});
}
Array nanmedian(const Array& x, const AxisArg& axis, bool keepdims) {
  return nanquantile(x, 0.5, {.axis = axis, .method = "midpoint", .keepdims = keepdims});
}

}  // namespace linum::np
