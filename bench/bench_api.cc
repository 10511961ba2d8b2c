// Dispatch, tracing and lowering: the names and the work of jax/benchmarks/api_benchmark.py, and
// cases of our own (chain_trace, gpt_trace_lower, gpt2_trace_lower). bench/compare_api.sh runs
// JAX's side in turn.
#include <benchmark/benchmark.h>

#include "bench/workloads.h"
#include "linum/linum.h"

namespace ln = linum;
using ln::Array;

namespace {

Array device_scalar(int value) {
  return Array::from_host(ln::HostArray::of<int>({}, std::vector<int>{value}));
}

// --- operation by operation -------------------------------------------------------------------

void eager_unary_dispatch(benchmark::State& state) {
  Array a = device_scalar(1), x = ln::lax::neg(a);
  for (auto _ : state) x = ln::lax::neg(a);
  x.block_until_ready();
}
BENCHMARK(eager_unary_dispatch);

void eager_unary(benchmark::State& state) {
  Array a = device_scalar(1);
  for (auto _ : state) ln::lax::neg(a).block_until_ready();
}
BENCHMARK(eager_unary);

void eager_binary_dispatch(benchmark::State& state) {
  Array a = device_scalar(1), b = device_scalar(2), x = ln::lax::add(a, b);
  for (auto _ : state) x = ln::lax::add(a, b);
  x.block_until_ready();
}
BENCHMARK(eager_binary_dispatch);

void eager_binary(benchmark::State& state) {
  Array a = device_scalar(1), b = device_scalar(2);
  for (auto _ : state) ln::lax::add(a, b).block_until_ready();
}
BENCHMARK(eager_binary);

// --- calls of compiled functions --------------------------------------------------------------

auto jitted_swap() {
  return ln::jit([](Array a, Array b) { return std::pair{b, a}; });
}

void jit_trivial_dispatch(benchmark::State& state) {
  auto f = jitted_swap();
  Array a = device_scalar(1), b = device_scalar(2);
  auto x = f(a, b);
  for (auto _ : state) x = f(a, b);
  x.first.block_until_ready();
}
BENCHMARK(jit_trivial_dispatch);

void jit_trivial(benchmark::State& state) {
  auto f = jitted_swap();
  Array a = device_scalar(1), b = device_scalar(2);
  f(a, b);
  for (auto _ : state) {
    auto [c, d] = f(a, b);
    c.block_until_ready();
    d.block_until_ready();
  }
}
BENCHMARK(jit_trivial);

auto jitted_add() {
  return ln::jit([](Array a, Array b) { return a + b; });
}

void jit_simple_dispatch(benchmark::State& state) {
  auto f = jitted_add();
  Array a = device_scalar(1), b = device_scalar(2), x = f(a, b);
  for (auto _ : state) x = f(a, b);
  x.block_until_ready();
}
BENCHMARK(jit_simple_dispatch);

void jit_simple(benchmark::State& state) {
  auto f = jitted_add();
  Array a = device_scalar(1), b = device_scalar(2);
  f(a, b);
  for (auto _ : state) f(a, b).block_until_ready();
}
BENCHMARK(jit_simple);

void matmul(benchmark::State& state, std::int64_t side) {
  Array x = ln::random::uniform(ln::random::key(0), {side, side});
  auto f = ln::jit([](Array a) { return ln::lax::dot(a, a); });
  f(x).block_until_ready();
  for (auto _ : state) f(x).block_until_ready();
}
void jit_small_matmul(benchmark::State& state) { matmul(state, 2); }
BENCHMARK(jit_small_matmul);
void jit_big_matmul(benchmark::State& state) { matmul(state, 100); }
BENCHMARK(jit_big_matmul);

std::vector<Array> scalars(std::int64_t count) {
  std::vector<Array> out;
  for (int i = 0; i < count; ++i) out.push_back(device_scalar(i));
  return out;
}

auto jitted_sum() {
  return ln::jit([](std::vector<Array> xs) {
    Array total = 0;
    for (const Array& x : xs) total = total + x;
    return total;
  });
}

void jit_simple_many_args_dispatch(benchmark::State& state) {
  auto f = jitted_sum();
  std::vector<Array> args = scalars(state.range(0));
  Array x = f(args);
  x.block_until_ready();
  for (auto _ : state) x = f(args);
  x.block_until_ready();
}
BENCHMARK(jit_simple_many_args_dispatch)
    ->ArgName("num_args")
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Arg(2000);

void jit_simple_many_args(benchmark::State& state) {
  auto f = jitted_sum();
  std::vector<Array> args = scalars(state.range(0));
  f(args).block_until_ready();
  for (auto _ : state) f(args).block_until_ready();
}
BENCHMARK(jit_simple_many_args)->ArgName("num_args")->Arg(10)->Arg(100)->Arg(1000)->Arg(2000);

auto jitted_first() {
  return ln::jit([](std::vector<Array> xs) { return xs[0] + 1; });
}

void jit_simple_pruned_args_dispatch(benchmark::State& state) {
  auto f = jitted_first();
  std::vector<Array> args = scalars(state.range(0));
  Array x = f(args);
  for (auto _ : state) x = f(args);
  x.block_until_ready();
}
BENCHMARK(jit_simple_pruned_args_dispatch)->Arg(10)->Arg(100)->Arg(1000)->Arg(2000);

void jit_simple_pruned_args(benchmark::State& state) {
  auto f = jitted_first();
  std::vector<Array> args = scalars(state.range(0));
  f(args).block_until_ready();
  for (auto _ : state) f(args).block_until_ready();
}
BENCHMARK(jit_simple_pruned_args)->Arg(10)->Arg(100)->Arg(1000)->Arg(2000);

// --- data -------------------------------------------------------------------------------------

void jit_dispatch_without_transfer(benchmark::State& state) {
  Array images = ln::np::ones({128, 224, 224});
  auto f = ln::jit([](Array x) { return x + 1; });
  Array x = f(images);
  for (auto _ : state) x = f(images);
  x.block_until_ready();
}
BENCHMARK(jit_dispatch_without_transfer);

void jit_dispatch_with_transfer(benchmark::State& state) {
  ln::HostArray images = ln::np::ones({128, 224, 224}).to_host();
  auto f = ln::jit([](Array x) { return x + 1; });
  Array x = f(Array::from_host(images));
  for (auto _ : state) x = f(Array::from_host(images));
  x.block_until_ready();
}
BENCHMARK(jit_dispatch_with_transfer);

void device_put_from_numpy_array(benchmark::State& state) {
  ln::HostArray one = device_scalar(1).to_host();
  std::vector<Array> sent(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for (Array& x : sent) x = Array::from_host(one);
    for (Array& x : sent) x.block_until_ready();
  }
}
BENCHMARK(device_put_from_numpy_array)->ArgName("num_args")->Arg(1)->Arg(10)->Arg(100)->Arg(1000);

// --- tracing and lowering ---------------------------------------------------------------------

void bench_slicing_compilation(benchmark::State& state) {
  Array x = ln::np::arange(3);
  for (auto _ : state) {
    auto f = ln::jit([](Array a) {
      return std::tuple{ln::np::index(a, 0), ln::np::index(a, 1), ln::np::index(a, 2)};
    });
    f.lower(x).compile();
  }
}
BENCHMARK(bench_slicing_compilation)->Unit(benchmark::kMillisecond);

// The jaxpr of n sines one after the other: its cost must grow with n, not faster.
void chain_trace(benchmark::State& state) {
  Array x = 1.0f;
  auto chain = [n = state.range(0)](Array a) {
    for (std::int64_t i = 0; i < n; ++i) a = ln::lax::sin(a);
    return a;
  };
  for (auto _ : state) benchmark::DoNotOptimize(ln::jit(chain).lower(x).as_text());
  state.SetComplexityN(state.range(0));
}
BENCHMARK(chain_trace)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Arg(10000)
    ->Complexity()
    ->Unit(benchmark::kMillisecond);

// A whole training step, from its C++ function to StableHLO text.
void trace_lower(benchmark::State& state, const ln::bench::Workload& workload) {
  ln::Tree arguments = workload.abstract_arguments();
  for (auto _ : state) benchmark::DoNotOptimize(workload.lower(arguments).as_text());
}
void gpt_trace_lower(benchmark::State& state) { trace_lower(state, ln::bench::gpt()); }
BENCHMARK(gpt_trace_lower)->Unit(benchmark::kMillisecond);
void gpt2_trace_lower(benchmark::State& state) { trace_lower(state, ln::bench::gpt2()); }
BENCHMARK(gpt2_trace_lower)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
