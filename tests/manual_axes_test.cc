// shard_map over some axes of a mesh: the compiler splits along the others.
#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "tests/grid_testlib.h"

namespace linum {
namespace {

using testing::HasSubstr;

Array tenths(Shape shape) { return ramp(std::move(shape)) * 0.1f; }
template <class F>
auto over_data(F f, std::vector<PartitionSpec> in, PartitionSpec out) {
  return shard_map(f, {grid(), std::move(in), {std::move(out)}, {"data"}});
}

// Rows are each device's own business, columns the compiler's.
Array layer(const Array& x, const Array& w) {
  const NamedSharding columns = on_grid(P{nullptr, "model"});
  Array y = lax::tanh(lax::dot(x, lax::with_sharding_constraint(w, columns)));
  return lax::with_sharding_constraint(y, columns);
}

TEST(ManualAxes, LeaveTheOthersToTheCompiler) {
  auto f = jit(over_data(layer, {P{"data"}, P{}}, P{"data"}));
  Array x = tenths({8, 4}), w = tenths({4, 6});
  std::string text = f.lower(x, w).as_text();
  EXPECT_THAT(text, HasSubstr(R"(manual_axes = #sdy<manual_axes{"data"}>)"));
  EXPECT_THAT(text, HasSubstr(R"([<@mesh, [{"data", ?}, {?}]>, <@mesh, [{?}, {?}]>])"));
  expect_close(f(x, w), lax::tanh(lax::dot(x, w)));
  Array split = f(device_put(x, on_grid(P{"data"})), device_put(w, on_grid(P{nullptr, "model"})));
  expect_close(split, lax::tanh(lax::dot(x, w)));
  EXPECT_EQ(sharding_of(split)->spec(), (P{"data", "model"}));
}

TEST(ManualAxes, WorkOutsideJit) {
  Array x = tenths({8, 4}), w = tenths({4, 6});
  expect_close(over_data(layer, {P{"data"}, P{}}, P{"data"})(x, w), lax::tanh(lax::dot(x, w)));
}

TEST(ManualAxes, AreThoseOfCollectives) {
  Array x = tenths({8, 4});
  const NamedSharding columns = on_grid(P{nullptr, "model"});
  auto over = [&](auto f, PartitionSpec out) {
    auto body = [&](Array x) { return f(lax::with_sharding_constraint(x, columns)); };
    return jit(over_data(body, {P{"data"}}, std::move(out)))(x);
  };
  auto full = [&](auto f, PartitionSpec out) {
    return shard_map(f, {grid(), {P{"data"}}, {std::move(out)}})(x);
  };
  auto expect_same = [&](auto f, PartitionSpec out) { expect_close(over(f, out), full(f, out)); };
  expect_same([](Array x) { return lax::psum(x, "data"); }, P{});
  expect_same([](Array x) { return lax::pmax(x, "data"); }, P{});
  expect_same([](Array x) { return x * lax::axis_index("data"); }, P{"data"});
  expect_same([](Array x) { return lax::all_gather(x, "data", 0, true); }, P{});
  expect_same([](Array x) { return lax::psum_scatter(x, "data", 1, true); }, (P{nullptr, "data"}));
  expect_same([](Array x) { return lax::all_to_all(x, "data", 1, 0, true); }, (P{nullptr, "data"}));
  auto ring = [](Array x) { return lax::ppermute(x, "data", {{0, 1}, {1, 2}, {2, 3}, {3, 0}}); };
  expect_same(ring, P{"data"});
}

TEST(ManualAxes, HaveGradients) {
  auto loss = [](Array x, Array w) {
    auto body = [](Array x, Array w) {
      Array y = layer(x, w);
      return y * lax::psum(lax::reduce_sum(y, {0, 1}), "data");
    };
    return lax::reduce_sum(over_data(body, {P{"data"}, P{}}, P{"data"})(x, w), {0, 1});
  };
  auto plain = [](Array x, Array w) {
    Array y = lax::tanh(lax::dot(x, w));
    return lax::reduce_sum(y * lax::reduce_sum(y, {0, 1}), {0, 1});
  };
  Array x = tenths({8, 4}), w = tenths({4, 6}) * 0.1f;
  auto [px, pw] = grad<0, 1>(plain)(x, w);
  for (bool compiled : {false, true}) {
    auto [gx, gw] = compiled ? jit(grad<0, 1>(loss))(x, w) : grad<0, 1>(loss)(x, w);
    expect_close(gx, px);
    expect_close(gw, pw);
  }
}

TEST(ManualAxes, CarryTheSplitOfVmapInward) {
  auto body = [](Array x) { return lax::with_sharding_constraint(lax::sin(x), on_grid(P{})); };
  auto f = jit(vmap(over_data(body, {P{"data"}}, P{"data"}), {.spmd_axis_name = "model"}));
  Array x = tenths({2, 8});
  EXPECT_THAT(f.lower(x).as_text(), HasSubstr(R"(<@mesh, [{"model"}, {}]>)"));
  expect_close(f(x), lax::sin(x));
}

TEST(ManualAxes, Nest) {
  set_mesh scope(grid());
  auto inner = [](Array x) { return x * lax::psum(x, "model") + lax::axis_index("data"); };
  auto outer = [&](Array x) {
    EXPECT_EQ(x.shape(), (Shape{2, 4}));
    auto columns = [&](Array x) {
      EXPECT_EQ(x.shape(), (Shape{2, 2}));
      return inner(x);
    };
    // The mesh's other axes are what is left.
    return shard_map(columns, {{}, {P{nullptr, "model"}}, {P{nullptr, "model"}}})(x);
  };
  auto f = over_data(outer, {P{"data"}}, P{"data"});
  auto whole = shard_map(inner, {grid(), {P{"data", "model"}}, {P{"data", "model"}}});
  Array x = tenths({8, 4});
  expect_close(jit(f)(x), whole(x));
  auto slope = [](auto f) {
    return jit(grad([f](Array x) { return lax::reduce_sum(lax::sin(f(x)), {0, 1}); }));
  };
  expect_close(slope(f)(x), slope(whole)(x));
}

TEST(ManualAxes, AreTheOnlyOnesThatSpecsMayName) {
  auto same = [](Array x) { return x; };
  Array x = tenths({8, 4});
  EXPECT_ERROR(over_data(same, {P{"data", "model"}}, P{"data"})(x), ValueError,
               "shard_map: in_specs entry P('data', 'model') names axis 'model', but it makes "
               "manual only: data");
  EXPECT_ERROR(over_data(same, {P{"data"}}, P{"data", "model"})(x), ValueError,
               "shard_map: out_specs entry P('data', 'model') names axis 'model'");
  EXPECT_ERROR(shard_map(same, {grid(), {P{}}, {P{}}, {"rows"}})(x), ValueError,
               "no axis 'rows' in Mesh(data=4, model=2)");
}

TEST(ManualAxes, AreTheOnlyOnesThatCollectivesMayName) {
  auto f = over_data([](Array x) { return lax::psum(x, "model"); }, {P{"data"}}, P{"data"});
  EXPECT_ERROR(f(tenths({8, 4})), ValueError,
               "no axis named 'model' is active here (active: data=4)");
}

TEST(ManualAxes, AreNotForConstraints) {
  auto f = over_data([](Array x) { return lax::with_sharding_constraint(x, on_grid(P{"data"})); },
                     {P{"data"}}, P{"data"});
  EXPECT_ERROR(f(tenths({16, 4})), ValueError,
               "with_sharding_constraint: P('data') names axis 'data', which is manual in the "
               "shard_map around");
}

TEST(ManualAxes, AreMadeManualOnce) {
  auto inner = shard_map([](Array x) { return x; }, {grid(), {P{}}, {P{}}, {"data"}});
  EXPECT_ERROR(over_data(inner, {P{"data"}}, P{"data"})(tenths({8, 4})), ValueError,
               "shard_map: the axes of Mesh(data=4, model=2) are manual already");
}

TEST(ManualAxes, AreNoHindranceToLapack) {
  auto spread = [](Array x) {  // positive definite
    return np::add(lax::batch_matmul(x, np::matrix_transpose(x)), np::eye(3));
  };
  auto f = [&](Array x) { return lax::linalg::cholesky(spread(lax::tanh(x))); };
  auto split = over_data(f, {P{"data"}}, P{"data"});
  Array x = tenths({8, 3, 3});
  expect_close(jit(split)(x), f(x));
  expect_close(jit(split)(device_put(x, on_grid(P{{"data", "model"}}))), f(x));
  auto loss = [](auto g) { return [g](Array x) { return np::sum(g(x) * g(x)); }; };
  expect_close(jit(grad(loss(split)))(x), grad(loss(f))(x));
}

TEST(ManualAxes, AreNotForCallbacks) {
  auto f = over_data(
      [](Array x) {
        auto same = [](Array v) { return v; };
        return pure_callback(same, shape_struct(x.shape(), float32), x);
      },
      {P{"data"}}, P{"data"});
  EXPECT_ERROR(jit(f)(tenths({8, 2})), TransformError,
               "pure_callback inside a shard_map over some axes only");
}

TEST(Smap, LeavesTheOtherAxes) {
  set_mesh scope(grid());
  auto f = smap(
      [](Array x) {
        x = lax::with_sharding_constraint(x, P{nullptr, "model"});
        return x - lax::pmean(x, "data");
      },
      {0}, {0}, "data");
  Array x = tenths({4, 6});
  expect_close(jit(f)(x), x - np::mean(x, 0));
}

}  // namespace
}  // namespace linum
