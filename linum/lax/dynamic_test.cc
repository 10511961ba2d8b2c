#include "linum/lax/dynamic.h"

#include <gmock/gmock.h>

#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

TEST(DynamicSlice, StartsAtTheIndices) {
  expect_close(lax::dynamic_slice(ramp({4, 3}), {1, 1}, {2, 2}), floats({2, 2}, {4, 5, 7, 8}), 0);
}

TEST(DynamicSlice, CountsNegativeIndicesFromTheEnd) {
  const Array x = ramp({5});
  expect_close(lax::dynamic_slice(x, {-2}, {2}), floats({2}, {3, 4}), 0);
  const auto traced = jit([](Array x, Array i) { return lax::dynamic_slice(x, {i}, {2}); });
  expect_close(traced(x, ints({}, {-4})), floats({2}, {1, 2}), 0);
}

TEST(DynamicSlice, StaysInBounds) {
  const Array x = ramp({5});
  expect_close(lax::dynamic_slice(x, {4}, {2}), floats({2}, {3, 4}), 0);
  const Array before = ints({}, {-2});
  expect_close(lax::dynamic_slice(x, {before}, {2}, /*allow_negative_indices=*/false),
               floats({2}, {0, 1}), 0);
}

TEST(DynamicSlice, TakesIndicesOfSeveralDtypes) {
  const Array row = Array::of<std::uint8_t>({}, {2}), column = Array::of<std::int64_t>({}, {-1});
  expect_close(lax::dynamic_slice(ramp({4, 3}), {row, column}, {1, 1}), floats({1, 1}, {8}), 0);
}

TEST(DynamicSlice, GoesAlongOneAxis) {
  const Array x = ramp({2, 3});
  expect_close(lax::dynamic_slice_in_dim(x, 1, 2, 1), floats({2, 2}, {1, 2, 4, 5}), 0);
  expect_close(lax::dynamic_index_in_dim(x, -1, 0), floats({1, 3}, {3, 4, 5}), 0);
  expect_close(lax::dynamic_index_in_dim(x, 0, -1, /*keepdims=*/false), floats({2}, {0, 3}), 0);
}

TEST(DynamicUpdateSlice, Replaces) {
  const Array x = ramp({2, 3});
  expect_close(lax::dynamic_update_slice(x, floats({1, 2}, {7, 8}), {1, -2}),
               floats({2, 3}, {0, 1, 2, 3, 7, 8}), 0);
  expect_close(lax::dynamic_update_slice_in_dim(x, floats({2, 1}, {7, 8}), 5, 1),
               floats({2, 3}, {0, 1, 7, 3, 4, 8}), 0);
  expect_close(lax::dynamic_update_index_in_dim(x, floats({3}, {7, 8, 9}), 0, 0),
               floats({2, 3}, {7, 8, 9, 3, 4, 5}), 0);
}

TEST(DynamicSlice, ExplainsWrongOperands) {
  const Array x = ramp({4, 3});
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::dynamic_slice(x, {1}, {2, 2});
              }),
              HasSubstr("an index for each dimension: got 1 for shape (4, 3)"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::dynamic_slice(x, {1, 1}, {5, 2});
              }),
              HasSubstr("dynamic_slice: a slice of (5, 2) does not fit into (4, 3)"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::dynamic_update_slice(x, ramp({2}), {1, 1});
              }),
              HasSubstr("a slice of (2,) does not fit into (4, 3)"));
  EXPECT_THAT(message_of<ShapeError>([&] {
                lax::dynamic_slice(x, {ints({2}, {0, 1}), 1}, {2, 2});
              }),
              HasSubstr("start indices must be scalars, got shape (2,)"));
  EXPECT_THAT(message_of<DTypeError>([&] {
                lax::dynamic_slice(x, {0.5, 1}, {2, 2});
              }),
              HasSubstr("indices of a dynamic slice must be integers, got float32"));
  EXPECT_THAT(message_of<DTypeError>([&] {
                lax::dynamic_update_slice(x, ints({1, 1}, {0}), {0, 0});
              }),
              HasSubstr("operand and update must have one dtype, got float32 and int32"));
  EXPECT_THAT(message_of<ValueError>([&] {
                lax::dynamic_slice(x, {-1, 0}, {1, 1}, false);
              }),
              HasSubstr("index -1 of a dynamic slice is negative"));
}

std::vector<Law> dynamic_laws() {
  return {
      law("slice",
          [](X x) {
            return Arrays{lax::dynamic_slice(x[0], {x[1], 1}, {2, 2})};
          },
          {real({4, 3}), integers({}, -4, 4)}),
      law("update",
          [](X x) {
            return Arrays{lax::dynamic_update_slice(x[0], x[1], {1, x[2]})};
          },
          {real({3, 4}), real({2, 2}), integers({}, -4, 4)}),
  };
}
INSTANTIATE_TEST_SUITE_P(Dynamic, Laws, testing::ValuesIn(dynamic_laws()), law_name);

}  // namespace
}  // namespace linum
