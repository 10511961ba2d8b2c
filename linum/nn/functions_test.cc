#include "linum/nn/functions.h"

#include "linum/nn/layer_test.h"

namespace linum::nn {
namespace {

TEST(OneHot, GivesZerosOutOfRange) {
  expect_values(one_hot(np::array({1, -1, 3}), 3), {3, 3}, {0, 1, 0, 0, 0, 0, 0, 0, 0});
}

TEST(OneHot, PutsTheClassesAlongAnyAxis) {
  Array y = one_hot(np::array({0, 1, 1}), 2, {.dtype = int32, .axis = 0});
  EXPECT_EQ(y.dtype(), int32);
  expect_values(y, {2, 3}, {1, 0, 0, 0, 1, 1});
}

TEST(OneHot, RefusesANegativeNumberOfClasses) {
  EXPECT_ERROR(one_hot(np::array({0}), -2), ValueError, "num_classes must not be negative, got -2");
}

TEST(Standardize, TakesGivenMoments) {
  expect_values(standardize(np::array({3.0, 5.0}), {.mean = 1.0, .variance = 4.0, .epsilon = 0}),
                {1, 2});
}

TEST(Standardize, CountsOnlyWhatIsNotMasked) {
  Array where = np::array({true, true, false});
  expect_values(standardize(np::array({1.0, 3.0, 10.0}), {.epsilon = 0, .where = where}),
                {-1, 1, 8});
}

TEST(Standardize, RefusesAnUnknownAlgorithm) {
  EXPECT_ERROR(standardize(np::array({1.0}), {.algorithm = "exact"}), ValueError,
               "unknown algorithm 'exact'; expected 'fast' or 'stable'");
}

// --- attention ---------------------------------------------------------------------------------

using functional::dot_product_attention;

TEST(DotProductAttention, AveragesTheValuesOfEqualKeys) {
  Array q = np::ones({1, 2, 1, 2}), v = counting({1, 2, 1, 2});
  expect_values(dot_product_attention(q, np::ones({1, 2, 1, 2}), v), {1, 2, 1, 2}, {2, 3, 2, 3});
}

TEST(DotProductAttention, WhenCausalSeesNothingLater) {
  Array q = np::ones({1, 2, 1, 2}), v = counting({1, 2, 1, 2});
  expect_values(dot_product_attention(q, q, v, {.is_causal = true}), {1, 2, 1, 2}, {1, 2, 2, 3});
}

TEST(DotProductAttention, WithAWindowSeesTheNeighbours) {
  Array q = np::ones({3, 1, 2}), v = counting({3, 1, 2});
  auto y = dot_product_attention(q, q, v, {.local_window_size = std::pair{0, 1}});
  expect_values(y, {3, 1, 2}, {2, 3, 4, 5, 5, 6});
}

TEST(DotProductAttention, IgnoresPadding) {
  Array q = np::ones({1, 2, 1, 2}), v = counting({1, 2, 1, 2}), one = np::array({1});
  auto y = dot_product_attention(q, q, v, {.query_seq_lengths = one, .key_value_seq_lengths = one});
  expect_values(y, {1, 2, 1, 2}, {1, 2, 0, 0});
}

TEST(DotProductAttention, SharesKeysAmongGroupsOfQueries) {
  Array q = np::ones({1, 2, 4, 2}), kv = np::ones({1, 2, 2, 2});
  expect_values(dot_product_attention(q, kv, kv), {1, 2, 4, 2}, std::vector<float>(16, 1.0f));
}

TEST(DotProductAttention, GivesTheLogsumexpOfItsLogits) {
  Array q = np::zeros({2, 1, 2});
  auto [y, residual] = functional::dot_product_attention_and_residual(q, q, q);
  expect_values(residual, {2, 1}, {std::log(2.0f), std::log(2.0f)});
}

TEST(DotProductAttention, RefusesHeadsThatDoNotDivide) {
  Array q = np::ones({1, 2, 3, 2}), kv = np::ones({1, 2, 2, 2});
  EXPECT_ERROR(dot_product_attention(q, kv, kv), ShapeError,
               "multiple of that of key/value heads, got 3 and 2");
}

TEST(DotProductAttention, RefusesAMaskOfNumbers) {
  Array q = np::ones({1, 2, 1, 2});
  EXPECT_ERROR(dot_product_attention(q, q, q, {.mask = np::ones({1, 1, 2, 2})}), DTypeError,
               "mask should be bool, got float32");
}

}  // namespace
}  // namespace linum::nn
