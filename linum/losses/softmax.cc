#include "linum/losses/softmax.h"

#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::losses {

static constexpr double kMinusInfinity = -std::numeric_limits<double>::infinity();

static Array largest(const Array& x, const np::AxisArg& axis, const Array& where) {
  return np::max(x, {.axis = axis, .keepdims = true, .initial = kMinusInfinity, .where = where});
}
static Array total(const Array& x, const np::AxisArg& axis, const Array& where) {
  return np::sum(x, {.axis = axis, .keepdims = true, .where = where});
}
static Array only(const Array& where, const Array& x, double otherwise) {
  return where.defined() ? np::where(where, x, otherwise) : x;
}

Array softmax(const Array& logits, const np::AxisArg& axis, const Array& where) {
  Array x = only(where, logits, kMinusInfinity);
  Array powers = np::exp(x - lax::stop_gradient(largest(logits, axis, where)));
  return only(where, powers / total(powers, axis, where), 0);
}

Array log_softmax(const Array& logits, const np::AxisArg& axis, const Array& where) {
  Array x = only(where, logits, kMinusInfinity);
  Array shifted = x - lax::stop_gradient(largest(logits, axis, where));
  Array normalizer = np::log(total(np::exp(shifted), axis, where));
  return only(where, shifted - normalizer, kMinusInfinity);
}

Array logsumexp(const Array& x, const np::AxisArg& axis, const Array& where, const Array& weights) {
  Array used = only(where, x, 0);
  if (weights.defined()) used = np::where(weights != 0, used, kMinusInfinity);
  Array top = largest(used, axis, where);
  top = lax::stop_gradient(np::where(np::isfinite(top), top, 0));
  Array powers = np::exp(used - top);
  if (weights.defined()) powers = powers * weights;
  Array sum = total(powers, axis, where);
  Array out = np::squeeze(np::log(np::abs(sum)) + top, axis);
  if (!weights.defined()) return out;
  return np::where(np::squeeze(sum, axis) < 0, std::numeric_limits<double>::quiet_NaN(), out);
}

Array log_sigmoid(const Array& x) { return -np::logaddexp(-x, 0); }

Array one_hot(const Array& labels, std::int64_t classes, DType dtype) {
  Array numbers = lax::iota(labels.dtype(), classes);
  return lax::convert_element_type(np::expand_dims(labels, -1) == numbers, dtype);
}

}  // namespace linum::losses
