#include "linum/transforms/debug_print.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

// The lines printed by f, when all are there.
template <class F>
std::vector<std::string> lines_of(F f) {
  std::vector<std::string> lines;
  debug::PrintSink before =
      debug::set_print_sink([&](std::string_view line) { lines.emplace_back(line); });
  f();
  effects_barrier();
  debug::set_print_sink(before);
  return lines;
}

TEST(DebugPrint, ShowsValuesWhereverItStands) {
  auto f = [](Array x) {
    debug::print("x = {}, y = {y:.2f}", x, arg("y", lax::reduce_sum(x, {0})));
    return lax::reduce_sum(lax::square(x), {0});
  };
  auto expected = ElementsAre("x = [0. 1. 2.], y = 3.00");
  EXPECT_THAT(lines_of([&] { f(ramp({3})); }), expected);
  EXPECT_THAT(lines_of([&] { jit(f)(ramp({3})); }), expected);
  EXPECT_THAT(lines_of([&] { jit(grad(f))(ramp({3})); }), expected);
  EXPECT_THAT(lines_of([&] {
                jit(vmap(f))(floats({2, 1}, {1, 2}));
              }),
              UnorderedElementsAre("x = [1.], y = 1.00", "x = [2.], y = 2.00"));
}

TEST(DebugPrint, KeepsTheOrderWhenAsked) {
  auto f = jit([](Array x) {
    return lax::fori_loop(
        0, 3,
        [](Array i, Array c) {
          debug::print({.ordered = true}, "step {}", i);
          return lax::add(c, Array(1.0f));
        },
        x);
  });
  EXPECT_THAT(lines_of([&] { f(floats({}, {0})); }), ElementsAre("step 0", "step 1", "step 2"));
}

TEST(DebugPrint, TakesNumbersAndNothing) {
  EXPECT_THAT(lines_of([] {
                jit([](Array x) {
                  debug::print({.ordered = true}, "here");
                  debug::print({.ordered = true}, "{} of {}", 1, 2.5);
                  return x;
                })(ramp({1}));
              }),
              ElementsAre("here", "1 of 2.5"));
}

TEST(DebugPrint, RefusesWhatDoesNotFitAtOnce) {
  EXPECT_ERROR(jit([](Array x) { return debug::print("{y}", x), x; })(ramp({1})), ValueError,
               "debug::print: there is no value named 'y', which is used in the format string");
}

TEST(DebugPrint, WritesToStandardOutput) {
  testing::internal::CaptureStdout();
  debug::print("x = {}", 3);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "x = 3\n");
}

}  // namespace
}  // namespace linum
