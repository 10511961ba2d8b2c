// Optimizers of optax.contrib with matrices or second derivatives: Muon and Sophia.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "linum/optim/masking.h"
#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim::contrib {

// Which axes of a parameter are the rows and the columns of its matrix; others are a batch.
struct MuonDimensionNumbers {
  Axes reduction_axis = {0}, output_axis = {1};
};
// For one leaf; nothing: not by Muon.
using MuonDimensionsFn =
    std::function<std::optional<MuonDimensionNumbers>(const std::string& path, const Array& leaf)>;

// Updates with all singular values near 1, by Newton-Schulz iterations (Jordan et al, 2024). State:
// {"count", "mu", "ns_coeffs"}.
struct MuonOptions {
  // One set of three coefficients for all steps, or one for each.
  std::vector<std::vector<double>> ns_coeffs = {{3.4445, -4.7750, 2.0315}};
  int ns_steps = 5;
  Scalar beta = 0.95, eps = 1e-8;
  std::optional<DType> mu_dtype = std::nullopt;
  bool nesterov = true, adaptive = false;
  std::string preconditioning = "frobenius";            // or "aol", "schatten"
  MuonDimensionsFn weight_dimension_numbers = nullptr;  // none: {0} and {1}
};
GradientTransformation scale_by_muon(MuonOptions options = {});

// Muon for matrices, AdamW for the rest.
struct MuonAdamOptions {
  MuonOptions muon = {};
  ScalarOrSchedule weight_decay = 0.0;
  MaskOrFn weight_decay_mask = {};
  Scalar adam_b1 = 0.9, adam_b2 = 0.999, adam_eps_root = 0.0;
  ScalarOrSchedule adam_weight_decay = 0.0;
  std::optional<ScalarOrSchedule> adam_learning_rate = std::nullopt;  // none: the same
  std::optional<Scalar> consistent_rms = std::nullopt;  // the updates' root mean square
};
GradientTransformation muon(ScalarOrSchedule learning_rate, MuonAdamOptions options = {});

// The diagonal of the Hessian, estimated with random signs. update() reads the loss function from
// its extra arguments (value_fn). State: {"key"}.
GradientTransformation hutchinson_estimator_diag_hessian(std::optional<Array> key = std::nullopt);

// Momentum over the Hessian's diagonal (Liu et al, 2023, arXiv 2305.14342). State: {"count", "mu",
// "nu", "hessian_fn_state"}.
struct SophiaOptions {
  Scalar b1 = 0.965, b2 = 0.99, eps = 1e-8;
  ScalarOrSchedule weight_decay = 1e-4;
  MaskOrFn weight_decay_mask = {};
  Scalar gamma = 0.01;
  std::optional<Scalar> clip_threshold = 1.0;
  int update_interval = 10;
  GradientTransformation hessian_diagonal_fn = hutchinson_estimator_diag_hessian();
  std::optional<DType> mu_dtype = std::nullopt;
};
GradientTransformation sophia(ScalarOrSchedule learning_rate, SophiaOptions options = {});

}  // namespace linum::optim::contrib
