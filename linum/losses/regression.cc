#include "linum/losses/regression.h"

#include <cmath>

#include "linum/losses/checks.h"
#include "linum/np/np.h"

namespace linum::losses {

static Array error_of(const Array& predictions, const Array& targets) {
  return targets.defined() ? predictions - targets : predictions;
}

Array squared_error(const Array& predictions, const Array& targets) {
  check_floating(predictions, "squared_error", "predictions");
  if (targets.defined()) check_same_shape(predictions, targets, "squared_error");
  return np::square(error_of(predictions, targets));
}

Array l2_loss(const Array& predictions, const Array& targets) {
  return 0.5 * squared_error(predictions, targets);
}

Array mse(const Array& predictions, const Array& targets) {
  return np::mean(squared_error(predictions, targets));
}

Array huber_loss(const Array& predictions, const Array& targets, const Array& delta) {
  check_floating(predictions, "huber_loss", "predictions");
  Array size = np::abs(error_of(predictions, targets));
  Array quadratic = np::minimum(size, delta);
  Array linear = size - quadratic;
  return 0.5 * np::square(quadratic) + delta * linear;
}

Array log_cosh(const Array& predictions, const Array& targets) {
  check_floating(predictions, "log_cosh", "predictions");
  Array error = error_of(predictions, targets);
  return np::logaddexp(error, -error) - std::log(2.0);
}

Array cosine_similarity(const Array& predictions, const Array& targets, const CosineOptions& o) {
  check_floating(predictions, "cosine_similarity", "predictions");
  check_floating(targets, "cosine_similarity", "targets");
  auto unit = [&](const Array& x) {
    Array squared = np::sum(np::square(x), {.axis = o.axis, .keepdims = true, .where = o.where});
    return x / np::sqrt(np::clip(squared, o.epsilon));
  };
  return np::sum(unit(predictions) * unit(targets), {.axis = o.axis, .where = o.where});
}

Array cosine_distance(const Array& predictions, const Array& targets, const CosineOptions& o) {
  return 1.0 - cosine_similarity(predictions, targets, o);
}

}  // namespace linum::losses
