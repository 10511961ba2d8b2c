// Learning rates over the steps (optax/schedules). Each takes the number of steps done, int32.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "linum/optim/scalar.h"

namespace linum::optim {

Schedule constant_schedule(Scalar value);

// (init - end) * (1 - step / transition_steps)^power + end, between transition_begin and
// transition_begin + transition_steps. Without steps: constant.
Schedule polynomial_schedule(Scalar init_value, Scalar end_value, Scalar power,
                             std::int64_t transition_steps, std::int64_t transition_begin = 0);
Schedule linear_schedule(Scalar init_value, Scalar end_value, std::int64_t transition_steps,
                         std::int64_t transition_begin = 0);

struct ExponentialDecayOptions {
  std::int64_t transition_begin = 0;
  bool staircase = false;
  std::optional<Scalar> end_value = std::nullopt;
};
// init * decay_rate^(step / transition_steps), clipped at end_value.
Schedule exponential_decay(Scalar init_value, std::int64_t transition_steps, double decay_rate,
                           ExponentialDecayOptions options = {});

// init * ((1 - alpha) * (0.5 (1 + cos(pi step / decay_steps)))^exponent + alpha) (Loshchilov,
// Hutter, 2017, arXiv 1608.03983).
Schedule cosine_decay_schedule(Scalar init_value, double decay_steps, Scalar alpha = 0.0,
                               Scalar exponent = 1.0);

// Steps to scales by which the value is multiplied from there on.
using BoundariesAndScales = std::map<std::int64_t, double>;
Schedule piecewise_constant_schedule(Scalar init_value, BoundariesAndScales scales = {});
// interpolate_type: "linear" or "cosine".
Schedule piecewise_interpolate_schedule(const std::string& interpolate_type, Scalar init_value,
                                        BoundariesAndScales scales = {});

struct OnecycleOptions {
  double pct_start = 0.3;
  double pct_final = 0.85;  // of the linear schedule only
  double div_factor = 25.0, final_div_factor = 1e4;
};
// Up to the peak and down again (Smith, Topin, 2018, arXiv 1708.07120).
Schedule linear_onecycle_schedule(std::int64_t transition_steps, Scalar peak_value,
                                  OnecycleOptions options = {});
Schedule cosine_onecycle_schedule(std::int64_t transition_steps, Scalar peak_value,
                                  OnecycleOptions options = {});

Schedule warmup_constant_schedule(Scalar init_value, Scalar peak_value, std::int64_t warmup_steps);

struct WarmupCosine {
  Scalar init_value, peak_value;
  std::int64_t warmup_steps = 0;
  std::int64_t decay_steps = 0;  // the warm-up included
  Scalar end_value = 0.0, exponent = 1.0;
};
Schedule warmup_cosine_decay_schedule(const WarmupCosine& options);
Schedule warmup_cosine_decay_schedule(Scalar init_value, Scalar peak_value,
                                      std::int64_t warmup_steps, std::int64_t decay_steps,
                                      Scalar end_value = 0.0, Scalar exponent = 1.0);
// Warm restarts: one warm-up and cosine decay after another (Loshchilov, Hutter, 2017).
Schedule sgdr_schedule(const std::vector<WarmupCosine>& cycles);

Schedule warmup_exponential_decay_schedule(Scalar init_value, Scalar peak_value,
                                           std::int64_t warmup_steps, std::int64_t transition_steps,
                                           double decay_rate, ExponentialDecayOptions options = {});

// schedules[i + 1] from boundaries[i] on, counting from 0 there.
Schedule join_schedules(std::vector<Schedule> schedules, std::vector<std::int64_t> boundaries);

}  // namespace linum::optim
