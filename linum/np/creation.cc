#include "linum/np/creation.h"

#include <cmath>
#include <limits>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/manipulation.h"
#include "linum/np/math.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"

namespace linum::np {

// --- from C++ numbers -------------------------------------------------------------------------

// Integers and complex numbers keep all their bits; doubles pass through double.
static HostArray converted(const HostArray& from, DType dtype) {
  HostArray to(dtype, from.shape());
  for (std::int64_t i = 0; i < from.size(); ++i) to.set_number(i, from.number(i));
  return to;
}

Array from_numbers(const HostArray& numbers, DType dtype) {
  const DType own = numbers.dtype();
  if (own == dtype) return Array::from_host(numbers);
  const bool exact = is_floating(own) || (item_size(own) < 8 && !is_complex(own));
  if (exact && !is_complex(dtype)) return Array::from_host(converted(numbers, dtype));
  return lax::convert_element_type(Array::from_host(numbers), dtype);
}

void refuse_ragged(std::size_t first, std::size_t other) {
  throw ShapeError(str_cat("array: the rows of a nested list must have one length, got ", first,
                           " and ", other, " elements"));
}

Array array(const Array& x, OptionalDType dtype) {
  return lax::convert_element_type(x, dtype.value_or(x.dtype()));
}
Array asarray(const Array& x, OptionalDType dtype) {
  return dtype ? lax::convert_element_type(x, *dtype) : x;
}
Array astype(const Array& x, DType dtype) {
  const bool drops_imaginary = is_complex(x.dtype()) && !is_complex(dtype) && !is_bool(dtype);
  return lax::convert_element_type(drops_imaginary ? lax::real(x) : x, dtype);
}
Array copy(const Array& x) { return x; }  // arrays never change

// --- filled -----------------------------------------------------------------------------------

Array zeros(const Shape& shape, DType dtype) { return lax::zeros(shape, dtype); }
Array ones(const Shape& shape, DType dtype) { return lax::ones(shape, dtype); }
Array empty(const Shape& shape, DType dtype) { return zeros(shape, dtype); }

Array full(const Shape& shape, const Array& fill_value, OptionalDType dtype) {
  return broadcast_to(asarray(fill_value, dtype), shape);
}

Array full_like(const Array& x, const Array& fill_value, const LikeOptions& options) {
  const bool weak = x.weak() && !options.dtype;
  const DType dtype = options.dtype.value_or(x.dtype());
  return broadcast_to(lax::convert_element_type(fill_value, dtype, weak),
                      options.shape.value_or(x.shape()));
}
Array zeros_like(const Array& x, const LikeOptions& options) { return full_like(x, 0, options); }
Array ones_like(const Array& x, const LikeOptions& options) { return full_like(x, 1, options); }
Array empty_like(const Array& x, const LikeOptions& options) { return zeros_like(x, options); }

// --- arange -----------------------------------------------------------------------------------

static double bound(std::string_view name, const Array& x) {
  if (x.is_traced()) {
    throw ConcretizationError(
        str_cat("arange: its size must be known when the program is made, but ", name,
                " is a traced value (", x.aval(), "); pass a C++ number"));
  }
  if (x.ndim() != 0 || is_complex(x.dtype())) {
    throw ShapeError(str_cat("arange: bounds must be real scalars, got ", name, " ", x.aval()));
  }
  return x.item<double>();
}

static Array iota_of(double length, DType dtype) {
  return lax::iota(dtype, std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(length))));
}

static DType joint_dtype(std::initializer_list<Array> args) {
  return promoted_type({args.begin(), args.size()}).dtype;
}

Array arange(const Array& stop, OptionalDType dtype) {
  return iota_of(bound("stop", stop), dtype.value_or(stop.dtype()));
}

Array arange(const Array& start, const Array& stop, OptionalDType dtype) {
  const double first = bound("start", start), last = bound("stop", stop);
  const DType own = dtype.value_or(joint_dtype({start, stop}));
  Array counts = iota_of(last - first, own);
  return first == 0 ? counts : lax::add(lax::convert_element_type(start, own), counts);
}

Array arange(const Array& start, const Array& stop, const Array& step, OptionalDType dtype) {
  const double by = bound("step", step);
  if (by == 0) throw ValueError("arange: step must not be zero");
  const double length = (bound("stop", stop) - bound("start", start)) / by;
  const DType own = dtype.value_or(joint_dtype({start, stop, step}));
  const DType working = is_floating(own) && item_size(own) < 4 ? float32 : own;
  Array offsets = lax::mul(lax::convert_element_type(step, working), iota_of(length, working));
  Array out = lax::add(lax::convert_element_type(start, working), offsets);
  return lax::convert_element_type(out, own);
}

// --- linspace ---------------------------------------------------------------------------------

// start (1 - t) + stop t: both ends are exact.
static Array interpolate(const Array& start, const Array& stop, std::int64_t axis, std::int64_t num,
                         bool endpoint) {
  const DType dtype = start.dtype(), real = real_part_of(dtype);
  const std::int64_t steps = endpoint ? num - 1 : num;
  Shape along(static_cast<std::size_t>(start.ndim()) + 1, 1);
  along[static_cast<std::size_t>(axis)] = steps;
  Array t = lax::reshape(lax::iota(real, steps), along) / make_scalar(double(steps), real);
  t = lax::convert_element_type(t, dtype);
  Array first = lax::expand_dims(start, {axis}), last = lax::expand_dims(stop, {axis});
  Array out = first * (1 - t) + last * t;
  return endpoint ? lax::concatenate({out, last}, axis) : out;
}

static Array space_points(const Array& start, const Array& stop, std::int64_t num,
                          const SpaceOptions& options) {
  const std::int64_t axis = normalize_axis(options.axis, start.ndim() + 1, "linspace");
  if (num > 1) return interpolate(start, stop, axis, num, options.endpoint);
  if (num == 1) return lax::expand_dims(start, {axis});
  Shape none = start.shape();
  none.insert(none.begin() + axis, 0);
  return lax::zeros(none, start.dtype());
}

static Array space_step(const Array& start, const Array& stop, std::int64_t num, bool endpoint) {
  const std::int64_t steps = endpoint ? num - 1 : num;
  if (steps < 1) return make_scalar(std::numeric_limits<double>::quiet_NaN(), start.dtype());
  return (stop - start) / make_scalar(double(steps), start.dtype());
}

std::pair<Array, Array> linspace_with_step(const Array& start, const Array& stop, std::int64_t num,
                                           const SpaceOptions& options) {
  if (num < 0) throw ValueError(str_cat("linspace: the number of samples is negative: ", num));
  const DType dtype = options.dtype.value_or(to_inexact(joint_dtype({start, stop})));
  const DType computing = to_inexact(dtype);
  const Shape shape = linum::broadcast_shapes(start.shape(), stop.shape(), "linspace");
  Array first = broadcast_to(lax::convert_element_type(start, computing), shape);
  Array last = broadcast_to(lax::convert_element_type(stop, computing), shape);
  Array points = space_points(first, last, num, options);
  if (is_integer(dtype)) points = lax::floor(points);
  return {lax::convert_element_type(points, dtype), space_step(first, last, num, options.endpoint)};
}

Array linspace(const Array& start, const Array& stop, std::int64_t num,
               const SpaceOptions& options) {
  return linspace_with_step(start, stop, num, options).first;
}

Array logspace(const Array& start, const Array& stop, std::int64_t num, const SpaceOptions& options,
               const Array& base) {
  const DType dtype = options.dtype.value_or(to_inexact(joint_dtype({start, stop})));
  SpaceOptions exponents = options;
  exponents.dtype = to_inexact(dtype);
  return lax::convert_element_type(power(base, linspace(start, stop, num, exponents)), dtype);
}

Array geomspace(const Array& start, const Array& stop, std::int64_t num,
                const SpaceOptions& options) {
  const DType dtype = options.dtype.value_or(to_inexact(joint_dtype({start, stop})));
  const DType computing = to_inexact(dtype);
  Array first = lax::convert_element_type(start, computing);
  Array last = lax::convert_element_type(stop, computing);
  Array direction = lax::sign(first);
  SpaceOptions exponents{options.endpoint, computing, 0};
  Array size = logspace(log10(first / direction), log10(last / direction), num, exponents);
  return lax::convert_element_type(moveaxis(direction * size, 0, options.axis), dtype);
}

// --- grids ------------------------------------------------------------------------------------

std::vector<Array> meshgrid(const std::vector<Array>& axes, const MeshgridOptions& options) {
  if (options.indexing != "xy" && options.indexing != "ij") {
    throw ValueError(
        str_cat("meshgrid: indexing must be \"xy\" or \"ij\", got \"", options.indexing, "\""));
  }
  std::vector<std::int64_t> place(axes.size());  // axis of the grid along which axes[i] runs
  for (std::size_t i = 0; i < axes.size(); ++i) place[i] = static_cast<std::int64_t>(i);
  if (options.indexing == "xy" && axes.size() >= 2) std::swap(place[0], place[1]);
  Shape full(axes.size());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes[i].ndim() != 1) {
      throw ShapeError(str_cat("meshgrid: its arguments must be 1-D, got ", axes[i].aval()));
    }
    full[static_cast<std::size_t>(place[i])] = axes[i].size();
  }
  std::vector<Array> out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    Shape shape = options.sparse ? Shape(axes.size(), 1) : full;
    shape[static_cast<std::size_t>(place[i])] = axes[i].size();
    out.push_back(lax::broadcast_in_dim(axes[i], shape, {place[i]}));
  }
  return out;
}

Array indices(const Shape& dimensions, DType dtype) {
  if (dimensions.empty()) return zeros({0}, dtype);
  std::vector<Array> along;
  for (std::size_t i = 0; i < dimensions.size(); ++i) {
    along.push_back(lax::broadcasted_iota(dtype, dimensions, static_cast<std::int64_t>(i)));
  }
  return lax::stack(along);
}

}  // namespace linum::np
