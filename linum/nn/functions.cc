#include "linum/nn/functions.h"

#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::nn {

Array one_hot(const Array& x, std::int64_t num_classes, const OneHotOptions& options) {
  if (num_classes < 0) {
    throw ValueError(str_cat("one_hot: num_classes must not be negative, got ", num_classes));
  }
  std::int64_t axis = normalize_axis(options.axis, x.ndim() + 1, "one_hot");
  Shape classes(static_cast<std::size_t>(x.ndim() + 1), 1);
  classes[static_cast<std::size_t>(axis)] = num_classes;
  Array index = lax::broadcasted_iota(x.dtype(), classes, axis);
  return np::astype(lax::expand_dims(x, {axis}) == index, options.dtype);
}

static Array variance_of(const Array& x, const Array& mean, const StandardizeOptions& o) {
  auto mean_of = [&](const Array& v) {
    return np::mean(v, {.axis = o.axis, .keepdims = true, .where = o.where});
  };
  if (o.algorithm == "stable") return mean_of(np::square(x - mean));
  if (o.algorithm == "fast") return np::clip(mean_of(np::square(x)) - np::square(mean), 0);
  throw ValueError(
      str_cat("standardize: unknown algorithm '", o.algorithm, "'; expected 'fast' or 'stable'"));
}

Array standardize(const Array& x, const StandardizeOptions& o) {
  Array mean =
      o.mean.defined() ? o.mean : np::mean(x, {.axis = o.axis, .keepdims = true, .where = o.where});
  Array variance = o.variance.defined() ? o.variance : variance_of(x, mean, o);
  return (x - mean) * lax::rsqrt(variance + o.epsilon);
}

Array normalize(const Array& x, const StandardizeOptions& options) {
  return standardize(x, options);
}

}  // namespace linum::nn
