// Reductions by any function, and other compositions: laws and errors.
#include "linum/lax/reduce_by.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/lax/other.h"
#include "linum/lax/scatter_apply.h"

namespace linum::lax {
namespace {

Array numbers(std::vector<float> x) {
  const auto size = static_cast<std::int64_t>(x.size());
  return Array::of<float>({size}, x);
}
Array larger_of(const Array& a, const Array& b) { return select(gt(a, b), a, b); }

TEST(Reduce, TakesAnyAssociativeFunction) {
  EXPECT_EQ(reduce(numbers({3, -1, 7, 2, 5}), -1e9, larger_of, {0}).item<float>(), 7);
}

TEST(Reduce, OfNothingIsTheInitialValue) {
  EXPECT_EQ(reduce(numbers({}), 4.0, larger_of, {0}).item<float>(), 4);
}

TEST(Reduce, AnInitialValueThatIsNotNeutralTakesPart) {
  EXPECT_EQ(reduce(numbers({1, 2}), 10.0, add, {0}).item<float>(), 13);
}

TEST(ReduceWindow, TakesAnyAssociativeFunction) {
  Array x = numbers({1, 5, 2, 4});
  auto found = reduce_window(x, -1e9, larger_of, {2}, {2}).to_vector<float>();
  EXPECT_EQ(found, (std::vector<float>{5, 4}));
}

TEST(Reduce, SaysWhatDoesNotFit) {
  Array x = numbers({1, 2});
  EXPECT_ERROR(reduce(x, x, add, {0}), ShapeError, "initial value must be a scalar");
  EXPECT_ERROR(reduce(x, 0.0, add, {1}), ShapeError, "axes");
  auto sum = [](const Array& a, const Array&) { return eq(a, a); };
  EXPECT_ERROR(reduce(x, 0.0, sum, {0}), ShapeError, "make it of elementwise operations");
}

TEST(ScatterApply, HasNoCapturesAndKeepsTheType) {
  Array x = numbers({1, 2, 3});
  Array index = Array::of<std::int32_t>({1, 1}, {1});
  ScatterDimensionNumbers rows{{}, {0}, {0}};
  auto squared = scatter_apply(x, index, [](const Array& v) { return mul(v, v); }, rows, {1});
  EXPECT_EQ(squared.to_vector<float>(), (std::vector<float>{1, 4, 3}));
  auto is_one = [](const Array& v) { return eq(v, 1.0); };
  EXPECT_ERROR(scatter_apply(x, index, is_one, rows, {1}), DTypeError,
               "must give one such element");
}

TEST(IndexTake, NeedsAnIndexForEachAxis) {
  std::vector<Array> none;
  EXPECT_ERROR(index_take(numbers({1, 2}), none, {0}), ValueError, "one index array for each axis");
}

}  // namespace
}  // namespace linum::lax
