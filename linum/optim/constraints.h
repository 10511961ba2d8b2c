// Transformations that keep parameters and updates in bounds, or change their layout
// (optax/transforms/_constraining.py, _layouts.py).
#pragma once

#include "linum/optim/transformation.h"

namespace linum::optim {

// Where the parameter would become negative it becomes 0.
GradientTransformation keep_params_nonnegative();
// NaN becomes 0. State: {"found_nan": a bool for each leaf}.
GradientTransformation zero_nans();
// `inner` of all leaves as one vector: fewer, larger operations, and norms over all.
GradientTransformation flatten(GradientTransformation inner);

}  // namespace linum::optim
