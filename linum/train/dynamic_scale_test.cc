#include "linum/train/dynamic_scale.h"

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/optim/tree_math.h"

namespace linum::train {
namespace {

Array sum_of_squares(const Tree& p) { return np::sum(np::square(p["w"].array())); }

TEST(DynamicScale, GivesUnscaledValuesAndGradients) {
  Tree params{{"w", np::array({1.0, -2.0})}};
  auto [scale, finite, value, grads] = DynamicScale().value_and_grad(sum_of_squares)(params);
  EXPECT_TRUE(finite.item<bool>());
  EXPECT_EQ(value.item<float>(), 5);
  EXPECT_EQ(grads["w"].array().to_vector<float>(), (std::vector<float>{2, -4}));
  EXPECT_EQ(scale.fin_steps.item<int>(), 1);
}

TEST(DynamicScale, SmallFloat16GradientsSurvive) {
  Tree params{{"w", np::array({1e-4}, float16)}};
  auto loss = [](const Tree& p) {
    return lax::convert_element_type(sum_of_squares(p) * np::array(1e-4, float16), float32);
  };
  auto [scale, finite, value, grads] =
      DynamicScale{.scale = np::array(32768.0)}.value_and_grad(loss)(params);
  EXPECT_NEAR(grads["w"].array().item<float>(), 2e-8, 1e-10);
}

TEST(DynamicScale, HalvesAfterAnOverflowAndStaysAboveTheMinimum) {
  DynamicScale scale{.minimum_scale = 30000};
  Array overflow = np::array(false);
  scale = scale.next(overflow);
  EXPECT_EQ(scale.scale.item<float>(), 32768);
  EXPECT_EQ(scale.fin_steps.item<int>(), 0);
  EXPECT_EQ(scale.next(overflow).scale.item<float>(), 30000);
}

TEST(DynamicScale, GrowsAfterEnoughFiniteSteps) {
  DynamicScale scale{.growth_interval = 2};
  Array fine = np::array(true);
  for (int i = 0; i < 2; ++i) scale = scale.next(fine);
  EXPECT_EQ(scale.scale.item<float>(), 65536);
  scale = scale.next(fine);
  EXPECT_EQ(scale.scale.item<float>(), 131072);
  EXPECT_EQ(scale.fin_steps.item<int>(), 0);
}

TEST(DynamicScale, RunsInsideJitWithAuxiliaryValues) {
  auto step = jit([](DynamicScale scale, Tree params) {
    auto loss = [](Tree p) { return std::pair{sum_of_squares(p), np::max(p["w"].array())}; };
    auto [next, finite, aux, grads] = scale.value_and_grad(loss)(params);
    return std::tuple{next, aux.second, grads};
  });
  DynamicScale scale{.growth_interval = 1};
  for (int i = 0; i < 3; ++i) {
    scale = std::get<0>(step(scale, Tree{{"w", np::array({1.0, 3.0})}}));
  }
  EXPECT_EQ(step.cache_size(), 1u);
  EXPECT_EQ(scale.growth_interval, 1);
  EXPECT_EQ(scale.scale.item<float>(), 131072);
}

}  // namespace
}  // namespace linum::train
