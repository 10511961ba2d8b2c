#include "linum/nn/stochastic.h"

#include <algorithm>

#include "linum/nn/layer_test.h"

namespace linum::nn {
namespace {

std::size_t zeros_in(const Array& x) {
  std::vector<float> v = x.to_vector<float>();
  return static_cast<std::size_t>(std::count(v.begin(), v.end(), 0.0f));
}
Rngs dropout_key() { return {{"dropout", test_key(3)}}; }

TEST(Dropout, ZeroesElementsAndScalesTheRest) {
  Array y =
      Dropout{.rate = 0.5}.apply(Tree::empty_dict(), dropout_key(), np::ones({20, 50}), false);
  EXPECT_NEAR(static_cast<double>(zeros_in(y)), 500, 100);
  for (float v : y.to_vector<float>()) EXPECT_TRUE(v == 0.0f || v == 2.0f);
}

TEST(Dropout, DrawsOnceAlongBroadcastDims) {
  Dropout dropout{.rate = 0.5, .broadcast_dims = {0}, .deterministic = false};
  Array y = dropout.apply(Tree::empty_dict(), dropout_key(), np::ones({2, 40}));
  std::vector<float> v = y.to_vector<float>();
  EXPECT_TRUE(std::equal(v.begin(), v.begin() + 40, v.begin() + 40));
  EXPECT_NE(zeros_in(y), 0u);
  EXPECT_NE(zeros_in(y), 80u);
}

TEST(Dropout, IsTheIdentityWhenDeterministicOrWithRateZero) {
  Array x = counting({3});
  expect_values(Dropout{.rate = 0.5}.apply(Tree::empty_dict(), x, true), {1, 2, 3});
  expect_values(Dropout{.rate = 0.0}.apply(Tree::empty_dict(), x, false), {1, 2, 3});
}

TEST(Dropout, WithRateOneGivesZeros) {
  expect_values(Dropout{.rate = 1.0}.apply(Tree::empty_dict(), counting({3}), false), {0, 0, 0});
}

TEST(Dropout, TakesItsOwnStreamOrAKey) {
  Array x = np::ones({40});
  Dropout dropout{.rate = 0.5, .deterministic = false, .rng_collection = "noise"};
  Array y = dropout.apply(Tree::empty_dict(), Rngs{{"noise", test_key(1)}}, x);
  EXPECT_NE(zeros_in(y), 0u);
  DropoutCall call{.deterministic = false, .rng = test_key(1)};
  Array z = Dropout{.rate = 0.5}.apply(Tree::empty_dict(), x, call);
  EXPECT_NE(zeros_in(z), 0u);
}

TEST(Dropout, NamesTheStreamThatIsMissing) {
  EXPECT_ERROR(Dropout{.rate = 0.5}.apply(Tree::empty_dict(), np::ones({3}), false),
               InvalidRngError, "dropout");
}

TEST(Dropout, WantsDeterministicOnce) {
  Array x = np::ones({3});
  EXPECT_ERROR(Dropout{.rate = 0.5}.apply(Tree::empty_dict(), x), ValueError,
               "\"deterministic\" must be passed to the constructor or at call time");
  Dropout both{.rate = 0.5, .deterministic = true};
  EXPECT_ERROR(both.apply(Tree::empty_dict(), x, true), ValueError,
               "\"deterministic\" was passed to the constructor and at call time");
}

TEST(Dropout, RefusesARateThatIsNoProbability) {
  EXPECT_ERROR(Dropout{.rate = 1.5}.apply(Tree::empty_dict(), np::ones({3}), false), ValueError,
               "rate must be a probability in [0, 1], got 1.5");
}

}  // namespace
}  // namespace linum::nn
