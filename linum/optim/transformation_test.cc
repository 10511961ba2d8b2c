#include "linum/optim/transformation.h"

#include <cmath>

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/transforms/jit.h"

namespace linum::optim {
namespace {

const Tree params{{"b", np::array({1.0, 2.0})}, {"w", np::array({{3.0, 4.0}})}};
const Tree grads{{"b", np::array({0.5, -0.5})}, {"w", np::array({{2.0, -4.0}})}};

std::vector<float> numbers(const Tree& t) { return t.array().to_vector<float>(); }
using Floats = std::vector<float>;

// The updates of one step.
Tree step(const GradientTransformation& tx) {
  return tx.update(grads, tx.init(params), params).first;
}

// --- combining --------------------------------------------------------------------------------

TEST(Chain, AppliesItsPartsInOrder) {
  EXPECT_EQ(numbers(step(chain(clip(1.0), scale(-2.0)))["w"]), (Floats{-2, 2}));
  EXPECT_EQ(numbers(step(chain(scale(-2.0), clip(1.0)))["w"]), (Floats{-1, 1}));
}

TEST(Chain, RefusesAStateOfAnotherOptimizer) {
  auto tx = chain(clip(1.0), scale(-2.0));
  EXPECT_ERROR(tx.update(grads, scale_by_adam().init(params), params), ValueError,
               "the optimizer state does not fit this chain of 2 transformations: {'count'");
}

TEST(NamedChain, NamesTheStates) {
  auto tx = named_chain({{"momentum", trace(0.9)}, {"rate", scale(-0.1)}});
  EXPECT_TRUE(tx.init(params).contains("momentum/trace/w"));
  EXPECT_ERROR(named_chain({{"a", scale(1.0)}, {"a", scale(2.0)}}), ValueError, "got 'a' twice");
}

TEST(Partition, GivesEachGroupItsOptimizer) {
  auto label = [](const std::string& path, const Array& x) {
    return path == "b" && x.ndim() == 1 ? std::string("slow") : std::string("fast");
  };
  Tree updates = step(partition({{"slow", sgd(0.1)}, {"fast", sgd(1.0)}}, label));
  EXPECT_EQ(numbers(updates["b"]), (Floats{-0.05f, 0.05f}));
  EXPECT_EQ(numbers(updates["w"]), (Floats{-2, 4}));
}

TEST(Partition, NamesAParameterWithoutAGroup) {
  auto label = [](const std::string&, const Array&) { return std::string("medium"); };
  EXPECT_ERROR(
      partition({{"slow", sgd(0.1)}, {"fast", sgd(1.0)}}, label).init(params), ValueError,
      "parameter 'b' has the label 'medium', but the transformations are for 'fast', 'slow'");
}

TEST(Masked, LeavesTheOthersAlone) {
  auto matrices = Mask::by_path([](const std::string&, const Array& x) { return x.ndim() > 1; });
  Tree updates = step(masked(scale(-1.0), matrices));
  EXPECT_EQ(numbers(updates["b"]), (Floats{0.5, -0.5}));
  EXPECT_EQ(numbers(updates["w"]), (Floats{-2, 4}));
}

TEST(Masked, RefusesAMaskOfAnotherTree) {
  auto tx = masked(scale(-1.0), Tree{{"c", Array(true)}, {"w", Array(true)}, {"x", Array(true)}});
  EXPECT_ERROR(tx.init(params), TreeError, "is no prefix of {'b': f32[2]");
}

TEST(Freeze, StopsTheSelectedLeaves) {
  Tree updates = step(chain(sgd(1.0), freeze(Tree{{"b", Array(true)}, {"w", Array(false)}})));
  EXPECT_EQ(numbers(updates["b"]), (Floats{0, 0}));
  EXPECT_EQ(numbers(updates["w"]), (Floats{-2, 4}));
}

// --- clipping ---------------------------------------------------------------------------------

TEST(Clip, BoundsEachElement) { EXPECT_EQ(numbers(step(clip(1.0))["w"]), (Floats{1, -1})); }

TEST(ClipByGlobalNorm, ScalesAllLeavesTogether) {
  Tree updates = step(clip_by_global_norm(1.0));
  EXPECT_NEAR(global_norm(updates).item<float>(), 1, 1e-6);
  EXPECT_NEAR(numbers(updates["w"])[0] / numbers(updates["b"])[0], 4, 1e-5);
  EXPECT_EQ(numbers(step(clip_by_global_norm(100.0))["w"]), (Floats{2, -4}));
}

TEST(ClipByBlockRms, ScalesEachLeafAlone) {
  Tree updates = step(clip_by_block_rms(1.0));
  EXPECT_EQ(numbers(updates["b"]), (Floats{0.5, -0.5}));
  EXPECT_NEAR(numbers(updates["w"])[0], 2 / std::sqrt(10.0f), 1e-6);
}

// --- steps ------------------------------------------------------------------------------------

TEST(AdamW, DecaysOnlyWhereTheMaskSelects) {
  Mask weights = Tree{{"b", Array(false)}, {"w", Array(true)}};
  Tree plain = step(adamw(0.1, {.weight_decay = 0.0}));
  Tree decayed = step(adamw(0.1, {.weight_decay = 0.5, .mask = weights}));
  EXPECT_EQ(numbers(plain["b"]), numbers(decayed["b"]));
  EXPECT_NEAR(numbers(plain["w"])[0] - numbers(decayed["w"])[0], 0.1 * 0.5 * 3, 1e-6);
}

TEST(Schedules, AdvanceWithTheSteps) {
  auto tx = sgd(linear_schedule(1.0, 0.0, 2));
  Tree state = tx.init(params), updates;
  std::vector<float> first;
  for (int i = 0; i < 3; ++i) {
    std::tie(updates, state) = tx.update(grads, state, params);
    first.push_back(numbers(updates["w"])[0]);
  }
  EXPECT_EQ(first, (Floats{-2, -1, 0}));
}

TEST(InjectHyperparams, ChangesWhileTraining) {
  auto tx = inject_hyperparams([](auto& h) { return sgd(h["learning_rate"]); },
                               {{"learning_rate", ScalarOrSchedule(1.0)}});
  auto update = jit([&](Tree grads, Tree state) { return tx.update(grads, state); });
  Tree state = tx.init(params);
  EXPECT_EQ(numbers(update(grads, state).first["w"]), (Floats{-2, 4}));
  state.set("hyperparams/learning_rate", np::array(0.5));
  EXPECT_EQ(numbers(update(grads, state).first["w"]), (Floats{-1, 2}));
  EXPECT_EQ(update.cache_size(), 1u);
}

TEST(InjectHyperparams, ListsTheNamesThereAre) {
  auto tx = inject_hyperparams([](auto& h) { return sgd(h["rate"]); },
                               {{"learning_rate", ScalarOrSchedule(1.0)}});
  EXPECT_ERROR(tx.init(params), TreeError,
               "no entry 'rate' in a dictionary with keys {'learning_rate'}");
}

TEST(MultiSteps, MakesOneStepOfSeveral) {
  auto tx = MultiSteps(sgd(1.0), 2);
  Tree state = tx.init(params);
  auto [first, after_one] = tx.update(grads, state, params);
  EXPECT_EQ(numbers(first["w"]), (Floats{0, 0}));
  EXPECT_FALSE(has_updated(after_one).item<bool>());
  auto [second, after_two] = tx.update(tree_scale(3.0, grads), after_one, params);
  EXPECT_EQ(numbers(second["w"]), (Floats{-4, 8}));
  EXPECT_TRUE(has_updated(after_two).item<bool>());
}

TEST(ApplyIfFinite, SkipsSpoiledGradients) {
  auto tx = apply_if_finite(sgd(1.0), 1);
  Tree spoiled = grads;
  spoiled.set("b", np::array({NAN, 0.0f}));
  auto [skipped, one] = tx.update(spoiled, tx.init(params), params);
  EXPECT_EQ(numbers(skipped["w"]), (Floats{0, 0}));
  auto [passed, two] = tx.update(spoiled, one, params);
  EXPECT_EQ(numbers(passed["w"]), (Floats{-2, 4}));
  EXPECT_EQ(two["total_notfinite"].array().item<int>(), 2);
}

TEST(Lookahead, NeedsAPairOfParameters) {
  auto tx = lookahead(sgd(1.0), 2, 0.5);
  EXPECT_ERROR(tx.update(grads, tx.init(params), params), TreeError,
               "start from LookaheadParams::init_synced(params).to_tree()");
  EXPECT_ERROR(lookahead(sgd(1.0), 0, 0.5), ValueError, "sync_period of 1 or more, got 0");
}

TEST(Errors, TellToPassWhatIsMissing) {
  auto decay = add_decayed_weights(0.1);
  EXPECT_ERROR(decay.update(grads, decay.init(params)), ValueError,
               "add_decayed_weights reads the current parameters, but update() got none; call "
               "update(updates, state, params)");
  auto momo = contrib::momo();
  EXPECT_ERROR(momo.update(grads, momo.init(params), params), ValueError, "{.value = loss}");
  EXPECT_ERROR(apply_updates(params, Tree{{"b", params["b"]}}), TreeError, "'w'");
}

// --- entries ----------------------------------------------------------------------------------

TEST(TreeGet, FindsOneEntryAnywhere) {
  Tree state = chain(scale_by_adam(), scale_by_schedule(constant_schedule(1.0))).init(params);
  EXPECT_EQ(numbers(tree_get(state, "mu")["w"]), (Floats{0, 0}));
  EXPECT_TRUE(tree_get(state, "nothing").is_none());
  EXPECT_ERROR(tree_get(state, "count"), TreeError,
               "several entries 'count': 0/count, 1/count; choose one with a filter");
  auto second = [](const std::string& path, const Tree&) { return path == "1/count"; };
  EXPECT_EQ(tree_get(state, "count", {}, second).array().item<int>(), 0);
}

TEST(TreeSet, ReplacesAllEntriesOfAName) {
  Tree state = tree_set(scale_by_adam().init(params), "count", np::array(7));
  EXPECT_EQ(state["count"].array().item<int>(), 7);
  EXPECT_ERROR(tree_set(state, "step", np::array(7)), TreeError, "found no entry 'step'");
}

}  // namespace
}  // namespace linum::optim
