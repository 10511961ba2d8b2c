// Hyperparameters inside the optimizer's state, where they can be read and changed while training
// (optax/schedules/_inject.py).
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>

#include "linum/optim/scalar.h"
#include "linum/optim/transformation.h"

namespace linum::optim {

// A schedule with a state of its own, such as one that follows the loss.
struct StatefulSchedule {
  std::function<Tree()> init;
  std::function<Tree(const Tree& state, const ExtraArgs& extra)> update;
  std::function<Array(const Tree& state, const ExtraArgs& extra)> value;
};
// A plain schedule as one: its state is {"count"}.
StatefulSchedule WrappedSchedule(Schedule schedule);

using Hyperparam = std::variant<ScalarOrSchedule, StatefulSchedule>;
// Values by name, on their way into an optimizer.
class HyperparamValues {
 public:
  explicit HyperparamValues(Tree values) : values_(std::move(values)) {}
  // Throws TreeError that lists the names there are.
  Scalar operator[](const std::string& name) const { return Scalar(values_[name].array()); }

 private:
  Tree values_;
};
using OptimizerFactory = std::function<GradientTransformation(const HyperparamValues&)>;

// The optimizer that `factory` makes of the values:
//   auto tx = inject_hyperparams([](auto& h) { return adam(h["learning_rate"]); },
//                                {{"learning_rate", 1e-3}});
//   state.set("hyperparams/learning_rate", np::array(1e-4));
// `dtype`: of the values; none: the parameters'. State: {"count", "hyperparams",
// "hyperparams_states", "inner_state"}.
GradientTransformation inject_hyperparams(OptimizerFactory factory,
                                          std::map<std::string, Hyperparam> hyperparams,
                                          std::optional<DType> dtype = std::nullopt);
inline GradientTransformation inject_stateful_hyperparams(
    OptimizerFactory factory, std::map<std::string, Hyperparam> hyperparams,
    std::optional<DType> dtype = std::nullopt) {
  return inject_hyperparams(std::move(factory), std::move(hyperparams), dtype);
}

}  // namespace linum::optim
