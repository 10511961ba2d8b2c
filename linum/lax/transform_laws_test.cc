// The laws, for operations with bodies and for collectives.
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/memory.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/implicit.h"
#include "linum/transforms/jit.h"

namespace linum {

using X = std::span<const Array>;
using Arrays = std::vector<Array>;

static Array wave(Array x) { return lax::mul(lax::sin(x), x); }

static std::vector<Law> branch_laws() {
  auto both = [](X x) {
    return Arrays{lax::cond(
        x[0], [&](Array v) { return lax::mul(wave(v), x[2]); }, [](Array v) { return lax::neg(v); },
        x[1])};
  };
  auto three = [](X x) {
    std::vector<std::function<Array(Array)>> branches{wave, [](Array v) { return lax::cos(v); },
                                                      [&](Array v) { return lax::mul(v, x[1]); }};
    return Arrays{lax::switch_(x[0], branches, x[1])};
  };
  auto integers_only = [](X x) {
    return Arrays{lax::cond(
        x[0], [](Array v) { return lax::add(v, v); }, [](Array v) { return v; }, x[1])};
  };
  return {
      law("cond_true", both, {given({}, {1}, DType::Bool), real({3}), real({3})}),
      law("cond_false", both, {given({}, {0}, DType::Bool), real({3}), real({3})}),
      law("switch", three, {given({}, {2}, DType::I32), real({3})}),
      law("switch_clamped", three, {given({}, {-7}, DType::I32), real({3})}),
      law("cond_of_integers", integers_only, {bools({}), integers({3})}),
      law("cond_empty", both, {bools({}), real({0}), real({0})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Branches, Laws, testing::ValuesIn(branch_laws()), law_name);

// Carry, inputs, captured: h' = tanh(h w + x).
static FlatFn recurrent(ScanOptions options = {}) {
  return [options](X x) {
    auto step = [&](Array h, Array v) {
      Array next = lax::tanh(lax::add(lax::mul(h, x[2]), v));
      return std::pair{next, lax::mul(next, v)};
    };
    auto [last, ys] = lax::scan(step, x[0], x[1], options);
    return Arrays{last, ys};
  };
}

static std::vector<Law> loop_laws() {
  auto nested = [](X x) {
    auto inner = [](Array c, Array v) { return std::pair{lax::sin(lax::add(c, v)), c}; };
    auto outer = [inner](Array c, Array row) {
      auto [last, ys] = lax::scan(inner, c, row);
      return std::pair{last, lax::reduce_sum(ys, {0})};
    };
    auto [last, ys] = lax::scan(outer, x[0], x[1]);
    return Arrays{last, ys};
  };
  auto counted = [](X x) {
    return Arrays{lax::fori_loop(
        1, 4, [&](Array, Array v) { return lax::mul(lax::sin(v), x[1]); }, x[0])};
  };
  auto until_large = [](X x) {
    auto small = [](Array v) { return lax::lt(lax::reduce_sum(lax::mul(v, v), {0}), Array(9.0)); };
    return Arrays{lax::while_loop(
        small, [&](Array v) { return lax::add(lax::mul(v, v), x[1]); }, x[0])};
  };
  auto to_a_limit = [](X x) {
    Array end = lax::add(x[2], Array(1));
    return Arrays{lax::fori_loop(
        lax::full({}, Array(0), DType::I32), end,
        [&](Array, Array v) { return lax::mul(lax::sin(v), x[1]); }, x[0])};
  };
  auto with_remat = [](X x) {
    auto next = checkpoint([](Array h, Array v) { return lax::tanh(lax::mul(wave(h), v)); });
    auto step = [&](Array h, Array v) { return std::pair{next(h, lax::mul(v, x[2])), h}; };
    auto [last, ys] = lax::scan(step, x[0], x[1]);
    return Arrays{last, ys};
  };
  auto prefixes = [](X x) {
    auto compose = [](X f, X g) {
      return Arrays{lax::mul(f[0], g[0]), lax::add(lax::mul(g[0], f[1]), g[1])};
    };
    return lax::associative_scan(lax::CombineFn(compose), x);
  };
  return {
      law("scan", recurrent(), {real({2}), real({3, 2}), real({2})}),
      law("scan_reverse", recurrent({.reverse = true}), {real({2}), real({3, 2}), real({2})}),
      law("scan_unrolled", recurrent({.unroll = 2}), {real({2}), real({4, 2}), real({2})}),
      law("scan_of_no_steps", recurrent(), {real({2}), real({0, 2}), real({2})}),
      law("scan_of_empty_carry", recurrent(), {real({0}), real({3, 0}), real({0})}),
      law("scan_nested", nested, {real({}), real({3, 2})}),
      law("fori_loop", counted, {real({2}), real({2})}),
      law("map", [](X x) { return Arrays{lax::map(wave, x[0])}; }, {real({3, 2})}),
      law("map_in_batches", [](X x) { return Arrays{lax::map(wave, x[0], {.batch_size = 2})}; },
          {real({3, 2})}),
      law("associative_scan", prefixes, {real({5}), real({5})}),
      law("scan_remat", with_remat, {real({2}), real({3, 2}), real({2})}),
      law("fori_loop_dynamic", to_a_limit, {real({2}), real({2}), integers({}, 0, 4)})
          .forward_only(),
      law("while", until_large, {positive({2}, 1.1, 1.4), positive({2})})
          .forward_only()
          .in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(Loops, Laws, testing::ValuesIn(loop_laws()), law_name);

static std::vector<Law> call_laws() {
  using One = std::tuple<Array>;
  auto jvp_rule = custom_jvp(wave, [](One x, One t) {
    auto& [v] = x;
    return std::pair{wave(v),
                     lax::mul(std::get<0>(t), lax::add(lax::mul(lax::cos(v), v), lax::sin(v)))};
  });
  auto vjp_rule = custom_vjp(
      wave,
      [](Array v) {
        return std::pair{wave(v), v};
      },
      [](Array v, Array ct) {
        return std::tuple{lax::mul(ct, lax::add(lax::mul(lax::cos(v), v), lax::sin(v)))};
      });
  // A rule that makes an array: it becomes a constant of the derived program.
  auto with_table = custom_jvp([](Array v) { return lax::mul(v, Array(1.0)); },
                               [](One x, One t) {
                                 Array ones = Array::of<double>({3}, {1, 1, 1});
                                 return std::pair{std::get<0>(x), lax::mul(std::get<0>(t), ones)};
                               });
  auto solve = [](X x) {
    Array diagonal = lax::add(lax::mul(x[1], x[1]), Array(1.0));
    auto divide = [diagonal](auto, Array y) { return lax::div(y, diagonal); };
    return Arrays{lax::custom_linear_solve([diagonal](Array v) { return lax::mul(diagonal, v); },
                                           x[0], divide, divide)};
  };
  // x^3 + c x = a.
  auto root = [](X x) {
    Array c = lax::add(lax::mul(x[1], x[1]), Array(1.0));
    auto f = [&](Array v) { return lax::sub(lax::mul(v, lax::add(lax::mul(v, v), c)), x[0]); };
    auto newton = [c](auto f, Array guess) {
      auto step = [&](Array, Array v) {
        return lax::sub(v, lax::div(f(v), lax::add(lax::mul(lax::mul(v, v), Array(3.0)), c)));
      };
      return lax::fori_loop(0, 30, step, guess);
    };
    auto divide = [](auto g, Array y) { return lax::div(y, g(lax::ones(y.shape(), y.dtype()))); };
    return Arrays{lax::custom_root(f, lax::zeros_like(x[0]), newton, divide)};
  };
  return {
      law("jit", [](X x) { return Arrays{jit(wave)(x[0])}; }, {real({3})}),
      law("checkpoint", [](X x) { return Arrays{checkpoint(wave)(x[0])}; }, {real({3})}),
      law("checkpoint_name", [](X x) { return Arrays{wave(checkpoint_name(x[0], "x"))}; },
          {real({3})}),
      law("device_put",
          [](X x) {
            const Array there = device_put(x[0], MemorySpace::Host);
            return Arrays{wave(device_put(there, MemorySpace::Device))};
          },
          {real({3})}),
      law("custom_jvp", [=](X x) { return Arrays{jvp_rule(x[0])}; }, {real({3})}),
      law("custom_vjp", [=](X x) { return Arrays{vjp_rule(x[0])}; }, {real({3})}).reverse_only(),
      law("constant", [=](X x) { return Arrays{jit(with_table)(x[0])}; }, {real({3})}).in_double(),
      law("custom_linear_solve", solve, {real({3}), real({3})}),
      law("custom_root", root, {real({3}), real({3})}).in_double(),
  };
}
INSTANTIATE_TEST_SUITE_P(Calls, Laws, testing::ValuesIn(call_laws()), law_name);

static std::vector<Law> collective_laws() {
  auto over = [](auto op) { return [op](X x) { return Arrays{op(x[0])}; }; };
  return {
      law_over_axis("psum", over([](Array x) { return wave(lax::psum(wave(x), "i")); }),
                    {real({3, 2})}),
      law_over_axis("pmean", over([](Array x) { return lax::sub(x, lax::pmean(x, "i")); }),
                    {real({3, 2})}),
      law_over_axis("pmax", over([](Array x) { return lax::mul(x, lax::pmax(x, "i")); }),
                    {real({3, 2})}),
      law_over_axis("pmin", over([](Array x) { return lax::mul(x, lax::pmin(x, "i")); }),
                    {real({3, 2})}),
      law_over_axis("all_gather", over([](Array x) { return lax::all_gather(wave(x), "i", 1); }),
                    {real({3, 2})}),
      law_over_axis("psum_scatter", over([](Array x) { return lax::psum_scatter(wave(x), "i"); }),
                    {real({3, 3, 2})}),
      law_over_axis("all_to_all", over([](Array x) { return lax::all_to_all(wave(x), "i", 0, 1); }),
                    {real({3, 3, 2})}),
      law_over_axis("ppermute", over([](Array x) {
                      return lax::ppermute(wave(x), "i", {{0, 2}, {1, 0}});
                    }),
                    {real({3, 2})}),
      law_over_axis("axis_index", over([](Array x) {
                      return lax::mul(x,
                                      lax::convert_element_type(lax::axis_index("i"), x.dtype()));
                    }),
                    {real({3, 2})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Collectives, Laws, testing::ValuesIn(collective_laws()), law_name);

}  // namespace linum
