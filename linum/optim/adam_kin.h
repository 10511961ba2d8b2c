// Kin of Adam with other second moments or other mixes of them.
#pragma once

#include <optional>
#include <string>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// The second moment of the prediction error g - mu (Zhuang et al, 2020, arXiv 2010.07468). State as
// scale_by_adam's.
struct AdabeliefOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-16, eps_root = 1e-16;
  bool nesterov = false;
};
GradientTransformation scale_by_belief(AdabeliefOptions options = {});
GradientTransformation adabelief(ScalarOrSchedule learning_rate, AdabeliefOptions options = {});

// A second moment that moves by at most (1 - b2) g^2 (Zaheer et al, 2018). State as
// scale_by_adam's.
struct YogiOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-3, eps_root = 0.0, initial_accumulator_value = 1e-6;
};
GradientTransformation scale_by_yogi(YogiOptions options = {});
GradientTransformation yogi(ScalarOrSchedule learning_rate, YogiOptions options = {});

// Adam whose early variance is rectified (Liu et al, 2020, arXiv 1908.03265). State as
// scale_by_adam's.
struct RadamOptions {
  Scalar b1 = 0.9, b2 = 0.999, eps = 1e-8, eps_root = 0.0, threshold = 5.0;
  bool nesterov = false;
};
GradientTransformation scale_by_radam(RadamOptions options = {});
GradientTransformation radam(ScalarOrSchedule learning_rate, RadamOptions options = {});

// Nesterov momentum from gradient differences (Xie et al, 2022, arXiv 2208.06677). State: {"m",
// "v", "n", "g", "t"}. adan() itself takes eps_root 1e-8.
struct AdanOptions {
  Scalar b1 = 0.98, b2 = 0.92, b3 = 0.99, eps = 1e-8, eps_root = 0.0;
};
GradientTransformation scale_by_adan(AdanOptions options = {});
struct AdanDecayOptions {
  Scalar b1 = 0.98, b2 = 0.92, b3 = 0.99, eps = 1e-8, eps_root = 1e-8;
  ScalarOrSchedule weight_decay = 0.0;
  MaskOrFn mask = {};
};
GradientTransformation adan(ScalarOrSchedule learning_rate, AdanDecayOptions options = {});

// The sign of a mix of gradient and momentum (Chen et al, 2023, arXiv 2302.06675). mode: "hard"
// (the sign), "smooth" (tanh(smooth_beta x)) or "refined" (x within [-1, 1]). State: {"count",
// "mu"}.
struct LionOptions {
  Scalar b1 = 0.9, b2 = 0.99;
  std::optional<DType> mu_dtype = std::nullopt;
  std::string mode = "hard";
  Scalar smooth_beta = 1.0;
};
GradientTransformation scale_by_lion(LionOptions options = {});
struct LionDecayOptions {
  Scalar b1 = 0.9, b2 = 0.99;
  std::optional<DType> mu_dtype = std::nullopt;
  ScalarOrSchedule weight_decay = 1e-3;
  MaskOrFn mask = {};
};
GradientTransformation lion(ScalarOrSchedule learning_rate, LionDecayOptions options = {});

// One second moment for each layer (Ginsburg et al, 2019, arXiv 1905.11286). State: {"count", "mu",
// "nu"}; nu has a scalar for each leaf. novograd() itself takes eps 1e-6.
struct NovogradOptions {
  Scalar b1 = 0.9, b2 = 0.25, eps = 1e-8, eps_root = 0.0, weight_decay = 0.0;
  std::optional<DType> mu_dtype = std::nullopt;
};
GradientTransformation scale_by_novograd(NovogradOptions options = {});
GradientTransformation novograd(ScalarOrSchedule learning_rate,
                                NovogradOptions options = {.eps = 1e-6});

}  // namespace linum::optim
