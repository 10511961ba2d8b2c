// Drawing from given things: laws and errors. tests/parity has JAX's numbers.
#include "linum/random/choice.h"

#include <algorithm>
#include <set>

#include "linum/base/testing.h"
#include "linum/random/key.h"
#include "linum/random/multivariate_normal.h"
#include "linum/transforms/jit.h"

namespace linum::random {
namespace {

Array probabilities(std::vector<float> p) {
  const auto size = static_cast<std::int64_t>(p.size());
  return Array::of<float>({size}, p);
}

TEST(Permutation, HoldsEveryNumberOnce) {
  auto order = permutation(key(1), 10).to_vector<std::int32_t>();
  std::sort(order.begin(), order.end());
  for (std::int32_t i = 0; i < 10; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(Permutation, NeedsANumberOrAnAxis) {
  EXPECT_ERROR(permutation(key(1), 1.5), DTypeError, "integer or an array of at least one");
  EXPECT_ERROR(permutation(key(1), probabilities({1, 2}), 1), ShapeError,
               "axis 1 is out of bounds");
}

TEST(Categorical, CertainCategoriesAreDrawn) {
  Array logits = probabilities({-1e9f, 0, -1e9f});
  EXPECT_EQ(categorical(key(3), logits).item<int>(), 1);
}

TEST(Categorical, WithoutReplacementAllDiffer) {
  Array logits = probabilities({0, 1, 2, 3});
  auto drawn = categorical(key(3), logits, -1, {.shape = {4}, .replace = false});
  auto values = drawn.to_vector<std::int32_t>();
  EXPECT_EQ(std::set<std::int32_t>(values.begin(), values.end()).size(), 4u);
}

TEST(Categorical, SaysWhatDoesNotFit) {
  Array logits = probabilities({0, 1, 2});
  EXPECT_ERROR(categorical(key(3), logits, -1, {.shape = {5}, .replace = false}), ValueError,
               "without replacement (5) cannot exceed the number of categories (3)");
  EXPECT_ERROR(categorical(key(3), logits, 1), ShapeError, "axis 1 is out of bounds");
  Array rows = Array::of<float>({2, 2}, {0, 1, 2, 3});
  EXPECT_ERROR(categorical(key(3), rows, -1, {.shape = {3}}), ShapeError, "categorical");
}

TEST(Choice, DrawsOnlyWhatHasProbability) {
  auto drawn = choice(key(5), 3, {20}, {.p = probabilities({0, 0.5f, 0.5f})});
  for (std::int32_t i : drawn.to_vector<std::int32_t>()) EXPECT_GT(i, 0);
}

TEST(Choice, OfNothingIsEmpty) { EXPECT_EQ(choice(key(5), 3, {0}).size(), 0); }

TEST(Choice, SaysWhatDoesNotFit) {
  EXPECT_ERROR(choice(key(5), 3, {4}, {.replace = false}), ValueError,
               "larger sample (size 4) than the population (size 3)");
  EXPECT_ERROR(choice(key(5), 0, {1}), ValueError, "something to choose from");
  EXPECT_ERROR(choice(key(5), 3, {1}, {.p = probabilities({1})}), ShapeError,
               "each of the 3 things");
}

TEST(Choice, OfATracedNumberIsRefused) {
  auto of = [](const Array& n) { return choice(key(5), n, {2}); };
  EXPECT_THROW(jit(of)(Array::of<std::int32_t>({}, {3})), ConcretizationError);
}

TEST(MultivariateNormal, SaysWhatDoesNotFit) {
  Array mean = probabilities({0, 0});
  EXPECT_ERROR(multivariate_normal(key(1), mean, probabilities({1, 2})), ShapeError,
               "a covariance of at least two");
  EXPECT_ERROR(multivariate_normal(key(1), mean, Array::of<float>({1, 1}, {1})), ShapeError,
               "must have shape (..., 2, 2)");
}

}  // namespace
}  // namespace linum::random
