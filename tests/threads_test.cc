// Several threads use everything at once: transforms, eager operations, transfers, the caches.
#include <gmock/gmock.h>

#include <thread>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/runtime/compile_cache.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::Each;

constexpr int kThreads = 4, kRounds = 8;

// Runs f(thread) in threads that start together.
template <class F>
void together(F f) {
  std::atomic<int> waiting{kThreads};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (--waiting; waiting > 0;) std::this_thread::yield();
      f(t);
    });
  for (std::thread& t : threads) t.join();
}

Array vector(float value) { return Array::of<float>({4}, std::vector<float>(4, value)); }

TEST(Threads, CallOneJittedFunction) {
  auto f = jit([](Array x) { return lax::add(lax::mul(x, x), x); });
  together([&](int t) {
    for (int i = 0; i < kRounds; ++i) {
      float v = static_cast<float>(t + i);
      EXPECT_THAT(f(vector(v)).to_vector<float>(), Each(v * v + v));
    }
  });
  EXPECT_GE(f.cache_size(), 1u);
  EXPECT_LE(f.cache_size(), static_cast<std::size_t>(kThreads));
}

TEST(Threads, TraceCompileAndDifferentiateTheirOwn) {
  together([](int t) {
    Array shift = vector(static_cast<float>(t));  // captured: an input of the program
    auto loss = [shift](Array x) { return lax::reduce_sum(lax::square(lax::add(x, shift)), {0}); };
    auto step = jit(value_and_grad(loss), {.name = "step"});
    for (int i = 0; i < kRounds; ++i) {
      auto [value, gradient] = step(vector(1));
      float sum = 1 + static_cast<float>(t);
      EXPECT_EQ(value.item<float>(), 4 * sum * sum);
      EXPECT_THAT(gradient.to_vector<float>(), Each(2 * sum));
    }
  });
}

TEST(Threads, EvaluateEagerly) {
  together([](int t) {
    for (int i = 0; i < kRounds; ++i) {
      Array x = lax::mul(vector(static_cast<float>(i)), Array(2.0f));
      EXPECT_EQ(lax::reduce_sum(x, {0}).item<float>(), 8.0f * static_cast<float>(i));
      Array shaped = lax::reshape(x, t % 2 ? Shape{2, 2} : Shape{4, 1});
      EXPECT_EQ(shaped.size(), 4);
    }
  });
}

TEST(Threads, BatchInsideJit) {
  auto f = jit(vmap([](Array x) { return lax::reduce_sum(lax::exp(x), {0}); }));
  Array x = lax::zeros({3, 4}, float32);
  together([&](int) { EXPECT_THAT(f(x).to_vector<float>(), Each(4)); });
}

TEST(Threads, TransferAndDropBuffers) {
  together([](int t) {
    std::vector<Array> kept;
    for (int i = 0; i < 50; ++i) {
      HostArray host(float32, {256});
      for (int k = 0; k < 256; ++k) host.set_number(k, t * 1000 + i);
      runtime::Device& device = runtime::default_device();
      Array x = Array::from_buffer(device.client().to_device(std::move(host), device));
      kept.push_back(x);
      if (kept.size() > 4) kept.erase(kept.begin());
      EXPECT_EQ(x.to_vector<float>()[255], static_cast<float>(t * 1000 + i));
    }
  });
}

TEST(Threads, ShareArraysWhileTheirOwnersLetGo) {
  Array shared = vector(3);
  together([&](int) {
    for (int i = 0; i < kRounds; ++i) {
      const Array mine = shared;  // NOLINT(performance-unnecessary-copy-initialization)
      EXPECT_THAT(lax::add(mine, mine).to_vector<float>(), Each(6));
    }
  });
  EXPECT_TRUE(shared.value()->unique());
}

TEST(Threads, ReadTheKeysOfOneProgram) {
  TracedProgram traced = trace_program(
      [](std::span<const Array> x) { return std::vector<Array>{lax::sin(lax::cos(x[0]))}; },
      std::vector<Aval>{Aval(float32, {3})});
  std::vector<std::string> keys(kThreads);
  together([&](int t) {
    keys[static_cast<std::size_t>(t)] = traced.program->key();
    EXPECT_EQ(traced.program->equations[0].primitive->key(), "cos" + std::string(1, '\0'));
  });
  EXPECT_THAT(keys, Each(keys[0]));
}

TEST(Threads, UseTheCompileCache) {
  std::string text = R"(module @m { func.func public @main(%a: tensor<3xf32>) -> tensor<3xf32> {
    %0 = stablehlo.cosine %a : tensor<3xf32>
    return %0 : tensor<3xf32> } })";
  runtime::Client& client = runtime::default_client();
  together([&](int t) {
    for (int i = 0; i < kRounds; ++i) {
      if (t == 0 && i % 4 == 3) runtime::clear_compile_cache_memory();
      EXPECT_EQ(runtime::compile_cached(client, text, {})->num_outputs(), 1);
    }
  });
}

// An error in one thread leaves the others alone.
TEST(Threads, FailAlone) {
  auto f = jit([](Array x, int wrong) {
    if (wrong) throw ValueError("wrong");
    return lax::neg(x);
  });
  together([&](int t) {
    for (int i = 0; i < kRounds; ++i) {
      if (t == 0) {
        EXPECT_THROW(f(vector(1), 1), ValueError);
      } else {
        EXPECT_THAT(f(vector(1), 0).to_vector<float>(), Each(-1));
      }
    }
  });
}

}  // namespace
}  // namespace linum
