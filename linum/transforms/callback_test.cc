// Functions of the host called from programs.
#include "linum/transforms/callback.h"

#include <gmock/gmock.h>

#include <mutex>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

// What callbacks saw, in the order in which they were called.
class Seen {
 public:
  void add(float v) {
    std::lock_guard lock(mutex_);
    values_.push_back(v);
  }
  std::vector<float> take() {
    effects_barrier();
    std::lock_guard lock(mutex_);
    return std::exchange(values_, {});
  }
  auto recorder() {
    return [this](Array x) { add(x.item<float>()); };
  }

 private:
  std::mutex mutex_;
  std::vector<float> values_;
};

Array doubled(Array x) {
  std::vector<float> v = x.to_vector<float>();
  for (float& e : v) e *= 2;
  return Array::of<float>(x.shape(), v);
}
Array pure_twice(Array x, VmapMethod method = VmapMethod::None) {
  return pure_callback(doubled, shape_struct(x.shape(), float32), {.vmap_method = method}, x);
}

// --- pure ------------------------------------------------------------------------------------

TEST(PureCallback, RunsEagerlyAndInJit) {
  EXPECT_THAT(pure_twice(ramp({3})).to_vector<float>(), ElementsAre(0, 2, 4));
  auto f = jit([](Array x) { return lax::add(pure_twice(lax::neg(x)), Array(1.0f)); });
  EXPECT_THAT(f(ramp({3})).to_vector<float>(), ElementsAre(1, -1, -3));
  EXPECT_THAT(f(floats({3}, {5, 6, 7})).to_vector<float>(), ElementsAre(-9, -11, -13));
}

TEST(PureCallback, TakesAndGivesTreesOfAnyType) {
  auto split = [](std::pair<Array, Array> x) {
    return std::tuple{Array::of<std::int32_t>({2}, {1, 2}), x.second};
  };
  auto shapes = std::tuple{shape_struct({2}, int32), shape_struct({2, 2}, bool_)};
  auto f = jit([&](Array a, Array b) { return pure_callback(split, shapes, std::pair{a, b}); });
  auto [n, b] = f(ramp({2}), lax::eq(ints({2, 2}, {1, 0, 0, 1}), Array(1)));
  EXPECT_THAT(n.to_vector<std::int32_t>(), ElementsAre(1, 2));
  EXPECT_THAT(b.to_vector<bool>(), ElementsAre(true, false, false, true));
}

TEST(PureCallback, GivesCppNumbersThePromisedType) {
  auto f = [](Array) { return Array(2.5); };
  Array y = jit([&](Array x) { return pure_callback(f, shape_struct({}, float64), x); })(scalar(1));
  EXPECT_EQ(y.dtype(), float64);
  EXPECT_EQ(y.item<double>(), 2.5);
}

TEST(PureCallback, IsDroppedWhenNobodyNeedsIt) {
  Seen seen;
  auto f = jit([&](Array x) {
    pure_callback([&](Array v) { return seen.add(1), v; }, shape_struct({}, float32), x);
    return x;
  });
  f(scalar(1)).block_until_ready();
  EXPECT_TRUE(seen.take().empty());
}

TEST(PureCallback, OverABatchByItsMethod) {
  std::mutex mutex;
  std::vector<Shape> shapes;
  auto add = [&](Array x, Array y) {
    std::lock_guard lock(mutex);
    shapes.push_back(x.shape());
    shapes.push_back(y.shape());
    std::vector<float> a = x.to_vector<float>(), b = y.to_vector<float>();
    for (std::size_t i = 0; i < a.size(); ++i) a[i] += b[b.size() == 1 ? 0 : i];
    return Array::of<float>(x.shape(), a);
  };
  auto run = [&](VmapMethod method) {
    auto f = [&](Array x, Array y) {
      return pure_callback(add, shape_struct({}, float32), {.vmap_method = method}, x, y);
    };
    shapes.clear();
    Array out = jit(vmap(f, {.in_axes = {0, std::nullopt}}))(ramp({3}), scalar(10));
    EXPECT_THAT(out.to_vector<float>(), ElementsAre(10, 11, 12));
    effects_barrier();
    return shapes;
  };
  EXPECT_EQ(run(VmapMethod::Sequential), std::vector<Shape>(6));
  EXPECT_EQ(run(VmapMethod::SequentialUnrolled), std::vector<Shape>(6));
  EXPECT_EQ(run(VmapMethod::ExpandDims), (std::vector<Shape>{{3}, {1}}));
  EXPECT_EQ(run(VmapMethod::BroadcastAll), (std::vector<Shape>{{3}, {3}}));
  EXPECT_EQ(run(VmapMethod::LegacyVectorized), (std::vector<Shape>{{3}, {}}));
}

TEST(PureCallback, RefusesVmapWithoutAMethod) {
  EXPECT_ERROR(vmap([](Array x) { return pure_twice(x); })(ramp({3})), TransformError,
               "vmap of a pure_callback without a vmap_method");
}

TEST(PureCallback, HasNoDerivativeButItsOwner) {
  auto f = [](Array x) { return pure_twice(x); };
  EXPECT_ERROR(grad(f)(scalar(1)), TransformError, "Wrap it in custom_jvp or custom_vjp");
  auto g = custom_jvp(f, [f](std::tuple<Array> x, std::tuple<Array> t) {
    return std::pair{f(std::get<0>(x)), lax::mul(std::get<0>(t), Array(2.0f))};
  });
  EXPECT_EQ(jit(grad(g))(scalar(1)).item<float>(), 2);
}

TEST(PureCallback, WorksInLoopsAndBranches) {
  auto loop = jit([](Array x) {
    return lax::fori_loop(
        0, 3, [](Array, Array c) { return pure_twice(c); }, x);
  });
  EXPECT_EQ(loop(scalar(1)).item<float>(), 8);
  auto branch = jit([](Array p, Array x) {
    return lax::cond(
        p, [](Array v) { return pure_twice(v); }, [](Array v) { return v; }, x);
  });
  EXPECT_EQ(branch(Array(true), scalar(3)).item<float>(), 6);
  EXPECT_EQ(branch(Array(false), scalar(3)).item<float>(), 3);
}

// --- what goes wrong -------------------------------------------------------------------------

TEST(Callback, ThrowsWhatTheFunctionThrew) {
  auto f = [](Array x) {
    return pure_callback([](Array) -> Array { throw std::runtime_error("the disk is full"); },
                         shape_struct({}, float32), x);
  };
  EXPECT_ERROR(f(scalar(1)), CallbackError, "the disk is full");
  auto jitted = jit(f);
  for (int i = 0; i < 2; ++i)
    EXPECT_ERROR(jitted(scalar(1)).item<float>(), CallbackError, "the disk is full");
  effects_barrier();  // thrown already
}

TEST(Callback, ThrowsAtTheBarrierWhereNoResultIsRead) {
  auto f = jit([](Array x) {
    debug::callback([](Array) { throw std::runtime_error("no sensor"); }, x);
    return x;
  });
  try {
    f(scalar(1));
    effects_barrier();
    FAIL() << "no error";
  } catch (const CallbackError& e) {
    EXPECT_STREQ(e.what(), "no sensor");
  }
  effects_barrier();  // once
}

TEST(Callback, MustGiveWhatItPromised) {
  auto shape = [](Array x) {
    return pure_callback([](Array) { return ramp({2}); }, shape_struct({3}, float32), x);
  };
  std::string text = "pure_callback: result 0 of the callback is f";
  EXPECT_ERROR(shape(scalar(1)), CallbackError, text + "32[2], but f32[3] is promised");
  EXPECT_ERROR(jit(shape)(scalar(1)).to_host(), CallbackError, text);
  auto tree = [](Array x) {
    return pure_callback(
        [](Array v) {
          return std::pair{v, v};
        },
        Tree::list({shape_struct({}, float32)}), x);
  };
  EXPECT_ERROR(tree(scalar(1)), CallbackError, "pure_callback: the callback gave");
}

// --- io --------------------------------------------------------------------------------------

TEST(IoCallback, IsCalledOnceEachTime) {
  Seen seen;
  auto f = jit([&](Array x) {
    auto read = [&](Array v) { return seen.add(v.item<float>()), Array(7.0f); };
    return io_callback(read, shape_struct({}, float32), x);
  });
  EXPECT_EQ(f(scalar(1)).item<float>(), 7);
  EXPECT_EQ(f(scalar(2)).item<float>(), 7);
  EXPECT_THAT(seen.take(), ElementsAre(1, 2));
}

TEST(IoCallback, IsKeptWhenNobodyReadsItsResult) {
  Seen seen;
  auto f = jit([&](Array x) {
    io_callback(seen.recorder(), Tree(), x);
    return Array(1.0f);
  });
  f(scalar(4));
  EXPECT_THAT(seen.take(), ElementsAre(4));
}

TEST(IoCallback, OverABatchOnceForEachExample) {
  Seen seen;
  auto f = [&](Array x) {
    auto read = [&](Array v) { return seen.add(v.item<float>()), v; };
    return io_callback(read, shape_struct({}, float32), x);
  };
  EXPECT_THAT(jit(vmap(f))(ramp({3})).to_vector<float>(), ElementsAre(0, 1, 2));
  EXPECT_THAT(seen.take(), ElementsAre(0, 1, 2));
}

TEST(IoCallback, RefusesWhatWouldCallItTooOften) {
  auto call = [](Array x) {
    return io_callback([](Array v) { return v; }, shape_struct({}, float32), x);
  };
  auto ordered = [](Array x) {
    return io_callback([](Array v) { return v; }, shape_struct({}, float32), {.ordered = true}, x);
  };
  EXPECT_ERROR(vmap(ordered)(ramp({3})), TransformError, "vmap of an ordered io_callback");
  EXPECT_ERROR(grad(call)(scalar(1)), TransformError, "io_callback has no derivative");
  EXPECT_ERROR(checkpoint(call)(scalar(1)), TransformError,
               "checkpoint of a function with an io_callback");
  auto branch = [&](Array x) {
    return lax::cond(
        lax::gt(x, Array(0.0f)), call, [](Array v) { return v; }, x);
  };
  EXPECT_ERROR(vmap(branch)(ramp({3})), TransformError,
               "vmap of a cond whose predicate differs between examples, with an io_callback");
  auto loop = [&](Array x) {
    return lax::while_loop([](Array v) { return lax::lt(v, Array(2.0f)); },
                           [&](Array v) { return lax::add(call(v), Array(1.0f)); }, x);
  };
  EXPECT_ERROR(vmap(loop)(ramp({3})), TransformError, "while_loop whose condition differs");
}

// --- debug -----------------------------------------------------------------------------------

TEST(DebugCallback, SeesPrimalsUnderDerivatives) {
  Seen seen;
  auto f = [&](Array x) {
    Array y = lax::mul(x, x);
    debug::callback(seen.recorder(), y);
    return lax::mul(y, x);
  };
  EXPECT_EQ(grad(f)(scalar(2)).item<float>(), 12);
  EXPECT_THAT(seen.take(), ElementsAre(4));
  EXPECT_EQ(jit(grad(f))(scalar(3)).item<float>(), 27);
  EXPECT_THAT(seen.take(), ElementsAre(9));
  EXPECT_EQ(grad(jit(f))(scalar(3)).item<float>(), 27);
  EXPECT_THAT(seen.take(), ElementsAre(9));
  auto [y, t] = jvp(f, std::tuple{scalar(2)}, std::tuple{scalar(1)});
  EXPECT_EQ(t.item<float>(), 12);
  EXPECT_THAT(seen.take(), ElementsAre(4));
}

TEST(DebugCallback, IsCalledForEachExample) {
  Seen seen;
  auto f = [&](Array x, Array y) {
    auto see = [&](Array a, Array b) { seen.add(a.item<float>() + b.item<float>()); };
    debug::callback(see, x, y);
    return x;
  };
  VmapOptions over_x{.in_axes = {0, std::nullopt}};
  vmap(f, over_x)(ramp({3}), scalar(10));
  EXPECT_THAT(seen.take(), ElementsAre(10, 11, 12));
  jit(vmap(f, over_x))(ramp({3}), scalar(20));
  EXPECT_THAT(seen.take(), UnorderedElementsAre(20, 21, 22));
}

TEST(DebugCallback, InBothBranchesOfABatchedCond) {
  Seen seen;
  auto f = [&](Array x) {
    auto positive = [&](Array v) { return debug::callback(seen.recorder(), v), v; };
    return lax::cond(
        lax::gt(x, Array(0.0f)), positive, [](Array v) { return v; }, x);
  };
  jit(f)(scalar(-1));
  EXPECT_TRUE(seen.take().empty());
  jit(vmap(f))(floats({2}, {-1, 1}));
  EXPECT_THAT(seen.take(), UnorderedElementsAre(-1, 1));
}

// --- order -----------------------------------------------------------------------------------

constexpr DebugCallbackOptions kOrdered{.ordered = true};

TEST(Ordered, InAStraightLine) {
  Seen seen;
  auto f = jit([&](Array x) {
    for (int i = 0; i < 20; ++i) debug::callback(seen.recorder(), kOrdered, lax::add(x, Array(i)));
    return x;
  });
  f(scalar(0));
  std::vector<float> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(static_cast<float>(i));
  EXPECT_EQ(seen.take(), expected);
}

TEST(Ordered, ThroughLoopsBranchesAndCalls) {
  Seen seen;
  auto see = [&](Array x) { debug::callback(seen.recorder(), kOrdered, x); };
  auto inner = jit([&](Array x) { return see(x), lax::add(x, Array(1.0f)); });
  auto f = jit([&](Array x) {
    see(Array(-1.0f));
    x = lax::fori_loop(
        0, 2, [&](Array, Array c) { return inner(c); }, x);
    x = lax::cond(
        lax::gt(x, Array(1.0f)), inner, [](Array v) { return v; }, x);
    auto small = [&](Array v) { return see(lax::neg(v)), lax::lt(v, Array(5.0f)); };
    x = lax::while_loop(small, inner, x);
    x = checkpoint(inner)(x);
    see(Array(100.0f));
    return x;
  });
  EXPECT_EQ(f(scalar(0)).item<float>(), 6);
  EXPECT_THAT(seen.take(), ElementsAre(-1, 0, 1, 2, -3, 3, -4, 4, -5, 5, 100));
}

TEST(Ordered, FromOneProgramToTheNext) {
  Seen seen;
  auto slow = jit([&](Array x) {
    x = lax::fori_loop(
        0, 2000, [](Array, Array c) { return lax::sin(c); }, x);
    debug::callback([&](Array) { seen.add(1); }, kOrdered, x);
    return x;
  });
  auto fast =
      jit([&](Array x) { return debug::callback([&](Array) { seen.add(2); }, kOrdered, x), x; });
  slow(lax::zeros({1000}, float32));
  fast(scalar(1));
  debug::callback([&](Array) { seen.add(3); }, kOrdered, scalar(1));
  EXPECT_THAT(seen.take(), ElementsAre(1, 2, 3));
}

TEST(Ordered, UnderDerivativesAndBatches) {
  Seen seen;
  auto f = [&](Array x) {
    auto step = [&](Array c, Array v) {
      debug::callback(seen.recorder(), kOrdered, v);
      return std::pair{lax::mul(c, v), c};
    };
    return lax::scan(step, Array(1.0f), x).first;
  };
  EXPECT_THAT(jit(grad(f))(floats({3}, {1, 2, 3})).to_vector<float>(), ElementsAre(6, 3, 2));
  EXPECT_THAT(seen.take(), ElementsAre(1, 2, 3));
  jit(vmap(f))(floats({2, 2}, {1, 2, 3, 4}));
  EXPECT_THAT(seen.take(), ElementsAre(1, 3, 2, 4));
}

TEST(Ordered, InsideAFunctionWithItsOwnDerivative) {
  Seen seen;
  auto primal = [&](Array x) { return debug::callback(seen.recorder(), kOrdered, x), x; };
  auto g = custom_jvp(primal, [](std::tuple<Array> x, std::tuple<Array> t) {
    return std::pair{std::get<0>(x), std::get<0>(t)};
  });
  auto h = custom_vjp(
      primal,
      [](Array x) {
        return std::pair{x, x};
      },
      [](Array, Array ct) { return std::tuple{ct}; });
  auto f = jit([&](Array x) { return h(lax::add(g(x), Array(1.0f))); });
  EXPECT_EQ(f(scalar(1)).item<float>(), 2);
  EXPECT_THAT(seen.take(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace linum
