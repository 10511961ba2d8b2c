#include "linum/random/discrete.h"

#include <cmath>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
#include "linum/np/promote.h"
#include "linum/random/continuous.h"
#include "linum/random/key.h"
#include "linum/random/sampling.h"

namespace linum::random {

// --- bernoulli --------------------------------------------------------------------------------

static Array bernoulli_body(const Array& key, const Array& p, const Form& form, bool high) {
  if (!high) return uniform(key, form.shape, form.dtype) < p;
  Shape two = form.shape;
  two.insert(two.begin(), 2);
  Array u = uniform(key, two, form.dtype);
  const double resolution = std::ldexp(1.0, -np::finfo(form.dtype).nmant);
  return entry(u, 1) * resolution < p - entry(u, 0);
}

Array bernoulli(const Array& key, const Array& p, const ShapeArg& shape, std::string_view mode) {
  check_key("bernoulli", key);
  if (mode != "low" && mode != "high") {
    throw ValueError(str_cat("bernoulli: mode must be \"low\" or \"high\", got \"", mode, "\""));
  }
  if (!is_floating(p.dtype())) {
    throw DTypeError(str_cat("bernoulli: the probability p must have a floating dtype, got ",
                             name_of(p.dtype())));
  }
  const Form form{result_shape("bernoulli", shape, {p}), p.dtype()};
  return compiled<bernoulli_body>("_bernoulli")(key, np::strong(p), form, mode == "high");
}

static Array rademacher_body(const Array& key, const Form& form) {
  Array heads = lax::convert_element_type(bernoulli(key, 0.5, form.shape), form.dtype);
  return lax::convert_element_type(2 * heads - 1, form.dtype);
}

Array rademacher(const Array& key, const Shape& shape, DType dtype) {
  check_key("rademacher", key);
  return compiled<rademacher_body>("_rademacher")(key, Form{shape, dtype});
}

// --- randint ----------------------------------------------------------------------------------

static Array integer_constant(DType dtype, std::uint64_t value) {
  return make_integer_scalar(static_cast<std::int64_t>(value), dtype);
}

static std::uint64_t min_of_maxima(DType a, DType b) {
  return std::min(np::iinfo(a).max, np::iinfo(b).max);
}

// As another integer dtype; what it cannot hold becomes its nearest end.
static Array convert_and_clip(const Array& x, DType dtype) {
  const std::int64_t least = std::max(np::iinfo(dtype).min, np::iinfo(x.dtype()).min);
  Array low = make_integer_scalar(least, x.dtype());
  Array high = integer_constant(x.dtype(), min_of_maxima(x.dtype(), dtype));
  return lax::convert_element_type(np::clip(x, low, high), dtype);
}

// True where maxval lies beyond what dtype holds, as 256 does for uint8.
static Array beyond(const Array& maxval, DType dtype) {
  return lax::gt(maxval, integer_constant(maxval.dtype(), min_of_maxima(maxval.dtype(), dtype)));
}

static Array as_integer(const Array& x) {
  return is_integer(x.dtype()) ? np::strong(x) : lax::convert_element_type(x, int32);
}

// How many integers there are to choose from, modulo 2^bits (0: all of them).
static Array span_of(const Array& low, const Array& high, const Array& maxval_beyond, DType word) {
  Array span = lax::convert_element_type(high - low, word);
  Array one = integer_constant(word, 1);
  span = np::where(high <= low, one, span);  // then minval is what comes out
  return np::where(maxval_beyond & (high > low), span + one, span);
}

// Bits of twice the width modulo `span`, by (a b) mod n = ((a mod n)(b mod n)) mod n.
static Array random_offset(const Array& key, const Array& span, const Form& form) {
  const int width = static_cast<int>(8 * item_size(form.dtype));
  auto [high_key, low_key] = split_pair(key);
  Array high = lax::random_bits(high_key, width, form.shape);
  Array low = lax::random_bits(low_key, width, form.shape);
  Array half = integer_constant(span.dtype(), std::uint64_t{1} << (width / 2));
  auto rem = [&span](const Array& x) {
    auto [a, b] = np::promote_shapes("randint", x, span);
    return lax::rem(a, b);
  };
  Array multiplier = rem(half);
  multiplier = rem(multiplier * multiplier);
  return rem(rem(high) * multiplier + rem(low));
}

static Array randint_body(const Array& key, const Array& minval, const Array& maxval,
                          const Form& form) {
  Array low = convert_and_clip(as_integer(minval), form.dtype);
  Array high = convert_and_clip(as_integer(maxval), form.dtype);
  Array too_high = beyond(as_integer(maxval), form.dtype);
  Array span = span_of(low, high, too_high, uint_of_size(item_size(form.dtype)));
  return low + lax::convert_element_type(random_offset(key, span, form), form.dtype);
}

// Narrow types are sampled in 32 bits, which keeps the bias small.
static Array narrow_bound(const Array& x, DType dtype, std::uint64_t beyond_max) {
  const np::IntInfo info = np::iinfo(dtype);
  Array low = make_integer_scalar(info.min, int32);
  Array high = integer_constant(int32, info.max + beyond_max);
  return np::clip(lax::convert_element_type(x, int32), low, high);
}

Array randint(const Array& key, const Shape& shape, const Array& minval, const Array& maxval,
              DType dtype) {
  check_key("randint", key);
  check_integer("randint", dtype);
  result_shape("randint", shape, {minval, maxval});
  const auto& run = compiled<randint_body>("_randint");
  if (item_size(dtype) >= 4) return run(key, minval, maxval, Form{shape, dtype});
  Array wide =
      run(key, narrow_bound(minval, dtype, 0), narrow_bound(maxval, dtype, 1), Form{shape, int32});
  return lax::convert_element_type(wide, dtype);
}

// --- geometric --------------------------------------------------------------------------------

static Array geometric_body(const Array& key, const Array& p, const Form& form) {
  Array probability = np::strong(np::promote_dtypes_inexact(p));
  Array u = uniform(key, form.shape, probability.dtype());
  Array log_u = lax::log(np::where(u == 0, 1, u));
  Array trials = lax::floor(log_u / lax::log1p(-probability)) + 1;
  return lax::convert_element_type(trials, form.dtype);
}

Array geometric(const Array& key, const Array& p, const ShapeArg& shape, DType dtype) {
  check_key("geometric", key);
  check_integer("geometric", dtype);
  const Form form{result_shape("geometric", shape, {p}), dtype};
  return compiled<geometric_body>("_geometric")(key, p, form);
}

}  // namespace linum::random
