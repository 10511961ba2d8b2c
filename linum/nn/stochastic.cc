#include "linum/nn/stochastic.h"

#include "linum/lax/lax.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/random/random.h"

namespace linum::nn {

Array Dropout::forward(const Array& inputs, const DropoutCall& call) const {
  if (rate < 0 || rate > 1) {
    throw ValueError(str_cat("Dropout: rate must be a probability in [0, 1], got ", rate));
  }
  bool off = merge_param("deterministic", deterministic, call.deterministic);
  if (off || rate == 0.0) return inputs;
  if (rate == 1.0) return lax::zeros_like(inputs);
  const double keep = 1.0 - rate;
  Array key = call.rng ? *call.rng : make_rng(rng_collection);
  Shape drawn = inputs.shape();
  for (std::int64_t axis : normalize_axes(broadcast_dims, inputs.ndim(), "Dropout")) {
    drawn[static_cast<std::size_t>(axis)] = 1;
  }
  Array mask = np::broadcast_to(random::bernoulli(key, keep, drawn), inputs.shape());
  Array scaled = inputs / keep;
  return lax::select(mask, scaled, lax::zeros_like(scaled));
}

}  // namespace linum::nn
