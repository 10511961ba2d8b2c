// Kin of Adam from optax.contrib.
#pragma once

#include <functional>
#include <optional>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim::contrib {

// The gradient over the root of the last step's centered second moment (Zhuang et al, 2021, arXiv
// 2110.05454). State: {"count", "mu", "nu"}.
struct AcpropOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-16, eps_root = 1e-16;
  Scalar weight_decay = 0.0;  // of acprop alone
  MaskOrFn mask = {};
};
GradientTransformation scale_by_acprop(AcpropOptions options = {});
GradientTransformation acprop(ScalarOrSchedule learning_rate, AcpropOptions options = {});

// A fast and a slow first moment (Pagliardini et al, 2024, arXiv 2409.03137); b3 and alpha, of the
// slow one, may be schedules. ademamix() itself takes alpha 5. State: {"count", "count_m2", "m1",
// "m2", "nu"}.
struct AdemamixOptions {
  Scalar b1 = 0.9, b2 = 0.999;
  ScalarOrSchedule b3 = 0.9999, alpha = 6.0;
  Scalar eps = 1e-8, eps_root = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
  Scalar weight_decay = 0.0;
  MaskOrFn mask = {};
};
GradientTransformation scale_by_ademamix(AdemamixOptions options = {});
GradientTransformation ademamix(ScalarOrSchedule learning_rate,
                                AdemamixOptions options = {.alpha = 5.0});

// The same with one momentum (Morwani et al, 2025, arXiv 2502.02431). State: {"t", "m", "n"}.
struct SimplifiedAdemamixOptions {
  Scalar b1 = 0.99, b2 = 0.95;
  ScalarOrSchedule alpha = 0.0;
  Scalar eps = 1e-8, eps_root = 0.0;
  Scalar weight_decay = 0.0;
  MaskOrFn mask = {};
};
GradientTransformation scale_by_simplified_ademamix(SimplifiedAdemamixOptions options = {});
GradientTransformation simplified_ademamix(ScalarOrSchedule learning_rate,
                                           SimplifiedAdemamixOptions options = {});

// Normalized by the last step's second moment, before the momentum (Taniguchi et al, 2024, arXiv
// 2411.02853). State: {"count", "mu", "nu"}.
struct AdoptOptions {
  Scalar b1 = 0.9, b2 = 0.9999, eps = 1e-6;
  std::optional<DType> mu_dtype = std::nullopt;
  bool nesterov = false, use_clipping = true;
  // The bound on normalized gradients, from the number of steps done; none: its 4th root.
  std::function<Array(const Array& count)> clip_value_fn = nullptr;
};
GradientTransformation scale_by_adopt(AdoptOptions options = {});
GradientTransformation adopt(ScalarOrSchedule learning_rate, AdoptOptions options = {});

// Dual averaging with a cube root (Defazio, Jelassi, 2021, arXiv 2101.11075). State: {"count",
// "grad_sum_sq", "s", "x0"}.
struct MadgradOptions {
  Scalar momentum = 0.9;
  Scalar weight_decay = 0.0;  // of madgrad alone
  Scalar eps = 1e-6;
};
GradientTransformation scale_by_madgrad(ScalarOrSchedule learning_rate,
                                        MadgradOptions options = {});
GradientTransformation madgrad(ScalarOrSchedule learning_rate, MadgradOptions options = {});

}  // namespace linum::optim::contrib
