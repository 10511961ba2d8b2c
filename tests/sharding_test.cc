// One program on many devices.
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "linum/base/testing.h"
#include "linum/core/value.h"
#include "tests/grid_testlib.h"

namespace linum {
namespace {

using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::SizeIs;
using testing::UnorderedElementsAreArray;

// --- meshes and specs ------------------------------------------------------------------------

TEST(Mesh, HasNamedAxes) {
  Mesh mesh = grid();
  EXPECT_EQ(mesh.to_string(), "Mesh(data=4, model=2)");
  EXPECT_EQ(mesh.axis_size("model"), 2);
  EXPECT_EQ(mesh.coordinate(5, 0), 2);
  EXPECT_EQ(mesh.coordinate(5, 1), 1);
}

TEST(Mesh, RefusesWhatDoesNotFit) {
  EXPECT_ERROR(make_mesh({4, 4}, {"x", "y"}), ValueError,
               "a mesh of shape (4, 4) needs 16 devices, there are 8");
  EXPECT_ERROR(make_mesh({4, 2}, {"x", "x"}), ValueError, "needs 2 different axis names");
  EXPECT_ERROR(grid().axis_size("rows"), ValueError, "no axis 'rows' in Mesh(data=4, model=2)");
  EXPECT_ERROR(on_grid(P{"data", "data"}), ValueError, "uses axis 'data' twice");
}

TEST(PartitionSpec, PrintsAsJax) {
  EXPECT_EQ((P{"data", nullptr, {"x", "y"}}.to_string()), "P('data', None, ('x', 'y'))");
  EXPECT_EQ((P{"data", nullptr}), (P{"data"}));
}

// --- arrays ----------------------------------------------------------------------------------

TEST(DevicePut, SplitsAnArrayAndGathersItAgain) {
  Array x = ramp({8, 4});
  Array split = device_put(x, on_grid(P{"data", "model"}));
  EXPECT_EQ(floats(split), floats(x));
  auto shards = addressable_shards(split);
  ASSERT_EQ(shards.size(), 8u);
  EXPECT_EQ(shards[3].data.shape(), (Shape{2, 2}));
  EXPECT_THAT(shards[3].start, ElementsAre(2, 2));
  EXPECT_THAT(floats(shards[3].data), ElementsAre(10, 11, 14, 15));
}

TEST(DevicePut, MovesEachPartToTheHostsMemory) {
  const Array split = device_put(ramp({8, 4}), on_grid(P{"data", "model"}));
  const Array there = device_put(split, MemorySpace::Host);
  EXPECT_EQ(sharding_of(there), sharding_of(split));
  auto kinds = [](const Array& x) {
    std::vector<std::string> out;
    for (const Shard& s : addressable_shards(x)) out.push_back(buffer_of(s.data)->memory_kind());
    return out;
  };
  EXPECT_THAT(kinds(there), Each("pinned_host"));
  const auto [host, sum] = jit([](Array a, Array b) {
    const Array both = lax::add(device_put(a, MemorySpace::Device), b);
    return std::pair{device_put(both, MemorySpace::Host), both};
  })(there, split);
  EXPECT_THAT(kinds(host), Each("pinned_host"));
  EXPECT_THAT(kinds(sum), Each("device"));
  EXPECT_EQ(floats(host), floats(lax::mul(ramp({8, 4}), Array(2.0f))));
}

struct Examples {
  Array image;
  std::vector<Array> labels;
  LINUM_FIELDS(image, labels)
};

TEST(DevicePut, SplitsTheArraysOfAnyTree) {
  const NamedSharding rows = on_grid(P{"data"});
  const Examples examples{ramp({8, 2}), {ramp({4}), ramp({8})}};
  Examples split = device_put(examples, rows);
  EXPECT_EQ(sharding_of(split.image)->spec(), P{"data"});
  EXPECT_EQ(sharding_of(split.labels[1])->spec(), P{"data"});
  EXPECT_EQ(floats(split.labels[1]), floats(ramp({8})));

  std::tuple both{ramp({4}), std::map<std::string, Array>{{"b", ramp({8})}}};
  auto [a, rest] = device_put(both, rows);
  EXPECT_EQ(sharding_of(a)->spec(), P{"data"});
  EXPECT_EQ(sharding_of(rest.at("b"))->spec(), P{"data"});
  EXPECT_EQ(sharding_of(device_put(3.0f, on_grid(P{})))->spec(), P{});

  auto f = jit([&](Examples e) { return lax::with_sharding_constraint(e, rows); });
  EXPECT_EQ(sharding_of(f(examples).image)->spec(), P{"data"});
}

TEST(DevicePut, CountsReplicas) {
  auto shards = addressable_shards(device_put(ramp({4}), on_grid(P{"data"})));
  EXPECT_EQ(shards[0].replica, 0);
  EXPECT_EQ(shards[1].replica, 1);
  EXPECT_EQ(sharding_of(device_put(ramp({4}), on_grid(P{"data"})))->spec(), P{"data"});
}

TEST(DevicePut, RefusesUnevenParts) {
  EXPECT_ERROR(device_put(ramp({6, 2}), on_grid(P{"data"})), ShapeError,
               "dimension 0 of shape (6, 2) cannot be split evenly into 4 parts");
  EXPECT_ERROR(device_put(ramp({6}), P{"data"}), ValueError, "needs a mesh");
}

TEST(MakeArray, FromCallbackAndFromParts) {
  auto part = [](const std::vector<std::int64_t>& start, const Shape& shape) {
    HostArray out(DType::F32, shape);
    for (std::int64_t i = 0; i < out.size(); ++i)
      out.set_number(i, static_cast<double>(start[0] + i));
    return out;
  };
  Array x = make_array_from_callback({16}, on_grid(P{{"data", "model"}}), part);
  EXPECT_EQ(floats(x), floats(ramp({16})));

  std::vector<Array> parts;
  for (const Shard& s : addressable_shards(x)) parts.push_back(s.data);
  EXPECT_EQ(floats(make_array_from_single_device_arrays({16}, *sharding_of(x), parts)), floats(x));
  EXPECT_ERROR(make_array_from_single_device_arrays({32}, *sharding_of(x), parts), ShapeError,
               "part 0 is f32[2], its device's share has shape (4,)");
  EXPECT_EQ(floats(make_array_from_process_local_data(*sharding_of(x), x.to_host())), floats(x));
}

// --- computing where the data lies -----------------------------------------------------------

TEST(Jit, FollowsItsArguments) {
  auto f = jit([](Array x, Array w) { return lax::tanh(lax::dot(x, w)); });
  Array x = ramp({8, 4}), w = ramp({4, 6});
  Array split = f(device_put(x, on_grid(P{"data"})), device_put(w, on_grid(P{nullptr, "model"})));
  EXPECT_EQ(sharding_of(split)->spec(), (P{"data", "model"}));
  EXPECT_EQ(floats(split), floats(f(x, w)));
}

TEST(Jit, SplitsResultsAsToldTo) {
  auto f = jit([](Array x) { return lax::mul(x, x); },
               {.out_shardings = [](const std::string&, const Aval&) {
                 return std::optional(on_grid(P{nullptr, "model"}));
               }});
  Array y = f(device_put(ramp({8, 4}), on_grid(P{"data"})));
  EXPECT_EQ(sharding_of(y)->spec(), (P{nullptr, "model"}));
}

TEST(Jit, PutsArgumentsWhereToldTo) {
  auto f = jit([](Array x) { return lax::mul(x, x); },
               {.in_shardings = [](const std::string& path, const Aval&) {
                 EXPECT_EQ(path, "0");
                 return std::optional(on_grid(P{"data"}));
               }});
  EXPECT_EQ(sharding_of(f(ramp({8})))->spec(), P{"data"});
}

TEST(Eager, RunsOnAllDevices) {
  Array x = device_put(ramp({8}), on_grid(P{"data"}));
  Array y = np::exp(x * 0.1f) + 1;
  EXPECT_EQ(sharding_of(y)->spec(), P{"data"});
  EXPECT_EQ(floats(y), floats(np::exp(ramp({8}) * 0.1f) + 1));
}

TEST(Jit, RefusesTwoMeshes) {
  Array x = device_put(ramp({8}), on_grid(P{"data"}));
  Array y = device_put(ramp({8}), NamedSharding(make_mesh({8}, {"all"}), P{"all"}));
  EXPECT_ERROR(x + y, ValueError,
               "arguments lie on two meshes, Mesh(data=4, model=2) and Mesh(all=8)");
}

TEST(Constraint, DirectsTheCompiler) {
  auto f = [](Array x) {
    return lax::sin(lax::with_sharding_constraint(x, on_grid(P{nullptr, "model"})));
  };
  Array y = jit(f)(device_put(ramp({8, 4}), on_grid(P{"data"})));
  EXPECT_EQ(sharding_of(y)->spec(), (P{nullptr, "model"}));
  Array sum = grad([&](Array x) { return lax::reduce_sum(f(x), {0, 1}); })(ramp({8, 4}));
  EXPECT_THAT(floats(sum)[1], testing::FloatEq(std::cos(1.0f)));
}

TEST(Constraint, KeepsSplitsUnderVmap) {
  set_mesh scope(grid());
  auto f = [](Array x) { return lax::with_sharding_constraint(lax::sin(x), P{"model"}); };
  Array y = jit(vmap(f))(device_put(ramp({8, 4}), P{"data"}));
  EXPECT_EQ(floats(y), floats(lax::sin(ramp({8, 4}))));
  EXPECT_EQ(sharding_of(y)->spec().at(1), P::Entry("model"));
}

TEST(Random, GivesTheSameBitsOnManyDevices) {
  auto draw = [](Array key, Array x) { return random::normal(key, {16}) + x; };
  Array key = random::key(3), x = ramp({16});
  EXPECT_EQ(floats(jit(draw)(key, device_put(x, on_grid(P{"data"})))), floats(jit(draw)(key, x)));
}

TEST(Training, GivesTheSameStepOnManyDevices) {
  nn::Sequential model{.layers = {nn::Dense{.features = 16}, nn::Dense{.features = 4}}};
  Array x = random::normal(random::key(1), {8, 8}), y = random::normal(random::key(2), {8, 4});
  Tree params = model.init(random::key(0), x)["params"];
  auto step = jit([&](Tree p, Array x, Array y) {
    auto loss = [&](Tree p) { return losses::mse(model.apply({{"params", p}}, x), y); };
    return tree::map([](const Array& a, const Array& g) { return a - 0.1f * g; }, p, grad(loss)(p));
  });
  Tree alone = step(params, x, y);
  Tree together = step(device_put(params, on_grid(P{})), device_put(x, on_grid(P{"data"})),
                       device_put(y, on_grid(P{"data"})));
  for (auto& [path, a] : tree::leaves_with_path(alone)) {
    EXPECT_TRUE(np::allclose(Array::from_host(together[path].array().to_host()), a).item<bool>())
        << path;
  }
}

TEST(Jit, TakesDonatedShards) {
  auto f = jit([](Array x) { return x + 1; }, {.donate = {0}});
  Array x = device_put(ramp({8}), on_grid(P{"data"}));
  EXPECT_EQ(floats(f(x))[7], 8);
}

// --- shard_map -------------------------------------------------------------------------------

TEST(ShardMap, GivesEachDeviceItsPart) {
  Mesh mesh = make_mesh({8}, {"i"});
  auto f = shard_map(
      [](Array x) {
        EXPECT_EQ(x.shape(), Shape{2});
        return x * lax::axis_index("i");
      },
      {mesh, {P{"i"}}, {P{"i"}}});
  EXPECT_THAT(floats(f(np::ones({16}))),
              ElementsAre(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));
}

TEST(ShardMap, HasCollectives) {
  Mesh mesh = grid();
  Array x = ramp({4, 2});
  auto over = [&](auto f, PartitionSpec out) {
    return floats(shard_map(f, {mesh, {P{"data", "model"}}, {std::move(out)}})(x));
  };
  EXPECT_THAT(over([](Array x) { return lax::psum(x, "data"); }, P{nullptr, "model"}),
              ElementsAre(12, 16));
  EXPECT_THAT(over([](Array x) { return lax::pmax(x, "model"); }, P{"data"}),
              ElementsAre(1, 3, 5, 7));
  EXPECT_THAT(over([](Array x) { return lax::pmin(x, "model"); }, P{"data"}),
              ElementsAre(0, 2, 4, 6));
  EXPECT_EQ(over([](Array x) { return lax::all_gather(x, "data", 0, true); }, P{nullptr, "model"}),
            floats(x));
  EXPECT_THAT(over(
                  [](Array x) {
                    return lax::ppermute(x, "data", {{0, 1}, {1, 2}, {2, 3}});
                  },
                  P{"data", "model"}),
              ElementsAre(0, 0, 0, 1, 2, 3, 4, 5));
}

TEST(ShardMap, ScattersAndExchanges) {
  Mesh mesh = make_mesh({4}, {"i"});
  Array x = ramp({4, 8});
  auto scatter = [](Array x) { return lax::psum_scatter(x, "i", 1, true); };
  EXPECT_EQ(floats(shard_map(scatter, {mesh, {P{"i"}}, {P{nullptr, "i"}}})(x)),
            floats(lax::reduce_sum(x, {0})));
  auto exchange = [](Array x) { return lax::all_to_all(x, "i", 1, 0, true); };
  EXPECT_EQ(floats(shard_map(exchange, {mesh, {P{"i"}}, {P{nullptr, "i"}}})(x)), floats(x));
}

TEST(ShardMap, BroadcastsFromOneDevice) {
  auto f = [](Array x) { return lax::pbroadcast(x, "i", 2); };
  Array x = ramp({4});
  EXPECT_THAT(floats(shard_map(f, {make_mesh({4}, {"i"}), {P{"i"}}, {P{"i"}}})(x)),
              ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(floats(vmap(f, {.axis_name = "i"})(x)), ElementsAre(2, 2, 2, 2));
  auto g = [](Array x) { return lax::pbroadcast(x, "i", 4); };
  EXPECT_ERROR(vmap(g, {.axis_name = "i"})(x), ValueError,
               "pbroadcast: source 4 is out of range for axis 'i' of size 4");
}

TEST(ShardMap, CapturesWholeArrays) {
  Array w = ramp({3});
  auto f = shard_map([&](Array x) { return x * lax::reduce_sum(w, {0}); },
                     {grid(), {P{"data"}}, {P{"data"}}});
  EXPECT_EQ(floats(f(ramp({4}))), floats(ramp({4}) * 3));
}

// What vmap computes with a named axis on one device, shard_map computes on many; derivatives too.
TEST(ShardMap, ObeysTransforms) {
  Mesh mesh = make_mesh({4}, {"i"});
  auto body = [](Array x, Array w) {
    Array y = lax::tanh(lax::mul(x, w));
    return lax::mul(y, lax::psum(lax::reduce_sum(lax::sin(y), {0}), "i"));
  };
  auto split = shard_map(body, {mesh, {P{"i"}, P{}}, {P{"i"}}});
  auto whole = [&](Array x, Array w) {
    auto one = [&](Array x) { return body(x, w); };
    return lax::reshape(vmap(one, {.axis_name = "i"})(lax::reshape(x, {4, 2})), {8});
  };
  auto sum_of = [](auto f) {
    return [f](Array x, Array w) { return lax::reduce_sum(lax::exp(f(x, w)), {0}); };
  };
  Array x = ramp({8}) * 0.1f, w = ramp({2}) + 0.5f;
  expect_close(split(x, w), whole(x, w));
  expect_close(jit(split)(x, w), whole(x, w));
  for (bool compiled : {false, true}) {
    auto run = [&](auto f) { return compiled ? jit(f)(x, w) : f(x, w); };
    auto [gx, gw] = run(grad<0, 1>(sum_of(split)));
    auto [hx, hw] = grad<0, 1>(sum_of(whole))(x, w);
    expect_close(gx, hx);
    expect_close(gw, hw);
    expect_close(run(grad(sum_of(grad(sum_of(split))))), grad(sum_of(grad(sum_of(whole))))(x, w));
  }
  auto along = [&](auto f) {
    return jvp(f, std::tuple{x, w}, std::tuple{np::ones_like(x), np::ones_like(w)}).second;
  };
  expect_close(along(split), along(whole));
  Array many = np::stack({x, x * 2, x * 3});
  expect_close(vmap([&](Array x) { return split(x, w); })(many),
               vmap([&](Array x) { return whole(x, w); })(many));
}

TEST(ShardMap, RefusesWhatDoesNotFit) {
  auto f = shard_map([](Array x) { return x; }, {grid(), {P{"data"}}, {P{"data"}}});
  EXPECT_ERROR(f(ramp({6})), ShapeError, "dimension 0 of shape (6,) cannot be split evenly into 4");
  auto g = shard_map([](Array x) { return lax::reduce_sum(x, {0}); },
                     {grid(), {P{"data"}}, {P{"data"}}});
  EXPECT_ERROR(g(ramp({8})), ShapeError, "has more dimensions than result 0, f32[]");
  auto h = shard_map([](Array x) { return lax::psum(x, "rows"); }, {grid(), {P{}}, {P{}}});
  EXPECT_ERROR(h(ramp({8})), ValueError, "no axis named 'rows'");
}

TEST(ShardMap, CheckpointPoliciesLookInside) {
  auto f = shard_map(
      [](Array x) {
        Array e = checkpoint_name(lax::log(x + 3), "e");
        Array s = checkpoint_name(lax::psum(lax::reduce_sum(e, {0}), "data"), "s");
        return lax::sin(e) * lax::cos(s);
      },
      {grid(), {P{"data"}}, {P{"data"}}});
  auto loss = [f](Array x) { return np::sum(f(x)); };
  const Array x = ramp({8});
  auto logarithms = [&](const CheckpointPolicy& policy) {
    auto g = jit(value_and_grad(checkpoint(loss, {.policy = policy})));
    expect_close(g(x).second, grad(loss)(x));
    return count(g.lower(x).as_text(), "stablehlo.log ");
  };
  using namespace checkpoint_policies;
  EXPECT_EQ(logarithms(nothing_saveable()), 2);
  EXPECT_EQ(logarithms(everything_saveable()), 1);
  EXPECT_EQ(logarithms(save_only_these_names({"s"})), 2);
  EXPECT_EQ(logarithms(save_only_these_names({"e", "s"})), 1);
}

// --- callbacks -------------------------------------------------------------------------------

// What callbacks saw: devices call at once.
class Seen {
 public:
  void add(const Array& x) {
    std::lock_guard lock(mutex_);
    shapes_.push_back(x.shape());
    const std::vector<float> v = x.to_vector<float>();
    values_.insert(values_.end(), v.begin(), v.end());
  }
  std::vector<Shape> shapes() { return std::lock_guard(mutex_), shapes_; }
  std::vector<float> values() { return std::lock_guard(mutex_), values_; }

 private:
  std::mutex mutex_;
  std::vector<Shape> shapes_;
  std::vector<float> values_;
};

Array twice_on_host(Array x) {
  std::vector<float> v = floats(x);
  for (float& e : v) e *= 2;
  return Array::of<float>(x.shape(), v);
}
// f on the part of each of eight devices.
template <class F>
auto on_eight(F f) {
  return jit(shard_map(f, {make_mesh({8}, {"i"}), {P{"i"}}, {P{"i"}}}));
}

TEST(Callbacks, InJitSeeWholeArraysOnce) {
  Seen pure, io, debug;
  auto f = jit([&](Array x) {
    auto twice = [&](Array v) { return pure.add(v), twice_on_host(v); };
    auto read = [&](Array v) { return io.add(v), twice_on_host(v); };
    Array y = pure_callback(twice, shape_struct(x.shape(), float32), lax::sin(x));
    debug::callback([&](Array v) { debug.add(v); }, y);
    return lax::add(io_callback(read, shape_struct(x.shape(), float32), y), lax::cos(x));
  });
  Array x = ramp({8, 4});
  EXPECT_EQ(floats(f(device_put(x, on_grid(P{"data", "model"})))), floats(f(x)));
  effects_barrier();
  for (Seen* seen : {&pure, &io, &debug}) {
    EXPECT_EQ(seen->shapes(), (std::vector<Shape>{{8, 4}, {8, 4}}));
  }
}

TEST(Callbacks, InLoopsOverSplitArrays) {
  auto f = jit([](Array x) {
    auto step = [](Array, Array c) {
      return pure_callback(twice_on_host, shape_struct(c.shape(), float32), c);
    };
    return lax::fori_loop(0, 3, step, x);
  });
  EXPECT_EQ(floats(f(device_put(ramp({8}), on_grid(P{"data"})))), floats(ramp({8}) * 8));
}

TEST(Callbacks, InShardMapSeeTheParts) {
  Seen seen;
  auto f = on_eight([&](Array x) {
    auto twice = [&](Array v) { return seen.add(v), twice_on_host(v); };
    return lax::add(pure_callback(twice, shape_struct(x.shape(), float32), x), lax::psum(x, "i"));
  });
  Array x = ramp({8});
  EXPECT_EQ(floats(f(x)), floats(x * 2 + 28));
  EXPECT_THAT(seen.shapes(), AllOf(SizeIs(8), Each(Shape{1})));
  EXPECT_THAT(seen.values(), UnorderedElementsAreArray(floats(x)));
}

TEST(Callbacks, OfDebuggingRunOnEachDeviceOfAShardMap) {
  Seen seen;
  auto f = on_eight([&](Array x) {
    debug::callback([&](Array v) { seen.add(v); }, x);
    return x;
  });
  f(ramp({16}));
  effects_barrier();
  EXPECT_THAT(seen.shapes(), AllOf(SizeIs(8), Each(Shape{2})));
  EXPECT_THAT(seen.values(), UnorderedElementsAreArray(floats(ramp({16}))));
}

TEST(Callbacks, PrintWholeArrays) {
  std::vector<std::string> lines;
  auto before = debug::set_print_sink([&](std::string_view line) { lines.emplace_back(line); });
  jit([](Array x) { return debug::print("x = {}", x), x; })(
      device_put(ramp({4}), on_grid(P{"data"})));
  effects_barrier();
  debug::set_print_sink(before);
  EXPECT_THAT(lines, ElementsAre("x = [0. 1. 2. 3.]"));
}

// The other devices wait for the one that failed, and XLA would end the process.
TEST(Callbacks, ThrowWhereTheProgramIsCalled) {
  auto failing = [](Array v) -> Array {
    if (floats(v)[0] == 0) throw std::runtime_error("the disk is full");
    return v;
  };
  auto call = [&](Array x) { return pure_callback(failing, shape_struct(x.shape(), float32), x); };
  auto whole = jit(call);
  auto parts = on_eight([&](Array x) { return lax::add(x, lax::psum(call(x), "i")); });
  Array x = ramp({8});
  EXPECT_ERROR(whole(device_put(x, on_grid(P{"data"}))), CallbackError, "the disk is full");
  EXPECT_ERROR(parts(x), CallbackError, "the disk is full");
  EXPECT_EQ(floats(parts(x + 1))[0], 37);
  effects_barrier();  // thrown already
}

// Notes the sum of what it sees, in order.
auto noting(Seen& seen, float factor) {
  return [&seen, factor](Array x) {
    auto note = [&seen, factor](Array v) {
      seen.add(Array(factor * lax::reduce_sum(v, {0}).item<float>()));
      return Array(0.0f);
    };
    io_callback(note, shape_struct({}, float32), {.ordered = true}, x);
  };
}

TEST(Callbacks, KeepTheirOrderInJit) {
  Seen seen;
  auto f = jit([&](Array x) {
    noting(seen, 1)(lax::sort(x));  // the last to have its argument
    noting(seen, 10)(x);
    auto step = [&](Array, Array c) { return noting(seen, 100)(c), c + 1; };
    x = lax::fori_loop(0, 2, step, x);
    noting(seen, 1000)(x);
    return x;
  });
  Array x = device_put(ramp({8}), on_grid(P{"data"}));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(floats(f(x)), floats(ramp({8}) + 2));
  EXPECT_THAT(seen.values(), ElementsAre(28, 280, 2800, 3600, 44000, 28, 280, 2800, 3600, 44000));
}

TEST(Callbacks, KeepTheirOrderOnEachDeviceOfAShardMap) {
  Seen seen;
  auto f = on_eight([&](Array x) {
    noting(seen, 1)(lax::psum(x, "i") + lax::axis_index("i"));
    noting(seen, -1)(x + 28);
    return x;
  });
  f(ramp({8}));
  const std::vector<float> values = seen.values();
  ASSERT_THAT(values, SizeIs(16));
  for (float device = 0; device < 8; ++device) {
    const auto first = std::find(values.begin(), values.end(), 28 + device);
    const auto second = std::find(values.begin(), values.end(), -(28 + device));
    EXPECT_LT(first, second);
  }
}

TEST(Callbacks, KeepTheirOrderAmongPrograms) {
  Seen seen;
  auto slow = jit([&](Array x) {
    auto wait = [&](Array v) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      seen.add(v);
      return v;
    };
    return io_callback(wait, shape_struct({}, float32), {.ordered = true}, x);
  });
  slow(Array(1.0f));  // on one device, and not waited for
  auto next = jit([&](Array x) { return noting(seen, 1)(x), x; });
  next(device_put(ramp({8}), on_grid(P{"data"})));
  EXPECT_THAT(seen.values(), ElementsAre(1, 28));
}

// --- checkify --------------------------------------------------------------------------------

TEST(Checkify, LooksIntoShardMap) {
  auto f = checkify::checkify(on_eight([](Array x) {
    const Array value = lax::squeeze(x, {0});
    checkify::check(lax::lt(value, Array(5.0f)), "{} is too much", value);
    return lax::add(x, lax::psum(x, "i"));
  }));
  for (bool compiled : {false, true}) {
    auto g = [&](Array x) { return compiled ? jit(f)(x) : f(x); };
    const auto [none, y] = g(ramp({8}) * 0.5f);
    EXPECT_EQ(none.get(), std::nullopt);
    EXPECT_EQ(floats(y), floats(ramp({8}) * 0.5f + 14));
    const auto [first, z] = g(ramp({8}));
    EXPECT_THAT(first.get(), Optional(HasSubstr("5.0 is too much")));
    EXPECT_EQ(floats(z), floats(ramp({8}) + 28));
  }
}

TEST(Checkify, FindsNumbersInShardMap) {
  auto f = on_eight([](Array x) { return lax::log(x); });
  const auto error = checkify::checkify(f, checkify::nan_checks)(ramp({8}) - 1).first;
  EXPECT_THAT(error.get(), Optional(HasSubstr("nan generated by primitive: log")));
}

TEST(Checkify, KeepsTheErrorBeforeAShardMap) {
  auto f = checkify::checkify([](Array x) {
    checkify::check(Array(false), "before");
    on_eight([](Array v) { return checkify::check(Array(false), "within"), v; })(x);
    return x;
  });
  EXPECT_THAT(f(ramp({8})).first.get(), Optional(HasSubstr("before")));
}

// --- pmap ------------------------------------------------------------------------------------

TEST(Pmap, ComputesOneExampleOnEachDevice) {
  auto f = pmap([](Array x, Array y) { return x - lax::pmean(x, "batch") + y; },
                {.axis_name = "batch", .in_axes = {0, std::nullopt}});
  Array y = f(ramp({4, 2}), Array(1.0f));
  EXPECT_THAT(floats(y), ElementsAre(-2, -2, 0, 0, 2, 2, 4, 4));
  EXPECT_EQ(addressable_shards(y).size(), 4u);
}

TEST(Pmap, HandsResultsBackWhole) {
  auto f = pmap(
      [](Array x) {
        return std::tuple{x, lax::psum(x, "devices")};
      },
      {.out_axes = {AxisSpec(1), std::nullopt}});
  auto [x, sum] = f(ramp({2, 3}));
  EXPECT_EQ(x.shape(), (Shape{3, 2}));
  EXPECT_THAT(floats(sum), ElementsAre(3, 5, 7));
}

TEST(Pmap, NeedsADeviceForEachExample) {
  auto f = pmap([](Array x) { return x; });
  EXPECT_ERROR(f(ramp({9})), ValueError, "the mapped axis has size 9, but there are 8 devices");
}

TEST(Smap, TakesAxisNumbers) {
  set_mesh scope(make_mesh({8}, {"i"}));
  auto f = smap([](Array x) { return x - lax::pmean(x, "i"); }, {1}, {1}, "i");
  EXPECT_THAT(floats(f(ramp({1, 8}))), ElementsAre(-3.5, -2.5, -1.5, -.5, .5, 1.5, 2.5, 3.5));
}

}  // namespace
}  // namespace linum
