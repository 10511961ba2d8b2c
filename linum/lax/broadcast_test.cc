// Constants and counts that are filled on the host.
#include <gtest/gtest.h>

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/runtime/compile_cache.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

std::int64_t asked_for_programs() {
  runtime::CacheStats stats = runtime::compile_cache_stats();
  return stats.memory_hits + stats.disk_hits + stats.misses;
}

TEST(FilledOnHost, TakesNoCompiler) {
  const std::int64_t before = asked_for_programs();
  EXPECT_EQ(lax::full({2, 3}, 1.5f).to_vector<float>(), std::vector<float>(6, 1.5f));
  EXPECT_EQ(lax::zeros({0, 3}, DType::F32).shape(), (Shape{0, 3}));
  EXPECT_EQ(lax::iota(DType::I32, 3).to_vector<std::int32_t>(),
            (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(asked_for_programs(), before);
}

void expect_as_compiled(const std::function<Array()>& make) {
  const Array eager = make(), compiled = jit([&](Array) { return make(); })(ramp({1}));
  EXPECT_EQ(eager.aval().to_string(), compiled.aval().to_string());
  EXPECT_EQ(eager.to_string(), compiled.to_string());
}

TEST(FilledOnHost, IsWhatTheCompilerGives) {
  for (DType dtype : {DType::Bool, DType::I8, DType::U64, DType::F16, DType::BF16, DType::F64,
                      DType::C64, DType::F8E4M3FN})
    expect_as_compiled([&] { return lax::full({2, 2}, Array(1.25), dtype); });
  for (DType dtype : {DType::U8, DType::I32, DType::BF16, DType::F32, DType::F64, DType::C64})
    for (std::int64_t axis : {0, 1, 2})
      expect_as_compiled([&] { return lax::broadcasted_iota(dtype, {2, 3, 4}, axis); });
}

TEST(FilledOnHost, StaysWeak) {
  EXPECT_TRUE(lax::broadcast(Array(2.0), {3}).aval().weak());
  expect_as_compiled([] { return lax::broadcast(Array(2.0), {3}); });
}

TEST(FilledOnHost, RefusesWhatTheOperationRefuses) {
  EXPECT_ERROR(lax::broadcast_in_dim(Array(1.0f), {2}, {0}), ShapeError,
               "one broadcast dimension for each axis");
}

TEST(FilledOnHost, LeavesLargeOnesToAProgram) {
  const Array large = lax::full({1 << 19}, 2.0f);
  EXPECT_EQ(lax::reduce_sum(large, {0}).item<float>(), static_cast<float>(1 << 20));
}

}  // namespace
}  // namespace linum
