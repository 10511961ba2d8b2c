// Samplers of discrete distributions (jax.random): same key, same numbers as JAX.
#pragma once

#include <string_view>

#include "linum/random/arguments.h"

namespace linum::random {

// True with probability p. The mode "high" resolves probabilities finer than the dtype's epsilon.
Array bernoulli(const Array& key, const Array& p = 0.5, const ShapeArg& shape = {},
                std::string_view mode = "low");
// -1 or 1.
Array rademacher(const Array& key, const Shape& shape = {}, DType dtype = int32);
// Integers in [minval, maxval), which broadcast to `shape`.
Array randint(const Array& key, const Shape& shape, const Array& minval, const Array& maxval,
              DType dtype = int32);
// How many trials of probability p until the first success: 1, 2, ...
Array geometric(const Array& key, const Array& p, const ShapeArg& shape = {}, DType dtype = int32);

}  // namespace linum::random
