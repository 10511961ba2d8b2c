#include "linum/transforms/stages.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jit.h"

namespace linum {

static auto step() {
  return jit(
      [](Tree in) {
        return Tree{{"y", lax::sin(in["x"])}, {"n", in["n"]}};
      },
      {.name = "step"});
}
static Tree input() { return Tree{{"n", lax::zeros({}, DType::I32)}, {"x", ramp({3})}}; }
static Compiled compiled_identity() {
  return jit([](Array x) { return x; }, {.name = "step"}).lower(ramp({3})).compile();
}

TEST(Stages, EachKnowsStructureAndTypes) {
  Traced traced = step().trace(input());
  Lowered lowered = traced.lower();
  Compiled compiled = lowered.compile();
  for (const Stage* s : std::initializer_list<const Stage*>{&traced, &lowered, &compiled}) {
    EXPECT_EQ(s->name(), "step");
    EXPECT_EQ(to_text(s->in_avals()), "i32[], f32[3]");
    EXPECT_EQ(to_text(s->out_avals()), "i32[], f32[3]");
    EXPECT_TRUE(s->in_tree().matches(Tree::list({input()})));
    EXPECT_EQ(s->out_info().to_string(), "{'n': i32[], 'y': f32[3]}");
  }
}

TEST(Stages, ATracedFunctionShowsItsProgram) {
  std::string program =
      jit([](Array x) { return lax::sin(x); }).trace(ramp({3})).program()->to_string();
  EXPECT_EQ(program, "{ lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }");
}

TEST(Stages, LoweringGivesStableHlo) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.name = "wave"});
  std::string text = f.lower(ramp({3})).as_text();
  EXPECT_NE(text.find("module @jit_wave"), std::string::npos) << text;
  EXPECT_NE(text.find("stablehlo.sine"), std::string::npos) << text;
}

TEST(Stages, TypesAloneAreEnough) {
  auto f = jit([](Array x) { return lax::sin(x); });
  std::string text = f.lower(shape_struct({5, 2}, DType::F32)).as_text();
  EXPECT_NE(text.find("tensor<5x2xf32>"), std::string::npos);
}

TEST(Stages, ACompiledFunctionRuns) {
  auto f = jit([](Array x) { return lax::add(x, x); });
  Compiled compiled = f.lower(ramp({3})).compile();
  Tree y = compiled(Tree::list({floats({3}, {1, 2, 3})}));
  expect_close(y.array(), floats({3}, {2, 4, 6}));
  EXPECT_EQ(f.cache_size(), 1u);
}

TEST(Stages, ACompiledFunctionShowsWhatWasMadeOfIt) {
  Compiled compiled = jit([](Array x) { return lax::add(x, x); }).lower(ramp({3})).compile();
  EXPECT_NE(compiled.as_text().find("add"), std::string::npos);
}

TEST(Stages, MemoryAnalysisCountsArgumentsAndResults) {
  auto f = jit([](Array x) { return lax::reshape(lax::sin(x), {50, 2}); });
  runtime::MemoryStats memory =
      f.lower(shape_struct({100}, DType::F32)).compile().memory_analysis();
  EXPECT_EQ(memory.argument_bytes, 400);
  EXPECT_GE(memory.output_bytes, 400);
  EXPECT_EQ(memory.alias_bytes, 0);
}

TEST(Stages, DonatedBytesAreAliased) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.donate = {0}});
  EXPECT_EQ(f.lower(shape_struct({100}, DType::F32)).compile().memory_analysis().alias_bytes, 400);
}

TEST(Stages, CostAnalysisNamesThePluginThatHasNone) {
  Compiled compiled = compiled_identity();
  EXPECT_ERROR(compiled.cost_analysis(), PluginError,
               "reading a program's cost (not every plugin has it; this is /");
}

TEST(Stages, OtherTypesAreRefused) {
  Compiled compiled = compiled_identity();
  EXPECT_ERROR(compiled(Tree::list({ramp({4})})), TreeError,
               "a compiled step takes (f32[3]), got (f32[4])");
}

TEST(Stages, ACompiledFunctionCannotBeTransformed) {
  Compiled compiled = compiled_identity();
  auto f = jit([&](Array x) { return compiled(Tree::list({x})).array(); });
  EXPECT_ERROR(f(ramp({3})), ConcretizationError, "a compiled step cannot be transformed");
}

}  // namespace linum
