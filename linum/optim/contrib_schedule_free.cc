#include <limits>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/combine.h"
#include "linum/optim/contrib_wrappers.h"
#include "linum/optim/numerics.h"
#include "linum/optim/rms.h"
#include "linum/optim/scaling.h"
#include "linum/optim/schedule.h"
#include "linum/optim/sgd.h"
#include "linum/optim/tree_math.h"

namespace linum::optim::contrib {
namespace {

// The average x from y = b1 x + (1 - b1) z.
Tree average_of(const Tree& y, const Tree& z, const Scalar& b1) {
  return tree::map([&](const Array& y, const Array& z) { return (y - (1.0 - b1) * z) / b1; }, y, z);
}

struct ScheduleFree {
  GradientTransformation base;
  ScalarOrSchedule learning_rate;
  ScheduleFreeOptions options;

  Tree init(const Tree& params) const {
    DType dtype = tree_dtype(params, "lowest");
    return {{"b1", lax::convert_element_type(options.b1.array(), dtype)},
            {"weight_sum", lax::zeros({}, dtype)},
            {"step_count", lax::full({}, 1, DType::I32)},
            {"max_lr", lax::zeros({}, dtype)},
            {"base_optimizer_state", base.init(params)},
            {"z", tree_cast(params, options.state_dtype)}};
  }

  // How much of z goes into the average.
  static Array share(const Array& weight, const Array& total) {
    constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
    Array ratio = np::nan_to_num(weight / total,
                                 {.nan = 0.0, .posinf = std::numeric_limits<double>::infinity()});
    Array unknown = np::logical_or(np::isnan(weight), np::isnan(total));
    return np::where(unknown, kNan, ratio);
  }

  GradientTransformation::Updated update(const Tree& grads, const Tree& state, const Tree& params,
                                         const ExtraArgs& extra) const {
    require_params(params, "schedule_free");
    const Array &count = state["step_count"], &old_max = state["max_lr"];
    Array rate = learning_rate.at(count);
    if (learning_rate.is_schedule()) rate = lax::convert_element_type(rate, old_max.dtype());
    Array max_rate = np::maximum(old_max, rate);
    Array weight = np::power(max_rate, options.weight_lr_power);
    Array total = state["weight_sum"].array() + weight;
    Array c = share(weight, total);
    auto [step, base_state] = base.update(grads, state["base_optimizer_state"], params, extra);
    Tree z = apply_updates(state["z"], step);
    Tree out = tree::map(
        [&](const Array& x, const Array& z, const Array& y) {
          Array next_x = (1.0 - c) * x + c * z;
          return options.b1 * next_x + (1.0 - options.b1) * z - y;
        },
        average_of(params, state["z"], options.b1), z, params);
    return {out, Tree{{"b1", state["b1"]},
                      {"weight_sum", total},
                      {"step_count", safe_increment(count)},
                      {"max_lr", max_rate},
                      {"base_optimizer_state", base_state},
                      {"z", z}}};
  }
};

ScalarOrSchedule warmed_up(const Scalar& rate, const std::optional<std::int64_t>& steps) {
  if (!steps) return rate;
  return warmup_constant_schedule(0, rate, *steps);
}

}  // namespace

GradientTransformation schedule_free(GradientTransformation base_optimizer,
                                     ScalarOrSchedule learning_rate, ScheduleFreeOptions options) {
  auto all = std::make_shared<const ScheduleFree>(
      ScheduleFree{std::move(base_optimizer), std::move(learning_rate), std::move(options)});
  return {[all](const Tree& params) { return all->init(params); },
          [all](const Tree& updates, const Tree& state, const Tree& params,
                const ExtraArgs& extra) { return all->update(updates, state, params, extra); }};
}

Tree schedule_free_eval_params(const Tree& state, const Tree& params) {
  if (!state.is_dict() || !state.contains("b1") || !state.contains("z")) {
    throw TreeError(str_cat("schedule_free_eval_params needs the state of schedule_free, got ",
                            state.to_string()));
  }
  return average_of(params, state["z"], state["b1"].array());
}

GradientTransformation schedule_free_sgd(Scalar learning_rate, ScheduleFreeSgdOptions o) {
  ScalarOrSchedule rate = warmed_up(learning_rate, o.warmup_steps);
  GradientTransformation optimizer = sgd(rate);
  if (o.weight_decay) optimizer = chain(add_decayed_weights(*o.weight_decay), optimizer);
  return schedule_free(optimizer, rate, {o.b1, o.weight_lr_power, o.state_dtype});
}

GradientTransformation schedule_free_adamw(Scalar learning_rate, ScheduleFreeAdamwOptions o) {
  ScalarOrSchedule rate = warmed_up(learning_rate, o.warmup_steps);
  GradientTransformation optimizer = chain(
      scale_by_rms({.decay = o.b2, .eps = o.eps, .eps_in_sqrt = false, .bias_correction = true}),
      add_decayed_weights(o.weight_decay), scale_by_learning_rate(rate));
  return schedule_free(optimizer, rate, {o.b1, o.weight_lr_power, o.state_dtype});
}

}  // namespace linum::optim::contrib
