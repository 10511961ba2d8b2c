#include "linum/np/reductions.h"

#include <algorithm>
#include <limits>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

// What a reduction is made of.
struct Reducer {
  std::string_view name;
  Array (*reduce)(const Array&, const Axes&);
  Array (*combine)(const Array&, const Array&);
  double identity;    // what masked elements become; infinities become the dtype's ends
  bool has_identity;  // whether nothing at all may be reduced
};
const Reducer kSum{"sum", lax::reduce_sum, lax::add, 0.0, true};
const Reducer kProd{"prod", lax::reduce_prod, lax::mul, 1.0, true};
const Reducer kMax{"max", lax::reduce_max, lax::max, -INFINITY, false};
const Reducer kMin{"min", lax::reduce_min, lax::min, INFINITY, false};
const Reducer kAnd{"all", lax::reduce_and, lax::bitwise_and, 1.0, true};
const Reducer kOr{"any", lax::reduce_or, lax::bitwise_or, 0.0, true};

Array identity_of(const Reducer& reducer, DType dtype) {
  const double v = reducer.identity;
  if (is_bool(dtype)) return make_integer_scalar(v > 0, dtype);
  if (!std::isinf(v) || !is_integer(dtype)) return make_scalar(v, dtype);
  const IntInfo info = iinfo(dtype);
  return make_integer_scalar(v < 0 ? info.min : static_cast<std::int64_t>(info.max), dtype);
}

void check_mask(const Reducer& reducer, const Array& where, const Array& initial) {
  if (!where.defined()) return;
  if (!is_bool(where.dtype())) {
    throw DTypeError(str_cat(reducer.name, ": where must be a bool array, got ", where.aval()));
  }
  if (reducer.has_identity || initial.defined()) return;
  throw ValueError(str_cat(reducer.name, " does not have an identity, so to use a where mask one ",
                           "has to give `initial`"));
}

void check_not_empty(const Reducer& reducer, const Array& x, const Axes& axes,
                     const Array& initial) {
  if (reducer.has_identity || initial.defined()) return;
  for (std::int64_t axis : axes) {
    if (x.shape(axis) > 0) continue;
    throw ShapeError(
        str_cat("zero-size array to reduction operation ", reducer.name, " which has no identity"));
  }
}

Array with_initial(const Reducer& reducer, const Array& initial, const Array& result) {
  if (!initial.defined()) return result;
  if (initial.ndim() != 0) {
    throw ShapeError(str_cat(reducer.name, ": initial must be a scalar, got ", initial.aval()));
  }
  return reducer.combine(lax::convert_element_type(initial, result.dtype()), result);
}

Array reduce(const Reducer& reducer, const Array& x, const ReduceOptions& options) {
  check_mask(reducer, options.where, options.initial);
  const Axes axes = options.axis.resolve(x.ndim(), reducer.name);
  check_not_empty(reducer, x, axes, options.initial);
  Array masked = strong(x);
  if (options.where.defined()) {
    masked = where(options.where, masked, identity_of(reducer, x.dtype()));
  }
  Array out = with_initial(reducer, options.initial, reducer.reduce(masked, axes));
  return options.keepdims ? lax::expand_dims(out, axes) : out;
}

// The dtype that sums of this one are made in, unless the user says another.
DType sum_dtype(DType d) {
  if (is_bool(d) || (is_integer(d) && item_size(d) < 4)) {
    return is_unsigned_int(d) ? uint32 : int32;
  }
  return d;
}
DType upcast_half(DType d) { return is_floating(d) && item_size(d) < 4 ? float32 : d; }

Array accumulate(const Reducer& reducer, const Array& x, const ReduceOptions& options) {
  const DType result = options.dtype.value_or(sum_dtype(x.dtype()));
  const DType computing = options.dtype ? result : upcast_half(result);
  return lax::convert_element_type(
      reduce(reducer, lax::convert_element_type(x, computing), options), result);
}

ReduceOptions plain(const AxisArg& axis, bool keepdims, const Array& initial, const Array& where) {
  return {.axis = axis, .keepdims = keepdims, .initial = initial, .where = where};
}
Array extremum(const Reducer& reducer, const Array& x, const ExtremumOptions& o) {
  return reduce(reducer, x, plain(o.axis, o.keepdims, o.initial, o.where));
}
Array truth(const Reducer& reducer, const Array& x, const TruthOptions& o) {
  return reduce(reducer, lax::convert_element_type(x, bool_),
                plain(o.axis, o.keepdims, {}, o.where));
}

}  // namespace

Array sum(const Array& x, const ReduceOptions& options) {
  const bool is_or = options.dtype == bool_;
  return is_or ? truth(kOr, x,
                       {.axis = options.axis, .keepdims = options.keepdims, .where = options.where})
               : accumulate(kSum, x, options);
}
Array prod(const Array& x, const ReduceOptions& options) { return accumulate(kProd, x, options); }
Array max(const Array& x, const ExtremumOptions& options) { return extremum(kMax, x, options); }
Array min(const Array& x, const ExtremumOptions& options) { return extremum(kMin, x, options); }
Array amax(const Array& x, const ExtremumOptions& options) { return max(x, options); }
Array amin(const Array& x, const ExtremumOptions& options) { return min(x, options); }
Array all(const Array& x, const TruthOptions& options) { return truth(kAnd, x, options); }
Array any(const Array& x, const TruthOptions& options) { return truth(kOr, x, options); }

Array ptp(const Array& x, const AxisArg& axis, bool keepdims) {
  return max(x, {.axis = axis, .keepdims = keepdims}) -
         min(x, {.axis = axis, .keepdims = keepdims});
}
Array count_nonzero(const Array& x, const AxisArg& axis, bool keepdims) {
  return sum(x != 0, {.axis = axis, .dtype = int32, .keepdims = keepdims});
}

// --- places of extrema ------------------------------------------------------------------------

using ArgReducer = Array (*)(const Array&, std::int64_t, DType);
static Array arg_extremum(std::string_view what, ArgReducer reduce, const Array& x,
                          std::optional<std::int64_t> axis, bool keepdims) {
  const Array lanes = axis ? x : ravel(x);
  const std::int64_t along = axis ? normalize_axis(*axis, x.ndim(), what) : 0;
  if (lanes.shape(along) == 0) {
    throw ShapeError(str_cat("attempt to get ", what, " of an empty sequence"));
  }
  Array out = reduce(lanes, along, int32);
  if (!keepdims) return out;
  return axis ? lax::expand_dims(out, {along}) : lax::reshape(out, Shape(x.shape().size(), 1));
}
Array argmax(const Array& x, std::optional<std::int64_t> axis, bool keepdims) {
  return arg_extremum("argmax", lax::argmax, x, axis, keepdims);
}
Array argmin(const Array& x, std::optional<std::int64_t> axis, bool keepdims) {
  return arg_extremum("argmin", lax::argmin, x, axis, keepdims);
}

// --- moments ----------------------------------------------------------------------------------

static std::int64_t axes_size(const Array& x, const AxisArg& axis, std::string_view what) {
  std::int64_t size = 1;
  for (std::int64_t a : axis.resolve(x.ndim(), what)) size *= x.shape(a);
  return size;
}

// How many elements take part.
static Array count(const Array& x, const AxisArg& axis, bool keepdims, const Array& where,
                   DType dtype) {
  if (!where.defined()) {
    return make_scalar(static_cast<double>(axes_size(x, axis, "mean")), dtype);
  }
  return sum(broadcast_to(where, x.shape()), {.axis = axis, .dtype = dtype, .keepdims = keepdims});
}

Array mean(const Array& x, const MeanOptions& o) {
  const DType result = o.dtype.value_or(to_inexact(x.dtype()));
  const DType computing = o.dtype ? result : upcast_half(result);
  Array total =
      sum(x, {.axis = o.axis, .dtype = computing, .keepdims = o.keepdims, .where = o.where});
  Array out = lax::div(total, count(x, o.axis, o.keepdims, o.where, computing));
  return lax::convert_element_type(out, result);
}

// |x - mean|^2, real.
static Array squared_deviation(const Array& x, const VarOptions& o) {
  const DType dtype = x.dtype();
  Array center =
      o.mean.defined()
          ? lax::convert_element_type(o.mean, dtype)
          : mean(x, {.axis = o.axis, .dtype = dtype, .keepdims = true, .where = o.where});
  Array deviation = x - center;
  return is_complex(dtype) ? lax::real(deviation * lax::conj(deviation)) : lax::square(deviation);
}

Array var(const Array& x, const VarOptions& o) {
  if (o.dtype && is_complex(x.dtype()) && !is_complex(*o.dtype)) {
    throw DTypeError(
        str_cat("var of a complex array needs a complex dtype, got ", name_of(*o.dtype)));
  }
  const DType inexact = to_inexact(x.dtype());
  const DType result = o.dtype.value_or(real_part_of(inexact));
  const Array wide = lax::convert_element_type(x, upcast_half(o.dtype.value_or(inexact)));
  Array squares = squared_deviation(wide, o);
  Array divisor = count(x, o.axis, o.keepdims, o.where, squares.dtype()) - o.ddof;
  Array total =
      sum(squares,
          {.axis = o.axis, .dtype = squares.dtype(), .keepdims = o.keepdims, .where = o.where});
  Array out = lax::convert_element_type(lax::div(total, divisor), result);
  const bool surely_positive =
      !o.where.defined() && static_cast<double>(axes_size(x, o.axis, "var")) > o.ddof;
  return surely_positive ? out : where(divisor > 0, out, make_scalar(NAN, result));
}
Array std(const Array& x, const VarOptions& options) {
  // The root of what is not rounded yet.
  if (!options.dtype && is_floating(x.dtype()) && item_size(x.dtype()) < 4) {
    return lax::convert_element_type(lax::sqrt(var(lax::convert_element_type(x, float32), options)),
                                     x.dtype());
  }
  return lax::sqrt(var(x, options));
}

// --- average ----------------------------------------------------------------------------------

// The weights in x's shape: their axes are the averaged ones, in that order.
static Array spread_weights(const Array& x, const Array& weights, const AxisArg& axis) {
  if (weights.shape() == x.shape()) return weights;
  const Axes axes = axis.resolve(x.ndim(), "average");
  Shape sizes, full(x.shape().size(), 1);
  for (std::int64_t a : axes) {
    sizes.push_back(x.shape(a));
    full[static_cast<std::size_t>(a)] = x.shape(a);
  }
  if (!axis.has_value() || weights.shape() != sizes) {
    throw ShapeError(str_cat("average: the weights' shape ", to_text(weights.shape()),
                             " must be x's, ", to_text(x.shape()),
                             ", or the sizes of the given axes"));
  }
  Axes order = iota_axes(weights.ndim());
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return axes[static_cast<std::size_t>(a)] < axes[static_cast<std::size_t>(b)];
  });
  return lax::reshape(lax::transpose(weights, order), full);
}

std::pair<Array, Array> average_and_weight(const Array& x, const AverageOptions& o) {
  if (!o.weights.defined()) {
    Array out = mean(promote_dtypes_inexact(x), {.axis = o.axis, .keepdims = o.keepdims});
    const auto weight = static_cast<double>(axes_size(x, o.axis, "average"));
    return {out, lax::full(out.shape(), make_scalar(weight, out.dtype()))};
  }
  auto [values, weights] = promote_dtypes_inexact(x, o.weights);
  weights = spread_weights(values, weights, o.axis);
  const ReduceOptions over{.axis = o.axis, .keepdims = o.keepdims};
  Array weight = sum(broadcast_to(weights, values.shape()), over);
  return {sum(values * weights, over) / weight, weight};
}

Array average(const Array& x, const AverageOptions& options) {
  return average_and_weight(x, options).first;
}

}  // namespace linum::np
