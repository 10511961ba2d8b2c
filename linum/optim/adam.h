// Adam and its closest kin: first and second moments with bias correction.
#pragma once

#include <optional>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// mu_hat / (sqrt(nu_hat + eps_root) + eps) (Kingma, Ba, 2014, arXiv 1412.6980). nesterov: NAdam
// (Dozat, 2016). State: {"count", "mu", "nu"}.
struct AdamOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;  // of the first moment; none: the parameters'
  bool nesterov = false;
};
GradientTransformation scale_by_adam(AdamOptions options = {});
GradientTransformation adam(ScalarOrSchedule learning_rate, AdamOptions options = {});
GradientTransformation nadam(ScalarOrSchedule learning_rate, AdamOptions options = {});

// Adam with decoupled weight decay (Loshchilov, Hutter, 2019, arXiv 1711.05101). `mask` selects the
// parameters that decay.
struct AdamWOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
  ScalarOrSchedule weight_decay = 1e-4;
  MaskOrFn mask = {};
  bool nesterov = false;
};
GradientTransformation adamw(ScalarOrSchedule learning_rate, AdamWOptions options = {});
GradientTransformation nadamw(ScalarOrSchedule learning_rate, AdamWOptions options = {});

// With the largest second moment so far (Reddi, Kale, Kumar, 2018). State: {"count", "mu", "nu",
// "nu_max"}.
struct AmsgradOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
  bool bias_correction_mu = true, bias_correction_nu = true;
};
GradientTransformation scale_by_amsgrad(AmsgradOptions options = {});
GradientTransformation amsgrad(ScalarOrSchedule learning_rate, AmsgradOptions options = {});

// With the infinity norm for the second moment (Kingma, Ba, 2014).
struct AdamaxOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8;
};
GradientTransformation scale_by_adamax(AdamaxOptions options = {});
GradientTransformation adamax(ScalarOrSchedule learning_rate, AdamaxOptions options = {});
struct AdamaxWOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8;
  ScalarOrSchedule weight_decay = 1e-4;
  MaskOrFn mask = {};
};
GradientTransformation adamaxw(ScalarOrSchedule learning_rate, AdamaxWOptions options = {});

// Adam scaled layer by layer to the parameters' norm (You et al, 2020, arXiv 1904.00962).
struct LambOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-6, eps_root = 0.0;
  ScalarOrSchedule weight_decay = 0.0;
  MaskOrFn mask = {};
};
GradientTransformation lamb(ScalarOrSchedule learning_rate, LambOptions options = {});

// --- pieces for other members of the family ----------------------------------------------------

// {"count": 0, "mu": zeros, "nu": zeros}
Tree init_moments(const Tree& params, std::optional<DType> mu_dtype = std::nullopt);
// m / (sqrt(v + eps_root) + eps)
Tree divide_by_root(const Tree& m, const Tree& v, const Scalar& eps, const Scalar& eps_root);
// The bias-corrected first moment at step `count`; with nesterov one step ahead.
Tree corrected_mu(const Tree& mu, const Tree& updates, const Scalar& b1, const Array& count,
                  bool nesterov);

}  // namespace linum::optim
