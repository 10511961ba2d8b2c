// Scopes that find mistakes.
#include "linum/core/debug_scopes.h"

#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/core/trace.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/callback.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

// --- NaNs and infinities ---------------------------------------------------------------------

TEST(DebugNans, NamesTheOperation) {
  DebugNans guard;
  EXPECT_EQ(lax::log(scalar(1)).item<float>(), 0);
  EXPECT_ERROR(lax::log(floats({2}, {1, -1})), FloatingPointError,
               "invalid value (nan) encountered in log");
  NameScope net("Net"), dense("Dense_0");
  EXPECT_ERROR(lax::log(scalar(-1)), FloatingPointError,
               "invalid value (nan) encountered in log (in Net/Dense_0)");
}

TEST(DebugNans, FindsItInAJittedFunction) {
  auto f = jit(
      [](Array x) {
        NameScope net("Net");
        return lax::add(lax::mul(lax::log(x), Array(2.0f)), x);
      },
      {.name = "step"});
  EXPECT_TRUE(std::isnan(f(scalar(-1)).item<float>()));
  DebugNans guard;
  EXPECT_EQ(f(scalar(1)).item<float>(), 1);
  EXPECT_ERROR(f(scalar(-1)), FloatingPointError,
               "invalid value (nan) encountered in log (in Net), inside jit of step");
}

TEST(DebugNans, FindsItInLoopsAndDerivatives) {
  DebugNans guard;
  auto loop = [](Array x) {
    return lax::fori_loop(
        0, 3, [](Array, Array c) { return lax::log(c); }, x);
  };
  EXPECT_ERROR(loop(scalar(0.5)), FloatingPointError, "encountered in log, inside scan");
  auto root = [](Array x) { return lax::sqrt(x); };
  EXPECT_EQ(grad(root)(scalar(4)).item<float>(), 0.25);
  auto product = [](Array x) { return lax::mul(lax::sqrt(x), Array(0.0f)); };
  EXPECT_ERROR(grad(product)(scalar(0)), FloatingPointError, "invalid value (nan)");
  EXPECT_ERROR(jit(grad(product))(scalar(0)), FloatingPointError, ", inside jit of main");
}

TEST(DebugNans, SaysTheFunctionWhereArgumentsWereDonated) {
  DebugNans guard;
  auto f = jit([](Array x) { return lax::log(x); }, {.donate = {0}, .name = "step"});
  EXPECT_ERROR(f(scalar(-1)), FloatingPointError, "invalid value (nan) encountered in jit of step");
}

TEST(DebugNans, DoesNotRepeatIo) {
  int calls = 0;
  auto f = jit([&](Array x) {
    io_callback([&](Array) { ++calls; }, Tree(), x);
    return lax::log(x);
  });
  DebugNans guard;
  EXPECT_ERROR(f(scalar(-1)), FloatingPointError, "encountered in jit of main");
  effects_barrier();
  EXPECT_EQ(calls, 1);
}

TEST(DebugNans, EndsWithItsScope) {
  {
    DebugNans on;
    DebugNans off(false);
    EXPECT_TRUE(std::isnan(lax::log(scalar(-1)).item<float>()));
  }
  EXPECT_TRUE(std::isnan(lax::log(scalar(-1)).item<float>()));
}

TEST(DebugInfs, NamesTheOperation) {
  DebugInfs guard;
  EXPECT_ERROR(lax::div(scalar(1), scalar(0)), FloatingPointError,
               "invalid value (inf) encountered in div");
  auto f = jit([](Array x) { return lax::exp(lax::neg(x)); });
  EXPECT_ERROR(f(scalar(-1000)), FloatingPointError,
               "(inf) encountered in exp, inside jit of main");
  EXPECT_TRUE(std::isnan(lax::log(scalar(-1)).item<float>()));
}

// --- leaks -----------------------------------------------------------------------------------

TEST(CheckTracerLeaks, NamesWhatLeaksFromJit) {
  Array kept;
  auto f = [&](Array x) {
    NameScope net("Net");
    kept = lax::sin(x);
    return x;
  };
  jit(f)(ramp({2}));  // nobody asked
  CheckTracerLeaks guard;
  EXPECT_ERROR(jit(f)(ramp({2})), LeakedTracerError,
               "a program trace has ended, but something still holds values of it (f32[2] of Net)");
}

TEST(CheckTracerLeaks, FromOtherTransforms) {
  CheckTracerLeaks guard;
  Array kept;
  auto f = [&](Array x) { return kept = lax::sin(x); };
  EXPECT_ERROR(grad(f)(scalar(1)), LeakedTracerError, "a jvp trace has ended");
  EXPECT_ERROR(vmap(f)(ramp({2})), LeakedTracerError, "a vmap trace has ended");
  auto body = [&](Array, Array c) { return kept = lax::sin(c); };
  EXPECT_ERROR(lax::fori_loop(0, 2, body, scalar(1)), LeakedTracerError,
               "a program trace has ended");
}

TEST(CheckTracerLeaks, IsContentWithGoodFunctions) {
  CheckTracerLeaks guard;
  auto f = [](Array x) {
    Array y = lax::fori_loop(
        0, 3, [&](Array, Array c) { return lax::add(lax::sin(c), x); }, x);
    return lax::cond(
        lax::gt(y, Array(0.0f)), [&](Array v) { return lax::mul(v, x); }, [](Array v) { return v; },
        y);
  };
  EXPECT_TRUE(std::isfinite(jit(grad(f))(scalar(1)).item<float>()));
  EXPECT_TRUE(std::isfinite(grad(jit(f))(scalar(1)).item<float>()));
  EXPECT_EQ(jit(vmap(grad(f)))(ramp({3})).size(), 3);
}

// --- guards ----------------------------------------------------------------------------------

TEST(NoTracing, RefusesNewTypesOnly) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.name = "step"});
  f(ramp({2}));
  NoTracing guard;
  EXPECT_EQ(f(ramp({2})).size(), 2);
  EXPECT_ERROR(f(ramp({3})), GuardError, "jit of step would be traced");
}

TEST(NoExecution, RefusesOperationsAndFunctions) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.name = "step"});
  Array x = ramp({2});
  f(x);
  NoExecution guard;
  EXPECT_ERROR(f(x), GuardError, "step would be executed, but NoExecution is set");
  EXPECT_ERROR(lax::sin(x), GuardError, "sin would be executed");
  EXPECT_EQ(x.to_vector<float>()[1], 1);
}

// --- traced values where C++ needs a number --------------------------------------------------

TEST(TracedRead, AsAnIndexSaysHow) {
  std::vector<Array> layers(3, scalar(1));
  auto f = [&](Array i) { return layers[i.item<std::size_t>()]; };
  EXPECT_ERROR(jit(f)(Array(1)), ConcretizationError, "is read as a number");
  EXPECT_ERROR(jit([](Array x) { return lax::full({2}, Array(x.item<float>())); })(scalar(1)),
               ConcretizationError, "a traced value of type f32[] is read as a number");
}

}  // namespace
}  // namespace linum
