// How exactly elementwise functions are computed (jax.lax.AccuracyMode, Tolerance).
#pragma once

#include <variant>

#include "linum/core/array.h"

namespace linum::lax {

enum class AccuracyMode : std::uint8_t { HIGHEST, DEFAULT };

// The most by which a result may be off: atol + rtol * its size, or atol and so many units in the
// last place.
struct Tolerance {
  double atol = 0, rtol = 0;
  std::int64_t ulps = 0;
};
using Accuracy = std::variant<AccuracyMode, Tolerance>;

// f(x) computed so exactly, for the f of lax that JAX gives an `accuracy`: cbrt, cos, exp, expm1,
// log, log1p, logistic, rsqrt, sin, sqrt, tan, tanh. The compiler refuses (PluginError) what the
// platform cannot keep. Throws ValueError for another f, or for a tolerance of nothing.
Array with_accuracy(Array (*f)(const Array&), const Array& x, const Accuracy& accuracy);

}  // namespace linum::lax
