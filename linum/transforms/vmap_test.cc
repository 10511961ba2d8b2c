#include "linum/transforms/vmap.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"

namespace linum {

static Array dot(Array x, Array y) { return lax::dot(x, y); }

TEST(Vmap, MapsOverTheFirstAxis) {
  Array y = vmap([](Array x) { return lax::reduce_sum(x, {0}); })(ramp({2, 3}));
  expect_close(y, floats({2}, {3, 12}));
}

TEST(Vmap, InAxesMayBeAny) {
  Array y = vmap([](Array x) { return lax::reduce_sum(x, {0}); }, {.in_axes = {1}})(ramp({2, 3}));
  expect_close(y, floats({3}, {3, 5, 7}));
  expect_close(
      vmap([](Array x) { return lax::reduce_sum(x, {0}); }, {.in_axes = {-1}})(ramp({2, 3})), y);
}

TEST(Vmap, AnArgumentMayBeShared) {
  Array y = vmap(dot, {.in_axes = {0, std::nullopt}})(ramp({2, 3}), floats({3}, {1, 0, 1}));
  expect_close(y, floats({2}, {2, 8}));
}

TEST(Vmap, EachArgumentHasItsAxis) {
  Array y = vmap(dot, {.in_axes = {0, 1}})(ramp({2, 3}), ramp({3, 2}));
  expect_close(y, floats({2}, {10, 40}));
}

TEST(Vmap, OutAxesMayBeAny) {
  Array y = vmap([](Array x) { return lax::neg(x); }, {.out_axes = {-1}})(ramp({2, 3}));
  expect_close(y, floats({3, 2}, {0, -3, -1, -4, -2, -5}));
}

TEST(Vmap, EachResultHasItsAxis) {
  auto f = [](Array x) { return std::tuple{x, lax::neg(x)}; };
  auto [a, b] = vmap(f, {.out_axes = {1, 0}})(ramp({2, 3}));
  EXPECT_EQ(a.shape(), (Shape{3, 2}));
  EXPECT_EQ(b.shape(), (Shape{2, 3}));
}

TEST(Vmap, ASharedResultIsRepeated) {
  Array y = vmap([](Array) { return ramp({2}); })(ramp({3}));
  expect_close(y, floats({3, 2}, {0, 1, 0, 1, 0, 1}));
}

TEST(Vmap, ASharedResultMayStaySo) {
  auto f = [](Array x) { return std::tuple{x, ramp({2})}; };
  auto [x, shared] = vmap(f, {.out_axes = {0, std::nullopt}})(ramp({3}));
  EXPECT_EQ(shared.shape(), Shape{2});
}

TEST(Vmap, TreesHaveOneAxisPerArgument) {
  auto f = [](Tree t, Array x) { return Tree{{"y", lax::add(lax::mul(t["w"], x), t["b"])}}; };
  Tree params{{"w", ramp({3})}, {"b", ramp({3})}};
  Tree y = vmap(f, {.in_axes = {0, std::nullopt}})(params, Array(2.0f));
  expect_close(y["y"], floats({3}, {0, 3, 6}));
}

TEST(Vmap, StaticArgumentsPass) {
  auto f = [](Array x, int n) { return lax::integer_pow(x, n); };
  expect_close(vmap(f)(ramp({3}), 2), floats({3}, {0, 1, 4}));
}

TEST(Vmap, Nests) {
  auto outer_product =
      vmap(vmap([](Array x, Array y) { return lax::mul(x, y); }, {.in_axes = {std::nullopt, 0}}),
           {.in_axes = {0, std::nullopt}});
  expect_close(outer_product(ramp({2}), ramp({3})), floats({2, 3}, {0, 0, 0, 0, 1, 2}));
}

TEST(Vmap, OfNothingMappedNeedsASize) {
  VmapOptions options{.in_axes = {std::nullopt}, .axis_size = 3};
  expect_close(vmap([](Array x) { return lax::neg(x); }, options)(Array(2.0f)),
               floats({3}, {-2, -2, -2}));
}

TEST(Vmap, ABatchOfNoneIsFine) {
  EXPECT_EQ(vmap([](Array x) { return lax::sin(x); })(lax::zeros({0, 3}, DType::F32)).shape(),
            (Shape{0, 3}));
}

TEST(Vmap, PerExampleGradients) {
  auto loss = [](Array w, Array x) { return lax::mul(lax::dot(w, x), lax::dot(w, x)); };
  Array g = vmap(grad(loss), {.in_axes = {std::nullopt, 0}})(floats({2}, {1, 1}), ramp({2, 2}));
  expect_close(g, floats({2, 2}, {0, 2, 20, 30}));
}

// --- errors ----------------------------------------------------------------------------------

TEST(VmapErrors, SizesThatDifferNameTheArguments) {
  auto f = [](Array x, Array y) { return lax::add(x, y); };
  EXPECT_ERROR(vmap(f)(ramp({2, 3}), ramp({4, 3})), ShapeError,
               "vmap: the mapped axes have different sizes: 2 (axis 0 of argument 0, f32[2,3]), 4 "
               "(axis 0 of "
               "argument 1, f32[4,3])");
}

TEST(VmapErrors, SizesThatDifferNameThePath) {
  auto f = [](Tree t) { return t; };
  EXPECT_ERROR(vmap(f)(Tree{{"a", ramp({2})}, {"b", Tree{{"c", ramp({5})}}}}), ShapeError,
               "5 (axis 0 of argument 0 at b/c, f32[5])");
}

TEST(VmapErrors, AnAxisSizeThatDiffersIsNamed) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(vmap(f, {.axis_size = 3})(ramp({2})), ShapeError,
               "3 (axis_size), 2 (axis 0 of argument 0, f32[2])");
}

TEST(VmapErrors, AnArgumentWithoutAxes) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(vmap(f)(Array(1.0f)), ShapeError,
               "argument 0 has a leaf f32[] without axes to map over");
}

TEST(VmapErrors, AnAxisOutOfRangeNamesTheArgument) {
  auto f = [](Array x, Array y) { return lax::add(x, y); };
  EXPECT_ERROR(vmap(f, {.in_axes = {0, 2}})(ramp({2, 3}), ramp({2, 3})), ShapeError,
               "in_axes of argument 1");
}

TEST(VmapErrors, NothingIsMapped) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(vmap(f, {.in_axes = {std::nullopt}})(ramp({2})), ValueError,
               "vmap: no argument is mapped");
}

TEST(VmapErrors, InAxesOfAnotherLength) {
  auto f = [](Array x, Array y, Array z) { return lax::add(x, lax::add(y, z)); };
  EXPECT_ERROR(vmap(f, {.in_axes = {0, 0}})(ramp({2}), ramp({2}), ramp({2})), ValueError,
               "vmap: in_axes has 2 entries for 3 arguments");
}

TEST(VmapErrors, OutAxesNoneOfABatchedResult) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(vmap(f, {.out_axes = {std::nullopt}})(ramp({2})), ValueError,
               "result 0 has out_axes none but depends on the batch");
}

}  // namespace linum
