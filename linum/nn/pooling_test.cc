#include "linum/nn/pooling.h"

#include "linum/lax/lax.h"
#include "linum/nn/layer_test.h"
#include "linum/transforms/autodiff.h"

namespace linum::nn {
namespace {

// 1 ... 9 as a 3 x 3 image with one feature.
Array image() { return counting({1, 3, 3, 1}); }

TEST(MaxPool, TakesTheGreatestOfEachWindow) {
  expect_values(max_pool(image(), {2, 2}), {1, 2, 2, 1}, {5, 6, 8, 9});
  expect_values(max_pool(image(), {2, 2}, {2, 2}, "SAME"), {1, 2, 2, 1}, {5, 6, 8, 9});
  expect_values(max_pool(image(), {2, 2}, {2, 2}, {{1, 0}, {0, 1}}), {1, 2, 2, 1}, {2, 3, 8, 9});
}

TEST(MinPool, TakesTheSmallestOfEachWindow) {
  expect_values(min_pool(image(), {2, 2}), {1, 2, 2, 1}, {1, 2, 4, 5});
}

TEST(AvgPool, CountsPaddingUnlessToldNotTo) {
  Array x = np::ones({1, 3, 3, 1});
  expect_values(avg_pool(x, {2, 2}), {1, 2, 2, 1}, {1, 1, 1, 1});
  expect_values(avg_pool(x, {2, 2}, {2, 2}, "SAME"), {1, 2, 2, 1}, {1, 0.5, 0.5, 0.25});
  expect_values(avg_pool(x, {2, 2}, {2, 2}, "SAME", false), {1, 2, 2, 1}, {1, 1, 1, 1});
}

TEST(AvgPool, SpreadsItsGradientEvenly) {
  auto f = [](const Array& x) { return np::sum(avg_pool(x, {2, 2})); };
  expect_values(grad(f)(image()), {1, 3, 3, 1}, {.25, .5, .25, .5, 1, .5, .25, .5, .25});
}

TEST(Pool, WorksWithoutABatchAndWithSeveral) {
  expect_values(max_pool(counting({3, 1}), {2}), {2, 1}, {2, 3});
  expect_values(max_pool(counting({2, 2, 2, 1}), {2}), {2, 2, 1, 1}, {2, 4, 6, 8});
}

TEST(Pool, CombinesWithItsInitialValue) {
  expect_values(pool(counting({1, 3, 1}), 10.0, lax::add, {2}), {1, 2, 1}, {13, 15});
  expect_values(pool(counting({1, 3, 1}), 2.5, lax::max, {2}, {1}, "SAME"), {1, 3, 1}, {2.5, 3, 3});
}

TEST(Pool, RefusesAnotherFunction) {
  EXPECT_ERROR(pool(image(), 0.0, lax::sub, {2, 2}), ValueError,
               "must be lax::add, lax::max or lax::min");
}

TEST(Pool, NamesWhatHasAnotherNumberOfDimensions) {
  EXPECT_ERROR(max_pool(image(), {2, 2}, {2}), ShapeError, "strides has 1 entries");
  EXPECT_ERROR(max_pool(image(), {2, 2}, {}, {{0, 1}}), ShapeError, "padding has 1 entries");
  EXPECT_ERROR(max_pool(np::ones({3, 3}), {2, 2}), ShapeError, "too few dimensions");
  EXPECT_ERROR(max_pool(image(), {2, 2}, {}, "FULL"), ValueError, "FULL");
}

}  // namespace
}  // namespace linum::nn
