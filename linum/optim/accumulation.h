// Memories of past updates (optax/transforms/_accumulation.py).
#pragma once

#include <optional>

#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

struct TraceOptions {
  bool nesterov = false;
  std::optional<DType> accumulator_dtype = std::nullopt;
};
// trace = updates + decay * trace: momentum. State: {"trace": ...}.
GradientTransformation trace(Scalar decay, TraceOptions options = {});

struct EmaOptions {
  bool debias = true;
  std::optional<DType> accumulator_dtype = std::nullopt;
};
// The exponential moving average of the updates. State: {"count", "ema"}.
GradientTransformation ema(Scalar decay, EmaOptions options = {});

// Adds up k updates and lets the sum through each k-th time (zero in between).
GradientTransformation apply_every(int k = 1);

// Whether to skip this (micro-)batch, and what to keep of the decision.
using ShouldSkipUpdateFunction = std::function<std::pair<Array, Tree>(
    const Tree& updates, const Array& gradient_step, const Tree& params)>;
std::pair<Array, Tree> skip_not_finite(const Tree& updates, const Array& gradient_step,
                                       const Tree& params);
ShouldSkipUpdateFunction skip_large_updates(Scalar max_squared_norm);

struct MultiStepsOptions {
  bool use_grad_mean = true;  // else the sum
  ShouldSkipUpdateFunction should_skip_update_fn = nullptr;
  DType accumulator_dtype = DType::F32;
};
// Updates the parameters once every k calls, with the mean of the k gradients: a large batch in
// small pieces. `every_k_schedule`: k, or a schedule of it over the updates made.
GradientTransformation MultiSteps(GradientTransformation opt, ScalarOrSchedule every_k_schedule,
                                  MultiStepsOptions options = {});
// Whether the last call of a MultiSteps changed the parameters.
Array has_updated(const Tree& multi_steps_state);

}  // namespace linum::optim
