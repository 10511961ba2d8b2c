#include "linum/np/ufunc.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/np/expect_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

// Not associative, not commutative: the order of the steps shows.
np::ufunc minus(Array identity = {}) {
  return np::frompyfunc([](const std::vector<Array>& x) { return x[0] - x[1]; }, 2, identity);
}

TEST(Ufunc, GoesOverBroadcastElements) {
  expect_array(minus()(ints({2, 1}, {10, 20}), ints({2}, {1, 2})), ints({2, 2}, {9, 8, 19, 18}));
  EXPECT_EQ(minus()(5, 3).item<int>(), 2);
  const np::ufunc negative = np::frompyfunc([](auto& x) { return -x[0]; }, 1);
  expect_array(negative(ints({2}, {1, 2})), ints({2}, {-1, -2}));
  EXPECT_EQ(negative.nin(), 1u);
  EXPECT_EQ(negative.nout(), 1u);
  EXPECT_ERROR(negative(1, 2), ValueError, "a ufunc of 1 arguments got 2");
}

TEST(Ufunc, Reduces) {
  const Array x = ints({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_array(minus().reduce(x), ints({3}, {-3, -3, -3}));
  expect_array(minus().reduce(x, {.axis = 1}), ints({2}, {-4, -7}));
  expect_array(minus().reduce(x, {.axis = std::nullopt}), ints({}, {-19}));
  expect_array(minus().reduce(x, {.axis = 1, .keepdims = true}), ints({2, 1}, {-4, -7}));
  expect_array(minus().reduce(x, {.axis = std::nullopt, .keepdims = true}), ints({1, 1}, {-19}));
  expect_array(minus(Array(0)).reduce(x, {.axis = 1}), ints({2}, {-6, -15}));
  expect_array(minus().reduce(x, {.axis = 1, .initial = 100}), ints({2}, {94, 85}));
  const Array odd = np::array({{true, false, true}, {false, true, false}});
  expect_array(minus().reduce(x, {.axis = 1, .initial = 0, .where = odd}), ints({2}, {-4, -5}));
  EXPECT_EQ(minus().reduce(x, {.dtype = float32}).dtype(), float32);
  EXPECT_ERROR(minus().reduce(x, {.where = odd}), ValueError, "needs an identity, or `initial`");
  EXPECT_ERROR(minus().reduce(np::zeros({0, 2})), ValueError, "zero-size array to a reduction");
  const np::ufunc negative = np::frompyfunc([](auto& v) { return -v[0]; }, 1);
  EXPECT_ERROR(negative.reduce(x), ValueError, "reduce only supported for binary ufuncs");
}

TEST(Ufunc, Accumulates) {
  const Array x = ints({2, 3}, {1, 2, 3, 4, 5, 6});
  expect_array(minus().accumulate(x, 1), ints({2, 3}, {1, -1, -4, 4, -1, -7}));
  expect_array(minus().accumulate(x), ints({2, 3}, {1, 2, 3, -3, -3, -3}));
  expect_array(minus().accumulate(np::zeros({0})), np::zeros({0}));
}

TEST(Ufunc, TakesAllPairs) {
  expect_array(minus().outer(ints({2}, {10, 20}), ints({1, 2}, {1, 2})),
               ints({2, 1, 2}, {9, 8, 19, 18}));
}

TEST(Ufunc, ChangesPlacesOneAfterTheOther) {
  const Array x = ints({4}, {1, 2, 3, 4});
  expect_array(minus().at(x, ints({3}, {1, 3, 1}), ints({3}, {10, 20, 30})),
               ints({4}, {1, -38, 3, -16}));
  const np::ufunc negative = np::frompyfunc([](auto& v) { return -v[0]; }, 1);
  expect_array(negative.at(x, ints({2}, {0, -1})), ints({4}, {-1, 2, 3, -4}));
  EXPECT_ERROR(negative.at(x, ints({1}, {0}), x), ValueError, "at of a ufunc of 1 arguments got 2");
}

TEST(Ufunc, ReducesSegments) {
  const Array x = ints({5}, {1, 2, 3, 4, 5});
  expect_array(minus().reduceat(x, ints({3}, {0, 2, 1})), ints({3}, {-1, 3, -10}));
  EXPECT_ERROR(minus().reduceat(x, Array(1)), ShapeError, "reduceat takes a vector of integers");
}

TEST(Ufunc, IsTraced) {
  const np::ufunc f = minus();
  const auto sums = jit([f](Array x) { return f.accumulate(x); });
  expect_array(sums(ints({3}, {1, 2, 3})), ints({3}, {1, -1, -4}));
}

}  // namespace
}  // namespace linum
