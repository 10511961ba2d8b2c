#include "linum/nn/conv.h"

#include "linum/nn/layer_test.h"

namespace linum::nn {
namespace {

// The output of a new layer.
template <class Layer>
Array run(const Layer& layer, const Array& x) {
  return layer.init_with_output(test_key(), x).first;
}
template <class Layer>
Shape kernel_shape(const Layer& layer, const Array& x) {
  return layer.init(test_key(), x)["params/kernel"].array().shape();
}
// 1 2 3 4 5, one feature.
Array line() { return counting({1, 5, 1}); }

TEST(Conv, SumsWindowsForKernelsOfOnes) {
  Conv conv{.features = 4,
            .kernel_size = {3},
            .padding = "VALID",
            .kernel_init = kOnes,
            .bias_init = kOnes};
  auto [y, variables] = conv.init_with_output(test_key(), np::ones({1, 8, 3}));
  expect_values(y, {1, 6, 4}, std::vector<float>(24, 10.0f));
  EXPECT_EQ(variables.to_string(), "{'params': {'bias': f32[4], 'kernel': f32[3,3,4]}}");
}

TEST(Conv, PadsByName) {
  auto padded = [](const char* name) {
    return run(Conv{.features = 1, .kernel_size = 3, .padding = name, .kernel_init = kOnes},
               line());
  };
  expect_values(padded("SAME"), {1, 5, 1}, {3, 6, 9, 12, 9});
  expect_values(padded("VALID"), {1, 3, 1}, {6, 9, 12});
  expect_values(padded("CIRCULAR"), {1, 5, 1}, {8, 6, 9, 12, 10});
  expect_values(padded("REFLECT"), {1, 5, 1}, {5, 6, 9, 12, 13});
  expect_values(padded("CAUSAL"), {1, 5, 1}, {1, 3, 6, 9, 12});
}

TEST(Conv, PadsByNumber) {
  Conv both{.features = 1, .kernel_size = 3, .padding = 1, .kernel_init = kOnes};
  expect_values(run(both, line()), {1, 5, 1}, {3, 6, 9, 12, 9});
  Conv before{.features = 1, .kernel_size = 3, .padding = {{2, 0}}, .kernel_init = kOnes};
  expect_values(run(before, line()), {1, 5, 1}, {1, 3, 6, 9, 12});
}

TEST(Conv, StridesAndDilates) {
  Conv strided{
      .features = 1, .kernel_size = 2, .strides = 2, .padding = "VALID", .kernel_init = kOnes};
  expect_values(run(strided, line()), {1, 2, 1}, {3, 7});
  Conv atrous{.features = 1,
              .kernel_size = 2,
              .padding = "VALID",
              .kernel_dilation = 2,
              .kernel_init = kOnes};
  expect_values(run(atrous, line()), {1, 3, 1}, {4, 6, 8});
  Conv spread{
      .features = 1, .kernel_size = 2, .padding = 0, .input_dilation = 2, .kernel_init = kOnes};
  expect_values(run(spread, counting({1, 2, 1})), {1, 2, 1}, {1, 2});
}

TEST(Conv, GroupsFeatures) {
  Conv conv{.features = 4, .kernel_size = {1, 1}, .feature_group_count = 2, .kernel_init = kOnes};
  Array x = counting({1, 1, 1, 4});
  EXPECT_EQ(kernel_shape(conv, x), (Shape{1, 1, 2, 4}));
  expect_values(run(conv, x), {1, 1, 1, 4}, {3, 3, 7, 7});
}

TEST(Conv, MultipliesItsKernelWithTheMask) {
  Conv conv{.features = 1,
            .kernel_size = 3,
            .padding = "VALID",
            .mask = np::reshape(np::array({1.0, 0.0, 1.0}), {3, 1, 1}),
            .kernel_init = kOnes};
  expect_values(run(conv, line()), {1, 3, 1}, {4, 6, 8});
}

TEST(Conv, TakesNoBatchOrSeveral) {
  Conv conv{.features = 2, .kernel_size = 3, .kernel_init = kOnes};
  EXPECT_EQ(run(conv, np::ones({5, 1})).shape(), (Shape{5, 2}));
  EXPECT_EQ(run(conv, np::ones({2, 3, 5, 1})).shape(), (Shape{2, 3, 5, 2}));
}

TEST(Conv, ExplainsItsMistakes) {
  Array x = np::ones({1, 4, 4, 3});
  auto fails = [&](const Conv& conv) { return conv.init(test_key(), x); };
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .feature_group_count = 2}), ShapeError,
               "feature_group_count (2) does not divide the features of the inputs (3)");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3, 3, 3}}), ShapeError,
               "inputs of shape (1, 4, 4, 3) have too few dimensions for a kernel of 4");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .padding = "CAUSAL"}), ValueError,
               "CAUSAL padding is for one spatial dimension, got 2");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .padding = "FULL"}), ValueError,
               "FULL");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .padding = {{1, 1}}}), ShapeError,
               "a (low, high) pair for each of 2 dimensions, got ((1, 1))");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .strides = {2}}), ShapeError,
               "Conv: strides needs one number for each of 2 dimensions");
  EXPECT_ERROR(fails({.features = 2, .kernel_size = {3, 3}, .mask = np::ones({3})}), ShapeError,
               "the mask must have the kernel's shape (3, 3, 3, 2), got (3,)");
  EXPECT_ERROR(fails({.features = 2}), ValueError, "kernel_size is not given");
}

TEST(ConvLocal, HasAKernelForEachPlace) {
  Initializer counted = [](const Array&, const Shape& shape, DType) { return counting(shape); };
  ConvLocal conv{.features = 1, .kernel_size = 2, .padding = "VALID", .kernel_init = counted};
  Array x = np::ones({1, 3, 1});
  EXPECT_EQ(kernel_shape(conv, x), (Shape{2, 2, 1}));
  expect_values(run(conv, x), {1, 2, 1}, {3, 7});
}

TEST(ConvLocal, HasNoGroups) {
  ConvLocal conv{.features = 2, .kernel_size = 1, .feature_group_count = 2};
  EXPECT_ERROR(conv.init(test_key(), np::ones({1, 3, 2})), ValueError,
               "ConvLocal: feature_group_count must be 1, got 2");
}

TEST(ConvTranspose, SpreadsItsInputs) {
  ConvTranspose conv{.features = 1, .kernel_size = 3, .padding = "VALID", .kernel_init = kOnes};
  expect_values(run(conv, line()), {1, 7, 1}, {1, 3, 6, 9, 12, 9, 5});
  ConvTranspose strided{.features = 1, .kernel_size = 2, .strides = 2, .kernel_init = kOnes};
  expect_values(run(strided, counting({1, 2, 1})), {1, 4, 1}, {1, 1, 2, 2});
}

TEST(ConvTranspose, WrapsAroundWhenCircular) {
  ConvTranspose conv{.features = 1, .kernel_size = 3, .padding = "CIRCULAR", .kernel_init = kOnes};
  expect_values(run(conv, line()), {1, 5, 1}, {8, 6, 9, 12, 10});
}

TEST(ConvTranspose, MayHaveTheForwardKernel) {
  ConvTranspose conv{.features = 2, .kernel_size = {3, 3}, .transpose_kernel = true};
  EXPECT_EQ(kernel_shape(conv, np::ones({1, 4, 4, 5})), (Shape{3, 3, 2, 5}));
}

}  // namespace
}  // namespace linum::nn
