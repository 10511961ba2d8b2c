#include "linum/nn/linear.h"

#include "linum/nn/layer_test.h"

namespace linum::nn {
namespace {

TEST(Dense, SumsItsInputsForKernelsOfOnes) {
  Dense dense{.features = 2, .kernel_init = kOnes, .bias_init = kOnes};
  Array x = counting({2, 3});
  auto [y, variables] = dense.init_with_output(test_key(), x);
  expect_values(y, {2, 2}, {7, 7, 16, 16});
  EXPECT_EQ(variables.to_string(), "{'params': {'bias': f32[2], 'kernel': f32[3,2]}}");
}

TEST(Dense, ComputesInItsDtype) {
  Dense dense{.features = 2, .dtype = bfloat16};
  auto [y, variables] = dense.init_with_output(test_key(), np::ones({1, 3}));
  EXPECT_EQ(y.dtype(), bfloat16);
  EXPECT_EQ(variables["params/kernel"].array().dtype(), float32);
}

TEST(Dense, SaysWhenTheParametersAreOfOtherInputs) {
  Tree variables = Dense{.features = 2}.init(test_key(), np::ones({1, 3}));
  EXPECT_ERROR(Dense{.features = 2}.apply(variables, np::ones({1, 4})), ScopeParamShapeError,
               "kernel");
}

TEST(DenseGeneral, ContractsSeveralAxes) {
  DenseGeneral dense{.features = {2, 2}, .axis = {-2, -1}, .kernel_init = kOnes};
  auto [y, variables] = dense.init_with_output(test_key(), np::ones({3, 4, 5}));
  expect_values(y, {3, 2, 2}, std::vector<float>(12, 20.0f));
  EXPECT_EQ(variables.to_string(), "{'params': {'bias': f32[2,2], 'kernel': f32[4,5,2,2]}}");
}

TEST(DenseGeneral, HasAKernelForEachBatchIndex) {
  // Filled with 1, 2, 3, ... over all.
  Initializer counted = [](const Array&, const Shape& shape, DType) { return counting(shape); };
  DenseGeneral dense{
      .features = 2, .batch_dims = {0}, .kernel_init = counted, .bias_init = counted};
  auto [y, variables] = dense.init_with_output(test_key(), np::ones({2, 1, 2}));
  expect_values(y, {2, 1, 2}, {1 + 3 + 1, 2 + 4 + 2, 5 + 7 + 3, 6 + 8 + 4});
  EXPECT_EQ(variables["params/kernel"].array().shape(), (Shape{2, 2, 2}));
}

TEST(DenseGeneral, RefusesBatchDimsThatAreNotLeading) {
  DenseGeneral dense{.features = 2, .batch_dims = {1}};
  EXPECT_ERROR(dense.init(test_key(), np::ones({2, 3, 4})), ValueError,
               "batch_dims (1,) must be consecutive leading dimensions starting from 0");
}

TEST(DenseGeneral, RefusesAnAxisOutOfRange) {
  DenseGeneral dense{.features = 2, .axis = {-4}};
  EXPECT_ERROR(dense.init(test_key(), np::ones({2, 3, 4})), ShapeError, "DenseGeneral");
}

TEST(Einsum, HasABiasAlongTheKernelsAxes) {
  Einsum layer{.shape = {2, 3}, .einsum_str = "a b, b c -> c a", .kernel_init = kOnes};
  layer.bias_init = [](const Array&, const Shape& shape, DType) { return counting(shape); };
  auto [y, variables] = layer.init_with_output(test_key(), counting({2, 2}));
  expect_values(y, {3, 2}, {4, 8, 5, 9, 6, 10});
  EXPECT_EQ(variables.to_string(), "{'params': {'bias': f32[3], 'kernel': f32[2,3]}}");
}

TEST(Einsum, TakesItsEquationAtTheCallAndAnyLeadingAxes) {
  Einsum layer{.shape = {2, 3}, .kernel_init = kOnes};
  Array x = np::ones({4, 5, 2});
  Array y = layer.init_with_output(test_key(), x, std::string("...b,bc->...c")).first;
  expect_values(y, {4, 5, 3}, std::vector<float>(60, 2.0f));
}

TEST(Einsum, RefusesEquationsThatAreNotExplicit) {
  auto fails = [](const char* equation) {
    Einsum{.shape = {2, 3}, .einsum_str = equation}.init(test_key(), np::ones({2, 2}));
  };
  EXPECT_ERROR(fails("ab,bc"), ValueError, "must be explicit and include \"->\"");
  EXPECT_ERROR(fails("ab->ba"), ValueError, "exactly two operands");
  EXPECT_ERROR(Einsum{}.init(test_key(), np::ones({2, 2})), ValueError,
               "\"einsum_str\" must be passed to the constructor or at call time");
}

TEST(Embed, LooksUpVectors) {
  Embed embed{.num_embeddings = 3, .features = 2};
  Tree variables{{"params", Tree{{"embedding", counting({3, 2})}}}};
  expect_values(embed.apply(variables, np::array({2, 0})), {2, 2}, {5, 6, 1, 2});
  expect_values(embed.apply(variables, np::array({7})), {1, 2}, {NAN, NAN});
}

TEST(Embed, RepeatsItsOnlyVector) {
  Embed embed{.num_embeddings = 1, .features = 2};
  Tree variables{{"params", Tree{{"embedding", counting({1, 2})}}}};
  expect_values(embed.apply(variables, np::array({0, 5})), {2, 2}, {1, 2, 1, 2});
}

TEST(Embed, AttendsToItsTable) {
  Embed embed{.num_embeddings = 3, .features = 2};
  Tree variables{{"params", Tree{{"embedding", counting({3, 2})}}}};
  auto attend = [](auto& m, const Array& q) { return m.attend(q); };
  expect_values(embed.apply_method(variables, attend, np::ones({1, 2})), {1, 3}, {3, 7, 11});
}

TEST(Embed, RefusesFloats) {
  Embed embed{.num_embeddings = 3, .features = 2};
  EXPECT_ERROR(embed.init(test_key(), np::ones({2})), DTypeError,
               "inputs must be integers, got f32[2]");
}

}  // namespace
}  // namespace linum::nn
