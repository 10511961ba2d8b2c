#include "linum/transforms/caches.h"

#include <gmock/gmock.h>

#include "linum/base/process_testlib.h"
#include "linum/base/testing.h"
#include "linum/core/settings.h"
#include "linum/core/trace.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/runtime/compile_cache.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using testing::HasSubstr;

TEST(ClearCaches, MakesFunctionsTraceAndCompileAgain) {
  auto f = jit([](Array x) { return lax::sin(x); });
  f(ramp({2}));
  f(ramp({2}));
  EXPECT_EQ(f.cache_size(), 1u);
  const runtime::CacheStats before = runtime::compile_cache_stats();
  clear_caches();
  EXPECT_EQ(f(ramp({2})).to_vector<float>()[0], 0);
  EXPECT_EQ(f.cache_size(), 2u);
  const runtime::CacheStats after = runtime::compile_cache_stats();
  EXPECT_EQ(after.memory_hits, before.memory_hits);
  EXPECT_GT(after.misses + after.disk_hits, before.misses + before.disk_hits);
}

// --- why a function was traced ----------------------------------------------------------------

std::string why(const Tree& args, const std::vector<Tree>& seen) {
  std::vector<TreeDef> structures;
  std::vector<std::vector<Aval>> avals;
  for (const Tree& t : seen) {
    structures.emplace_back(t);
    avals.emplace_back();
    for (const Array& x : tree::leaves(t)) avals.back().push_back(x.aval());
  }
  std::vector<SeenCall> calls;
  for (std::size_t i = 0; i < seen.size(); ++i) calls.push_back({&structures[i], &avals[i]});
  return cache_miss_text("f", args, tree::leaves(args), calls);
}

TEST(ExplainCacheMisses, NamesTheDifferenceToTheClosestCall) {
  const Tree a = Tree::list({ramp({2}), ramp({3})});
  EXPECT_EQ(why(a, {}), "jit of f is traced: it was not called before");
  EXPECT_EQ(why(Tree::list({ramp({2}), ramp({4})}), {Tree::list({ramp({7}), ramp({7})}), a}),
            "jit of f is traced: its argument 1 is f32[4], before it was f32[3]");
  EXPECT_EQ(why(Tree::list({ramp({2}), Array(2.f)}), {Tree::list({ramp({2}), ramp({})})}),
            "jit of f is traced: its argument 1 is f32[] (weak), before it was f32[]");
  EXPECT_THAT(why(Tree::list({ramp({2})}), {a}),
              HasSubstr("jit of f is traced: its arguments are "));
  EXPECT_THAT(why(a, {a}), HasSubstr("the settings, named axes or default device are others"));
}

TEST(CacheLogProcess, DISABLED_Logs) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.name = "wave"});
  {
    const ExplainCacheMisses explain;
    const LogCompiles log;
    f(ramp({2}));
    f(ramp({3}));
  }
  f(ramp({4}));
}

TEST(CacheLog, HasALineForEachTraceAndCompilation) {
  const Finished done = TestProcess("CacheLogProcess.DISABLED_Logs", {}).finish();
  EXPECT_EQ(done.status, 0) << done.output;
  EXPECT_THAT(done.output, HasSubstr("jit of wave is traced: it was not called before"));
  EXPECT_THAT(done.output, HasSubstr("its argument 0 is f32[3], before it was f32[2]"));
  EXPECT_THAT(done.output, HasSubstr("compiling jit_wave for (f32[3])"));
  EXPECT_THAT(done.output, HasSubstr("finished jit_wave in "));
  EXPECT_THAT(done.output, testing::Not(HasSubstr("f32[4]")));
}

// --- settings ---------------------------------------------------------------------------------

TEST(Settings, AreNamed) {
  EXPECT_ERROR(NumpyDTypePromotion("lenient"), ValueError,
               "numpy_dtype_promotion is 'lenient'; it must be one of 'standard', 'strict'");
  EXPECT_ERROR(NumpyRankPromotion("no"), ValueError,
               "numpy_rank_promotion is 'no'; it must be one of 'allow', 'warn', 'raise'");
}

TEST(Settings, EndWithTheirScope) {
  const TraceSettings before = trace_settings();
  {
    const EnableChecks checks;
    EXPECT_TRUE(trace_settings().checks);
    const NumpyRankPromotion raise("raise");
    EXPECT_TRUE(trace_settings().checks);
    EXPECT_EQ(trace_settings().rank_promotion, RankPromotion::Raise);
  }
  EXPECT_EQ(trace_settings(), before);
}

TEST(EnsureCompileTimeEval, RunsOperationsNow) {
  auto f = jit([](Array x) {
    bool positive = false;
    {
      const EnsureCompileTimeEval now;
      positive = lax::gt(lax::sin(Array(3.0)), Array(0)).item<bool>();
    }
    return positive ? lax::sin(x) : lax::cos(x);
  });
  EXPECT_EQ(f(ramp({1})).item<float>(), 0);
}

TEST(EnsureCompileTimeEval, CannotRunWithTracedArrays) {
  auto f = jit([](Array x) {
    const EnsureCompileTimeEval now;
    return lax::sin(x);
  });
  EXPECT_THROW(f(ramp({1})), Error);
}

TEST(NamedCall, NamesOperations) {
  auto f = named_call([](Array x) { return lax::sin(x); }, "wave");
  const ProgramRef p = make_program(f, shape_struct({2}, float32));
  EXPECT_EQ(*p->equations[0].scope, "wave");
}

}  // namespace
}  // namespace linum
