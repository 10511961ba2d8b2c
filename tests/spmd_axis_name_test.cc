// vmap whose batch axis is split over mesh axes.
#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "tests/grid_testlib.h"

namespace linum {
namespace {

using testing::HasSubstr;

// How the StableHLO text of f splits what it constrains.
template <class F>
std::string text_of(F f, const Array& x) {
  return jit(f).lower(x).as_text();
}
// Of one example of grid(), along "model".
Array constrained(const Array& x) {
  return lax::with_sharding_constraint(lax::sin(x), on_grid(P{"model"}));
}

TEST(SpmdAxisName, SplitsTheBatchAxisOfConstraints) {
  auto f = vmap(constrained, {.spmd_axis_name = "data"});
  EXPECT_THAT(text_of(f, ramp({8, 4})), HasSubstr(R"(<@mesh, [{"data"}, {"model"}]>)"));
  EXPECT_THAT(text_of(vmap(constrained), ramp({8, 4})), HasSubstr(R"(<@mesh, [{?}, {"model"}]>)"));
  EXPECT_EQ(floats(f(ramp({8, 4}))), floats(lax::sin(ramp({8, 4}))));
  auto columns = vmap(constrained, {.in_axes = {1}, .out_axes = {1}, .spmd_axis_name = "data"});
  EXPECT_THAT(text_of(columns, ramp({4, 8})), HasSubstr(R"(<@mesh, [{"model"}, {"data"}]>)"));
}

TEST(SpmdAxisName, TakesSeveralAxes) {
  auto f = [](Array x) { return lax::with_sharding_constraint(x, on_grid(P{})); };
  EXPECT_THAT(text_of(vmap(f, {.spmd_axis_name = {"data", "model"}}), ramp({8, 4})),
              HasSubstr(R"(<@mesh, [{"data", "model"}, {}]>)"));
}

TEST(SpmdAxisName, ReachesIntoBodies) {
  auto expect_split = [](auto f) {
    auto mapped = vmap(f, {.spmd_axis_name = "data"});
    Array x = ramp({8, 4}) * 0.1f;
    EXPECT_THAT(text_of(mapped, x), HasSubstr(R"(<@mesh, [{"data"}, {"model"}]>)"));
    expect_close(mapped(x), vmap(f)(x));
  };
  expect_split(jit(constrained));
  expect_split(checkpoint(constrained));
  expect_split([](Array x) {
    return lax::fori_loop(
        0, 2, [](Array, Array c) { return constrained(c); }, x);
  });
  expect_split([](Array x) {
    return lax::cond(
        lax::gt(lax::reduce_sum(x, {0}), 0), constrained, [](Array y) { return lax::cos(y); }, x);
  });
  expect_split([](Array x) {
    return grad([](Array y) { return lax::reduce_sum(constrained(y) * y, {0}); })(x);
  });
}

struct ConstrainedDense : nn::Module<ConstrainedDense> {
  Array forward(Array x) const { return constrained(nn::Dense{.features = 4}(x)); }
};
struct Ensemble : nn::Module<Ensemble> {
  Array forward(Array x) const {
    return nn::vmap(ConstrainedDense{}, {.variable_axes = {{"params", 0}},
                                         .split_rngs = {{"params", true}},
                                         .spmd_axis_name = "data"})(x);
  }
};
TEST(SpmdAxisName, IsAnOptionOfModules) {
  auto f = [](Array x) { return Ensemble().init_with_output(random::key(0), x).first; };
  EXPECT_THAT(text_of(f, ramp({8, 3})), HasSubstr(R"(<@mesh, [{"data"}, {"model"}]>)"));
}

TEST(SpmdAxisName, NestsByAxis) {
  auto f = [](Array x) { return lax::with_sharding_constraint(x * 2, on_grid(P{})); };
  auto both = vmap(vmap(f, {.spmd_axis_name = "model"}), {.spmd_axis_name = "data"});
  EXPECT_THAT(text_of(both, ramp({4, 2, 3})), HasSubstr(R"(<@mesh, [{"data"}, {"model"}, {}]>)"));
}

TEST(SpmdAxisName, RefusesAnAxisInUse) {
  EXPECT_ERROR(vmap(constrained, {.spmd_axis_name = "model"})(ramp({8, 4})), ValueError,
               "vmap: spmd_axis_name 'model' splits the batch axis, so it cannot appear in the "
               "spec of with_sharding_constraint, P('model')");
  auto f = shard_map([](Array x) { return x; }, {grid(), {P{"data"}}, {P{"data"}}});
  EXPECT_ERROR(vmap(f, {.spmd_axis_name = "data"})(ramp({8, 4})), ValueError,
               "cannot appear in in_specs of shard_map, P('data')");
  auto g = shard_map([](Array x) { return x; }, {grid(), {P{}}, {P{"data"}}});
  EXPECT_ERROR(vmap(g, {.spmd_axis_name = "data"})(ramp({8, 4})), ValueError,
               "cannot appear in out_specs of shard_map, P('data')");
  auto h = shard_map([](Array x) { return lax::psum(x, "data"); }, {grid(), {P{}}, {P{}}});
  EXPECT_ERROR(vmap(h, {.spmd_axis_name = "data"})(ramp({8, 4})), ValueError,
               "a collective inside shard_map names axis 'data', over which spmd_axis_name splits");
  auto k = shard_map([](Array x) { return x; }, {grid(), {P{}}, {P{}}});
  EXPECT_ERROR(vmap(k, {.spmd_axis_name = "data"})(ramp({6, 4})), ShapeError,
               "dimension 0 of shape (6,) cannot be split evenly into 4 parts");
}

// A residual, and a weight that every device reads.
auto scaled() {
  auto body = [](Array x, Array w) {
    return lax::psum(lax::reduce_sum(lax::sin(x * w), {0}), "model") * lax::cos(w);
  };
  return shard_map(body, {grid(), {P{"model"}, P{}}, {P{}}});
}

TEST(SpmdAxisName, SplitsTheExamplesOfShardMap) {
  Array x = ramp({4, 6}) * 0.1f;
  auto examples = [&](Array x) { return scaled()(x, Array(0.5f)); };
  auto split = vmap(examples, {.spmd_axis_name = "data"});
  EXPECT_THAT(text_of(split, x), HasSubstr(R"(<@mesh, [{"data"}, {"model"}]>)"));
  EXPECT_EQ(floats(split(x)), floats(vmap(examples)(x)));
  EXPECT_EQ(floats(jit(split)(x)), floats(jit(vmap(examples))(x)));
}

// Derivatives of examples, and examples of derivatives.
TEST(SpmdAxisName, ObeysTransforms) {
  Array x = ramp({4, 6}) * 0.1f, w = Array(0.5f), ws = ramp({4}) * 0.3f;
  auto expect_same = [](auto f, auto... args) {
    auto [a, b] = f(VmapOptions{.spmd_axis_name = "data"})(args...);
    auto [c, d] = f(VmapOptions{})(args...);
    expect_close(a, c);
    expect_close(b, d);
  };
  auto loss = [](Array x, Array w) { return lax::sin(scaled()(x, w)); };
  expect_same([&](VmapOptions o) { return vmap(grad<0, 1>(loss), o); }, x, ws);
  expect_same([&](VmapOptions o) { return jit(vmap(jit(grad<0, 1>(loss)), o)); }, x, ws);
  expect_same(
      [&](VmapOptions o) {
        return grad<0, 1>([&, o](Array x, Array w) {
          auto one = [&](Array x) { return loss(x, w); };
          return lax::reduce_sum(vmap(one, o)(x), {0});
        });
      },
      x, w);
  expect_same([&](VmapOptions o) { return vmap(grad<0, 1>(checkpoint(loss)), o); }, x, ws);
  auto curvature = [&](Array x, Array w) { return lax::reduce_sum(grad(loss)(x, w), {0}); };
  expect_same([&](VmapOptions o) { return vmap(grad<0, 1>(curvature), o); }, x, ws);
}

}  // namespace
}  // namespace linum
