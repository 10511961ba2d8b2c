#include "linum/base/shape.h"

#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/testing.h"

namespace linum {
namespace {

using testing::ElementsAre;

TEST(Shape, IsWrittenAsNumPyDoes) {
  EXPECT_EQ(to_text(Shape{}), "()");
  EXPECT_EQ(to_text(Shape{3}), "(3,)");
  EXPECT_EQ(to_text(Shape{2, 3}), "(2, 3)");
  EXPECT_EQ(join(Shape{2, 3}), "2,3");
}

TEST(Shape, CountsElements) {
  EXPECT_EQ(element_count({}), 1);
  EXPECT_EQ(element_count({2, 0, 3}), 0);
  EXPECT_THAT(row_major_strides({2, 3, 4}), ElementsAre(12, 4, 1));
}

TEST(Axis, CountsFromTheEndWhenNegative) {
  EXPECT_EQ(normalize_axis(-1, 3, "sum"), 2);
  EXPECT_EQ(normalize_axis(0, 3, "sum"), 0);
  EXPECT_THAT(normalize_axes({-1, 0}, 2, "sum"), ElementsAre(1, 0));
}

TEST(Axis, NamesTheOperationWhenOutOfRangeOrNamedTwice) {
  EXPECT_ERROR(normalize_axis(3, 3, "sum"), ShapeError,
               "sum: axis 3 is out of range for an array with 3 dimensions");
  EXPECT_ERROR(normalize_axis(-2, 1, "sum"), ShapeError,
               "sum: axis -2 is out of range for an array with 1 dimension");
  EXPECT_ERROR(normalize_axes({1, -1}, 2, "sum"), ShapeError, "sum: axis -1 is named twice");
}

TEST(Broadcasting, FollowsNumPy) {
  EXPECT_THAT(broadcast_shapes({4, 1}, {3}, "add"), ElementsAre(4, 3));
  EXPECT_THAT(broadcast_shapes({}, {2, 0}, "add"), ElementsAre(2, 0));
  EXPECT_THAT(broadcast_shapes({1}, {0}, "add"), ElementsAre(0));
  EXPECT_ERROR(broadcast_shapes({2, 3}, {2}, "add"), ShapeError,
               "add: shapes (2, 3) and (2,) cannot be broadcast together");
}

TEST(Shape, IsJoinedToAnother) {
  EXPECT_THAT(joined_shape({2, 3}, {4}), ElementsAre(2, 3, 4));
  EXPECT_THAT(joined_shape({}, {4}), ElementsAre(4));
}

TEST(Axes, AreListedDroppedAndInverted) {
  EXPECT_THAT(iota_axes(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(without_axes({5, 6, 7}, {1}), ElementsAre(5, 7));
  EXPECT_THAT(inverse_permutation({2, 0, 1}), ElementsAre(1, 2, 0));
  EXPECT_TRUE(contains({1, 2}, 2));
  EXPECT_FALSE(contains({1, 2}, 0));
}

}  // namespace
}  // namespace linum
