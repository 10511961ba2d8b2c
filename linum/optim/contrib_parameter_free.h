// Optimizers of optax.contrib that find their own learning rate.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// Distance over gradients, leaf by leaf (Ivgi, Hinder, Carmon, 2023, arXiv 2302.12022). State:
// {"max_dist", "grad_sum_of_squares", "init_params"}.
struct DistanceOverGradientsOptions {
  Scalar reps_rel = 1e-6, eps = 1e-8;
  DType param_dtype = DType::F32;
  Scalar global_scale = 1.0;
};
GradientTransformation scale_by_distance_over_gradients(DistanceOverGradientsOptions options = {});

namespace contrib {

// The same over all leaves. The first step: ("heuristic", r): a distance of r (1 + |x0|);
// ("distance", r): r; ("learning_rate", r): a rate of r. State: {"is_init_step", "init_params",
// "max_dist", "sum_sq_norm_grads"}.
struct DogOptions {
  std::pair<std::string, Scalar> init_step = {"heuristic", 1e-6};
  Scalar eps = 1e-8;
  std::optional<Scalar> weight_decay = std::nullopt;
  MaskOrFn mask = {};
};
GradientTransformation dog(ScalarOrSchedule learning_rate = 1.0, DogOptions options = {});

// Weighted (Khaled, Mishchenko, Jin, 2023, arXiv 2305.16284). State: {"init_params",
// "weighted_sq_norm_grads", "estim_sq_dist"}.
struct DowgOptions {
  std::optional<Scalar> init_estim_sq_dist = std::nullopt;  // none: eps
  Scalar eps = 1e-4;
  std::optional<Scalar> weight_decay = std::nullopt;
  MaskOrFn mask = {};
};
GradientTransformation dowg(ScalarOrSchedule learning_rate = 1.0, DowgOptions options = {});

// Betting on each coordinate (Orabona, Tommasi, 2017, arXiv 1705.07795). State: {"init_particles",
// "cumulative_gradients", "scale", "subgradients", "reward"}.
struct CocobOptions {
  Scalar alpha = 100.0, eps = 1e-8;
  Scalar weight_decay = 0.0;  // of cocob alone
  MaskOrFn mask = {};
};
GradientTransformation scale_by_cocob(CocobOptions options = {});
GradientTransformation cocob(ScalarOrSchedule learning_rate = 1.0, CocobOptions options = {});

// D-adaptation of AdamW (Defazio, Mishchenko, 2023, arXiv 2301.07733). State: {"exp_avg",
// "exp_avg_sq", "grad_sum", "estim_lr", "numerator_weighted", "count"}.
struct DadaptOptions {
  std::pair<Scalar, Scalar> betas = {0.9, 0.999};
  Scalar eps = 1e-8, estim_lr0 = 1e-6, weight_decay = 0.0;
};
GradientTransformation dadapt_adamw(ScalarOrSchedule learning_rate = 1.0,
                                    DadaptOptions options = {});

// Prodigy (Mishchenko, Defazio, 2023, arXiv 2306.06101). State: as above, with "params0".
struct ProdigyOptions {
  std::pair<Scalar, Scalar> betas = {0.9, 0.999};
  std::optional<Scalar> beta3 = std::nullopt;  // none: the root of the second beta
  Scalar eps = 1e-8, estim_lr0 = 1e-6, estim_lr_coef = 1.0, weight_decay = 0.0;
  bool safeguard_warmup = false;
};
GradientTransformation prodigy(ScalarOrSchedule learning_rate = 1.0, ProdigyOptions options = {});

// A scale for any optimizer's updates (Cutkosky, Defazio, Mehta, 2023, arXiv 2306.00144). State:
// {"base_optimizer_state", "count", "r", "m", "v", "s", "x0"}.
struct MechanizeOptions {
  Scalar weight_decay = 1e-2, eps = 1e-8, s_init = 1e-6;
  int num_betas = 6;
};
GradientTransformation mechanize(GradientTransformation base_optimizer,
                                 MechanizeOptions options = {});

// Rates from the loss (Schaipp et al, 2023, arXiv 2305.07583): give update() the value in its extra
// arguments. State: {"exp_avg", "barf", "gamma", "lb", "count"}, momo_adam with "exp_avg_sq".
struct MomoOptions {
  Scalar beta = 0.9, lower_bound = 0.0, weight_decay = 0.0;
  bool adapt_lower_bound = false;
};
GradientTransformation momo(ScalarOrSchedule learning_rate = 1.0, MomoOptions options = {});
struct MomoAdamOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, lower_bound = 0.0, weight_decay = 0.0;
  bool adapt_lower_bound = false;
};
GradientTransformation momo_adam(ScalarOrSchedule learning_rate = 1e-2,
                                 MomoAdamOptions options = {});

}  // namespace contrib
}  // namespace linum::optim
