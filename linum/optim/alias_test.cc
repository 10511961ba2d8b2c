// Every optimizer solves the same two problems.
#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/random/random.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"

namespace linum::optim {
namespace {

constexpr int kSteps = 10000;

struct Problem {
  std::string name;
  std::vector<float> initial, solution;
  Array (*objective)(const Array&);
};

Array parabola(const Array& x) { return np::sum(np::square(x - np::array({1.0, -1.0, 1.0}))); }
Array rosenbrock(const Array& x) {
  Array a = np::index(x, 0), b = np::index(x, 1);
  return np::square(1.0 - a) + 100.0 * np::square(b - np::square(a));
}
const Problem kParabola{"Parabola", {-1, 10, 1}, {1, -1, 1}, parabola};
const Problem kRosenbrock{"Rosenbrock", {0, 0}, {1, 1}, rosenbrock};

struct Case {
  std::string name;
  std::function<GradientTransformation()> make;
  bool solves_rosenbrock = true;
};

std::vector<Case> cases() {
  return {
      {"adabelief", [] { return adabelief(1e-2); }},
      {"adadelta", [] { return adadelta(0.1); }},
      {"adafactor", [] { return adafactor(5e-3); }},
      {"adagrad", [] { return adagrad(1.0); }},
      {"adam", [] { return adam(1e-1); }},
      {"adamax", [] { return adamax(1e-1); }},
      {"adamaxw", [] { return adamaxw(1e-1); }},
      {"adamw", [] { return adamw(1e-1); }},
      {"adan", [] { return adan(1e-1); }},
      {"amsgrad", [] { return amsgrad(1e-1); }},
      {"fromage", [] { return fromage(5e-3); }},
      {"lamb", [] { return lamb(1e-3); }},
      {"lars", [] { return lars(1.0); }},
      {"lion", [] { return lion(1e-2, {.weight_decay = 1e-4}); }},
      {"nadam", [] { return nadam(1e-2); }},
      {"nadamw", [] { return nadamw(1e-2); }},
      {"noisy_sgd", [] { return noisy_sgd(1e-3, random::key(0), {.eta = 1e-4}); }},
      {"novograd", [] { return novograd(1e-3); }},
      {"optimistic_adam", [] { return optimistic_adam(2e-3); }},
      {"optimistic_adam_v2", [] { return optimistic_adam_v2(2e-3); }},
      {"optimistic_gradient_descent",
       [] { return optimistic_gradient_descent(2e-3, {.alpha = 0.7, .beta = 0.1}); }},
      {"polyak_sgd", [] { return polyak_sgd(); }},
      {"radam", [] { return radam(5e-3); }},
      {"rmsprop", [] { return rmsprop(5e-3); }},
      {"rmsprop_momentum", [] { return rmsprop(5e-3, {.momentum = 0.9}); }},
      {"rprop", [] { return rprop(1e-1); }},
      {"sgd", [] { return sgd(1e-3, {.momentum = 0.9}); }},
      {"sign_sgd", [] { return sign_sgd(1e-1); }, false},
      {"signum", [] { return signum(1e-2); }, false},
      {"sm3", [] { return sm3(1.0); }},
      {"yogi", [] { return yogi(1e-1); }},
  };
}

using Carry = std::pair<Tree, Tree>;

// One step from {parameters, state}.
Carry step(const GradientTransformation& tx, const Problem& problem, const Carry& at) {
  auto objective = [&](Tree p) { return problem.objective(p["x"]); };
  auto [value, grads] = value_and_grad(objective)(at.first);
  auto [updates, state] = tx.update(grads, at.second, at.first, {.value = value});
  return {apply_updates(at.first, updates), state};
}

class Optimizer : public testing::TestWithParam<std::tuple<Case, Problem>> {
 protected:
  GradientTransformation tx() const { return std::get<0>(GetParam()).make(); }
  const Problem& problem() const { return std::get<1>(GetParam()); }
  Tree start() const {
    Shape shape{static_cast<std::int64_t>(problem().initial.size())};
    return {{"x", Array::of(shape, problem().initial)}};
  }
};

TEST_P(Optimizer, Converges) {
  auto optimizer = tx();
  auto train = jit([&](Tree params) {
    auto body = [&](Array, Carry at) { return step(optimizer, problem(), at); };
    return lax::fori_loop(0, kSteps, body, Carry{params, optimizer.init(params)}).first;
  });
  std::vector<float> x = train(start())["x"].array().to_vector<float>();
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_NEAR(x[i], problem().solution[i], 0.03 + 0.03 * std::abs(problem().solution[i]));
  }
}

std::vector<std::tuple<Case, Problem>> all() {
  std::vector<std::tuple<Case, Problem>> out;
  for (auto& c : cases()) {
    out.emplace_back(c, kParabola);
    if (c.solves_rosenbrock) out.emplace_back(c, kRosenbrock);
  }
  return out;
}

std::string name_of(const testing::TestParamInfo<Optimizer::ParamType>& info) {
  return std::get<0>(info.param).name + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(All, Optimizer, testing::ValuesIn(all()), name_of);

// The state keeps its structure and types, so that a jitted step is traced once and a checkpoint of
// it can be restored.
class OptimizerState : public testing::TestWithParam<Case> {};

TEST_P(OptimizerState, KeepsItsTypes) {
  auto optimizer = GetParam().make();
  Tree params{{"x", np::array({1.0, 2.0})}};
  Tree state = optimizer.init(params);
  auto next = eval_shape(
      [&](Tree params, Tree state) {
        return step(optimizer, kRosenbrock, {params, state});
      },
      params, state);
  EXPECT_EQ(next.first.to_string(), params.to_string());
  EXPECT_EQ(next.second.to_string(), state.to_string());
}

INSTANTIATE_TEST_SUITE_P(All, OptimizerState, testing::ValuesIn(cases()),
                         [](auto& info) { return info.param.name; });

}  // namespace
}  // namespace linum::optim
