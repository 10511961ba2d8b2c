// Rates divided by the root of squared gradients: Adagrad, RMSProp, Adadelta.
#pragma once

#include <optional>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// g / sqrt(sum of g^2 + eps) (Duchi, Hazan, Singer, 2011). State: {"sum_of_squares"}.
struct AdagradOptions {
  Scalar initial_accumulator_value = 0.1, eps = 1e-7;
};
GradientTransformation scale_by_rss(AdagradOptions options = {});
GradientTransformation adagrad(ScalarOrSchedule learning_rate, AdagradOptions options = {});

// g / sqrt(nu + eps), or g / (sqrt(nu) + eps) where eps_in_sqrt is false; nu is the moving average
// of g^2 (Hinton, 2012). scale_by_stddev subtracts the square of the average of g (Graves, 2013).
// State:
// {"nu"}, with "mu" for the latter and "count" where the bias is corrected.
struct RmsOptions {
  Scalar decay = 0.9, eps = 1e-8, initial_scale = 0.0;
  bool eps_in_sqrt = true, bias_correction = false;
};
GradientTransformation scale_by_rms(RmsOptions options = {});
GradientTransformation scale_by_stddev(RmsOptions options = {});
struct RmspropOptions {
  Scalar decay = 0.9, eps = 1e-8, initial_scale = 0.0;
  bool eps_in_sqrt = true;
  bool centered = false;  // scale_by_stddev
  std::optional<Scalar> momentum = std::nullopt;
  bool nesterov = false, bias_correction = false;
};
GradientTransformation rmsprop(ScalarOrSchedule learning_rate, RmspropOptions options = {});

// g * rms of past updates / rms of gradients (Zeiler, 2012, arXiv 1212.5701). State: {"e_g",
// "e_x"}.
struct AdadeltaOptions {
  Scalar rho = 0.9, eps = 1e-6;
  ScalarOrSchedule weight_decay = 0.0;
  MaskOrFn weight_decay_mask = {};
};
GradientTransformation scale_by_adadelta(Scalar rho = 0.9, Scalar eps = 1e-6);
GradientTransformation adadelta(std::optional<ScalarOrSchedule> learning_rate = std::nullopt,
                                AdadeltaOptions options = {});

}  // namespace linum::optim
