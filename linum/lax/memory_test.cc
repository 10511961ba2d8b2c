#include "linum/lax/memory.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/core/value.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::HasSubstr;
using testing::Not;

// Where the plugin says that the array lies.
std::string kind_of(const Array& x) { return buffer_of(x)->memory_kind(); }
Array on_host(const Array& x) { return device_put(x, MemorySpace::Host); }
Array on_device(const Array& x) { return device_put(x, MemorySpace::Device); }

TEST(Memory, HoldsArraysOfTheHost) {
  const Array x = ramp({2, 3}), there = on_host(x), back = on_device(there);
  EXPECT_EQ(x.memory(), MemorySpace::Device);
  EXPECT_EQ(kind_of(x), "device");
  EXPECT_EQ(there.memory(), MemorySpace::Host);
  EXPECT_EQ(kind_of(there), "pinned_host");
  EXPECT_EQ(back.memory(), MemorySpace::Device);
  EXPECT_EQ(kind_of(back), "device");
  expect_close(there, x);
  expect_close(back, x);
  EXPECT_EQ(on_host(there).value(), there.value());
}

TEST(Memory, IsPartOfTheType) {
  const Aval there = on_host(ramp({2, 3})).aval();
  EXPECT_EQ(there.to_string(), "f32<host>[2,3]");
  EXPECT_NE(there, ramp({2, 3}).aval());
  EXPECT_EQ(there.with_shape({6}).with_dtype(DType::I32).strong().to_string(), "i32<host>[6]");
  EXPECT_EQ(eval_shape(on_host, ramp({4})).aval().to_string(), "f32<host>[4]");
}

TEST(Memory, HasANameInPlugins) {
  EXPECT_EQ(memory_space("pinned_host"), MemorySpace::Host);
  EXPECT_EQ(memory_space(memory_kind(MemorySpace::Device)), MemorySpace::Device);
  EXPECT_ERROR(memory_space("disk"), ValueError,
               "there is no memory 'disk'; arrays lie in 'device' or 'pinned_host'");
}

TEST(Memory, TakesTreesAndNumbers) {
  const Tree there = device_put(Tree{{"x", ramp({2})}, {"n", Array(3)}}, MemorySpace::Host);
  EXPECT_EQ(kind_of(there["x"].array()), "pinned_host");
  EXPECT_EQ(kind_of(there["n"].array()), "pinned_host");
  EXPECT_EQ(there["n"].array().item<int>(), 3);
}

TEST(Memory, IsLeftForADevice) {
  EXPECT_EQ(kind_of(device_put(on_host(ramp({2})), *devices()[0])), "device");
}

// --- computing -------------------------------------------------------------------------------

TEST(Memory, OperationsComputeWhereTheirOperandsLie) {
  const Array y = lax::mul(lax::sin(on_host(ramp({3}))), Array(2.0f));
  EXPECT_EQ(y.memory(), MemorySpace::Host);
  EXPECT_EQ(kind_of(y), "pinned_host");
  expect_close(y, lax::mul(lax::sin(ramp({3})), Array(2.0f)));
  EXPECT_ERROR(lax::add(ramp({3}), on_host(ramp({3}))), ValueError,
               "add: operands lie in different memories, f32[3] and f32<host>[3]; bring them "
               "together with device_put");
}

TEST(Memory, OfResultsAndArgumentsOfJit) {
  auto f = jit([](Array x) { return std::pair{on_host(lax::sin(x)), lax::cos(x)}; });
  const auto [there, here] = f(ramp({3}));
  EXPECT_EQ(kind_of(there), "pinned_host");
  EXPECT_EQ(kind_of(here), "device");
  auto g = jit([](Array x) { return lax::add(on_device(x), Array(1.0f)); });
  EXPECT_EQ(kind_of(g(there)), "device");
  expect_close(g(there), lax::add(lax::sin(ramp({3})), Array(1.0f)));
  g(here);
  EXPECT_EQ(g.cache_size(), 2u);  // the memory is part of the argument's type
}

TEST(Memory, IsWrittenForTheCompiler) {
  const ProgramRef p =
      make_program([](Array x) { return on_host(lax::sin(on_device(x))); }, on_host(ramp({3})));
  EXPECT_THAT(p->to_string(), HasSubstr("device_put[memory=pinned_host]"));
  for (const char* platform : {"cuda", "tpu"}) {
    const std::string text = lower_to_text(*p, {.platform = platform});
    EXPECT_THAT(text, HasSubstr("%0: tensor<3xf32> {mhlo.memory_kind = \"pinned_host\"}) -> "
                                "(tensor<3xf32> {mhlo.memory_kind = \"pinned_host\"})"));
    EXPECT_THAT(text, HasSubstr("_xla_buffer_placement = \"pinned_host\""));
    EXPECT_THAT(text, HasSubstr("_xla_buffer_placement = \"device\""));
  }
  EXPECT_THAT(lower_to_text(*p), Not(HasSubstr("annotate_device_placement")));
}

TEST(Memory, UnderTransforms) {
  auto f = [](Array x) { return lax::reduce_sum(lax::sin(on_device(lax::exp(on_host(x)))), {0}); };
  auto plain = [](Array x) { return lax::reduce_sum(lax::sin(lax::exp(x)), {0}); };
  const Array x = floats({3}, {0.1f, 0.5f, 1}), many = lax::stack({x, lax::neg(x)});
  expect_close(grad(f)(x), grad(plain)(x));
  expect_close(jit(vmap(grad(f)))(many), vmap(grad(plain))(many));
  expect_close(vmap(jit(grad(f)))(many), vmap(grad(plain))(many));
  const Array slope = grad([](Array v) { return lax::reduce_sum(on_device(v), {0}); })(on_host(x));
  EXPECT_EQ(slope.memory(), MemorySpace::Host);
  EXPECT_ERROR(vjp(on_host, x).second(x), ValueError,
               "vjp: cotangent 0 is f32[3] for a result f32<host>[3]");
}

TEST(Memory, OfLoops) {
  auto f = [](Array x) {
    auto step = [](Array c, Array v) { return std::pair{lax::mul(c, v), on_host(lax::sin(c))}; };
    return lax::scan(step, Array(0.5f), x);
  };
  for (const auto& [last, all] : {f(ramp({3})), jit(f)(ramp({3}))}) {
    EXPECT_EQ(all.aval().to_string(), "f32<host>[3]");
    EXPECT_EQ(kind_of(all), "pinned_host");
    EXPECT_EQ(kind_of(last), "device");
  }
}

// A constant of the program keeps its memory.
TEST(Memory, OfCapturedArrays) {
  const Array there = on_host(ramp({3}));
  auto f = [&](Array x) { return lax::add(on_host(x), there); };
  EXPECT_EQ(kind_of(jit(f)(ramp({3}))), "pinned_host");
  expect_close(jit(vmap(f))(ramp({2, 3})), vmap(f)(ramp({2, 3})));
}

}  // namespace
}  // namespace linum
