#include "linum/train/state.h"

#include "linum/base/testing.h"
#include "linum/losses/losses.h"
#include "linum/nn/linear.h"
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/random/random.h"
#include "linum/transforms/autodiff.h"

namespace linum::train {
namespace {

struct Net : nn::Module<Net> {
  Array forward(Array x) { return nn::Dense{.features = 2}(x); }
};

const Array x = np::array({{1.0, 2.0, 3.0}, {0.0, -1.0, 2.0}});
const Array y = np::array({{1.0, 0.0}, {0.0, 1.0}});

State new_state(optim::GradientTransformation tx) {
  Net model;
  return State::create(model, model.init(random::key(0), x)["params"], tx);
}

Tree gradients(const State& state) {
  auto loss = [&](Tree params) { return losses::mse(state.apply_fn({{"params", params}}, x), y); };
  return grad(loss)(state.params);
}

TEST(State, StartsAtStepZeroWithAFreshOptimizerState) {
  State state = new_state(optim::adam(1e-3));
  EXPECT_EQ(state.step.item<int>(), 0);
  EXPECT_EQ(state.opt_state.to_string(),
            "[{'count': i32[], 'mu': {'Dense_0': {'bias': f32[2], 'kernel': f32[3,2]}}, "
            "'nu': {'Dense_0': {'bias': f32[2], 'kernel': f32[3,2]}}}, {}]");
}

TEST(State, ApplyGradientsMovesParametersAndCounts) {
  State before = new_state(optim::sgd(0.5));
  Tree grads = gradients(before);
  State after = before.apply_gradients(grads);
  EXPECT_EQ(after.step.item<int>(), 1);
  EXPECT_EQ(before.step.item<int>(), 0);
  Tree expected = optim::tree_add_scale(before.params, -0.5, grads);
  EXPECT_TRUE(optim::tree_allclose(after.params, expected).item<bool>());
}

TEST(State, GoesThroughADonatingJitThatTracesOnce) {
  Net model;
  State state = new_state(optim::adam(0.1));
  auto step = jit(
      [&](State state, Array x, Array y) {
        auto loss_fn = [&](Tree params) {
          return losses::mse(model.apply({{"params", params}}, x), y);
        };
        auto [loss, grads] = value_and_grad(loss_fn)(state.params);
        return std::tuple{state.apply_gradients(grads), loss};
      },
      {.donate = {0}});
  std::vector<float> losses;
  for (int i = 0; i < 20; ++i) {
    auto [next, loss] = step(state, x, y);
    state = next;
    losses.push_back(loss.item<float>());
  }
  EXPECT_EQ(step.cache_size(), 1u);
  EXPECT_EQ(state.step.item<int>(), 20);
  EXPECT_LT(losses.back(), 0.1 * losses.front());
}

struct CountingState : StateOf<CountingState> {
  Tree batch_stats;
  Array seen;
  LINUM_FIELDS(batch_stats, seen)
};

TEST(State, ADerivedStateCarriesItsOwnFields) {
  Net model;
  auto state =
      CountingState::create(model, model.init(random::key(0), x)["params"], optim::sgd(0.1));
  state.batch_stats = Tree{{"mean", np::zeros({2})}};
  state.seen = np::array(0);
  auto step = jit([](CountingState state, Array x) {
    state = state.apply_gradients(optim::tree_ones_like(state.params));
    state.batch_stats =
        optim::tree_add_scale(state.batch_stats, 1.0, Tree{{"mean", np::ones({2})}});
    state.seen = state.seen + static_cast<int>(x.shape(0));
    return state;
  });
  state = step(step(state, x), x);
  EXPECT_EQ(state.seen.item<int>(), 4);
  EXPECT_EQ(state.batch_stats["mean"].array().to_vector<float>(), (std::vector<float>{2, 2}));
  EXPECT_EQ(step.cache_size(), 1u);
}

TEST(State, OverwrittenCollectionsTakeTheirGradients) {
  Tree params{{"params", Tree{{"w", np::ones({2})}}},
              {"_overwrite_with_gradient", Tree{{"scale", np::ones({})}}}};
  State state = State::create(ApplyFn(), params, optim::sgd(1.0));
  Tree grads{{"params", Tree{{"w", np::ones({2})}}},
             {"_overwrite_with_gradient", Tree{{"scale", np::full({}, 7.0)}}}};
  state = state.apply_gradients(grads);
  EXPECT_EQ(state.params["params/w"].array().to_vector<float>(), (std::vector<float>{0, 0}));
  EXPECT_EQ(state.params["_overwrite_with_gradient/scale"].array().item<float>(), 7);
}

TEST(State, GradientsOfAnotherStructureShowBoth) {
  State state = new_state(optim::sgd(0.1));
  Tree wrong{{"Dense_1", state.params["Dense_0"]}};
  EXPECT_ERROR(state.apply_gradients(wrong), TreeError, "take the gradient of a function of");
  EXPECT_ERROR(state.apply_gradients(wrong), TreeError, "'Dense_0': {'bias': f32[2]");
  EXPECT_ERROR(state.apply_gradients(wrong), TreeError, "'Dense_1': {'bias': f32[2]");
}

TEST(State, GradientsOfAnotherShapeNameTheParameter) {
  State state = new_state(optim::sgd(0.1));
  Tree wrong = state.params;
  wrong.set("Dense_0/kernel", np::zeros({2, 3}));
  EXPECT_ERROR(state.apply_gradients(wrong), ShapeError,
               "the gradient of 'Dense_0/kernel' is f32[2,3], the parameter f32[3,2]");
}

// --- ApplyFn ----------------------------------------------------------------------------------

struct Gate : nn::Module<Gate> {
  Array forward(Array x, bool open) const { return open ? x : 0 * x; }
};
struct Anything : nn::Module<Anything> {
  template <class T>
  Array forward(T x) {
    return x;
  }
};

TEST(ApplyFn, PassesAllArguments) {
  ApplyFn apply = ApplyFn::of(Gate{});
  Array closed = apply(Tree::empty_dict(), x, false);
  EXPECT_EQ(np::sum(np::abs(closed)).item<float>(), 0);
  EXPECT_ERROR(apply(Tree::empty_dict(), x), ValueError, "the model's forward takes 2");
}

TEST(ApplyFn, GivesTheMutableCollections) {
  Net model;
  ApplyFn apply = ApplyFn::of(model);
  Tree variables = model.init(random::key(0), x);
  auto [out, updated] = apply(variables, {.mutable_collections = {"params"}}, x);
  EXPECT_EQ(out.array().shape(), (Shape{2, 2}));
  EXPECT_TRUE(updated.contains("params/Dense_0/kernel"));
}

TEST(ApplyFn, OfATemplateOrOfNoModelSaysSo) {
  EXPECT_FALSE(ApplyFn::of(Anything{}).defined());
  EXPECT_ERROR(ApplyFn()(Tree(), x), ValueError, "this train state has no apply_fn");
}

}  // namespace
}  // namespace linum::train
