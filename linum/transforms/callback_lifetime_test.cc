// How long callbacks live, on which threads they run, and what caches keep of them.
#include <gmock/gmock.h>

#include <filesystem>
#include <iostream>
#include <thread>

#include "linum/base/process_testlib.h"
#include "linum/base/testing.h"
#include "linum/core/devices.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/runtime/compile_cache.h"
#include "linum/transforms/callback.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

// --- lifetime --------------------------------------------------------------------------------

// x times what `factor` points to, by a callback that owns it.
auto times(std::shared_ptr<float> factor) {
  return [factor](Array x) {
    auto f = [factor](Array v) { return Array(v.item<float>() * *factor); };
    return pure_callback(f, shape_struct({}, float32), x);
  };
}

TEST(CallbackLifetime, IsThatOfTheJittedFunction) {
  auto factor = std::make_shared<float>(3.0f);
  std::weak_ptr<float> alive = factor;
  {
    auto f = jit(times(std::move(factor)));
    EXPECT_EQ(f(scalar(2)).item<float>(), 6);
    EXPECT_FALSE(alive.expired());
  }
  effects_barrier();
  EXPECT_TRUE(alive.expired());
}

TEST(CallbackLifetime, CoversARunThatIsStillGoing) {
  auto factor = std::make_shared<float>(3.0f);
  std::weak_ptr<float> alive = factor;
  auto slow = [](Array x) {
    return lax::fori_loop(
        0, 20000, [](Array, Array c) { return lax::sin(c); }, x);
  };
  Array y;
  {
    auto f = jit([slow, g = times(std::move(factor))](Array x) {
      return g(lax::mul(lax::reduce_sum(slow(x), {0}), Array(0.0f)));
    });
    y = f(lax::zeros({100}, float32));
  }
  EXPECT_EQ(y.item<float>(), 0);
  effects_barrier();
  EXPECT_TRUE(alive.expired());
}

TEST(CallbackLifetime, OfOperationsWithBodiesEndsWithThem) {
  auto factor = std::make_shared<float>(2.0f);
  std::weak_ptr<float> alive = factor;
  {
    auto f = times(std::move(factor));
    Array y = lax::fori_loop(
        0, 3, [&](Array, Array c) { return f(c); }, scalar(1));
    EXPECT_EQ(y.item<float>(), 8);
  }
  effects_barrier();
  EXPECT_TRUE(alive.expired());
}

// --- caches ----------------------------------------------------------------------------------

TEST(CallbackCache, HoldsNoProgramWithCallbacks) {
  auto compiled = [] {
    runtime::CacheStats s = runtime::compile_cache_stats();
    return s.misses + s.disk_hits + s.memory_hits;
  };
  std::int64_t before = compiled();
  for (float factor : {2.0f, 5.0f}) {
    auto f = jit(times(std::make_shared<float>(factor)));
    EXPECT_EQ(f(scalar(1)).item<float>(), factor);
  }
  EXPECT_EQ(compiled(), before);
}

TEST(CallbackProcess, DISABLED_Multiplies) {
  float factor = std::stof(std::getenv("LINUM_TEST_FACTOR"));
  auto f = jit([g = times(std::make_shared<float>(factor))](Array x) {
    return g(lax::add(x, Array(1.0f)));
  });
  std::cout << "result " << f(scalar(1)).item<float>() << "\n";
}

TEST(CallbackCache, NeverServesAnotherProcess) {
  TemporaryFolder folder;
  for (const char* factor : {"2", "5"}) {
    Finished run =
        TestProcess("CallbackProcess.DISABLED_Multiplies",
                    {{"LINUM_CACHE", folder.path().string()}, {"LINUM_TEST_FACTOR", factor}})
            .finish();
    EXPECT_EQ(run.status, 0) << run.output;
    EXPECT_THAT(run.output, HasSubstr(str_cat("result ", std::stoi(factor) * 2)));
  }
}

TEST(CallbackProcess, DISABLED_EndsAtOnce) {
  jit([](Array x) {
    x = lax::fori_loop(
        0, 20000, [](Array, Array c) { return lax::sin(c); }, x);
    debug::callback([](Array) { std::cout << "called\n" << std::flush; }, x);
    return x;
  })(lax::zeros({100}, float32));
}

TEST(CallbackProcess, EndsWhenItsCallbacksHaveRun) {
  EXPECT_THAT(TestProcess("CallbackProcess.DISABLED_EndsAtOnce", {}).finish().output,
              HasSubstr("called"));
}

// --- threads ---------------------------------------------------------------------------------

TEST(CallbackThreads, MayComputeWithLinum) {
  auto inner = jit([](Array x) { return lax::add(lax::sin(x), lax::cos(x)); });
  for (std::int64_t size : {1, 1000, 300000}) {
    auto compute = [&](Array x) {
      Array y = inner(lax::mul(x, Array(0.0f)));  // jitted, and one by one
      return lax::add(y, Array(1.0f));
    };
    auto f = jit([&](Array x) {
      Array shape = shape_struct({size}, float32);
      Array a = pure_callback(compute, shape, lax::add(x, Array(1.0f)));
      Array b = pure_callback(compute, shape, lax::add(x, Array(2.0f)));
      return lax::add(a, b);
    });
    for (int i = 0; i < 5; ++i)
      EXPECT_THAT(f(lax::zeros({size}, float32)).to_vector<float>(), Each(4));
  }
}

TEST(CallbackThreads, MayComputeWithArraysOfADevice) {
  Array big = device_put(lax::zeros({300000}, float32), runtime::default_device());
  auto compute = jit([&](Array x) { return lax::add(lax::sin(big), x); });
  auto f = jit([&](Array x) { return pure_callback(compute, shape_struct({300000}, float32), x); });
  EXPECT_THAT(f(lax::zeros({300000}, float32)).to_vector<float>(), Each(0));
}

TEST(CallbackThreads, ManyAtOnce) {
  std::atomic<int> calls{0};
  auto f = jit([&](Array x) {
    auto count = [&](Array v) { return ++calls, v; };
    std::vector<Array> parts;
    for (int i = 0; i < 8; ++i)
      parts.push_back(pure_callback(count, shape_struct({50000}, float32), lax::add(x, Array(i))));
    return lax::reduce_sum(lax::stack(parts), {0});
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 3; ++i)
        EXPECT_THAT(f(lax::zeros({50000}, float32)).to_vector<float>(), Each(28));
    });
  for (std::thread& t : threads) t.join();
  effects_barrier();
  EXPECT_EQ(calls, 4 * 3 * 8);
}

TEST(CallbackThreads, NestAndKeepTheirOrder) {
  std::mutex mutex;
  std::vector<int> seen;
  auto see = [&](int n) {
    std::lock_guard lock(mutex);
    seen.push_back(n);
  };
  auto inner = jit([&](Array x) {
    debug::callback([&](Array) { see(2); }, {.ordered = true}, x);
    return x;
  });
  auto f = jit([&](Array x) {
    debug::callback([&](Array) { see(1); }, {.ordered = true}, x);
    debug::callback([&](Array v) { inner(v).block_until_ready(); }, {.ordered = true}, x);
    debug::callback([&](Array) { see(3); }, {.ordered = true}, x);
    return x;
  });
  f(scalar(1)).block_until_ready();
  effects_barrier();
  EXPECT_THAT(seen, ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace linum
