// Gradient descent with and without momentum, and its kin that keep no second moments.
#pragma once

#include <optional>
#include <string>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

struct SgdOptions {
  std::optional<Scalar> momentum = std::nullopt;
  bool nesterov = false;
  std::optional<DType> accumulator_dtype = std::nullopt;
};
GradientTransformation sgd(ScalarOrSchedule learning_rate, SgdOptions options = {});

// With Gaussian noise that fades (Neelakantan et al, 2014, arXiv 1511.06807). `key`: random::key.
struct NoisySgdOptions {
  Scalar eta = 0.01, gamma = 0.55;
};
GradientTransformation noisy_sgd(ScalarOrSchedule learning_rate, Array key,
                                 NoisySgdOptions options = {});

// The sign of the gradient; signum: of its moving average (Bernstein et al, 2018, 1802.04434).
GradientTransformation sign_sgd(ScalarOrSchedule learning_rate);
struct SignumOptions {
  Scalar beta = 0.9;
  std::optional<DType> accumulator_dtype = std::nullopt;
};
GradientTransformation signum(ScalarOrSchedule learning_rate, SignumOptions options = {});

// Layer-wise rates for large batches (You, Gitman, Ginsburg, 2017, arXiv 1708.03888).
struct LarsOptions {
  ScalarOrSchedule weight_decay = 0.0;
  Mask weight_decay_mask = true;
  Scalar trust_coefficient = 0.001, eps = 0.0;
  Mask trust_ratio_mask = true;
  Scalar momentum = 0.9;
  bool nesterov = false;
};
GradientTransformation lars(ScalarOrSchedule learning_rate, LarsOptions options = {});

// Distance between networks (Bernstein et al, 2020, arXiv 2002.03432).
GradientTransformation fromage(ScalarOrSchedule learning_rate, Scalar min_norm = 1e-6);

// Extrapolates the gradient (Mokhtari et al, 2019, arXiv 1901.08511). State: {"is_initial_step",
// "previous_gradient"}.
struct OptimisticOptions {
  Scalar alpha = 1.0, beta = 1.0;
};
GradientTransformation scale_by_optimistic_gradient(OptimisticOptions options = {});
GradientTransformation optimistic_gradient_descent(ScalarOrSchedule learning_rate,
                                                   OptimisticOptions options = {});
struct OptimisticAdamOptions {
  std::optional<Scalar> optimism = std::nullopt;  // none: the learning rate
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
  bool nesterov = true;
};
GradientTransformation optimistic_adam(Scalar learning_rate, OptimisticAdamOptions options = {});
struct OptimisticAdamV2Options {
  Scalar alpha = 1.0, beta = 1.0;
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
  bool nesterov = true;
};
GradientTransformation optimistic_adam_v2(ScalarOrSchedule learning_rate,
                                          OptimisticAdamV2Options options = {});

// Step sizes from signs alone (Riedmiller, Braun, 1993). State: {"step_sizes", "prev_updates"}.
struct RpropOptions {
  Scalar eta_minus = 0.5, eta_plus = 1.2, min_step_size = 1e-6, max_step_size = 50.0;
};
GradientTransformation scale_by_rprop(Scalar learning_rate, RpropOptions options = {});
GradientTransformation rprop(Scalar learning_rate, RpropOptions options = {});

// Step sizes from the loss (Loizou et al, 2021, arXiv 2002.10542): give update() the value in its
// extra arguments. variant: "sps" or "sps+".
struct PolyakOptions {
  Scalar max_learning_rate = 1.0, f_min = 0.0, eps = 0.0;
  std::string variant = "sps";
};
GradientTransformation scale_by_polyak(PolyakOptions options = {});
GradientTransformation polyak_sgd(ScalarOrSchedule scaling = 1.0, PolyakOptions options = {});

}  // namespace linum::optim
