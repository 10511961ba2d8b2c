// flax.training.
#include <limits>

#include "linum/losses/losses.h"
#include "linum/nn/linear.h"
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/train/common_utils.h"
#include "linum/train/dynamic_scale.h"
#include "linum/train/early_stopping.h"
#include "linum/train/lr_schedule.h"
#include "linum/train/state.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace train;

Function at_all_steps(std::function<optim::Schedule()> make) {
  return [make](const Tree& in) -> Tree {
    optim::Schedule schedule = make();
    std::vector<Array> values;
    for (const Array& step : lax::unstack(in[0])) {
      values.push_back(np::asarray(schedule(step), float32));
    }
    return np::stack(values);
  };
}
PARITY("training.lr_schedule.create_constant_learning_rate_schedule",
       at_all_steps([] { return create_constant_learning_rate_schedule(0.5, 10, 2.0); }));
PARITY("training.lr_schedule.create_stepped_learning_rate_schedule", at_all_steps([] {
         return create_stepped_learning_rate_schedule(0.5, 10, {{1, 0.1}, {2.05, 0.01}}, 0.5);
       }));
PARITY("training.lr_schedule.create_cosine_learning_rate_schedule",
       at_all_steps([] { return create_cosine_learning_rate_schedule(0.5, 10, 4, 1.0); }));

PARITY("training.common_utils.onehot", [](const Tree& in) { return onehot(in[0], 4, 0.9, 0.1); });
PARITY("training.common_utils.stack_forest", [](const Tree& in) {
  return stack_forest({in[0], in[1]});
});

struct Model : nn::Module<Model> {
  nn::Dense dense{.features = 2};
  LINUM_SUBMODULES(dense)
  Array forward(Array x) { return dense(x); }
};
PARITY("training.train_state.TrainState", [](const Tree& in) {
  auto state = State::create(Model(), {{"dense", in[0]}}, optim::sgd(0.1, {.momentum = 0.9}));
  for (int i = 0; i < 3; ++i) {
    auto loss = [&](Tree params) {
      return losses::mse(state.apply_fn({{"params", params}}, in[1].array()), in[2]);
    };
    state = state.apply_gradients(grad(loss)(state.params));
  }
  return std::pair(state.step, state.params["dense"]);
});

PARITY("training.dynamic_scale.DynamicScale", [](const Tree& in) {
  DynamicScale scale{.growth_interval = 2, .scale = np::array(1024.0)};
  Tree::List out;
  Tree grads;
  for (int i = 0; i < 6; ++i) {
    auto loss = [&](const Tree& p) {
      double spoil = i == 4 ? std::numeric_limits<double>::infinity() : 1.0;
      return optim::tree_norm(p, 2, true) * spoil;
    };
    auto result = scale.value_and_grad(loss)(in[0]);
    scale = result.dynamic_scale;
    grads = result.grad;
    out.push_back(Tree::list({scale.scale, scale.fin_steps, result.finite}));
  }
  return Tree::list({Tree(out), grads});
});

PARITY_EAGER("training.early_stopping.EarlyStopping", "decides in C++", [](const Tree& in) {
  EarlyStopping stopping{.min_delta = 0.1, .patience = 1};
  std::vector<int> out;
  for (float metric : in[0].array().to_vector<float>()) {
    stopping = stopping.update(metric);
    out.insert(out.end(), {stopping.has_improved, stopping.should_stop, stopping.patience_count});
  }
  return np::reshape(np::array(out), {-1, 3});
});

}  // namespace
}  // namespace linum::parity
