// The learning rate schedules of flax.training.lr_schedule, in epochs; optim/schedule.h has
// Optax's.
#pragma once

#include <utility>
#include <vector>

#include "linum/optim/scalar.h"

namespace linum::train {

// All rise linearly from 0 over the first warmup_length epochs.
optim::Schedule create_constant_learning_rate_schedule(double base_learning_rate,
                                                       double steps_per_epoch,
                                                       double warmup_length = 0);
// base_learning_rate times the factor of the last pair (epoch, factor) that lies behind.
optim::Schedule create_stepped_learning_rate_schedule(
    double base_learning_rate, double steps_per_epoch,
    const std::vector<std::pair<double, double>>& lr_sched_steps, double warmup_length = 0);
// Half a cosine, down to 0 after halfcos_epochs.
optim::Schedule create_cosine_learning_rate_schedule(double base_learning_rate,
                                                     double steps_per_epoch, double halfcos_epochs,
                                                     double warmup_length = 0);

}  // namespace linum::train
