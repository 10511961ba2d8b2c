// Second moments in less memory: Adafactor and SM3.
#pragma once

#include <functional>
#include <optional>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// The second moment as a product of a row and a column, over the two largest axes of a leaf, where
// both are at least min_dim_size_to_factor (Shazeer, Stern, 2018, arXiv 1804.04235). State:
// {"count", "v_row", "v_col", "v"}; what a leaf does not use has shape (1,).
struct FactoredRmsOptions {
  bool factored = true;
  Scalar decay_rate = 0.8;
  int step_offset = 0;
  std::int64_t min_dim_size_to_factor = 128;
  Scalar epsilon = 1e-30;
  // From step and decay_rate to the decay; none: 1 - (step + 1)^-decay_rate.
  std::function<Array(const Array& step, const Scalar& decay_rate)> decay_rate_fn = nullptr;
};
GradientTransformation scale_by_factored_rms(FactoredRmsOptions options = {});

struct AdafactorOptions {
  std::int64_t min_dim_size_to_factor = 128;
  Scalar decay_rate = 0.8;
  int decay_offset = 0;
  bool multiply_by_parameter_scale = true;
  std::optional<Scalar> clipping_threshold = 1.0;
  std::optional<Scalar> momentum = std::nullopt;
  DType dtype_momentum = DType::F32;
  std::optional<ScalarOrSchedule> weight_decay_rate = std::nullopt;
  Scalar eps = 1e-30;
  bool factored = true;
  MaskOrFn weight_decay_mask = {};
};
GradientTransformation adafactor(std::optional<ScalarOrSchedule> learning_rate = std::nullopt,
                                 AdafactorOptions options = {});

// The second moment as the least of one vector per axis (Anil et al, 2019, arXiv 1901.11150).
// State:
// {"mu": a list of vectors for each leaf, "nu"}.
struct Sm3Options {
  Scalar b1 = 0.9, b2 = 1.0, eps = 1e-8;
};
GradientTransformation scale_by_sm3(Sm3Options options = {});
GradientTransformation sm3(Scalar learning_rate, Scalar momentum = 0.9);

}  // namespace linum::optim
