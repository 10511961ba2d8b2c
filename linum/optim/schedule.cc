#include "linum/optim/schedule.h"

#include <algorithm>
#include <numbers>

#include "linum/lax/lax.h"
#include "linum/np/np.h"

namespace linum::optim {
namespace {

void check_scales(const BoundariesAndScales& scales, std::string_view who) {
  for (auto& [step, scale] : scales) {
    if (scale < 0) throw ValueError(str_cat(who, " expects non-negative scales, got ", scale));
  }
}

void check_steps(std::int64_t steps, std::string_view who) {
  if (steps <= 0) throw ValueError(str_cat(who, " needs one step or more, got ", steps));
}

}  // namespace

Schedule constant_schedule(Scalar value) {
  return [value](const Array&) { return value.array(); };
}

Schedule polynomial_schedule(Scalar init_value, Scalar end_value, Scalar power,
                             std::int64_t transition_steps, std::int64_t transition_begin) {
  if (transition_steps <= 0) return constant_schedule(init_value);
  std::int64_t begin = std::max<std::int64_t>(transition_begin, 0);
  return [=](const Array& step) {
    Array count = np::clip(step - begin, 0, transition_steps);
    Array left = 1 - count / transition_steps;
    Array shape = power.is(1) ? left : np::power(left, power);
    return (init_value - end_value) * shape + end_value;
  };
}

Schedule linear_schedule(Scalar init_value, Scalar end_value, std::int64_t transition_steps,
                         std::int64_t transition_begin) {
  return polynomial_schedule(init_value, end_value, 1, transition_steps, transition_begin);
}

Schedule exponential_decay(Scalar init_value, std::int64_t transition_steps, double decay_rate,
                           ExponentialDecayOptions o) {
  if (transition_steps <= 0 || decay_rate == 0) return constant_schedule(init_value);
  std::int64_t begin = std::max<std::int64_t>(o.transition_begin, 0);
  return [=](const Array& step) {
    Array count = step - begin;
    Array p = count / transition_steps;
    if (o.staircase) p = np::floor(p);
    Array value = np::where(count <= 0, init_value, init_value * np::power(decay_rate, p));
    if (!o.end_value) return value;
    return decay_rate < 1 ? np::maximum(value, *o.end_value) : np::minimum(value, *o.end_value);
  };
}

Schedule cosine_decay_schedule(Scalar init_value, double decay_steps, Scalar alpha,
                               Scalar exponent) {
  if (decay_steps <= 0) {
    throw ValueError(
        str_cat("cosine_decay_schedule needs positive decay_steps, got ", decay_steps));
  }
  return [=](const Array& step) {
    Array count = np::minimum(step, decay_steps);
    Array cosine = 0.5 * (1 + np::cos(std::numbers::pi * count / decay_steps));
    Array shape = exponent.is(1) ? cosine : np::power(cosine, exponent);
    return init_value * ((1 - alpha) * shape + alpha);
  };
}

Schedule piecewise_constant_schedule(Scalar init_value, BoundariesAndScales scales) {
  check_scales(scales, "piecewise_constant_schedule");
  return [=](const Array& count) {
    Array v = init_value;
    for (auto& [threshold, scale] : scales) {
      Array before = np::maximum(0.0, np::sign(threshold - count));
      v = v * before + (1 - before) * scale * v;
    }
    return v;
  };
}

Schedule piecewise_interpolate_schedule(const std::string& interpolate_type, Scalar init_value,
                                        BoundariesAndScales scales) {
  check_scales(scales, "piecewise_interpolate_schedule");
  if (interpolate_type != "linear" && interpolate_type != "cosine") {
    throw ValueError(
        str_cat("interpolate_type is 'linear' or 'cosine', got '", interpolate_type, "'"));
  }
  bool cosine = interpolate_type == "cosine";
  auto between = [cosine](const Scalar& start, const Scalar& end, const Array& pct) -> Array {
    if (!cosine) return (end - start) * pct + start;
    return end + (start - end) / 2.0 * (np::cos(std::numbers::pi * pct) + 1);
  };
  // Intervals are few: a sum over them, each term zero outside its own.
  return [=](const Array& count) {
    Array out = 0.0;
    Scalar value = init_value;
    std::int64_t begin = 0;
    for (auto& [end, scale] : scales) {
      Scalar next = value * scale;
      Array inside = np::logical_and(count >= begin, count < end);
      Array pct = (count - begin) / std::max<std::int64_t>(end - begin, 1);
      out = out + inside * between(value, next, pct);
      value = next;
      begin = end;
    }
    return out + (count >= begin) * value;
  };
}

Schedule linear_onecycle_schedule(std::int64_t transition_steps, Scalar peak_value,
                                  OnecycleOptions o) {
  check_steps(transition_steps, "linear_onecycle_schedule");
  auto at = [&](double part) {
    return static_cast<std::int64_t>(part * static_cast<double>(transition_steps));
  };
  BoundariesAndScales scales;  // where boundaries coincide, the last one counts
  scales[at(o.pct_start)] = o.div_factor;
  scales[at(o.pct_final)] = 1.0 / o.div_factor;
  scales[transition_steps] = 1.0 / o.final_div_factor;
  return piecewise_interpolate_schedule("linear", peak_value / o.div_factor, scales);
}

Schedule cosine_onecycle_schedule(std::int64_t transition_steps, Scalar peak_value,
                                  OnecycleOptions o) {
  check_steps(transition_steps, "cosine_onecycle_schedule");
  BoundariesAndScales scales;
  scales[static_cast<std::int64_t>(o.pct_start * static_cast<double>(transition_steps))] =
      o.div_factor;
  scales[transition_steps] = 1.0 / (o.div_factor * o.final_div_factor);
  return piecewise_interpolate_schedule("cosine", peak_value / o.div_factor, scales);
}

Schedule warmup_constant_schedule(Scalar init_value, Scalar peak_value, std::int64_t warmup_steps) {
  return linear_schedule(init_value, peak_value, warmup_steps);
}

Schedule warmup_cosine_decay_schedule(const WarmupCosine& o) {
  Scalar alpha = o.peak_value.is(0) ? Scalar(0.0) : o.end_value / o.peak_value;
  auto decay_steps = static_cast<double>(o.decay_steps - o.warmup_steps);
  return join_schedules({linear_schedule(o.init_value, o.peak_value, o.warmup_steps),
                         cosine_decay_schedule(o.peak_value, decay_steps, alpha, o.exponent)},
                        {o.warmup_steps});
}
Schedule warmup_cosine_decay_schedule(Scalar init_value, Scalar peak_value,
                                      std::int64_t warmup_steps, std::int64_t decay_steps,
                                      Scalar end_value, Scalar exponent) {
  return warmup_cosine_decay_schedule(
      {init_value, peak_value, warmup_steps, decay_steps, end_value, exponent});
}

Schedule sgdr_schedule(const std::vector<WarmupCosine>& cycles) {
  std::vector<Schedule> schedules;
  std::vector<std::int64_t> boundaries;
  std::int64_t step = 0;
  for (const WarmupCosine& cycle : cycles) {
    if (step > 0) boundaries.push_back(step);
    schedules.push_back(warmup_cosine_decay_schedule(cycle));
    step += cycle.decay_steps;
  }
  return join_schedules(std::move(schedules), std::move(boundaries));
}

Schedule warmup_exponential_decay_schedule(Scalar init_value, Scalar peak_value,
                                           std::int64_t warmup_steps, std::int64_t transition_steps,
                                           double decay_rate, ExponentialDecayOptions options) {
  return join_schedules(
      {linear_schedule(init_value, peak_value, warmup_steps),
       exponential_decay(peak_value, transition_steps, decay_rate, std::move(options))},
      {warmup_steps});
}

Schedule join_schedules(std::vector<Schedule> schedules, std::vector<std::int64_t> boundaries) {
  if (schedules.size() != boundaries.size() + 1) {
    throw ValueError(str_cat("join_schedules needs one boundary less than schedules, got ",
                             boundaries.size(), " for ", schedules.size(), " schedules"));
  }
  return [=](const Array& step) {
    Array out = schedules[0](step);
    for (std::size_t i = 0; i < boundaries.size(); ++i) {
      out = np::where(step < boundaries[i], out, schedules[i + 1](step - boundaries[i]));
    }
    return out;
  };
}

}  // namespace linum::optim
