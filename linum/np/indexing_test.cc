#include "linum/np/indexing.h"

#include <gmock/gmock.h>

#include <cmath>

#include "linum/np/expect_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using np::ellipsis;
using np::newaxis;
using np::Slice;
using testing::HasSubstr;

// 0 to 23 as (2, 3, 4).
const Array& x() {
  static const Array values = np::reshape(np::arange(24), {2, 3, 4});
  return values;
}
// Expected numbers: NumPy's of the same indices.
TEST(Index, IntegersAndSlices) {
  expect_array(np::index(x(), {1}), ints({3, 4}, {12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}));
  expect_array(np::index(x(), {-1, 0, 2}), ints({}, {14}));
  expect_array(np::index(x(), {1, Slice{.start = 1}}),
               ints({2, 4}, {16, 17, 18, 19, 20, 21, 22, 23}));
  expect_array(np::index(x(), {ellipsis, -1}), ints({2, 3}, {3, 7, 11, 15, 19, 23}));
  expect_array(np::index(x(), {0, ellipsis, Slice{.stop = 2}}), ints({3, 2}, {0, 1, 4, 5, 8, 9}));
  expect_array(np::index(x(), {Slice{}, Slice{.start = -2}, 1}), ints({2, 2}, {5, 9, 17, 21}));
}

TEST(Index, StepsAndReversals) {
  expect_array(np::index(x(), {ellipsis, Slice{.step = 2}}),
               ints({2, 3, 2}, {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22}));
  expect_array(np::index(x(), {ellipsis, Slice{.step = -1}}),
               ints({2, 3, 4}, {3,  2,  1,  0,  7,  6,  5,  4,  11, 10, 9,  8,
                                15, 14, 13, 12, 19, 18, 17, 16, 23, 22, 21, 20}));
  expect_array(np::index(x(), {0, Slice{.start = 2, .stop = 0, .step = -1}, 0}), ints({2}, {8, 4}));
  expect_array(np::index(x(), {0, 0, Slice{.start = 9, .stop = -9, .step = -3}}),
               ints({2}, {3, 0}));
  expect_array(np::index(x(), {0, 0, Slice{.start = 3, .stop = 1}}), ints({0}, {}));
}

TEST(Index, NewAxes) {
  expect_array(np::index(x(), {newaxis, 0, 0}), ints({1, 4}, {0, 1, 2, 3}));
  expect_array(np::index(x(), {0, newaxis, ellipsis, 1, newaxis}), ints({1, 3, 1}, {1, 5, 9}));
}

TEST(Index, IndexArrays) {
  expect_array(np::index(x(), {0, np::array({1, 0, -1})}),
               ints({3, 4}, {4, 5, 6, 7, 0, 1, 2, 3, 8, 9, 10, 11}));
  expect_array(np::index(x(), {ellipsis, np::array({0, 3, 1})}),
               ints({2, 3, 3}, {0, 3, 1, 4, 7, 5, 8, 11, 9, 12, 15, 13, 16, 19, 17, 20, 23, 21}));
  expect_array(np::index(x(), {0, np::array({1, 0, -1}), np::array({0, 3, 1})}),
               ints({3}, {4, 3, 9}));
  expect_array(np::index(x(), {0, np::array({{0}, {2}}), np::array({0, 3, 1})}),
               ints({2, 3}, {0, 3, 1, 8, 11, 9}));
  expect_array(np::index(x(), {0, Slice{}, np::array({{0}, {2}})}),
               ints({2, 1, 3}, {0, 4, 8, 2, 6, 10}));
}

TEST(Index, SeparatedIndexArraysComeFirst) {
  expect_array(np::index(x(), {1, Slice{.stop = 2}, np::array({0, 3, 1})}),
               ints({3, 2}, {12, 16, 15, 19, 13, 17}));
  expect_array(np::index(x(), {np::array({0, 1}), Slice{}, np::array({3, 0})}),
               ints({2, 3}, {3, 7, 11, 12, 16, 20}));
  expect_array(np::index(x(), {np::array({1, 0}), newaxis, 2, Slice{.stop = 2}}),
               ints({2, 1, 2}, {20, 21, 8, 9}));
}

TEST(Index, Masks) {
  expect_array(np::index(x(), {0, np::array({true, false, true}), 1}), ints({2}, {1, 9}));
  expect_array(np::index(x(), {Slice{}, np::array({true, false, true}), Slice{.step = 3}}),
               ints({2, 2, 2}, {0, 3, 8, 11, 12, 15, 20, 23}));
}

// 0 to 5 as (2, 3).
Array z() { return np::reshape(np::arange(6), {2, 3}); }

TEST(At, UpdatesGiveNewArrays) {
  const Array before = z();
  expect_array(np::at(before, {1}).set(7), ints({2, 3}, {0, 1, 2, 7, 7, 7}));
  expect_array(np::at(before, {Slice{}, -1}).set(np::array({8, 9})),
               ints({2, 3}, {0, 1, 8, 3, 4, 9}));
  expect_array(np::at(before, {ellipsis, Slice{.step = -2}}).set(np::array({8, 9})),
               ints({2, 3}, {9, 1, 8, 9, 4, 8}));
  expect_array(np::at(before, {np::array({0, 0, 1})}).add(10),
               ints({2, 3}, {20, 21, 22, 13, 14, 15}));
  expect_array(
      np::at(before, {np::array({0, 1, 0}), np::array({2, 1, 2})}).add(np::array({1, 2, 3})),
      ints({2, 3}, {0, 1, 6, 3, 6, 5}));
  expect_array(np::at(before, {0, Slice{.start = 1}}).subtract(1),
               ints({2, 3}, {0, 0, 1, 3, 4, 5}));
  expect_array(np::at(before, {Slice{}, np::array({1, 1})}).mul(3),
               ints({2, 3}, {0, 9, 2, 3, 36, 5}));
  expect_array(np::at(before, {1}).max(4), ints({2, 3}, {0, 1, 2, 4, 4, 5}));
  expect_array(np::at(before, {Slice{}, 2}).min(3), ints({2, 3}, {0, 1, 2, 3, 4, 3}));
  expect_array(before, z());
}

TEST(At, ReadsAndComputesInPlace) {
  const Array f = np::astype(z(), float32);
  expect_array(np::at(f, {0}).divide(2), np::array({{0., 0.5, 1.}, {3., 4., 5.}}));
  expect_array(np::at(f, {0}).power(2), np::array({{0., 1., 4.}, {3., 4., 5.}}));
  expect_array(np::at(f, {ellipsis, 1}).apply([](const Array& v) { return -v; }),
               np::array({{0., -1., 2.}, {3., -4., 5.}}));
  expect_array(np::at(f, {1}).get(), np::array({3., 4., 5.}));
}

TEST(At, TakesTheDTypeOfTheArray) {
  EXPECT_EQ(np::at(z(), {0}).set(2.5).dtype(), int32);
  EXPECT_EQ(np::at(np::zeros({2}, bfloat16), {0}).add(np::ones({})).dtype(), bfloat16);
}

TEST(OutOfBounds, ReadsFillAndUpdatesAreDropped) {
  const Array far = np::array({0, 7}), v = np::array({1, 2, 3});
  expect_array(np::index(v, far, {.mode = "fill", .fill_value = -1}), np::array({1, -1}));
  expect_array(np::index(v, far, {.mode = "clip"}), np::array({1, 3}));
  expect_array(np::at(v, far).set(9), np::array({9, 2, 3}));
  expect_array(np::index(np::astype(v, float32), far), np::array<double>({1, NAN}));
}

TEST(IndexErrors, SayWhichIndexAndWhichAxis) {
  const auto error = [](const np::Indices& i) {
    return message_of<Error>([&] { np::index(x(), i); });
  };
  EXPECT_THAT(error({0, 3}), HasSubstr("index 3 is out of bounds for axis 1 with size 3"));
  EXPECT_THAT(error({0, 0, -5}), HasSubstr("index -5 is out of bounds for axis 2 with size 4"));
  EXPECT_THAT(error({0, 0, 0, 0}),
              HasSubstr("Too many indices: array is 3-dimensional, but 4 were indexed"));
  EXPECT_THAT(error({np::array({0.5})}),
              HasSubstr("arrays used as indices must be of integer or bool type, got f32[1]"));
  EXPECT_THAT(error({Slice{.step = 0}}), HasSubstr("slice step cannot be zero"));
  EXPECT_THAT(error({np::array({true, false, true})}),
              HasSubstr("boolean index did not match shape"));
  EXPECT_THAT(message_of<ValueError>([] { np::index(x(), np::array({0}), {.mode = "bounce"}); }),
              HasSubstr("bounce"));
}

TEST(IndexErrors, TracedMasksAreRefusedWithTheFix) {
  auto f = jit([](const Array& m) { return np::index(np::arange(3), {m}); });
  EXPECT_THAT(message_of<ConcretizationError>([&] {
                f(np::array({true, false, true}));
              }),
              HasSubstr("np::where(mask, x, y), or np::nonzero with a size"));
}

// --- slices whose place is known late ----------------------------------------------------------

TEST(DynamicSlice, StartsWhereTheProgramSays) {
  auto f = jit([](Array i) { return np::index(x(), {0, np::ds(i, 2), Slice{.stop = 1}}); });
  expect_array(f(Array(0)), ints({2, 1}, {0, 4}));
  expect_array(f(Array(1)), ints({2, 1}, {4, 8}));
  expect_array(f(Array(-2)), ints({2, 1}, {4, 8}));
  expect_array(f(Array(7)), ints({2, 1}, {4, 8}));
}

TEST(DynamicSlice, StandsBesideIndexArrays) {
  const Array rows = ints({2}, {1, 0});
  expect_array(np::index(x(), {rows, 0, np::ds(2, 2)}), ints({2, 2}, {14, 15, 2, 3}));
}

TEST(DynamicSlice, IsUpdated) {
  const Array v = ints({4}, {1, 2, 3, 4});
  auto set = jit([v](Array i) { return np::at(v, {np::ds(i, 2)}).set(9); });
  expect_array(set(Array(1)), ints({4}, {1, 9, 9, 4}));
  auto add = jit([v](Array i) { return np::at(v, {np::ds(i, 2)}).add(ints({2}, {10, 20})); });
  expect_array(add(Array(5)), ints({4}, {1, 2, 13, 24}));
}

TEST(DynamicSlice, FitsItsAxis) {
  EXPECT_THAT(message_of<ShapeError>([] { np::index(x(), {np::ds(0, 3)}); }),
              HasSubstr("ds: a slice of 3 elements does not fit an axis of size 2"));
  EXPECT_THAT(message_of<DTypeError>([] { np::index(x(), {np::ds(0.5, 1)}); }),
              HasSubstr("ds: the start must be an integer scalar, got f32[]"));
}

}  // namespace
}  // namespace linum
