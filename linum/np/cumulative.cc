#include "linum/np/cumulative.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/cumulative.h"
#include "linum/lax/structure.h"
#include "linum/np/comparison.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {
namespace {

struct Accumulator {
  std::string_view name;
  Array (*run)(const Array&, std::int64_t axis, bool reverse);
  int identity;
};
const Accumulator kCumsum{"cumsum", lax::cumsum, 0};
const Accumulator kCumprod{"cumprod", lax::cumprod, 1};

// What small integers add up in.
DType wide_integer(DType d) {
  if (is_bool(d)) return int32;
  if (!is_integer(d) || item_size(d) >= 4) return d;
  return is_unsigned_int(d) ? uint32 : int32;
}

Array accumulated(const Accumulator& what, const Array& x, std::optional<std::int64_t> axis,
                  DType result) {
  const Array lanes = axis ? x : ravel(x);
  const std::int64_t along = axis ? normalize_axis(*axis, x.ndim(), what.name) : 0;
  // A bool result says whether the sum of truth values differs from zero.
  const bool truth = is_bool(result);
  const Array start = truth ? lax::convert_element_type(lanes != 0, int32)
                            : lax::convert_element_type(lanes, result);
  return lax::convert_element_type(what.run(start, along, false), result);
}

DType own_or(const Array& x, std::optional<DType> dtype) {
  return dtype.value_or(is_bool(x.dtype()) ? int32 : x.dtype());
}

Array without_nan(const Array& x, int replacement) {
  return is_inexact(x.dtype()) ? where(isnan(x), constant_like(x, replacement), x) : x;
}

Array array_api(const Accumulator& what, std::string_view name, const Array& x,
                const CumulativeOptions& o, DType result) {
  if (x.ndim() == 0) throw ShapeError(str_cat(name, " needs an array, got the scalar ", x.aval()));
  if (!o.axis && x.ndim() > 1) {
    throw ShapeError(str_cat(name, ": the axis may be left out for vectors only, got ", x.aval()));
  }
  const std::int64_t axis = normalize_axis(o.axis.value_or(0), x.ndim(), name);
  Array out = accumulated(what, x, axis, result);
  if (!o.include_initial) return out;
  Shape first = x.shape();
  first[static_cast<std::size_t>(axis)] = 1;
  return lax::concatenate({lax::full(first, make_scalar(what.identity, result)), out}, axis);
}

}  // namespace

Array cumsum(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype) {
  return accumulated(kCumsum, x, axis, own_or(x, dtype));
}
Array cumprod(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype) {
  return accumulated(kCumprod, x, axis, own_or(x, dtype));
}
Array nancumsum(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype) {
  return cumsum(without_nan(x, 0), axis, dtype);
}
Array nancumprod(const Array& x, std::optional<std::int64_t> axis, std::optional<DType> dtype) {
  return cumprod(without_nan(x, 1), axis, dtype);
}

Array cumulative_sum(const Array& x, const CumulativeOptions& o) {
  return array_api(kCumsum, "cumulative_sum", x, o, o.dtype.value_or(wide_integer(x.dtype())));
}
Array cumulative_prod(const Array& x, const CumulativeOptions& o) {
  return array_api(kCumprod, "cumulative_prod", x, o, own_or(x, o.dtype));
}

}  // namespace linum::np
