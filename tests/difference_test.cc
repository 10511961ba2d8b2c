// What parity tests count as a difference.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/parity_compare_testlib.h"
#include "tests/parity_fixture_testlib.h"

namespace linum::parity {
namespace {

Array floats(std::vector<float> values) {
  const auto size = static_cast<std::int64_t>(values.size());
  return Array::of<float>({size}, values);
}
std::string between(const Tree& a, const Tree& b, double tolerance = 0) {
  return difference(a, b, tolerance);
}

TEST(Difference, EqualTreesHaveNone) {
  Tree t{{"w", floats({1, NAN, INFINITY})}, {"none", Tree()}};
  EXPECT_EQ(between(t, t), "");
}

TEST(Difference, SaysWhichElementDiffersAndWhere) {
  std::string text = between(Tree{{"w", floats({1, 2})}}, Tree{{"w", floats({1, 2.5f})}});
  EXPECT_NE(text.find("at 'w': element 1 is 2, recorded 2.5"), std::string::npos) << text;
}

TEST(Difference, ToleratesRounding) {
  EXPECT_EQ(between(floats({100.0005f}), floats({100})), "");
  EXPECT_NE(between(floats({100.002f}), floats({100})), "");
  EXPECT_EQ(between(floats({100.002f}), floats({100}), 1e-4), "");
}

TEST(Difference, SmallNumbersAreComparedWithTheLargest) {
  EXPECT_EQ(between(floats({1000, 5e-4f}), floats({1000, 0})), "");
  EXPECT_NE(between(floats({1, 5e-4f}), floats({1, 0})), "");
}

TEST(Difference, InfinitiesAndNaNsMustBeAtTheSamePlace) {
  EXPECT_NE(between(floats({1e38f}), floats({INFINITY})), "");
  EXPECT_NE(between(floats({NAN}), floats({0})), "");
}

TEST(Difference, IntegersAreExact) {
  auto of = [](std::int32_t x) { return Array::of<std::int32_t>({1}, {x}); };
  EXPECT_NE(between(of(1'000'000'000), of(1'000'000'001)), "");
}

TEST(Difference, TypesAndStructuresCount) {
  EXPECT_NE(between(floats({1}), Array::of<double>({1}, {1})), "");
  EXPECT_NE(between(floats({1}), Array::of<float>({}, {1})), "");
  EXPECT_NE(between(Tree::list({floats({1})}), floats({1})), "");
  EXPECT_NE(between(Tree{{"a", floats({1})}}, Tree{{"b", floats({1})}}), "");
}

TEST(Fixture, ReadsEveryKindOfTree) {
  Fixture fixture("optim");
  Case c = fixture.read("optax.adabelief");
  EXPECT_TRUE(c.inputs.is_list());
  EXPECT_TRUE(c.inputs[0]["w"].is_leaf());
  EXPECT_EQ(c.covers, std::vector<std::string>{"optax.adabelief"});
  EXPECT_FALSE(c.differentiable);
}

TEST(Fixture, RecordsGradients) {
  Case c = Fixture("lax_elementwise").read("lax.mul");
  ASSERT_TRUE(c.differentiable);
  EXPECT_EQ(c.gradients.size(), 2u);
  EXPECT_THROW(Fixture("lax_elementwise").read("lax.no_such"), ValueError);
}

}  // namespace
}  // namespace linum::parity
