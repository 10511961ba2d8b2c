#include "linum/train/lr_schedule.h"

#include <cmath>
#include <numbers>

#include "linum/np/np.h"

namespace linum::train {
namespace {

Array warmed_up(const Array& rate, const Array& step, double warmup_length,
                double steps_per_epoch) {
  if (warmup_length <= 0) return rate;
  return rate * np::minimum(1.0, step / warmup_length / steps_per_epoch);
}

}  // namespace

optim::Schedule create_constant_learning_rate_schedule(double base_learning_rate,
                                                       double steps_per_epoch,
                                                       double warmup_length) {
  return [=](const Array& step) {
    return warmed_up(base_learning_rate, step, warmup_length, steps_per_epoch);
  };
}

optim::Schedule create_stepped_learning_rate_schedule(
    double base_learning_rate, double steps_per_epoch,
    const std::vector<std::pair<double, double>>& lr_sched_steps, double warmup_length) {
  return [=](const Array& step) {
    Array rate = base_learning_rate;
    for (auto& [epoch, factor] : lr_sched_steps) {
      // To even, as NumPy rounds.
      auto boundary = static_cast<int>(std::nearbyint(epoch * steps_per_epoch));
      rate = np::where(boundary < step, base_learning_rate * factor, rate);
    }
    return warmed_up(rate, step, warmup_length, steps_per_epoch);
  };
}

optim::Schedule create_cosine_learning_rate_schedule(double base_learning_rate,
                                                     double steps_per_epoch, double halfcos_epochs,
                                                     double warmup_length) {
  const double half_wave = halfcos_epochs * steps_per_epoch;
  return [=](const Array& step) {
    Array factor = np::cos(step * std::numbers::pi / half_wave) * 0.5 + 0.5;
    return warmed_up(base_learning_rate * factor, step, warmup_length, steps_per_epoch);
  };
}

}  // namespace linum::train
