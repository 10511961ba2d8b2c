// Transformations that act only sometimes (optax/transforms/_conditionality.py).
#pragma once

#include <functional>

#include "linum/optim/transformation.h"

namespace linum::optim {

// `inner` unless a gradient is infinite or NaN: then the update is zero and the state stays, for up
// to max_consecutive_errors updates in a row. State: {"notfinite_count", "last_finite",
// "total_notfinite", "inner_state"}.
GradientTransformation apply_if_finite(GradientTransformation inner, int max_consecutive_errors);

// Whether to act, from the number of updates seen (int32): a bool.
using ConditionFn = std::function<Array(const Array& step, const ExtraArgs& extra)>;
// `inner` where the condition holds; else the updates pass as they are. State: {"inner_state",
// "step"}.
GradientTransformation conditionally_transform(GradientTransformation inner, ConditionFn condition);
// The same with zero updates where it does not hold.
GradientTransformation conditionally_mask(GradientTransformation inner, ConditionFn condition);

}  // namespace linum::optim
