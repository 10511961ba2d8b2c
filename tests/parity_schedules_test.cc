// Schedules at steps around their corners.
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace optim;

Function at_all_steps(std::function<Schedule()> make) {
  return [make](const Tree& in) -> Tree {
    Schedule schedule = make();
    std::vector<Array> values;
    for (const Array& count : lax::unstack(in[0])) {
      values.push_back(np::asarray(schedule(count), float32));
    }
    return np::stack(values);
  };
}

#define SCHEDULE(name, ...) \
  PARITY("optax." name, at_all_steps([]() -> Schedule { return __VA_ARGS__; }))

SCHEDULE("constant_schedule", constant_schedule(0.3));
SCHEDULE("cosine_decay_schedule", cosine_decay_schedule(0.5, 20, 0.1));
SCHEDULE("cosine_decay_schedule:exponent", cosine_decay_schedule(0.5, 20, 0.0, 2.0));
SCHEDULE("cosine_onecycle_schedule", cosine_onecycle_schedule(20, 0.5));
SCHEDULE("exponential_decay", exponential_decay(0.5, 10, 0.5));
SCHEDULE("exponential_decay:staircase",
         exponential_decay(0.5, 4, 0.5,
                           {.transition_begin = 2, .staircase = true, .end_value = 0.1}));
SCHEDULE("join_schedules",
         join_schedules({linear_schedule(0.0, 1.0, 5), constant_schedule(0.7)}, {8}));
SCHEDULE("linear_onecycle_schedule", linear_onecycle_schedule(20, 0.5));
SCHEDULE("linear_schedule", linear_schedule(0.5, 0.1, 10, 2));
SCHEDULE("piecewise_constant_schedule", piecewise_constant_schedule(0.5, {{3, 0.5}, {10, 0.1}}));
SCHEDULE("piecewise_interpolate_schedule",
         piecewise_interpolate_schedule("cosine", 0.5, {{5, 0.5}, {20, 0.1}}));
SCHEDULE("polynomial_schedule", polynomial_schedule(0.5, 0.1, 2.0, 10, 1));
SCHEDULE("sgdr_schedule", sgdr_schedule({{.init_value = 0.0,
                                          .peak_value = 1.0,
                                          .warmup_steps = 3,
                                          .decay_steps = 10,
                                          .end_value = 0.1},
                                         {.init_value = 0.1,
                                          .peak_value = 0.5,
                                          .warmup_steps = 2,
                                          .decay_steps = 12,
                                          .end_value = 0.0}}));
SCHEDULE("warmup_constant_schedule", warmup_constant_schedule(0.1, 0.5, 5));
SCHEDULE("warmup_cosine_decay_schedule", warmup_cosine_decay_schedule(0.0, 0.5, 5, 20, 0.05));
SCHEDULE("warmup_exponential_decay_schedule",
         warmup_exponential_decay_schedule(0.0, 0.5, 5, 4, 0.5));

}  // namespace
}  // namespace linum::parity
