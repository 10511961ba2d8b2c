#include "linum/transforms/eval_shape.h"

#include "linum/base/testing.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/control_flow.h"

namespace linum {

TEST(EvalShape, GivesTypesWithoutRunning) {
  auto f = [](Array x, Array y) { return lax::dot(x, y); };
  Array y = eval_shape(f, shape_struct({1000000, 3000000}, DType::F32),
                       shape_struct({3000000, 2}, DType::F32));
  EXPECT_EQ(y.aval().to_string(), "f32[1000000,2]");
}

TEST(EvalShape, TakesRealArraysToo) {
  EXPECT_EQ(eval_shape([](Array x) { return lax::gt(x, x); }, ramp({3})).aval().to_string(),
            "bool[3]");
}

TEST(EvalShape, TreesGoThrough) {
  auto f = [](Tree t) { return Tree{{"sum", lax::reduce_sum(t["x"], {0})}}; };
  EXPECT_EQ(eval_shape(f, Tree{{"x", shape_struct({3, 2}, DType::F64)}})["sum"]
                .array()
                .aval()
                .to_string(),
            "f64[2]");
}

TEST(EvalShape, OfAGradient) {
  auto f = [](Array x) { return lax::reduce_sum(lax::sin(x), {0}); };
  EXPECT_EQ(eval_shape(grad(f), shape_struct({7}, DType::F32)).aval().to_string(), "f32[7]");
}

TEST(EvalShape, ResultsHaveNoData) {
  Array y = eval_shape([](Array x) { return x; }, ramp({3}));
  EXPECT_ERROR(y.to_vector<float>(), ConcretizationError, "f32[3]");
  EXPECT_ERROR(lax::sin(y), linum::Error, "f32[3]");
}

TEST(EvalShape, ErrorsAreThoseOfTheFunction) {
  auto f = [](Array x, Array y) { return lax::add(x, y); };
  EXPECT_ERROR(eval_shape(f, ramp({2}), ramp({3})), ShapeError, "add");
}

TEST(MakeProgram, PrintsInJaxprsForm) {
  ProgramRef p = make_program([](Array x) { return lax::sin(lax::mul(x, x)); }, ramp({3}));
  EXPECT_EQ(p->to_string(),
            "{ lambda ; a:f32[3]. let b:f32[3] = mul a a; c:f32[3] = sin b in (c,) }");
}

TEST(MakeProgram, OfAGradient) {
  ProgramRef p =
      make_program(grad([](Array x) { return lax::mul(x, x); }), shape_struct({}, DType::F32));
  EXPECT_NE(p->to_string().find("mul a"), std::string::npos) << p->to_string();
  EXPECT_EQ(p->outputs.size(), 1u);
}

TEST(MakeProgram, KeepsBodies) {
  auto f = [](Array x) {
    auto step = [](Array c, Array v) { return std::pair{lax::add(c, v), c}; };
    return lax::scan(step, lax::zeros({}, DType::F32), x).first;
  };
  ProgramRef p = make_program(f, ramp({4}));
  ASSERT_FALSE(p->equations.empty());
  EXPECT_EQ(p->equations.back().primitive->name(), "scan");
  EXPECT_NE(p->to_string().find("length=4"), std::string::npos);
  p->verify();
}

}  // namespace linum
