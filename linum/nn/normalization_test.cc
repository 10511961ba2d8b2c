#include "linum/nn/normalization.h"

#include "linum/lax/lax.h"
#include "linum/nn/layer_test.h"
#include "linum/transforms/vmap.h"

namespace linum::nn {
namespace {

Array pairs() { return np::array({{1.0, 2.0}, {3.0, 6.0}}); }
constexpr double kExact = 0.0;  // epsilon

TEST(BatchNorm, NormalizesTheBatchAndKeepsRunningAverages) {
  BatchNorm norm{.momentum = 0.9, .epsilon = kExact};
  Tree variables = norm.init(test_key(), pairs(), false);
  EXPECT_EQ(variables.to_string(),
            "{'batch_stats': {'mean': f32[2], 'var': f32[2]}, 'params': {'bias': f32[2], "
            "'scale': f32[2]}}");
  expect_values(variables["batch_stats/mean"], {0, 0});
  expect_values(variables["batch_stats/var"], {1, 1});
  auto [y, updated] =
      norm.apply(variables, {.mutable_collections = {"batch_stats"}}, pairs(), false);
  expect_values(y, {2, 2}, {-1, -1, 1, 1});
  expect_values(updated["batch_stats/mean"], {0.2f, 0.4f});
  expect_values(updated["batch_stats/var"], {0.9f + 0.1f, 0.9f + 0.4f});
}

TEST(BatchNorm, InferenceUsesTheRunningAverages) {
  BatchNorm norm{.use_running_average = true, .epsilon = kExact};
  Tree stats{{"mean", np::array({1.0, 2.0})}, {"var", np::array({4.0, 16.0})}};
  Tree params{{"scale", np::array({1.0, 2.0})}, {"bias", np::array({0.0, 1.0})}};
  Tree variables{{"params", params}, {"batch_stats", stats}};
  expect_values(norm.apply(variables, pairs()), {2, 2}, {0, 1, 1, 3});
}

TEST(BatchNorm, CountsOnlyWhatIsNotMasked) {
  BatchNorm norm{.use_running_average = false, .epsilon = kExact};
  Array x = np::array({{1.0}, {3.0}, {100.0}});
  Array mask = np::array({{true}, {true}, {false}});
  Array y = norm.init_with_output(test_key(), x, BatchNormCall{.mask = mask}).first;
  expect_values(y, {3, 1}, {-1, 1, 98});
}

TEST(BatchNorm, CountsAllExamplesOfANamedAxis) {
  BatchNorm norm{.use_running_average = false, .epsilon = kExact, .axis_name = "batch"};
  Tree variables = norm.init(test_key(), np::ones({2}));
  auto one = [&](const Array& x) {
    return norm.apply(variables, ApplyOptions{.mutable_collections = {"batch_stats"}}, x).first;
  };
  expect_values(vmap(one, {.axis_name = "batch"})(pairs()), {2, 2}, {-1, -1, 1, 1});
}

TEST(BatchNorm, SaysThatItsStatisticsMustBeMutable) {
  BatchNorm norm{.use_running_average = false};
  Tree variables = norm.init(test_key(), pairs());
  EXPECT_ERROR(norm.apply(variables, pairs()), ModifyScopeVariableError, "batch_stats");
}

TEST(BatchNorm, SaysThatItsStatisticsAreMissing) {
  BatchNorm norm{.use_running_average = true};
  Tree variables = norm.init(test_key(), pairs());
  variables.erase("batch_stats");
  EXPECT_ERROR(norm.apply(variables, pairs()), ScopeCollectionNotFound, "batch_stats");
}

TEST(BatchNorm, WantsUseRunningAverageOnce) {
  EXPECT_ERROR(BatchNorm{}.init(test_key(), pairs()), ValueError,
               "\"use_running_average\" must be passed to the constructor or at call time");
}

TEST(LayerNorm, NormalizesEachExample) {
  LayerNorm norm{.epsilon = kExact};
  Array y = norm.init_with_output(test_key(), pairs()).first;
  expect_values(y, {2, 2}, {-1, 1, -1, 1});
}

TEST(LayerNorm, ReducesOverChosenAxes) {
  LayerNorm norm{.epsilon = kExact, .use_bias = false, .reduction_axes = {0, 1}};
  auto [y, variables] = norm.init_with_output(test_key(), np::array({{1.0, 1.0}, {3.0, 3.0}}));
  expect_values(y, {2, 2}, {-1, -1, 1, 1});
  EXPECT_EQ(variables.to_string(), "{'params': {'scale': f32[2]}}");
}

TEST(LayerNorm, FastVarianceIsNeverNegative) {
  Array x = lax::full({1, 8}, 4097.0f);
  expect_values(LayerNorm{}.init_with_output(test_key(), x).first, {1, 8},
                std::vector<float>(8, 0.0f));
}

TEST(LayerNorm, GivesTheInputsDtypeButComputesInFloat32) {
  Array x = np::astype(np::array({{1000.0, 1001.0}}), float16);
  Array y = LayerNorm{.dtype = float16}.init_with_output(test_key(), x).first;
  EXPECT_EQ(y.dtype(), float16);
  expect_values(y, {1, 2}, {-1, 1}, 1e-2f);
}

TEST(RMSNorm, DividesByTheRootMeanSquare) {
  RMSNorm norm{.epsilon = kExact};
  auto [y, variables] = norm.init_with_output(test_key(), np::array({{1.0, 7.0}}));
  expect_values(y, {1, 2}, {0.2f, 1.4f});
  EXPECT_EQ(variables.to_string(), "{'params': {'scale': f32[2]}}");
}

TEST(GroupNorm, NormalizesGroupsOfChannels) {
  Array x = np::array({{1.0, 3.0, 10.0, 30.0}});
  GroupNorm by_number{.num_groups = 2, .epsilon = kExact};
  expect_values(by_number.init_with_output(test_key(), x).first, {1, 4}, {-1, 1, -1, 1});
  GroupNorm by_size{.num_groups = std::nullopt, .group_size = 2, .epsilon = kExact};
  expect_values(by_size.init_with_output(test_key(), x).first, {1, 4}, {-1, 1, -1, 1});
}

TEST(GroupNorm, CountsOnlyWhatIsNotMasked) {
  GroupNorm norm{.num_groups = 1, .epsilon = kExact};
  Array x = np::array({{1.0, 3.0, 100.0}}), mask = np::array({{true, true, false}});
  expect_values(norm.init_with_output(test_key(), x, NormCall{.mask = mask}).first, {1, 3},
                {-1, 1, 98});
}

TEST(GroupNorm, RefusesGroupsThatDoNotDivideTheChannels) {
  Array x = np::ones({1, 4});
  EXPECT_ERROR(GroupNorm{.num_groups = 3}.init(test_key(), x), ShapeError,
               "the number of groups (3) does not divide the number of channels (4)");
  GroupNorm by_size{.num_groups = std::nullopt, .group_size = 3};
  EXPECT_ERROR(by_size.init(test_key(), x), ShapeError,
               "the number of channels (4) is not a multiple of the group size (3)");
}

TEST(GroupNorm, WantsOneOfNumberAndSize) {
  GroupNorm norm{.group_size = 2};
  EXPECT_ERROR(norm.init(test_key(), np::ones({1, 4})), ValueError,
               "either num_groups or group_size should be specified");
}

TEST(GroupNorm, WantsTheChannelsAmongItsReductionAxes) {
  GroupNorm norm{.num_groups = 1, .reduction_axes = Axes{0}};
  EXPECT_ERROR(norm.init(test_key(), np::ones({1, 4})), ValueError,
               "must include the final dimension");
}

TEST(InstanceNorm, NormalizesSpaceForEachExampleAndChannel) {
  InstanceNorm norm{.epsilon = kExact};
  Array x = np::reshape(np::array({1.0, 10.0, 3.0, 30.0}), {1, 2, 2});
  expect_values(norm.init_with_output(test_key(), x).first, {1, 2, 2}, {-1, -1, 1, 1});
}

TEST(InstanceNorm, RefusesTheBatchAsAFeature) {
  InstanceNorm norm{.feature_axes = {0}};
  EXPECT_ERROR(norm.init(test_key(), np::ones({1, 2, 2})), ValueError,
               "cannot include the leading dimension");
}

}  // namespace
}  // namespace linum::nn
