#include "linum/np/contractions.h"

#include <gmock/gmock.h>

#include "linum/lax/ramp_test.h"
#include "linum/np/expect_test.h"

namespace linum {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Dot, MultipliesMatricesAndVectors) {
  const Array a = np::array({{1., 2.}, {3., 4.}}), v = np::array({1., -1.});
  expect_array(np::dot(a, a), np::array({{7., 10.}, {15., 22.}}));
  expect_array(np::dot(a, v), np::array({-1., -1.}));
  expect_array(np::dot(v, v), np::array(2.f));
  expect_array(np::dot(a, 2), np::array({{2., 4.}, {6., 8.}}));
}

TEST(Dot, TakesTheLastAxisButOneOfTheSecond) {
  EXPECT_EQ(np::dot(ramp({2, 3}), ramp({4, 3, 5})).shape(), (Shape{2, 4, 5}));
}

TEST(Dot, PromotesAndPrefers) {
  const Array whole = np::array({1, 2}), half = np::array({0.5, 1.}, float16);
  EXPECT_EQ(np::dot(whole, half).dtype(), float16);
  EXPECT_EQ(np::dot(half, half, {.preferred_element_type = float32}).dtype(), float32);
  EXPECT_TRUE(np::dot(2, 3).weak());
}

TEST(Dot, NamesBothAxesThatDiffer) {
  EXPECT_THAT(message_of<ShapeError>([] {
                np::dot(ramp({2, 3}), ramp({2, 3}));
              }),
              AllOf(HasSubstr("dot"), HasSubstr("axis 1 of shape (2, 3) has size 3"),
                    HasSubstr("axis 0 of shape (2, 3) has size 2")));
}

TEST(Matmul, BroadcastsLeadingAxes) {
  const Array a = ramp({2, 1, 3, 2}), b = ramp({4, 2, 5});
  EXPECT_EQ(np::matmul(a, b).shape(), (Shape{2, 4, 3, 5}));
  EXPECT_EQ(np::matmul(ramp({1, 3, 2}), ramp({1, 2, 5})).shape(), (Shape{1, 3, 5}));
  expect_array(np::index(np::matmul(a, b), {1, 2}),
               np::matmul(np::index(a, {1, 0}), np::index(b, 2)));
}

TEST(Matmul, TakesVectorsAsRowsAndColumns) {
  const Array a = ramp({2, 2, 3}), v = np::array({1., 0., -1.}), w = np::array({1., 2.});
  expect_array(np::matmul(a, v), np::array({{-2., -2.}, {-2., -2.}}));
  expect_array(np::matmul(w, a), np::array({{6., 9., 12.}, {24., 27., 30.}}));
  expect_array(np::matvec(a, v), np::matmul(a, v));
  expect_array(np::vecmat(w, a), np::matmul(w, a));
}

TEST(Matmul, RefusesScalarsAndOtherBatches) {
  EXPECT_THAT(message_of<ShapeError>([] { np::matmul(ramp({2}), 3); }),
              HasSubstr("matmul: the second operand must have at least 1 dimension"));
  EXPECT_THAT(
      message_of<ShapeError>([] {
        np::matmul(ramp({2, 3, 3}), ramp({4, 3, 3}));
      }),
      HasSubstr("matmul: the leading axes of shapes (2, 3, 3) and (4, 3, 3) do not broadcast"));
}

TEST(ScalarProducts, ConjugateTheFirst) {
  const std::complex<float> i{0, 1};
  const Array z = Array::of<std::complex<float>>({2}, {i, 2.f * i});
  expect_array(np::vdot(z, z), np::array(std::complex<float>(5)));
  expect_array(np::vecdot(z, z), np::array(std::complex<float>(5)));
  expect_array(np::inner(z, z), np::array(std::complex<float>(-5)));
}

TEST(ScalarProducts, RunAlongAnAxis) {
  const Array a = ramp({3, 2});
  expect_array(np::vecdot(a, np::array({1., 1., 1.}), 0), np::array({6., 9.}));
  EXPECT_THAT(message_of<ShapeError>([&] { np::vecdot(a, a, 2); }), HasSubstr("axis 2"));
}

TEST(Tensordot, SumsOverPairsOfAxes) {
  const Array a = ramp({2, 3, 4}), b = ramp({4, 3, 5});
  EXPECT_EQ(np::tensordot(a, b, {{1, 2}, {1, 0}}).shape(), (Shape{2, 5}));
  EXPECT_EQ(np::tensordot(a, b, 1).shape(), (Shape{2, 3, 3, 5}));
  EXPECT_EQ(np::tensordot(a, b, 0).ndim(), 6);
}

TEST(Tensordot, SaysWhichAxesDoNotFit) {
  EXPECT_NO_THROW(np::tensordot(ramp({2, 3}), ramp({2, 3})));
  EXPECT_THAT(message_of<ShapeError>([] {
                np::tensordot(ramp({2, 3}), ramp({2, 3}), 1);
              }),
              HasSubstr("tensordot: axis 1 of shape (2, 3)"));
  EXPECT_THAT(message_of<ShapeError>([] { np::tensordot(ramp({2}), ramp({2}), 2); }),
              HasSubstr("do not have 2 axes to sum over"));
}

TEST(Kron, RepeatsScaledCopies) {
  expect_array(np::kron(np::array({1, 10}), np::array({{1, 2}, {3, 4}})),
               np::array({{1, 2, 10, 20}, {3, 4, 30, 40}}));
}

TEST(Cross, OfSpaceAndPlane) {
  const Array x = np::array({1., 0., 0.}), y = np::array({0., 1., 0.});
  expect_array(np::cross(x, y), np::array({0., 0., 1.}));
  expect_array(np::cross(np::array({1., 2.}), np::array({3., 5.})), np::array(-1.f));
  expect_array(np::cross(np::transpose(np::stack({x, y})), np::array({0., 0., 1.}), {.axisa = 0}),
               np::array({{0., -1., 0.}, {1., 0., 0.}}));
  EXPECT_THAT(message_of<ShapeError>([&] { np::cross(np::arange(4), x); }),
              HasSubstr("cross: vectors must have 2 or 3 components, got 4"));
}

TEST(Outer, Flattens) {
  expect_array(np::outer(np::array({1, 2}), np::array({{1, 2}, {3, 4}})),
               np::array({{1, 2, 3, 4}, {2, 4, 6, 8}}));
}

}  // namespace
}  // namespace linum
