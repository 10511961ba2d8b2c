// Gumbel noise in three resolutions.
#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/np/arithmetic.h"
#include "linum/np/comparison.h"
#include "linum/np/info.h"
#include "linum/np/operators.h"
#include "linum/random/continuous.h"
#include "linum/random/sampling.h"

namespace linum::random {
namespace {

// -log(-log(u)) of the low mode; the others know u or 1 - u more finely near 0.
Array from_uniform(const Array& u) { return -lax::log(-lax::log(u)); }
Array from_complement(const Array& u) { return -lax::log(-lax::log1p(-u)); }

Array low_body(const Array& key, const Form& form) {
  return from_uniform(uniform(key, form.shape, form.dtype, np::finfo(form.dtype).tiny, 1.0));
}

Shape doubled(const Shape& shape) {
  Shape two = shape;
  two.insert(two.begin(), 2);
  return two;
}

// A second uniform number refines the first one below 1/2.
Array high_body(const Array& key, const Form& form) {
  const np::FloatInfo info = np::finfo(form.dtype);
  Array both = uniform(key, doubled(form.shape), form.dtype);
  Array coarse = entry(both, 0), fine = entry(both, 1);
  return from_complement(np::where(coarse >= 0.5, coarse, coarse + info.eps * fine + info.tiny));
}

// A 64-bit number over 2^64, as float32 rounded toward zero. Made of its bits: 64-bit arithmetic
// is slow on accelerators.
Array fraction(const Array& high, const Array& low) {
  constexpr int kMantissa = 23, kBits = 32;
  Array high_zeros = lax::clz(high), low_zeros = lax::clz(low);
  Array none_high = high_zeros == kBits;
  Array rest = np::where(none_high, low << low_zeros, low >> (kBits - high_zeros));
  Array mantissa = ((high << high_zeros) | rest) >> (kBits - kMantissa - 1);
  Array zeros = np::where(none_high, kBits + low_zeros, high_zeros);
  Array exponent = (126 - zeros) << kMantissa;
  Array mask = make_integer_scalar((1 << 30) - (1 << 22), uint32);
  return lax::bitcast_convert_type((exponent & mask) | (mantissa & ((1 << kMantissa) - 1)),
                                   float32);
}

// All 64 bits of two words count, in float32.
Array highest_body(const Array& key, const Form& form) {
  Array bits = lax::random_bits(key, 32, doubled(form.shape));
  Array high = entry(bits, 0), low = entry(bits, 1);
  Array below_half = high < make_integer_scalar(std::int64_t{1} << 31, uint32);
  // The complement to 1, for the upper half: minus the 64-bit number.
  Array carry = lax::convert_element_type(low == 0, uint32);
  Array u =
      fraction(np::where(below_half, high, ~high + carry), np::where(below_half, low, ~low + 1));
  return np::where(below_half, from_complement(u), from_uniform(u));
}

}  // namespace

Array gumbel(const Array& key, const Shape& shape, DType dtype, std::string_view mode) {
  check_key("gumbel", key);
  check_floating("gumbel", dtype);
  const Form form{shape, dtype};
  if (mode == "low") return compiled<low_body>("_gumbel")(key, form);
  if (mode == "highest" && dtype == float32) return compiled<highest_body>("_gumbel")(key, form);
  if (mode == "high" || mode == "highest") return compiled<high_body>("_gumbel")(key, form);
  throw ValueError(
      str_cat("gumbel: mode must be \"low\", \"high\" or \"highest\", got \"", mode, "\""));
}

}  // namespace linum::random
