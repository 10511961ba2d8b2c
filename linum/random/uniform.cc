// Uniform and normal numbers: what the other samplers are made of.
#include <cmath>
#include <limits>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
#include "linum/random/continuous.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

// Random mantissas under the exponent of 1, which lie in [1, 2); minus 1.
Array unit_interval(const Array& key, const Form& form) {
  const np::FloatInfo info = np::finfo(form.dtype);
  const DType word = uint_of_size(item_size(form.dtype));
  const int width = info.nmant < 8 ? 8 : info.bits;
  Array bits = lax::convert_element_type(lax::random_bits(key, width, form.shape), word);
  Array mantissa = lax::shift_right_logical(bits, make_integer_scalar(width - info.nmant, word));
  const std::int64_t bias = (std::int64_t{1} << (info.nexp - 1)) - 1;
  Array one_to_two = lax::bitwise_or(mantissa, make_integer_scalar(bias << info.nmant, word));
  return lax::bitcast_convert_type(one_to_two, form.dtype) - 1;
}

Array uniform_body(const Array& key, const Array& minval, const Array& maxval, const Form& form) {
  Array low = lax::convert_element_type(minval, form.dtype);
  Array high = lax::convert_element_type(maxval, form.dtype);
  Array scaled = unit_interval(key, form) * (high - low) + low;
  return np::maximum(low, scaled);
}

Array normal_real_body(const Array& key, const Form& form) {
  const double above_minus_one = np::finfo(form.dtype).epsneg - 1;
  Array u = uniform(key, form.shape, form.dtype, above_minus_one, 1.0);
  return lax::mul(make_scalar(std::sqrt(2.0), form.dtype), lax::erf_inv(u));
}

Array normal_real(const Array& key, const Form& form) {
  return compiled<normal_real_body>("_normal_real")(key, form);
}

Array normal_body(const Array& key, const Form& form) {
  if (!is_complex(form.dtype)) return normal_real(key, form);
  auto [real_key, imaginary_key] = split_pair(key);
  const Form part{form.shape, real_part_of(form.dtype)};
  Array sum = lax::complex(normal_real(real_key, part), normal_real(imaginary_key, part));
  return sum / make_scalar(std::sqrt(2.0), form.dtype);
}

Array truncated_normal_body(const Array& key, const Array& lower, const Array& upper,
                            const Form& form) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const Array sqrt2 = make_scalar(std::sqrt(2.0), form.dtype);
  Array low = lax::convert_element_type(lower, form.dtype);
  Array high = lax::convert_element_type(upper, form.dtype);
  Array u = uniform(key, form.shape, form.dtype, lax::erf(low / sqrt2), lax::erf(high / sqrt2));
  // Rounding may reach the bounds, which are not part of the interval.
  Array first = lax::nextafter(lax::stop_gradient(low), make_scalar(kInfinity, form.dtype));
  Array last = lax::nextafter(lax::stop_gradient(high), make_scalar(-kInfinity, form.dtype));
  return np::clip(sqrt2 * lax::erf_inv(u), first, last);
}

}  // namespace

Array uniform(const Array& key, const Shape& shape, DType dtype, const Array& minval,
              const Array& maxval) {
  check_key("uniform", key);
  check_floating("uniform", dtype);
  result_shape("uniform", shape, {minval, maxval});
  return compiled<uniform_body>("_uniform")(key, minval, maxval, Form{shape, dtype});
}

Array normal(const Array& key, const Shape& shape, DType dtype) {
  check_key("normal", key);
  if (!is_inexact(dtype) || is_storage_only(dtype)) {
    throw DTypeError(str_cat("dtype argument to `normal` must be a float or complex dtype, got ",
                             name_of(dtype)));
  }
  return compiled<normal_body>("_normal")(key, Form{shape, dtype});
}

Array truncated_normal(const Array& key, const Array& lower, const Array& upper,
                       const ShapeArg& shape, DType dtype) {
  check_key("truncated_normal", key);
  check_floating("truncated_normal", dtype);
  const Form form{result_shape("truncated_normal", shape, {lower, upper}), dtype};
  return compiled<truncated_normal_body>("_truncated_normal")(key, lower, upper, form);
}

}  // namespace linum::random
