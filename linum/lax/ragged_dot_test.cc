#include "linum/lax/ragged_dot.h"

#include <gmock/gmock.h>

#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

Array group_sizes(const std::vector<std::int32_t>& sizes) {
  return ints({static_cast<std::int64_t>(sizes.size())}, sizes);
}

// lhs and rhs whose products with one another tell rows and groups apart.
TEST(RaggedDot, MultipliesEachRowWithTheMatrixOfItsGroup) {
  const Array lhs = floats({4, 1}, {1, 2, 3, 4});
  const Array rhs = floats({3, 1, 1}, {10, 100, 1000});
  expect_close(lax::ragged_dot(lhs, rhs, group_sizes({1, 0, 2})),
               floats({4, 1}, {10, 2000, 3000, 0}));
  expect_close(lax::ragged_dot(lhs, rhs, group_sizes({0, 4, 0})),
               floats({4, 1}, {100, 200, 300, 400}));
}

TEST(RaggedDot, GivesAProductForEachGroupOfAContractedAxis) {
  const lax::RaggedDotDimensionNumbers dimensions{{{0}, {0}, {}, {}}, {0}, {}};
  const Array lhs = floats({4, 1}, {1, 2, 3, 4}), rhs = floats({4, 1}, {1, 10, 100, 1000});
  expect_close(lax::ragged_dot_general(lhs, rhs, group_sizes({1, 2}), dimensions),
               floats({2, 1, 1}, {1, 320}));
}

TEST(RaggedDot, OverABatchAxisIsAPlainProduct) {
  const lax::RaggedDotDimensionNumbers dimensions{{{2}, {1}, {0}, {0}}, {0}, {}};
  const Array lhs = ramp({2, 3, 4}), rhs = ramp({2, 4, 2});
  expect_close(lax::ragged_dot_general(lhs, rhs, group_sizes({1, 1}), dimensions),
               lax::dot_general(lhs, rhs, {{2}, {1}, {0}, {0}}));
}

TEST(RaggedDot, TakesGroupSizesForEachBatch) {
  const lax::RaggedDotDimensionNumbers dimensions{{{2}, {2}, {0}, {1}}, {1}, {0}};
  const Array lhs = lax::ones({2, 2, 1}, float32);
  const Array rhs = floats({2, 2, 1, 1}, {1, 2, 3, 4});
  expect_close(lax::ragged_dot_general(lhs, rhs, ints({2, 2}, {1, 1, 2, 0}), dimensions),
               floats({2, 2, 1}, {1, 3, 2, 2}));
}

TEST(RaggedDot, ExplainsWhatDoesNotFit) {
  const Array lhs = ramp({4, 2}), rhs = ramp({3, 2, 5});
  const auto message = [&](const Array& l, const Array& r, const Array& sizes) {
    return message_of<ShapeError>([&] { lax::ragged_dot(l, r, sizes); });
  };
  EXPECT_THAT(message(ramp({4}), rhs, group_sizes({1, 1, 1})),
              HasSubstr("ragged_dot takes arrays of shapes (m, k) and (g, k, n), got (4,)"));
  EXPECT_THAT(message(lhs, rhs, group_sizes({1, 1})),
              HasSubstr("expected the rhs group dimension to have size 2, got 3"));
  EXPECT_THAT(message(lhs, rhs, Array(1)),
              HasSubstr("group sizes of rank 1 or more, got a scalar"));
  EXPECT_THAT(message(lhs, rhs, ints({4, 3}, std::vector<std::int32_t>(12))),
              HasSubstr("expected group sizes of shape (3,), got (4, 3)"));
  EXPECT_THAT(message_of<DTypeError>([&] { lax::ragged_dot(lhs, rhs, ramp({3})); }),
              HasSubstr("group sizes must be integers, got f32[3]"));
  const auto general = [&](Axes ragged, Axes group) {
    return message_of<ShapeError>([&] {
      lax::ragged_dot_general(lhs, rhs, group_sizes({1, 1, 1}),
                              {{{1}, {1}, {}, {}}, ragged, group});
    });
  };
  EXPECT_THAT(general({}, {0}), HasSubstr("expects exactly one lhs ragged dimension"));
  EXPECT_THAT(general({0}, {}), HasSubstr("requires exactly one rhs group dimension"));
  EXPECT_THAT(general({0}, {1}), HasSubstr("to be no contracting or batch dimension"));
  EXPECT_THAT(general({1}, {0}), HasSubstr("takes no rhs group dimension"));
}

std::vector<Law> ragged_laws() {
  const auto free = [](X x) { return Arrays{lax::ragged_dot(x[0], x[1], x[2])}; };
  const auto contracted = [](X x) {
    return Arrays{lax::ragged_dot_general(x[0], x[1], x[2], {{{0, 1}, {1, 0}, {}, {}}, {1}, {}})};
  };
  return {
      law("ragged_dot", free, {real({4, 2}), real({3, 2, 2}), given({3}, {1, 0, 2}, int32)}),
      law("ragged_dot_contracted", contracted,
          {real({2, 3, 2}), real({3, 2, 2}), given({2}, {1, 2}, int32)}),
  };
}
INSTANTIATE_TEST_SUITE_P(RaggedDot, Laws, testing::ValuesIn(ragged_laws()), law_name);

}  // namespace
}  // namespace linum
