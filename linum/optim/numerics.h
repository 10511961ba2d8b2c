// Numerically careful pieces that optimizers share (optax/_src/numerics.py).
#pragma once

#include "linum/optim/scalar.h"

namespace linum::optim {

// |x|^2 elementwise, real.
Array abs_sq(const Array& x);
// count + 1, staying at the dtype's largest value.
Array safe_increment(const Array& count);
inline Array safe_int32_increment(const Array& count) { return safe_increment(count); }
// max(norm of x, min_norm), with a derivative of zero instead of NaN at zero.
Array safe_norm(const Array& x, const Scalar& min_norm);
// max(root mean square of x, min_rms), likewise.
Array safe_root_mean_squares(const Array& x, const Scalar& min_rms);

// int32 zero: the count of steps before the first.
Array zero_count();

}  // namespace linum::optim
