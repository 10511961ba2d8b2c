#include "linum/lax/precision.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

using lax::DotAlgorithm;
using lax::DotAlgorithmPreset;
using lax::Precision;
using lax::PrecisionLike;
using testing::HasSubstr;
using testing::Not;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

std::string text_of(const PrecisionLike& precision, DType dtype = float32,
                    const std::string& platform = "cpu") {
  auto f = [&](Array x, Array y) { return lax::dot(x, y, precision); };
  const Array x = shape_struct({2, 2}, dtype);
  return lower_to_text(*make_program(f, x, x), {.platform = platform});
}

TEST(PrecisionLike, IsReadFromItsName) {
  EXPECT_EQ(PrecisionLike("highest"), PrecisionLike(Precision::Highest));
  EXPECT_EQ(PrecisionLike("tensorfloat32"), PrecisionLike(Precision::High));
  EXPECT_EQ(PrecisionLike("BF16_BF16_F32"), PrecisionLike(DotAlgorithmPreset::BF16_BF16_F32));
  EXPECT_EQ(PrecisionLike("F64_F64_F64").to_string(), "F64_F64_F64");
  EXPECT_ERROR(PrecisionLike("most"), ValueError, "a precision is 'most'; it must be one of");
}

TEST(DotAlgorithm, IsWrittenIntoTheProduct) {
  EXPECT_THAT(text_of(Precision::High),
              HasSubstr("precision_config = [#stablehlo<precision HIGH>"));
  EXPECT_THAT(text_of(DotAlgorithmPreset::F32_F32_F32),
              HasSubstr("algorithm = #stablehlo.dot_algorithm<lhs_precision_type = f32, "
                        "rhs_precision_type = f32, accumulation_type = f32"));
  EXPECT_THAT(text_of(DotAlgorithmPreset::BF16_BF16_F32_X3),
              HasSubstr("num_primitive_operations = 3"));
  EXPECT_THAT(text_of(DotAlgorithmPreset::DEFAULT), Not(HasSubstr("algorithm")));
  EXPECT_THAT(text_of(DotAlgorithm{float16, float16, float32}, float16, "cuda"),
              HasSubstr("accumulation_type = f32"));
}

TEST(DotAlgorithm, ConvertsItsOperandsAndResult) {
  const Array x = floats({2, 2}, {1, 2, 3, 4});
  const Array y = lax::dot(x, x, DotAlgorithmPreset::F16_F16_F16);
  expect_close(y, floats({2, 2}, {7, 10, 15, 22}));
  expect_close(lax::dot(x, x, "BF16_BF16_F32"), floats({2, 2}, {7, 10, 15, 22}));
  EXPECT_EQ(lax::dot(x, x, "F64_F64_F64").dtype(), float32);
}

TEST(DotAlgorithm, IsRefusedWhereThePlatformIgnoresIt) {
  EXPECT_ERROR(text_of(DotAlgorithmPreset::TF32_TF32_F32), ValueError,
               "the dot algorithm TF32_TF32_F32 is not there on the CPU");
  EXPECT_THAT(text_of(DotAlgorithmPreset::TF32_TF32_F32, float32, "cuda"), HasSubstr("tf32"));
  EXPECT_ERROR(text_of(DotAlgorithm{float32, float32, float32}), ValueError,
               "DotAlgorithm(float32, float32, float32, 1, 1, 1, 0) is not there on the CPU");
  EXPECT_ERROR(text_of(DotAlgorithmPreset::ANY_F8_ANY_F8_F32, float32, "cuda"), ValueError,
               "takes operands of float8 dtypes, got float32 and float32");
  EXPECT_THAT(text_of(DotAlgorithmPreset::ANY_F8_ANY_F8_F32_FAST_ACCUM, DType::F8E5M2, "cuda"),
              HasSubstr("allow_imprecise_accumulation = true"));
}

TEST(DefaultMatmulPrecision, IsThatOfProductsThatAskForNone) {
  {
    const lax::DefaultMatmulPrecision scope("float32");
    EXPECT_THAT(text_of({}), HasSubstr("HIGHEST"));
    EXPECT_THAT(text_of(Precision::High), HasSubstr("<precision HIGH>"));
    const lax::DefaultMatmulPrecision inner(Precision::High);
    EXPECT_THAT(text_of({}), HasSubstr("<precision HIGH>"));
  }
  EXPECT_THAT(text_of({}), HasSubstr("<precision DEFAULT>"));
  EXPECT_ERROR(lax::DefaultMatmulPrecision("F32_F32_F32"), ValueError,
               "default_matmul_precision is 'F32_F32_F32'; it must be one of");
}

TEST(DefaultMatmulPrecision, MakesJittedFunctionsAnew) {
  auto f = jit([](Array x) { return lax::dot(x, x); });
  f(ramp({2, 2}));
  const lax::DefaultMatmulPrecision scope(Precision::Highest);
  f(ramp({2, 2}));
  f(ramp({2, 2}));
  EXPECT_EQ(f.cache_size(), 2u);
}

// --- accuracy ---------------------------------------------------------------------------------

TEST(Accuracy, IsWrittenIntoTheOperation) {
  auto f = [](Array x) { return lax::with_accuracy(lax::tanh, x, lax::AccuracyMode::HIGHEST); };
  EXPECT_THAT(lower_to_text(*make_program(f, shape_struct({2}, float32))),
              HasSubstr("#stablehlo.result_accuracy_mode<HIGHEST>"));
  expect_close(f(ramp({2})), lax::tanh(ramp({2})));
}

TEST(Accuracy, IsOfTheFunctionsThatHaveOne) {
  const lax::Accuracy highest = lax::AccuracyMode::HIGHEST;
  for (auto f : {lax::cbrt, lax::cos, lax::exp, lax::expm1, lax::log, lax::log1p, lax::logistic,
                 lax::rsqrt, lax::sin, lax::sqrt, lax::tan, lax::tanh}) {
    const Array x = lax::add(ramp({3}), Array(0.5));
    expect_close(lax::with_accuracy(f, x, highest), f(x), 1e-6);
  }
  for (auto f : {lax::neg, lax::exp2}) {
    EXPECT_ERROR(lax::with_accuracy(f, ramp({2}), highest), ValueError,
                 "with_accuracy takes one of lax::cbrt, cos, exp");
  }
  EXPECT_ERROR(lax::with_accuracy(lax::exp, ramp({2}), lax::Tolerance{}), ValueError,
               "must set at least one of atol, rtol and ulps");
  EXPECT_ERROR(lax::with_accuracy(lax::exp, ramp({2}), lax::Tolerance{.rtol = -1}), ValueError,
               "a tolerance must not be negative");
}

// --- scales -----------------------------------------------------------------------------------

TEST(ScaledDot, ScalesBlocksOfNeighbours) {
  const Array x = lax::ones({1, 4}, float32), y = lax::ones({4, 1}, float32);
  const Array out = lax::scaled_dot(x, y,
                                    {.lhs_scale = floats({1, 2}, {1, 10}),
                                     .rhs_scale = floats({1, 1}, {2}),
                                     .preferred_element_type = float32});
  expect_close(out, floats({1, 1}, {44}));
  EXPECT_EQ(lax::scaled_dot(x, y).dtype(), bfloat16);
}

TEST(ScaledDot, ExplainsWhatDoesNotFit) {
  const Array x = ramp({2, 4}), y = ramp({4, 2});
  EXPECT_ERROR(lax::scaled_dot(x, y, {.lhs_scale = ramp({2, 3})}), ShapeError,
               "scaled_dot: the lhs scale of shape (2, 3) does not fit the operand's shape (2, 4)");
  EXPECT_ERROR(lax::scaled_dot(x, y, {.rhs_scale = ramp({4, 2})}), ShapeError, "the rhs scale");
  EXPECT_ERROR(lax::scaled_dot(ramp({4}), y), ShapeError,
               "scaled_dot takes operands of one rank, 2 or more, got (4,) and (4, 2)");
}

// --- operations that give back their operand --------------------------------------------------

TEST(Stage, RecordsNumbers) {
  auto f = [] { return lax::stage(Array(2)); };
  EXPECT_EQ(make_program(f)->equations.size(), 1u);
  EXPECT_EQ(f().item<int>(), 2);
}

TEST(DceSink, KeepsWhatNobodyReads) {
  auto f = [](Array x) {
    lax::dce_sink(Tree::list({lax::sin(x)}));
    return x;
  };
  const ProgramRef p = make_program(f, shape_struct({2}, float32));
  EXPECT_EQ(prune(*p, {true}).program->equations.size(), 2u);
  EXPECT_EQ(jit(f)(ramp({2})).to_vector<float>(), (std::vector<float>{0, 1}));
}

std::vector<Law> precision_laws() {
  return {
      law("dot_algorithm",
          [](X x) { return Arrays{lax::dot(x[0], x[1], DotAlgorithmPreset::F64_F64_F64)}; },
          {real({2, 3}), real({3, 2})})
          .in_double(),
      law("exp_accurate",
          [](X x) {
            return Arrays{lax::with_accuracy(lax::exp, x[0], lax::AccuracyMode::HIGHEST)};
          },
          {real({3})}),
      law("stage", lax::stage, {real({2, 3})}),
      law("dce_sink",
          [](X x) {
            lax::dce_sink(x[0]);
            return Arrays{lax::sin(x[0])};
          },
          {real({3})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Precision, Laws, testing::ValuesIn(precision_laws()), law_name);

}  // namespace
}  // namespace linum
