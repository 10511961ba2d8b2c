// Stateless (or nearly) parts that optimizers are chained from.
#pragma once

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// step_size * updates
GradientTransformation scale(Scalar step_size);
// -learning_rate * updates (plus with flip_sign = false); nothing: identity(). State with a
// schedule: {"count": int32}.
GradientTransformation scale_by_learning_rate(std::optional<ScalarOrSchedule> learning_rate,
                                              bool flip_sign = true);
GradientTransformation scale_by_schedule(Schedule step_size_fn);
GradientTransformation scale_by_sign();

// updates + weight_decay * params
GradientTransformation add_decayed_weights(ScalarOrSchedule weight_decay = 0.0, MaskOrFn mask = {});
// Gaussian noise of variance eta / count^gamma (Neelakantan et al, 2014, arXiv 1511.06807).
GradientTransformation add_noise(Scalar eta, Scalar gamma, Array key);

// Times the norm (root mean square) of the parameter, at least min_scale.
GradientTransformation scale_by_param_block_norm(Scalar min_scale = 1e-3);
GradientTransformation scale_by_param_block_rms(Scalar min_scale = 1e-3);
// Times |param| / |update| (You et al, 2020, arXiv 1904.00962).
struct TrustRatioOptions {
  Scalar min_norm = 0.0, trust_coefficient = 1.0, eps = 0.0;
};
GradientTransformation scale_by_trust_ratio(TrustRatioOptions options = {});
// Minus the mean over all axes but the first, of leaves with two axes or more (Yong et al, 2020,
// arXiv 2004.01461).
GradientTransformation centralize();
// Divided by the global norm.
GradientTransformation normalize_by_update_norm(Scalar scale_factor = 1.0, Scalar eps = 1e-6);

}  // namespace linum::optim
