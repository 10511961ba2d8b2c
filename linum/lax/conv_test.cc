#include "linum/lax/conv.h"

#include <gmock/gmock.h>

#include "linum/core/value.h"
#include "linum/lax/laws_test.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

using testing::HasSubstr;
using X = std::span<const Array>;
using Arrays = std::vector<Array>;

FlatFn convolution(Shape strides, lax::WindowPadding padding, lax::ConvOptions options = {}) {
  return
      [=](X x) { return Arrays{lax::conv_general_dilated(x[0], x[1], strides, padding, options)}; };
}

// Expected numbers: jax.lax of the same operands.
TEST(Conv, SlidesTheKernelUnflipped) {
  expect_close(lax::conv(ramp({1, 1, 3, 3}), ramp({1, 1, 2, 2}), {1, 1}, "VALID"),
               floats({1, 1, 2, 2}, {19, 25, 37, 43}), 0);
}

TEST(Conv, FeatureGroupsSeeTheirOwnInputs) {
  expect_close(lax::conv_general_dilated(ramp({1, 2, 4, 3}), ramp({4, 1, 2, 2}), {1, 1}, "VALID",
                                         {.feature_group_count = 2}),
               floats({1, 4, 3, 2}, {19,  25,  37,  43,  55,  61,  51,  73,  117, 139, 183,  205,
                                     539, 577, 653, 691, 767, 805, 763, 817, 925, 979, 1087, 1141}),
               0);
}

TEST(Conv, BatchGroupsMakeFeaturesOfParts) {
  expect_close(lax::conv_general_dilated(ramp({2, 1, 2, 3}), ramp({2, 1, 1, 2}), {1, 1}, "VALID",
                                         {.batch_group_count = 2}),
               floats({1, 2, 2, 2}, {1, 2, 4, 5, 33, 38, 48, 53}), 0);
}

TEST(Conv, DilatesBothSidesAndCropsWithNegativePadding) {
  expect_close(lax::conv_with_general_padding(ramp({1, 1, 3, 4}), ramp({1, 1, 2, 2}), {2, 1},
                                              {{1, 2}, {0, -1}}, {1, 2}, {2, 1}),
               floats({1, 1, 2, 5}, {8, 15, 10, 18, 12, 0, 5, 0, 6, 0}), 0);
}

TEST(Conv, ReadsDimensionsByTheirLetters) {
  const lax::ConvOptions nhwc{.dimension_numbers = {"NHWC", "HWIO", "NHWC"}};
  const Array x = ramp({1, 3, 3, 2}), k = ramp({2, 2, 2, 1});
  expect_close(lax::conv_general_dilated(x, k, {1, 1}, "SAME", nhwc),
               floats({1, 3, 3, 1}, {184, 240, 100, 352, 408, 160, 86, 98, 17}), 0);
  expect_close(lax::conv_general_dilated(x, k, {1, 1}, "same_lower", nhwc),
               floats({1, 3, 3, 1}, {7, 38, 82, 88, 184, 240, 196, 352, 408}), 0);
  expect_close(lax::conv_general_dilated(ramp({2, 1, 2, 3}), ramp({2, 1, 2, 1}), {1, 1}, "VALID",
                                         {.dimension_numbers = {"CNHW", "IOWH", "HWNC"}}),
               floats({2, 2, 1, 1}, {34, 40, 52, 58}), 0);
}

TEST(Conv, AccumulatesInThePreferredType) {
  const Array x = Array::of<std::int8_t>({1, 1, 3}, {100, 100, 100});
  const Array k = Array::of<std::int8_t>({1, 1, 2}, {2, 2});
  expect_close(lax::conv(x, k, {1}, "VALID", lax::Precision::Default, DType::I32),
               ints({1, 1, 2}, {400, 400}), 0);
}

TEST(Conv, TransposedSpreadsTheInput) {
  const Array x = ramp({1, 3, 2}), k = ramp({3, 2, 1});
  const auto run = [&](lax::WindowPadding padding, bool consistent = false) {
    return lax::conv_transpose(x, k, {2}, padding, {.use_consistent_padding = consistent});
  };
  expect_close(run("SAME"), floats({1, 6, 1}, {5, 3, 24, 13, 44, 23}), 0);
  expect_close(run("VALID"), floats({1, 7, 1}, {5, 3, 24, 13, 44, 23, 5}), 0);
  expect_close(run({{1, 1}}), floats({1, 5, 1}, {3, 24, 13, 44, 23}), 0);
  expect_close(run({{1, 0}}, true), floats({1, 6, 1}, {3, 24, 13, 44, 23, 5}), 0);
}

TEST(Conv, TransposedKernelIsTheGradientOfAConvolution) {
  const Array x = ramp({1, 2, 1}), k = ramp({3, 1, 1});
  const Array y = lax::conv_transpose(x, k, {2}, "VALID", {.transpose_kernel = true});
  expect_close(y, floats({1, 5, 1}, {0, 0, 0, 1, 2}), 0);
}

TEST(Conv, HelpersGiveShapesAndPads) {
  const lax::ConvDimensionNumbers nhwc("NHWC", "HWIO", "NHWC");
  EXPECT_EQ(lax::conv_general_shape_tuple({2, 7, 5, 3}, {2, 2, 3, 4}, {2, 2}, "SAME", nhwc),
            (Shape{2, 4, 3, 4}));
  EXPECT_EQ(lax::conv_transpose_shape_tuple({2, 3, 5, 1}, {2, 2, 1, 4}, {2, 2}, "SAME", nhwc),
            (Shape{2, 6, 10, 4}));
  EXPECT_EQ(lax::padtype_to_pads({5, 6}, {2, 3}, {2, 2}, "SAME"), (lax::Pads{{0, 1}, {0, 1}}));
  EXPECT_EQ(lax::padtype_to_pads({5, 6}, {2, 3}, {2, 2}, "SAME_LOWER"),
            (lax::Pads{{1, 0}, {1, 0}}));
}

TEST(Conv, OverNoExamplesGivesNothing) {
  const auto one = [](const Array& x) { return lax::conv(x, ramp({1, 2, 2}), {1}, "VALID"); };
  EXPECT_EQ(vmap(one)(lax::zeros({0, 3, 2, 5}, DType::F32)).shape(), (Shape{0, 3, 1, 4}));
}

TEST(Conv, ExplainsWrongShapes) {
  const auto conv = [](Shape x, Shape k, lax::ConvOptions options = {}) {
    return [=] { lax::conv_general_dilated(ramp(x), ramp(k), {1, 1}, "VALID", options); };
  };
  EXPECT_THAT(message_of<ShapeError>(conv({1, 3, 4, 4}, {1, 2, 2, 2})),
              HasSubstr("the input has 3 features in 1 groups, but the kernel takes 2 features per "
                        "group: got input (1, 3, 4, 4) and kernel (1, 2, 2, 2)"));
  EXPECT_THAT(message_of<ShapeError>(conv({1, 2, 4, 4}, {3, 1, 2, 2}, {.feature_group_count = 2})),
              HasSubstr("3 output features do not divide into 2 groups"));
  EXPECT_THAT(message_of<ShapeError>(conv({1, 2, 4}, {1, 2, 2, 2})),
              HasSubstr("lhs and rhs of one rank, at least 2: got (1, 2, 4) and (1, 2, 2, 2)"));
  EXPECT_THAT(message_of<ShapeError>(conv({1, 1, 4}, {1, 1, 2})),
              HasSubstr("has 1 spatial dimensions, but got window_strides (1, 1)"));
}

TEST(Conv, ExplainsWrongParameters) {
  const Array x = ramp({1, 1, 4}), k = ramp({1, 1, 2});
  EXPECT_THAT(message_of<ValueError>([&] { lax::conv(x, k, {1}, "FULL"); }),
              HasSubstr("unknown padding 'FULL': expected 'VALID', 'SAME', 'SAME_LOWER'"));
  EXPECT_THAT(message_of<ValueError>([&] {
                lax::conv(x, k, {0}, {{0, 0}});
              }),
              HasSubstr("window_strides must be positive, got (0,)"));
  EXPECT_THAT(message_of<ValueError>(
                  [&] { lax::conv_general_dilated(x, k, {1}, "SAME", {.lhs_dilation = {2}}); }),
              HasSubstr("padding 'SAME' has no meaning with lhs_dilation (2,)"));
  EXPECT_THAT(message_of<ValueError>([] { lax::ConvDimensionNumbers("NHWW", "HWIO", "NHWC"); }),
              HasSubstr("lhs_spec must have 'N' and 'C' exactly once, got 'NHWW'"));
  EXPECT_THAT(message_of<ValueError>([] { lax::ConvDimensionNumbers("NDHC", "HWIO", "NHWC"); }),
              HasSubstr("the kernel's 'W' is not in 'NDHC'"));
  EXPECT_THAT(message_of<DTypeError>([&] {
                lax::conv(x, lax::zeros({1, 1, 2}, DType::F64), {1}, "VALID");
              }),
              HasSubstr("needs operands of one dtype, got float32 and float64"));
  EXPECT_THAT(message_of<DTypeError>(
                  [&] { lax::conv(x, k, {1}, "VALID", lax::Precision::Default, DType::BF16); }),
              HasSubstr("preferred_element_type bfloat16 cannot hold products of float32"));
}

std::vector<Law> conv_laws() {
  const lax::ConvOptions grouped{.feature_group_count = 2};
  const lax::ConvOptions batch_grouped{.batch_group_count = 2};
  const lax::ConvOptions nhwc{.rhs_dilation = {1, 2},
                              .dimension_numbers = {"NHWC", "HWIO", "NHWC"}};
  const lax::ConvOptions dilated{.lhs_dilation = {1, 2}, .rhs_dilation = {2, 1}};
  return {
      law("valid", convolution({1, 1}, "VALID"), {real({2, 2, 3, 3}), real({3, 2, 2, 2})}),
      law("same_nhwc", convolution({2, 1}, "SAME", nhwc), {real({2, 4, 5, 2}), real({3, 2, 2, 3})}),
      law("dilated", convolution({2, 1}, {{1, 2}, {0, -1}}, dilated),
          {real({1, 2, 3, 4}), real({2, 2, 2, 2})}),
      law("feature_groups", convolution({1}, "SAME", grouped), {real({2, 4, 3}), real({6, 2, 2})}),
      law("batch_groups", convolution({1}, "VALID", batch_grouped),
          {real({4, 2, 3}), real({6, 2, 2})}),
      law("without_space", convolution({}, lax::Pads{}), {real({2, 3}), real({4, 3})}),
      law("complex", convolution({1}, "VALID"), {complex({1, 2, 3}), complex({2, 2, 2})}),
  };
}
INSTANTIATE_TEST_SUITE_P(Conv, Laws, testing::ValuesIn(conv_laws()), law_name);

}  // namespace
}  // namespace linum
