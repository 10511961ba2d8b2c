#include "linum/transforms/control_flow.h"

#include <limits>

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Array twice(Array x) { return lax::add(x, x); }
static Array same(Array x) { return x; }
static Array yes() { return lax::full({}, Array(true), DType::Bool); }
static Array no() { return lax::full({}, Array(false), DType::Bool); }

// --- cond, switch ----------------------------------------------------------------------------

TEST(CondTest, TakesTheBranchOfThePredicate) {
  expect_close(lax::cond(yes(), twice, same, ramp({2})), floats({2}, {0, 2}));
  expect_close(lax::cond(no(), twice, same, ramp({2})), floats({2}, {0, 1}));
}

TEST(CondTest, NumbersArePredicatesToo) {
  expect_close(lax::cond(Array(3), twice, same, ramp({2})), floats({2}, {0, 2}));
  expect_close(lax::cond(Array(0.0f), twice, same, ramp({2})), floats({2}, {0, 1}));
}

TEST(CondTest, OnATracedPredicate) {
  auto f = jit([](Array x) {
    return lax::cond(lax::gt(lax::reduce_sum(x, {0}), Array(2.0f)), twice, same, x);
  });
  expect_close(f(floats({2}, {1, 0})), floats({2}, {1, 0}));
  expect_close(f(floats({2}, {1, 5})), floats({2}, {2, 10}));
}

TEST(CondTest, BranchesMayCapture) {
  auto f = jit([](Array p, Array x, Array y) {
    return lax::cond(
        p, [&] { return lax::add(x, y); }, [&] { return lax::mul(y, y); });
  });
  EXPECT_EQ(f(yes(), Array(1.0f), Array(3.0f)).item<float>(), 4);
  EXPECT_EQ(f(no(), Array(1.0f), Array(3.0f)).item<float>(), 9);
}

TEST(CondTest, TreesGoThrough) {
  auto on = [](Tree t) { return Tree{{"y", lax::neg(t["x"])}}; };
  auto off = [](Tree t) { return Tree{{"y", t["x"]}}; };
  expect_close(lax::cond(yes(), on, off, Tree{{"x", ramp({2})}})["y"], floats({2}, {0, -1}));
}

TEST(CondTest, AWeakBranchTakesTheOthersType) {
  Array y = lax::cond(
      yes(), [](Array) { return Array(1.0f); }, [](Array x) { return x; }, floats({}, {2}));
  EXPECT_FALSE(y.weak());
}

TEST(CondTest, GradTakesTheBranch) {
  auto f = [](Array p, Array x) {
    return lax::cond(
        p, [](Array v) { return lax::mul(v, v); }, twice, x);
  };
  EXPECT_EQ(grad<1>(f)(yes(), Array(3.0f)).item<float>(), 6);
  EXPECT_EQ(grad<1>(f)(no(), Array(3.0f)).item<float>(), 2);
}

TEST(CondTest, VmapOfThePredicateSelects) {
  Array y =
      vmap([](Array x) { return lax::cond(lax::gt(x, Array(0.5f)), twice, same, x); })(ramp({3}));
  expect_close(y, floats({3}, {0, 2, 4}));
}

TEST(CondTest, DerivativesOfTheOtherBranchStopAtTheOperands) {
  auto f = [](Array x) {
    auto root = [](Array v) { return lax::sqrt(v); };  // infinite slope at 0, nan below
    return lax::mul(lax::cond(lax::gt(x, Array(0.0f)), root, twice, x), x);
  };
  Array x = floats({3}, {4, 0, -1});
  auto total = [f](Array v) { return lax::reduce_sum(vmap(f)(v), {0}); };
  expect_close(grad(total)(x), floats({3}, {3, 0, -4}));
  expect_close(vmap(grad(f))(x), floats({3}, {3, 0, -4}));
  auto slopes = [f](Array v) { return lax::reduce_sum(vmap(grad(f))(v), {0}); };
  expect_close(grad(slopes)(x), floats({3}, {0.375f, 4, 4}));
}

TEST(CondTest, DerivativesStopByAMaskOfTheSameShape) {
  EXPECT_ERROR(lax::stop_gradient_where(ramp({2}), ramp({2})), DTypeError,
               "stop_gradient_where: `stopped` must be bool, got f32[2]");
  EXPECT_ERROR(lax::stop_gradient_where(Array(true), ramp({2})), ShapeError,
               "stop_gradient_where: `stopped` (bool[]) must have the shape of x (f32[2])");
}

TEST(CondTest, DerivativesOfTheOtherBranchStopInLinearProgramsToo) {
  auto f = [](Array x, Array slope) {
    return lax::cond(
        lax::gt(slope, Array(1.0f)), same, [&](Array v) { return lax::mul(v, slope); }, x);
  };
  Array slopes = floats({2}, {std::numeric_limits<float>::infinity(), 0.5f});
  auto along = [&](Array x) { return vmap(f)(x, slopes); };
  Array x = floats({2}, {3, 4});
  expect_close(along(x), floats({2}, {3, 2}));
  expect_close(std::get<0>(linear_transpose(along, x)(x)), floats({2}, {3, 2}));
}

TEST(CondTest, OtherStructuresShowBothTrees) {
  auto on = [](Array x) { return Tree{{"a", x}}; };
  auto off = [](Array x) { return Tree{{"b", x}}; };
  EXPECT_ERROR(lax::cond(yes(), on, off, ramp({2})), TreeError, "branch 0: {'b': ");
  EXPECT_ERROR(lax::cond(yes(), on, off, ramp({2})), TreeError, "branch 1: {'a': ");
}

TEST(CondTest, OtherShapesShowBoth) {
  auto shorter = [](Array x) { return lax::slice(x, {0}, {1}); };
  EXPECT_ERROR(lax::cond(yes(), shorter, same, ramp({2})), TreeError, "(f32[2])");
  EXPECT_ERROR(lax::cond(yes(), shorter, same, ramp({2})), TreeError, "(f32[1])");
}

TEST(CondTest, OtherDtypesShowBoth) {
  auto whole = [](Array x) { return lax::convert_element_type(x, DType::I32); };
  EXPECT_ERROR(lax::cond(yes(), whole, same, ramp({2})), TreeError, "i32[2]");
}

TEST(CondTest, APredicateWithAxesSaysWhatToUse) {
  EXPECT_ERROR(lax::cond(ramp({2}), twice, same, ramp({2})), ShapeError,
               "cond: the predicate must be a scalar, got f32[2]; use np::where");
}

TEST(SwitchTest, ClampsTheIndex) {
  std::vector<std::function<Array(Array)>> branches{same, twice,
                                                    [](Array x) { return lax::neg(x); }};
  for (auto [index, expected] : {std::pair{-1, 3.0f}, {0, 3.0f}, {1, 6.0f}, {2, -3.0f}, {9, -3.0f}})
    EXPECT_EQ(lax::switch_(Array(index), branches, Array(3.0f)).item<float>(), expected) << index;
}

TEST(SwitchTest, WithoutBranchesIsRefused) {
  std::vector<std::function<Array(Array)>> branches;
  EXPECT_ERROR(lax::switch_(Array(0), branches, Array(3.0f)), ValueError, "there are no branches");
}

// --- while, fori -----------------------------------------------------------------------------

TEST(WhileTest, GoesOnWhileTheConditionHolds) {
  auto small = [](Array x) { return lax::lt(x, Array(100.0f)); };
  EXPECT_EQ(lax::while_loop(small, twice, floats({}, {3})).item<float>(), 192);
}

TEST(WhileTest, MayTakeNoStep) {
  auto never = [](Array) { return no(); };
  EXPECT_EQ(lax::while_loop(never, twice, floats({}, {3})).item<float>(), 3);
}

TEST(WhileTest, CarriesTrees) {
  using State = std::tuple<Array, Array>;
  auto going = [](State s) { return lax::lt(std::get<0>(s), Array(4)); };
  auto step = [](State s) {
    return State{lax::add(std::get<0>(s), Array(1)), twice(std::get<1>(s))};
  };
  auto [n, x] = lax::while_loop(going, step, State{lax::zeros({}, DType::I32), ramp({2})});
  expect_close(x, floats({2}, {0, 16}));
}

TEST(WhileTest, AWeakStartTakesTheBodysType) {
  Array y =
      lax::while_loop([](Array x) { return lax::lt(x, Array(5.0f)); },
                      [](Array x) { return lax::add(x, lax::ones({}, DType::F32)); }, Array(0.0));
  EXPECT_EQ(y.item<float>(), 5);
  EXPECT_FALSE(y.weak());
}

TEST(WhileTest, ForwardModeWorks) {
  auto f = [](Array x) {
    return lax::while_loop([](Array v) { return lax::lt(v, Array(10.0f)); },
                           [](Array v) { return lax::mul(v, v); }, x);
  };
  auto [y, t] = jvp(f, std::tuple{floats({}, {2})}, std::tuple{floats({}, {1})});
  EXPECT_EQ(y.item<float>(), 16);
  EXPECT_EQ(t.item<float>(), 32);  // d x^4
}

TEST(WhileTest, ReverseModeSaysWhatToUse) {
  auto f = [](Array x) {
    return lax::while_loop([](Array v) { return lax::lt(v, Array(10.0f)); }, twice, x);
  };
  EXPECT_ERROR(grad(f)(floats({}, {2})), TransformError,
               "reverse-mode differentiation does not work for while_loop");
}

TEST(WhileTest, ReverseModeAroundItWorks) {
  auto f = [](Array x) {
    Array n = lax::while_loop([](Array v) { return lax::lt(v, Array(10.0f)); }, twice,
                              lax::stop_gradient(x));
    return lax::mul(x, n);
  };
  EXPECT_EQ(grad(f)(floats({}, {3})).item<float>(), 12);
}

TEST(WhileTest, VmapStopsEachExampleByItself) {
  auto f = [](Array x) {
    return lax::while_loop([](Array v) { return lax::lt(v, Array(10.0f)); }, twice, x);
  };
  expect_close(vmap(f)(floats({3}, {1, 7, 50})), floats({3}, {16, 14, 50}));
}

TEST(WhileTest, ABodyOfAnotherTypeShowsBoth) {
  auto grow = [](Array x) { return lax::concatenate({x, x}, 0); };
  auto f = [&] { return lax::while_loop([](Array) { return yes(); }, grow, ramp({2})); };
  EXPECT_ERROR(f(), TreeError, "while_loop: the body must return a carry of the type it takes");
  EXPECT_ERROR(f(), TreeError, "(f32[2])");
  EXPECT_ERROR(f(), TreeError, "(f32[4])");
}

TEST(WhileTest, ABodyOfAnotherStructureShowsBothTrees) {
  auto f = [&] {
    return lax::while_loop([](Tree) { return yes(); },
                           [](Tree t) {
                             return Tree{{"b", t["a"]}};
                           },
                           Tree{{"a", ramp({2})}});
  };
  EXPECT_ERROR(f(), TreeError, "{'a': ");
  EXPECT_ERROR(f(), TreeError, "{'b': ");
}

TEST(WhileTest, TheConditionMustBeOneBool) {
  auto f = [&] { return lax::while_loop([](Array x) { return x; }, same, ramp({2})); };
  EXPECT_ERROR(f(), TreeError, "the condition must give one bool, got f32[2]");
}

TEST(ForiTest, CountsInCpp) {
  Array sum = lax::fori_loop(
      2, 5, [](Array i, Array s) { return lax::add(s, i); }, lax::zeros({}, DType::I32));
  EXPECT_EQ(sum.item<int>(), 2 + 3 + 4);
}

TEST(ForiTest, CountsByArrays) {
  auto f = jit([](Array n) {
    return lax::fori_loop(
        Array(0), n, [](Array i, Array s) { return lax::add(s, i); }, lax::zeros({}, DType::I32));
  });
  EXPECT_EQ(f(Array(4)).item<int>(), 6);
  EXPECT_EQ(f(Array(6)).item<int>(), 15);
}

TEST(ForiTest, OfNoStepsGivesTheStart) {
  EXPECT_EQ(lax::fori_loop(
                3, 3, [](Array, Array s) { return twice(s); }, floats({}, {5}))
                .item<float>(),
            5);
  EXPECT_EQ(lax::fori_loop(
                3, 1, [](Array, Array s) { return twice(s); }, floats({}, {5}))
                .item<float>(),
            5);
}

TEST(ForiTest, ReverseModeWorks) {
  auto f = [](Array x) {
    return lax::fori_loop(
        0, 3, [&](Array, Array s) { return lax::mul(s, x); }, x);
  };
  EXPECT_EQ(grad(f)(floats({}, {2})).item<float>(), 32);  // d x^4
}

// --- scan, map -------------------------------------------------------------------------------

static std::pair<Array, Array> running_sum(Array c, Array x) {
  Array next = lax::add(c, x);
  return {next, lax::mul(next, Array(10.0f))};
}
static const auto zero = [] { return lax::zeros({}, DType::F32); };

TEST(ScanTest, CarriesAndStacks) {
  auto [last, ys] = lax::scan(running_sum, zero(), floats({3}, {1, 2, 3}));
  EXPECT_EQ(last.item<float>(), 6);
  expect_close(ys, floats({3}, {10, 30, 60}));
}

TEST(ScanTest, InReverseStacksInPlace) {
  auto [last, ys] = lax::scan(running_sum, zero(), floats({3}, {1, 2, 3}), {.reverse = true});
  expect_close(ys, floats({3}, {60, 50, 30}));
}

TEST(ScanTest, UnrolledIsTheSame) {
  for (std::int64_t unroll : {2, 3, 6, 7, 100}) {
    auto [last, ys] = lax::scan(running_sum, zero(), ramp({6}), {.unroll = unroll});
    EXPECT_EQ(last.item<float>(), 15) << unroll;
    expect_close(ys, floats({6}, {0, 10, 30, 60, 100, 150}));
  }
}

TEST(ScanTest, WithoutInputsTakesALength) {
  auto step = [](Array c, Tree) { return std::pair{twice(c), c}; };
  auto [last, ys] = lax::scan(step, floats({}, {1}), Tree(), {.length = 4});
  EXPECT_EQ(last.item<float>(), 16);
  expect_close(ys, floats({4}, {1, 2, 4, 8}));
}

TEST(ScanTest, TreesGoThrough) {
  using State = std::map<std::string, Array>;
  auto step = [](State s, std::tuple<Array, Array> x) {
    s["sum"] = lax::add(s["sum"], lax::mul(std::get<0>(x), std::get<1>(x)));
    return std::pair{s, State{{"x", std::get<0>(x)}}};
  };
  auto [state, ys] = lax::scan(step, State{{"sum", zero()}}, std::tuple{ramp({3}), ramp({3})});
  EXPECT_EQ(state["sum"].item<float>(), 5);
  expect_close(ys["x"], ramp({3}));
}

TEST(ScanTest, OverNothingGivesNothing) {
  auto [last, ys] = lax::scan(running_sum, zero(), lax::zeros({0}, DType::F32));
  EXPECT_EQ(last.item<float>(), 0);
  EXPECT_EQ(ys.shape(), Shape{0});
}

TEST(ScanTest, GradOverNothingIsThatOfTheCarry) {
  auto f = [](Array c, Array xs) { return lax::scan(running_sum, c, xs).first; };
  auto [dc, dxs] = grad<0, 1>(f)(floats({}, {2}), lax::zeros({0}, DType::F32));
  EXPECT_EQ(dc.item<float>(), 1);
  EXPECT_EQ(dxs.shape(), Shape{0});
}

TEST(ScanTest, GradFlowsThroughSteps) {
  auto f = [](Array c, Array xs) {
    auto step = [](Array h, Array x) { return std::pair{lax::mul(h, x), h}; };
    return lax::scan(step, c, xs).first;
  };
  auto [dc, dxs] = grad<0, 1>(f)(floats({}, {2}), floats({3}, {3, 5, 7}));
  EXPECT_EQ(dc.item<float>(), 105);
  expect_close(dxs, floats({3}, {70, 42, 30}));
}

TEST(ScanTest, GradOfCapturedValuesSumsOverSteps) {
  auto f = [](Array w, Array xs) {
    auto step = [&](Array h, Array x) { return std::pair{lax::add(h, lax::mul(w, x)), h}; };
    return lax::scan(step, lax::zeros({}, DType::F32), xs).first;
  };
  EXPECT_EQ(grad(f)(floats({}, {2}), floats({3}, {3, 5, 7})).item<float>(), 15);
}

TEST(ScanTest, IntegersInTheCarryDoNotMindGrad) {
  auto f = [](Array x) {
    auto step = [](std::tuple<Array, Array> s, Array v) {
      auto [n, sum] = s;
      Array weight = lax::convert_element_type(n, DType::F32);
      return std::pair{std::tuple{lax::add(n, Array(1)), lax::add(sum, lax::mul(weight, v))}, n};
    };
    std::tuple<Array, Array> start{lax::zeros({}, DType::I32), zero()};
    return std::get<1>(lax::scan(step, start, x).first);
  };
  expect_close(grad(f)(ramp({3})), floats({3}, {0, 1, 2}));
}

TEST(ScanTest, VmapMapsCarryOrInputs) {
  auto f = [](Array c, Array xs) { return lax::scan(running_sum, c, xs).second; };
  expect_close(vmap(f, {.in_axes = {0, std::nullopt}})(ramp({2}), floats({2}, {1, 1})),
               floats({2, 2}, {10, 20, 20, 30}));
  expect_close(vmap(f, {.in_axes = {std::nullopt, 1}})(zero(), ramp({2, 2})),
               floats({2, 2}, {0, 20, 10, 40}));
}

TEST(ScanTest, LoopsStayLoops) {
  auto f = jit([](Array xs) { return lax::scan(running_sum, zero(), xs).first; });
  std::string text = f.lower(ramp({1000})).as_text();
  EXPECT_NE(text.find("stablehlo.while"), std::string::npos);
  EXPECT_LT(text.size(), 10000u);
}

TEST(ScanTest, LengthsThatDifferAreNamed) {
  auto step = [](Array c, std::tuple<Array, Array>) { return std::pair{c, c}; };
  EXPECT_ERROR(
      lax::scan(step, zero(), std::tuple{ramp({3}), ramp({4})}), ShapeError,
      "scan: inputs of different lengths, 3 (the input at 0, f32[3]) and 4 (the input at 1, "
      "f32[4])");
  EXPECT_ERROR(lax::scan(step, zero(), std::tuple{ramp({3}), ramp({})}), ShapeError,
               "scan: the input at 1, f32[], has no axis to scan over");
  auto one = [](Array c, Array x) { return std::pair{c, x}; };
  EXPECT_ERROR(lax::scan(one, zero(), ramp({3}), {.length = 4}), ShapeError,
               "4 (ScanOptions::length) and 3 (the input, f32[3])");
}

TEST(ScanTest, WithoutInputsAndLengthIsRefused) {
  auto step = [](Array c, Tree) { return std::pair{c, c}; };
  EXPECT_ERROR(lax::scan(step, zero(), Tree()), ValueError, "needs ScanOptions::length");
}

TEST(ScanTest, ACarryOfAnotherTypeShowsBoth) {
  auto f = [] {
    auto step = [](Array c, Array x) { return std::pair{lax::broadcast(c, {2}), x}; };
    return lax::scan(step, lax::zeros({}, DType::F32), ramp({3}));
  };
  EXPECT_ERROR(f(), TreeError, "scan: the body must return a carry of the type it takes");
  EXPECT_ERROR(f(), TreeError, "(f32[])");
  EXPECT_ERROR(f(), TreeError, "(f32[2])");
}

TEST(ScanTest, ACarryOfAnotherStructureShowsBothTrees) {
  auto f = [] {
    auto step = [](Tree c, Array x) { return std::pair{Tree{{"b", c["a"]}}, x}; };
    return lax::scan(step, Tree{{"a", zero()}}, ramp({3}));
  };
  EXPECT_ERROR(f(), TreeError, "{'a': ");
  EXPECT_ERROR(f(), TreeError, "{'b': ");
}

TEST(MapTest, RunsOverTheFirstAxis) {
  Array y = lax::map([](Array row) { return lax::reduce_sum(row, {0}); }, ramp({2, 3}));
  expect_close(y, floats({2}, {3, 12}));
}

// --- disable_jit -----------------------------------------------------------------------------

TEST(DisableJitControlFlow, BodiesSeeValues) {
  DisableJit guard;
  std::vector<float> seen;
  auto watch = [&](Array c, Array x) {
    seen.push_back(x.item<float>());
    return running_sum(c, x);
  };
  auto [last, ys] = lax::scan(watch, zero(), floats({3}, {1, 2, 3}), {.reverse = true});
  EXPECT_EQ(seen, (std::vector<float>{3, 2, 1}));
  expect_close(ys, floats({3}, {60, 50, 30}));
  EXPECT_EQ(
      lax::while_loop([](Array x) { return Array(x.item<float>() < 9); }, twice, floats({}, {3}))
          .item<float>(),
      12);
  EXPECT_EQ(
      lax::cond(
          yes(), twice, [](Array) -> Array { throw ValueError("not taken"); }, floats({}, {3}))
          .item<float>(),
      6);
}

}  // namespace linum
