#include "linum/export/stablehlo.h"

#include <fstream>

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

// As jax 0.10.2 writes jax.jit(lambda x, n: (x @ x.T, n + 1)).lower(...).as_text().
const std::string kText =
    R"(module @jit_f attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func private @f(%arg0: tensor<2x3xf32>) -> tensor<2x2xf32> {
    %0 = stablehlo.dot_general %arg0, %arg0, contracting_dims = [1] x [1] : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x2xf32>
    return %0 : tensor<2x2xf32>
  }
  // A comment: func.func @main(
  func.func public @main(%arg0: tensor<2x3xf32> {jax.arg = "a } \" brace"}, %arg1: tensor<i32> loc("x")) -> (tensor<2x2xf32> {jax.result_info = "result[0]"}, tensor<i32> {jax.result_info = "result[1]"}) {
    %0 = func.call @f(%arg0) : (tensor<2x3xf32>) -> tensor<2x2xf32>
    %c = stablehlo.constant dense<1> : tensor<i32>
    %1 = stablehlo.add %arg1, %c : tensor<i32>
    return %0, %1 : tensor<2x2xf32>, tensor<i32>
  }
}
)";

StableHloSignature signature_of(const std::string& main) {
  return parse_stablehlo_signature("module { func.func " + main + " {} }", "f.mlir");
}
std::string main_with(const std::string& argument) { return "@main(%arg0: " + argument + ")"; }

}  // namespace

TEST(StableHloSignatureTest, OfJaxText) {
  StableHloSignature s = parse_stablehlo_signature(kText, "f.mlir");
  EXPECT_EQ(to_text(s.inputs), "f32[2,3], i32[]");
  EXPECT_EQ(to_text(s.outputs), "f32[2,2], i32[]");
  EXPECT_EQ(s.donated, (std::vector<bool>{false, false}));
}

TEST(StableHloSignatureTest, OfEveryDtype) {
  for (int i = 0; i < kDTypeCount; ++i) {
    auto dtype = static_cast<DType>(i);
    std::string text = str_cat("tensor<4x", mlir_name_of(dtype), ">");
    EXPECT_EQ(signature_of(main_with(text)).inputs[0], Aval(dtype, {4})) << text;
  }
}

TEST(StableHloSignatureTest, OneResultNeedsNoBrackets) {
  EXPECT_EQ(to_text(signature_of("@main() -> tensor<2xf32>").outputs), "f32[2]");
  EXPECT_TRUE(signature_of("@main()").outputs.empty());
}

TEST(StableHloSignatureTest, DonatedArgumentsAreMarked) {
  StableHloSignature s = signature_of(
      "@main(%a: tensor<f32> {tf.aliasing_output = 0 : i32}, %b: tensor<f32>, "
      "%c: tensor<f32> {jax.buffer_donor = true})");
  EXPECT_EQ(s.donated, (std::vector<bool>{true, false, true}));
}

TEST(StableHloSignatureTest, MemoriesAreRead) {
  StableHloSignature s = signature_of(
      "@main(%a: tensor<2xf32> {mhlo.memory_kind = \"pinned_host\"}) -> (tensor<2xf32> "
      "{mhlo.memory_kind = \"device\"}, tensor<3xf32> {mhlo.memory_kind = \"pinned_host\"})");
  EXPECT_EQ(to_text(s.inputs), "f32<host>[2]");
  EXPECT_EQ(to_text(s.outputs), "f32[2], f32<host>[3]");
}

TEST(StableHloSignatureTest, MistakesSayWhere) {
  EXPECT_ERROR(parse_stablehlo_signature("nothing", "f.mlir"), IoError,
               "f.mlir: offset 0: there is no function @main");
  EXPECT_ERROR(signature_of(main_with("tensor<?x3xf32>")), IoError,
               "an array of unknown shape; lower it for fixed ones");
  EXPECT_ERROR(signature_of(main_with("!stablehlo.token")), IoError,
               "f.mlir: offset 32: @main must take");
  EXPECT_ERROR(signature_of(main_with("tensor<2xi4>")), IoError, "arrays of i4 are not supported");
  EXPECT_ERROR(signature_of(main_with("tensor<2xf32")), IoError, "a bracket is not closed");
  EXPECT_ERROR(signature_of(main_with("tensor<f32> {a = \"")), IoError, "a string is not closed");
  EXPECT_ERROR(signature_of(main_with("tensor<4611686018427387904x4xf32>")), IoError, "too large");
  EXPECT_ERROR(signature_of("@main(tensor<f32>)"), IoError, "expected '%'");
}

TEST(StableHloSignatureTest, SeveralDevicesAreRefused) {
  std::string text = "module attributes {mhlo.num_partitions = 8 : i32} { func.func @main() {} }";
  EXPECT_ERROR(parse_stablehlo_signature(text, "f.mlir"), IoError,
               "the module is for several devices (mhlo.num_partitions = 8)");
}

TEST(StableHloTest, RunsTextOfJax) {
  StableHlo f(kText);
  Tree y = f(Tree::list({ramp({2, 3}), Array(4)}));
  expect_close(y[0].array(), floats({2, 2}, {5, 14, 14, 50}));
  EXPECT_EQ(y[1].array().item<int>(), 5);
}

TEST(StableHloTest, RunsTextOfLinum) {
  StableHlo f(jit([](Array x) { return lax::neg(x); }).lower(ramp({3})).as_text());
  expect_close(f(Tree(ramp({3}))).array(), floats({3}, {0, -1, -2}));
}

TEST(StableHloTest, LoadsFiles) {
  std::string path = testing::TempDir() + "f.mlir";
  std::ofstream(path) << kText;
  std::vector<Array> args{ramp({2, 3}), Array(1)};
  EXPECT_EQ(load_stablehlo(path)(args)[1].item<int>(), 2);
  EXPECT_ERROR(load_stablehlo(path)(std::vector<Array>{ramp({3}), Array(1)}), ShapeError, path);
  EXPECT_ERROR(load_stablehlo(path + ".absent"), IoError, "f.mlir.absent");
}

TEST(StableHloTest, OtherArgumentsAreNamed) {
  StableHlo f(kText, "f.mlir");
  auto call = [&](std::vector<Array> args) { return f(args); };
  EXPECT_ERROR(call({ramp({3, 2}), Array(1)}), ShapeError,
               "f.mlir: @main takes argument 0 as f32[2,3], got f32[3,2]");
  EXPECT_ERROR(call({ints({2, 3}, {1, 2, 3, 4, 5, 6}), Array(1)}), DTypeError,
               "f.mlir: @main takes argument 0 as f32[2,3], got i32[2,3]");
  EXPECT_ERROR(call({ramp({2, 3})}), ShapeError,
               "f.mlir: @main takes 2 arrays (f32[2,3], i32[]), got 1");
}

TEST(StableHloTest, CannotBeTransformed) {
  StableHlo f(jit([](Array x) { return x; }).lower(ramp({3})).as_text(), "f.mlir");
  auto g = jit([&](Array x) { return f(Tree(x)).array(); });
  EXPECT_ERROR(g(ramp({3})), ConcretizationError, "f.mlir is a compiled module");
}

TEST(StableHloTest, TextThatThePluginRefusesShowsItsWords) {
  std::string text = "module { func.func @main(%a: tensor<f32>) -> tensor<f32> { nonsense } }";
  StableHlo f(text);
  EXPECT_ERROR(f(Tree(Array(1.0f))), PluginError, "nonsense");
}

TEST(StableHloTest, CompiledCodeIsUsedOrDoneWithout) {
  StableHlo f(kText);
  std::vector<Array> args{ramp({2, 3}), Array(1)};
  StableHlo with_code(kText, "f.mlir", f.serialized_code());
  EXPECT_EQ(with_code(args)[1].item<int>(), 2);
  StableHlo with_garbage(kText, "f.mlir", "garbage");
  EXPECT_EQ(with_garbage(args)[1].item<int>(), 2);
}

}  // namespace linum
