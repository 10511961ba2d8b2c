#include "linum/np/nan_reductions.h"

#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

bool can_be_nan(const Array& x) { return is_inexact(x.dtype()); }

Array replace_nan(const Array& x, double number) {
  return where(isnan(x), constant_like(x, number), x);
}

Array nan_if_nothing_else(const Array& x, const ExtremumOptions& o, const Array& result) {
  if (o.initial.defined()) return result;
  return where(all(isnan(x), {.axis = o.axis, .keepdims = o.keepdims}), constant_like(x, NAN),
               result);
}

}  // namespace

Array nansum(const Array& x, const ReduceOptions& options) {
  return sum(can_be_nan(x) ? replace_nan(x, 0) : x, options);
}
Array nanprod(const Array& x, const ReduceOptions& options) {
  return prod(can_be_nan(x) ? replace_nan(x, 1) : x, options);
}
Array nanmax(const Array& x, const ExtremumOptions& options) {
  if (!can_be_nan(x)) return max(x, options);
  return nan_if_nothing_else(x, options, max(replace_nan(x, -INFINITY), options));
}
Array nanmin(const Array& x, const ExtremumOptions& options) {
  if (!can_be_nan(x)) return min(x, options);
  return nan_if_nothing_else(x, options, min(replace_nan(x, INFINITY), options));
}

Array nanmean(const Array& x, const MeanOptions& o) {
  if (!can_be_nan(x)) return mean(x, o);
  const ReduceOptions reduce{.axis = o.axis,
                             .dtype = o.dtype.value_or(x.dtype()),
                             .keepdims = o.keepdims,
                             .where = o.where};
  return lax::div(nansum(x, reduce), sum(~isnan(x), reduce));
}

// --- variance ---------------------------------------------------------------------------------

namespace {

// Zero where x is NaN, before squaring too: its derivative shall not be NaN.
Array squared_deviation(const Array& x, const Array& center) {
  const Array deviation = x - center;
  const Array centered = where(isnan(x), lax::convert_element_type(0, x.dtype()), deviation);
  return is_complex(x.dtype()) ? lax::real(centered * lax::conj(centered)) : lax::square(centered);
}

DType computing_type(DType inexact, std::optional<DType> asked) {
  const DType d = asked.value_or(inexact);
  return is_floating(d) && item_size(d) < 4 ? float32 : d;
}

}  // namespace

Array nanvar(const Array& x, const VarOptions& o) {
  if (o.dtype && is_complex(x.dtype()) && !is_complex(*o.dtype)) {
    throw DTypeError(
        str_cat("nanvar of a complex array needs a complex dtype, got ", name_of(*o.dtype)));
  }
  const DType inexact = to_inexact(x.dtype());
  const DType result = o.dtype.value_or(real_part_of(inexact));
  const Array wide = lax::convert_element_type(x, computing_type(inexact, o.dtype));
  const Array center = o.mean.defined()
                           ? lax::convert_element_type(o.mean, wide.dtype())
                           : nanmean(wide, {.axis = o.axis, .keepdims = true, .where = o.where});
  const ReduceOptions reduce{.axis = o.axis, .keepdims = o.keepdims, .where = o.where};
  const Array total = sum(squared_deviation(wide, center), reduce);
  const Array count = sum(~isnan(wide), reduce) - o.ddof;
  const Array enough = count > 0;
  const Array divisor = lax::convert_element_type(where(enough, count, 1), total.dtype());
  const Array out = lax::div(where(enough, total, constant_like(total, NAN)), divisor);
  return lax::convert_element_type(out, result);
}
Array nanstd(const Array& x, const VarOptions& options) { return lax::sqrt(nanvar(x, options)); }

// --- places -----------------------------------------------------------------------------------

using ArgExtremum = Array (*)(const Array&, std::optional<std::int64_t>, bool);
static Array nan_arg_extremum(ArgExtremum find, double least, const Array& x,
                              std::optional<std::int64_t> axis, bool keepdims) {
  if (!can_be_nan(x)) return find(x, axis, keepdims);
  const Array place = find(replace_nan(x, least), axis, keepdims);
  return where(all(isnan(x), {.axis = axis, .keepdims = keepdims}), -1, place);
}
Array nanargmax(const Array& x, std::optional<std::int64_t> axis, bool keepdims) {
  return nan_arg_extremum(argmax, -INFINITY, x, axis, keepdims);
}
Array nanargmin(const Array& x, std::optional<std::int64_t> axis, bool keepdims) {
  return nan_arg_extremum(argmin, INFINITY, x, axis, keepdims);
}

}  // namespace linum::np
