// Transformations of optax.contrib that wrap an optimizer or follow it.
#pragma once

#include <optional>

#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim::contrib {

// Divided by the global norm.
GradientTransformation normalize();

// Sharpness-aware minimization (Foret et al, 2021, arXiv 2010.01412): every sync_period-th update
// is `optimizer`'s, at the parameters before the others, which `adv_optimizer` makes uphill.
// opaque: all in one update, with gradients from the extra argument grad_fn. State:
// {"steps_since_sync", "opt_state", "adv_state", "cache"}.
struct SamOptions {
  int sync_period = 2;
  bool reset_state = true, opaque_mode = false;
};
GradientTransformation sam(GradientTransformation optimizer, GradientTransformation adv_optimizer,
                           SamOptions options = {});

// Averaging instead of a schedule (Defazio et al, 2024, arXiv 2405.15682). State: {"b1",
// "weight_sum", "step_count", "max_lr", "base_optimizer_state", "z"}.
struct ScheduleFreeOptions {
  Scalar b1 = 0.9, weight_lr_power = 2.0;
  std::optional<DType> state_dtype = std::nullopt;
};
GradientTransformation schedule_free(GradientTransformation base_optimizer,
                                     ScalarOrSchedule learning_rate,
                                     ScheduleFreeOptions options = {});
// The parameters to test with.
Tree schedule_free_eval_params(const Tree& state, const Tree& params);
struct ScheduleFreeSgdOptions {
  std::optional<std::int64_t> warmup_steps = std::nullopt;
  Scalar b1 = 0.9;
  std::optional<Scalar> weight_decay = std::nullopt;
  Scalar weight_lr_power = 2.0;
  std::optional<DType> state_dtype = std::nullopt;
};
GradientTransformation schedule_free_sgd(Scalar learning_rate = 1.0,
                                         ScheduleFreeSgdOptions options = {});
struct ScheduleFreeAdamwOptions {
  std::optional<std::int64_t> warmup_steps = std::nullopt;
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, weight_decay = 0.0, weight_lr_power = 2.0;
  std::optional<DType> state_dtype = std::nullopt;
};
GradientTransformation schedule_free_adamw(Scalar learning_rate = 0.0025,
                                           ScheduleFreeAdamwOptions options = {});

// `inner` of complex leaves as pairs {"real", "imaginary"}. State: {"inner_state"}.
GradientTransformation split_real_and_imaginary(GradientTransformation inner);

// Scales the updates down by `factor` when the loss has not improved for `patience` updates; the
// loss is the value in update()'s extra arguments, averaged over accumulation_size of them. State:
// {"scale", "best_value", "plateau_count", "cooldown_count", "count", "avg_value"}.
struct ReduceOnPlateauOptions {
  double factor = 0.1;
  int patience = 10;
  double rtol = 1e-4, atol = 0.0;  // of what counts as an improvement
  int cooldown = 0, accumulation_size = 1;
  double min_scale = 0.0;
};
GradientTransformation reduce_on_plateau(ReduceOnPlateauOptions options = {});

// Gradients with a batch axis in front, clipped example by example, averaged, with noise (Abadi et
// al, 2016, arXiv 1607.00133). State: {"rng_key"}.
GradientTransformation differentially_private_aggregate(Scalar l2_norm_clip,
                                                        Scalar noise_multiplier, Array key);
struct DpsgdOptions {
  std::optional<Scalar> momentum = std::nullopt;
  bool nesterov = false;
};
GradientTransformation dpsgd(ScalarOrSchedule learning_rate, Scalar l2_norm_clip,
                             Scalar noise_multiplier, Array key, DpsgdOptions options = {});

}  // namespace linum::optim::contrib
