#include "linum/transforms/jit.h"

#include <atomic>
#include <thread>

#include "linum/base/testing.h"
#include "linum/core/trace.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/eval_shape.h"

namespace linum {

using Floats = std::vector<float>;
static Floats read(const Array& x) { return x.to_vector<float>(); }

TEST(Jit, GivesWhatTheFunctionGives) {
  auto f = jit([](Array x, Array y) { return lax::add(lax::mul(x, x), y); });
  EXPECT_EQ(read(f(floats({2}, {2, 3}), floats({2}, {1, 1}))), (Floats{5, 10}));
}

TEST(Jit, TakesAndGivesTrees) {
  using Params = std::map<std::string, Array>;
  auto f = jit([](Params p, std::vector<Array> xs) {
    return std::tuple{lax::add(p["w"], xs[0]), Params{{"doubled", lax::add(xs[1], xs[1])}}};
  });
  auto [sum, more] =
      f(Params{{"w", floats({1}, {1})}}, std::vector<Array>{floats({1}, {2}), floats({1}, {3})});
  EXPECT_EQ(read(sum), Floats{3});
  EXPECT_EQ(read(more["doubled"]), Floats{6});
}

struct Point {
  Array x, y;
  LINUM_FIELDS(x, y)
};

TEST(Jit, TakesStructsByTheirFields) {
  auto swap = jit([](Point p) { return Point{p.y, p.x}; });
  Point p = swap(Point{floats({1}, {1}), floats({1}, {2})});
  EXPECT_EQ(read(p.x), Floats{2});
  EXPECT_EQ(read(p.y), Floats{1});
}

TEST(Jit, AnAbsentOptionalIsPartOfTheStructure) {
  auto f = jit([](Array x, std::optional<Array> bias) { return bias ? lax::add(x, *bias) : x; });
  EXPECT_EQ(read(f(floats({1}, {1}), std::optional<Array>())), Floats{1});
  EXPECT_EQ(read(f(floats({1}, {1}), std::optional<Array>(floats({1}, {5})))), Floats{6});
  EXPECT_EQ(f.cache_size(), 2u);
}

TEST(Jit, MayReturnNothing) {
  int traces = 0;
  auto f = jit([&](Array) { ++traces; });
  f(ramp({2}));
  f(ramp({2}));
  EXPECT_EQ(traces, 1);
}

TEST(Jit, MayTakeNothing) {
  auto f = jit([] { return lax::iota(DType::F32, 3); });
  EXPECT_EQ(read(f()), (Floats{0, 1, 2}));
}

TEST(Jit, TracesOncePerShape) {
  auto f = jit([](Array x) { return lax::neg(x); });
  f(ramp({2}));
  f(ramp({2}));
  EXPECT_EQ(f.cache_size(), 1u);
  f(ramp({3}));
  EXPECT_EQ(f.cache_size(), 2u);
}

TEST(Jit, TracesOncePerDtypeAndWeakness) {
  auto f = jit([](Array x) { return lax::neg(x); });
  f(lax::zeros({}, DType::F32));
  f(lax::zeros({}, DType::I32));
  EXPECT_EQ(f.cache_size(), 2u);
  f(Array(1.0));  // weak
  EXPECT_EQ(f.cache_size(), 3u);
  f(Array(2.0));
  EXPECT_EQ(f.cache_size(), 3u);
}

TEST(Jit, TracesOncePerStructure) {
  auto f = jit([](Tree t) { return tree::leaves(t)[0]; });
  f(Tree{{"a", ramp({2})}});
  f(Tree{{"b", ramp({2})}});
  EXPECT_EQ(f.cache_size(), 2u);
}

TEST(Jit, TracesOncePerStaticValue) {
  auto power = jit([](Array x, int n) { return lax::integer_pow(x, n); });
  EXPECT_EQ(read(power(floats({1}, {3}), 2)), Floats{9});
  EXPECT_EQ(read(power(floats({1}, {3}), 3)), Floats{27});
  EXPECT_EQ(power.cache_size(), 2u);
  power(floats({1}, {4}), 2);
  EXPECT_EQ(power.cache_size(), 2u);
}

TEST(Jit, StaticValuesMayBeStringsAndFlags) {
  auto f = jit([](Array x, std::string op, bool twice) {
    Array y = op == "sin" ? lax::sin(x) : lax::neg(x);
    return twice ? lax::add(y, y) : y;
  });
  EXPECT_EQ(read(f(floats({1}, {3}), std::string("neg"), true)), Floats{-6});
  EXPECT_EQ(read(f(floats({1}, {0}), std::string("sin"), false)), Floats{0});
}

TEST(Jit, CopiesShareTheirPrograms) {
  auto f = jit([](Array x) { return lax::neg(x); });
  const auto copy = f;  // NOLINT(performance-unnecessary-copy-initialization)
  f(ramp({2}));
  copy(ramp({2}));
  EXPECT_EQ(copy.cache_size(), 1u);
}

TEST(Jit, CapturedArraysAreInputsNotConstants) {
  Array table = ramp({64});
  auto f = jit([table](Array x) { return lax::add(x, table); });
  std::string text = f.lower(ramp({64})).as_text();
  EXPECT_EQ(text.find("dense<["), std::string::npos) << text;
  EXPECT_NE(text.find("@main(%0: tensor<64xf32>, %1: tensor<64xf32>)"), std::string::npos) << text;
  EXPECT_EQ(f(ramp({64})).to_vector<float>()[63], 126);
}

TEST(Jit, UnusedArgumentsAreNotPassed) {
  auto f = jit([](Array x, Array) { return lax::neg(x); });
  EXPECT_EQ(f.lower(ramp({2}), ramp({3})).as_text().find("tensor<3xf32>"), std::string::npos);
  EXPECT_EQ(read(f(floats({1}, {1}), ramp({3}))), Floats{-1});
}

TEST(Jit, KeepUnusedPassesThem) {
  auto f = jit([](Array x, Array) { return lax::neg(x); }, {.keep_unused = true});
  EXPECT_NE(f.lower(ramp({2}), ramp({3})).as_text().find("tensor<3xf32>"), std::string::npos);
}

TEST(Jit, AnArgumentMayBeAResult) {
  auto f = jit([](Array x, Array y) { return std::tuple{y, x, Array(2.0f)}; });
  auto [a, b, two] = f(floats({1}, {1}), floats({1}, {2}));
  EXPECT_EQ(read(a), Floats{2});
  EXPECT_EQ(read(b), Floats{1});
  EXPECT_EQ(two.item<float>(), 2);
}

TEST(Jit, NestedCallsStayCalls) {
  auto inner = jit([](Array x) { return lax::sin(x); }, {.name = "inner"});
  auto outer = jit([inner](Array x) { return lax::add(inner(x), inner(x)); });
  Array x = ramp({3});
  expect_close(outer(x), lax::add(lax::sin(x), lax::sin(x)));
  EXPECT_EQ(inner.cache_size(), 1u);
  std::string text = outer.lower(x).as_text();
  EXPECT_NE(text.find("func.func private @inner"), std::string::npos) << text;
  EXPECT_EQ(text.find("func.func private @inner"), text.rfind("func.func private @inner"));
}

TEST(Jit, AnInlinedOneIsNoCall) {
  auto inner = jit([](Array v) { return lax::sin(v); }, {.inlined = true});
  auto outer = [inner](Array v) { return lax::add(inner(v), inner(v)); };
  ProgramRef p = make_program(outer, ramp({3}));
  EXPECT_EQ(p->to_string().find("jit"), std::string::npos) << p->to_string();
  EXPECT_EQ(p->equations.size(), 3u);
  EXPECT_EQ(read(jit(outer)(ramp({3}))), read(outer(ramp({3}))));
}

TEST(Jit, InnerFunctionsMayCaptureOuterValues) {
  auto outer = jit([](Array x) {
    auto inner = jit([x](Array y) { return lax::mul(x, y); });
    return lax::add(inner(x), inner(Array(2.0f)));
  });
  EXPECT_EQ(read(outer(floats({1}, {3}))), Floats{15});
  EXPECT_EQ(read(outer(floats({1}, {4}))), Floats{24});
}

TEST(Jit, WorksFromSeveralThreads) {
  auto f = jit([](Array x) { return lax::add(x, x); });
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      auto value = static_cast<float>(i);
      right += read(f(floats({1}, {value}))) == Floats{2 * value};
    });
  for (auto& t : threads) t.join();
  EXPECT_EQ(right, 4);
}

// --- donation --------------------------------------------------------------------------------

TEST(Donation, TheResultMayTakeTheArgumentsBuffer) {
  auto f = jit([](Array x) { return lax::add(x, Array(1.0f)); }, {.donate = {0}});
  EXPECT_EQ(read(f(ramp({4}))), (Floats{1, 2, 3, 4}));
  EXPECT_NE(f.lower(ramp({4})).as_text().find("tf.aliasing_output = 0"), std::string::npos)
      << f.lower(ramp({4})).as_text();
}

TEST(Donation, ReadingADonatedArrayNamesTheMistake) {
  auto f = jit([](Array x) { return lax::add(x, Array(1.0f)); }, {.donate = {0}});
  Array x = ramp({4});
  f(x);
  EXPECT_ERROR(x.to_vector<float>(), DeletedBufferError, "donated");
}

TEST(Donation, PassingADonatedArrayAgainNamesTheArgument) {
  auto f = jit([](Array x) { return lax::add(x, Array(1.0f)); }, {.donate = {0}});
  Array x = ramp({4});
  f(x);
  EXPECT_ERROR(f(x), DeletedBufferError, "argument 0 (float32(4,)) was donated");
}

TEST(Donation, OtherArgumentsLive) {
  auto f = jit([](Array x, Array y) { return lax::add(x, y); }, {.donate = {0}});
  Array y = ramp({4});
  f(ramp({4}), y);
  EXPECT_EQ(read(y), (Floats{0, 1, 2, 3}));
}

TEST(Donation, ANumberIsNotUsedUp) {
  auto f = jit([](Array x) { return lax::add(x, Array(1.0f)); }, {.donate = {0}});
  Array one(1.0f);
  f(one);
  EXPECT_EQ(f(one).item<float>(), 2);
}

TEST(Donation, OfAnArgumentThatDoesNotExistIsRefused) {
  auto f = jit([](Array x) { return x; }, {.donate = {1}, .name = "step"});
  EXPECT_ERROR(f(ramp({2})), ValueError, "jit of step: donate names argument 1, but there are 1");
}

// --- disable_jit -----------------------------------------------------------------------------

TEST(DisableJitTest, ValuesCanBeRead) {
  auto f = jit([](Array x) { return x.item<float>() > 0 ? lax::add(x, x) : x; });
  DisableJit guard;
  EXPECT_EQ(f(Array(2.0f)).item<float>(), 4);
  EXPECT_EQ(f.cache_size(), 0u);
}

TEST(DisableJitTest, EndsWithItsScope) {
  {
    DisableJit guard;
    EXPECT_TRUE(jit_disabled());
    DisableJit enable(false);
    EXPECT_FALSE(jit_disabled());
  }
  EXPECT_FALSE(jit_disabled());
}

}  // namespace linum
