// Drawing from given things: categories, orders, elements (jax.random).
#pragma once

#include <string_view>

#include "linum/random/arguments.h"

namespace linum::random {

struct CategoricalOptions {
  ShapeArg shape = {};            // its end must be the shape of logits without the axis
  bool replace = true;            // false: the samples of the leading axes of `shape` differ
  std::string_view mode = "low";  // of the Gumbel noise
};
// Indices along `axis` with probabilities softmax(logits), by the Gumbel-max trick.
Array categorical(const Array& key, const Array& logits, std::int64_t axis = -1,
                  const CategoricalOptions& options = {});

// x in random order along an axis: whole slices, or (independent) each lane for itself. Of a C++
// integer n: the numbers 0 to n - 1.
Array permutation(const Array& key, const Array& x, std::int64_t axis = 0,
                  bool independent = false);

struct ChoiceOptions {
  bool replace = true;
  Array p = {};  // probabilities; undefined: all alike
  std::int64_t axis = 0;
  std::string_view mode = "low";  // of the Gumbel noise, for unequal draws without replacement
};
// Draws slices of `a`, or of 0 to a - 1 for a C++ integer.
Array choice(const Array& key, const Array& a, const Shape& shape = {},
             const ChoiceOptions& options = {});

}  // namespace linum::random
