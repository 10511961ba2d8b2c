#include "linum/transforms/composite.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Array tangent(const Array& x) { return lax::div(lax::sin(x), lax::cos(x)); }

TEST(Composite, IsNamedInTheProgram) {
  auto f = lax::composite(tangent, "my.tangent",
                          {.version = 3,
                           .attributes = {{"axes", std::vector<std::int64_t>{0, 1}},
                                          {"exact", true},
                                          {"kind", std::string("a \"b\"")},
                                          {"scale", 0.5},
                                          {"size", std::int64_t{7}}}});
  const std::string text = lower_to_text(*make_program(f, shape_struct({2}, float32)));
  EXPECT_THAT(text, AllOf(HasSubstr("\"stablehlo.composite\""), HasSubstr("name = \"my.tangent\""),
                          HasSubstr("\"axes\" = array<i64: 0, 1>"), HasSubstr("\"exact\" = true"),
                          HasSubstr("\"kind\" = \"a \\\"b\\\"\""), HasSubstr("\"size\" = 7 : i64"),
                          HasSubstr("version = 3 : i32")));
  expect_close(jit(f)(ramp({3})), lax::tan(ramp({3})), 1e-5);
}

TEST(Composite, TakesAndGivesTrees) {
  auto f = lax::composite(
      [](std::pair<Array, Array> p) {
        return std::pair{p.second, lax::add(p.first, p.second)};
      },
      "my.swap");
  const auto [a, b] = f(std::pair{Array(1.f), Array(2.f)});
  EXPECT_EQ(a.item<float>(), 2);
  EXPECT_EQ(b.item<float>(), 3);
}

TEST(Composite, HasTheDerivativeOfItsFunction) {
  auto f = [](Array x) { return lax::reduce_sum(lax::composite(tangent, "my.tangent")(x), {0}); };
  auto g = [](Array x) { return lax::reduce_sum(tangent(x), {0}); };
  expect_close(grad(f)(ramp({3})), grad(g)(ramp({3})), 1e-6);
}

TEST(Composite, HasANameWithADot) {
  for (const char* name : {"", "tangent", "my.", ".my", "1.x", "my.a b"}) {
    EXPECT_ERROR(lax::composite(tangent, name)(ramp({1})), ValueError,
                 str_cat("composite: the name '", name, "' must be words"));
  }
}

// --- branches by platform ---------------------------------------------------------------------

using Branches = std::map<std::string, std::function<Array(Array)>>;
Array sine(Array x) { return lax::sin(x); }
Array cosine(Array x) { return lax::cos(x); }

TEST(PlatformDependent, IsChosenWhenTheProgramIsLowered) {
  auto f = [](Array x) {
    return lax::platform_dependent(Branches{{"cpu", sine}, {"tpu", cosine}}, x);
  };
  const ProgramRef p = make_program(f, shape_struct({2}, float32));
  EXPECT_THAT(lower_to_text(*p, {.platform = "cpu"}),
              AllOf(HasSubstr("stablehlo.sine"), Not(HasSubstr("cosine"))));
  EXPECT_THAT(lower_to_text(*p, {.platform = "tpu"}),
              AllOf(HasSubstr("stablehlo.cosine"), Not(HasSubstr("stablehlo.sine"))));
  EXPECT_ERROR(lower_to_text(*p, {.platform = "cuda"}), ValueError,
               "platform_dependent has no branch for 'cuda' and no 'default': there are 'cpu', "
               "'tpu'");
  expect_close(jit(f)(ramp({2})), lax::sin(ramp({2})), 1e-6);
  expect_close(f(ramp({2})), lax::sin(ramp({2})), 1e-6);
}

TEST(PlatformDependent, HasADefault) {
  auto f = [](Array x) {
    return lax::platform_dependent(Branches{{"tpu", sine}, {"default", cosine}}, x);
  };
  expect_close(jit(f)(ramp({2})), lax::cos(ramp({2})), 1e-6);
  expect_close(f(ramp({2})), lax::cos(ramp({2})), 1e-6);
}

TEST(PlatformDependent, KnowsNoGpuAtLarge) {
  EXPECT_ERROR(lax::platform_dependent(Branches{{"gpu", sine}}, ramp({2})), ValueError,
               "name 'cuda' or 'rocm' instead of 'gpu'");
}

}  // namespace
}  // namespace linum
