// The operations over named axes, under vmap, which gives the names.
#include "linum/lax/collectives.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {

// f over the first axis, named "i".
template <class F>
static auto named(F f) {
  return vmap(f, {.axis_name = "i"});
}
template <class F>
static auto named_jitted(F f) {
  return named(jit(f));
}

TEST(Collectives, PsumAddsUpExamples) {
  auto f = [](Array x) { return lax::psum(x, "i"); };
  expect_close(named(f)(ramp({2, 3})), floats({2, 3}, {3, 5, 7, 3, 5, 7}));
  expect_close(named_jitted(f)(ramp({2, 3})), floats({2, 3}, {3, 5, 7, 3, 5, 7}));
}

TEST(Collectives, PsumOfOneCountsExamples) {
  Array n =
      named([](Array x) { return lax::add(x, lax::psum(Array(1), "i")); })(ints({3}, {0, 0, 0}));
  expect_close(n, ints({3}, {3, 3, 3}));
}

TEST(Collectives, PsumOfBoolCounts) {
  Array n = named([](Array x) { return lax::psum(lax::gt(x, Array(0.5f)), "i"); })(ramp({3}));
  expect_close(n, ints({3}, {2, 2, 2}));
}

TEST(Collectives, PsumTakesTrees) {
  auto f = [](Array x) { return lax::psum(Tree{{"a", x}, {"b", lax::neg(x)}}, "i"); };
  expect_close(named(f)(ramp({3}))["b"], floats({3}, {-3, -3, -3}));
}

TEST(Collectives, PmeanPmaxPmin) {
  Array x = floats({3}, {1, 5, 3});
  expect_close(named([](Array v) { return lax::pmean(v, "i"); })(x), floats({3}, {3, 3, 3}));
  expect_close(named([](Array v) { return lax::pmax(v, "i"); })(x), floats({3}, {5, 5, 5}));
  expect_close(named([](Array v) { return lax::pmin(v, "i"); })(x), floats({3}, {1, 1, 1}));
}

TEST(Collectives, AllGatherStacksExamples) {
  Array y = named([](Array x) { return lax::all_gather(x, "i", 1); })(ramp({2, 3}));
  expect_close(y, floats({2, 3, 2}, {0, 3, 1, 4, 2, 5, 0, 3, 1, 4, 2, 5}));
}

TEST(Collectives, AllGatherTiledJoinsThem) {
  Array y = named([](Array x) { return lax::all_gather(x, "i", 0, true); })(ramp({2, 2}));
  expect_close(y, floats({2, 4}, {0, 1, 2, 3, 0, 1, 2, 3}));
}

TEST(Collectives, PpermuteSendsToOthers) {
  auto f = [](Array x) { return lax::ppermute(x, "i", {{0, 1}, {1, 2}}); };
  expect_close(named(f)(floats({3}, {5, 6, 7})), floats({3}, {0, 5, 6}));
  expect_close(named_jitted(f)(floats({3, 1}, {5, 6, 7})), floats({3, 1}, {0, 5, 6}));
}

TEST(Collectives, PshuffleTakesFromOthers) {
  auto f = [](Array x) { return lax::pshuffle(x, "i", {2, 0, 1}); };
  expect_close(named(f)(floats({3}, {5, 6, 7})), floats({3}, {7, 5, 6}));
}

TEST(Collectives, PswapaxesTransposes) {
  auto f = [](Array x) { return lax::pswapaxes(x, "i", 0); };
  expect_close(named(f)(ramp({2, 2})), floats({2, 2}, {0, 2, 1, 3}));
}

TEST(Collectives, AllToAllExchangesSlices) {
  auto f = [](Array x) { return lax::all_to_all(x, "i", 0, 1); };
  expect_close(named(f)(ramp({2, 2, 3})),
               floats({2, 3, 2}, {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}));
}

TEST(Collectives, AllToAllTiledKeepsTheRank) {
  auto f = [](Array x) { return lax::all_to_all(x, "i", 0, 0, true); };
  expect_close(named(f)(ramp({2, 4})), floats({2, 4}, {0, 1, 4, 5, 2, 3, 6, 7}));
}

TEST(Collectives, PsumScatterKeepsOnePart) {
  auto f = [](Array x) { return lax::psum_scatter(x, "i"); };
  expect_close(named(f)(ramp({2, 2})), floats({2}, {2, 4}));
  auto tiled = [](Array x) { return lax::psum_scatter(x, "i", 0, true); };
  expect_close(named(tiled)(ramp({2, 4})), floats({2, 2}, {4, 6, 8, 10}));
}

TEST(Collectives, AxisIndexTellsExamplesApart) {
  auto f = [](Array x) { return lax::mul(lax::axis_index("i"), x); };
  expect_close(named(f)(ints({3}, {1, 1, 1})), ints({3}, {0, 1, 2}));
  expect_close(named_jitted(f)(ints({3}, {1, 1, 1})), ints({3}, {0, 1, 2}));
}

TEST(Collectives, AxisIndexInsideBodies) {
  auto f = [](Array x) {
    auto step = [](Array c, Array) { return std::pair{lax::add(c, lax::axis_index("i")), Tree()}; };
    Array looped = lax::scan(step, x, lax::zeros({2}, DType::F32)).first;
    return lax::cond(
        lax::eq(lax::axis_index("i"), Array(0)), [](Array v) { return v; },
        [](Array v) { return lax::add(v, lax::psum(Array(1), "i")); }, looped);
  };
  expect_close(named(f)(ints({3}, {0, 0, 0})), ints({3}, {0, 5, 7}));
}

TEST(Collectives, AxisSizeIsANumber) {
  std::int64_t size = 0;
  named([&](Array x) { return size = lax::axis_size("i"), x; })(ramp({3}));
  EXPECT_EQ(size, 3);
}

TEST(Collectives, OfNestedAxes) {
  auto inner = [](Array x) { return std::tuple{lax::psum(x, "i"), lax::psum(x, "j")}; };
  auto both = vmap(vmap(inner, {.axis_name = "j"}), {.axis_name = "i"});
  auto [over_i, over_j] = both(ramp({2, 3}));
  expect_close(over_i, floats({2, 3}, {3, 5, 7, 3, 5, 7}));
  expect_close(over_j, floats({2, 3}, {3, 3, 3, 12, 12, 12}));
}

TEST(Collectives, UnderAnUnnamedVmap) {
  auto f = vmap(vmap([](Array x) { return lax::all_gather(x, "i"); }), {.axis_name = "i"});
  Array y = f(ramp({2, 3}));  // the inner batch is mapped around the gathered axis
  EXPECT_EQ(y.shape(), (Shape{2, 3, 2}));
  expect_close(y, floats({2, 3, 2}, {0, 3, 1, 4, 2, 5, 0, 3, 1, 4, 2, 5}));
}

TEST(Collectives, NormalizingOverTheBatch) {
  auto f = [](Array x) { return lax::sub(x, lax::pmean(x, "i")); };
  expect_close(named(f)(floats({3}, {1, 2, 6})), floats({3}, {-2, -1, 3}));
}

// --- derivatives -----------------------------------------------------------------------------

// Of the sum of all results, along finite differences' exact counterpart: the function is linear.
template <class F>
static void expect_transposed(F f, const Array& x) {
  auto over_all = [&](Array v) { return lax::reduce_sum(named(f)(v), {0, 1}); };
  Array inside = grad(over_all)(x);
  Array forward = jacfwd(over_all)(x);
  expect_close(inside, forward);
}

TEST(CollectiveDerivatives, ReverseIsForward) {
  Array x = floats({2, 2}, {1, 2, 3, 4}), w = floats({2}, {1, 10});
  auto weighted = [&](auto op) {
    return [op, w](Array v) { return lax::mul(op(lax::mul(v, v)), w); };
  };
  expect_transposed(weighted([](Array v) { return lax::psum(v, "i"); }), x);
  expect_transposed(weighted([](Array v) { return lax::pmean(v, "i"); }), x);
  expect_transposed(weighted([](Array v) { return lax::pmax(v, "i"); }), x);
  expect_transposed(weighted([](Array v) { return lax::ppermute(v, "i", {{0, 1}}); }), x);
  expect_transposed(weighted([](Array v) { return lax::pswapaxes(v, "i", 0); }), x);
  expect_transposed(weighted([](Array v) { return lax::reduce_sum(lax::all_gather(v, "i"), {1}); }),
                    x);
  expect_transposed(
      weighted([](Array v) { return lax::broadcast(lax::psum_scatter(v, "i"), {2}); }), x);
}

// vmap outside grad: as in JAX, psum's transpose is psum.
TEST(CollectiveDerivatives, GradInsideTheAxis) {
  auto f = [](Array x) { return lax::psum(lax::mul(x, x), "i"); };
  expect_close(named(grad(f))(floats({3}, {1, 2, 3})), floats({3}, {6, 12, 18}));
  expect_close(named(grad(jit(f)))(floats({3}, {1, 2, 3})), floats({3}, {6, 12, 18}));
}

// --- errors ----------------------------------------------------------------------------------

TEST(CollectiveErrors, AnUnknownAxisListsTheActiveOnes) {
  EXPECT_ERROR(lax::psum(ramp({2}), "batch"), ValueError,
               "no axis named 'batch' is active here (active: none)");
  auto f = [](Array x) { return lax::psum(x, "batch"); };
  EXPECT_ERROR(named(f)(ramp({2})), ValueError,
               "no axis named 'batch' is active here (active: i=2)");
}

TEST(CollectiveErrors, PermutationsAreChecked) {
  auto twice = [](Array x) { return lax::ppermute(x, "i", {{0, 1}, {1, 1}}); };
  EXPECT_ERROR(named(twice)(ramp({2})), ValueError,
               "sources and targets must be distinct; (1, 1) repeats one");
  auto outside = [](Array x) { return lax::ppermute(x, "i", {{0, 2}}); };
  EXPECT_ERROR(named(outside)(ramp({2})), ValueError,
               "(0, 2) is out of range for axis 'i' of size 2");
}

TEST(CollectiveErrors, SizesMustFitTheAxis) {
  auto f = [](Array x) { return lax::all_to_all(x, "i", 0, 0); };
  EXPECT_ERROR(named(f)(ramp({2, 3})), ShapeError,
               "split_axis 0 of f32[3] must have size 2, that of axis 'i'");
}

}  // namespace linum
