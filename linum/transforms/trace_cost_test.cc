// What tracing costs must grow with the length of a program, not with its square.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

auto chain(int length) {
  return [length](Array x) {
    for (int i = 0; i < length; ++i) x = lax::sin(x);
    return x;
  };
}

// Processor time, the least of several: other work on the machine does not count.
template <class F>
double seconds(F f) {
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    std::clock_t start = std::clock();
    f();
    least = std::min(least, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

// Ten times the operations must cost about ten times as much; a square would cost a hundred.
template <class Work>
void expect_linear(Work work) {
  double shorter = seconds([&] { work(chain(1000)); }),
         longer = seconds([&] { work(chain(10000)); });
  EXPECT_LT(longer, 40 * shorter) << shorter << " s for 1000, " << longer << " s for 10000";
}

}  // namespace

TEST(TraceCost, OfAProgram) {
  expect_linear([](auto f) { EXPECT_GE(make_program(f, ramp({}))->equations.size(), 1000u); });
}

TEST(TraceCost, OfStableHlo) {
  expect_linear([](auto f) { EXPECT_FALSE(jit(f).lower(ramp({})).as_text().empty()); });
}

TEST(TraceCost, OfGradients) {
  expect_linear(
      [](auto f) { EXPECT_GE(make_program(grad(f), ramp({}))->equations.size(), 3000u); });
}

TEST(TraceCost, OfBatches) {
  expect_linear(
      [](auto f) { EXPECT_GE(make_program(vmap(f), ramp({2}))->equations.size(), 1000u); });
}

TEST(TraceCost, OfEachNestedCall) {
  expect_linear([](auto f) {
    auto outer = [f](Array x) { return jit(jit(f))(x); };
    EXPECT_FALSE(jit(outer).lower(ramp({})).as_text().empty());
  });
}

}  // namespace linum
