// jax.lax: contractions and convolutions.
#include "linum/lax/conv_patches.h"
#include "linum/lax/lax.h"
#include "linum/lax/other.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define PRODUCT(name, function, ...) \
  PARITY("lax." name,                \
         [](const Tree& in) { return lax::function(in[0], in[1] __VA_OPT__(, ) __VA_ARGS__); })
PRODUCT("dot", dot);
PRODUCT("dot:vectors", dot);
PRODUCT("dot:int", dot);
PRODUCT("dot_general", dot_general, {{2}, {1}, {0}, {0}});
PRODUCT("dot_general:two_axes", dot_general, {{0, 2}, {1, 0}, {}, {}}, lax::Precision::Highest);
PRODUCT("dot_general:preferred", dot_general, {{1}, {0}, {}, {}}, lax::Precision::Default, int32);
PRODUCT("batch_matmul", batch_matmul);

lax::ConvDimensionNumbers nhwc() { return {"NHWC", "HWIO", "NHWC"}; }

#define CONV(name, ...) PRODUCT("conv_general_dilated" name, conv_general_dilated, __VA_ARGS__)
CONV("", {1, 1}, "SAME", {.dimension_numbers = nhwc()});
CONV(":strides", {2, 3}, "VALID", {.dimension_numbers = nhwc()});
CONV(":even_same", {2, 2}, "SAME", {.dimension_numbers = nhwc()});
CONV(":kernel_dilation", {1, 1}, {{1, 2}, {0, 3}},
     {.rhs_dilation = {2, 1}, .dimension_numbers = nhwc()});
CONV(":input_dilation", {1, 1}, {{1, 1}, {2, 0}},
     {.lhs_dilation = {1, 2}, .dimension_numbers = nhwc()});
CONV(":groups", {1, 1}, "SAME", {.dimension_numbers = nhwc(), .feature_group_count = 2});
CONV(":depthwise", {2, 1}, "SAME", {.dimension_numbers = nhwc(), .feature_group_count = 2});
CONV(":batch_groups", {1, 1}, "SAME", {.dimension_numbers = nhwc(), .batch_group_count = 2});
CONV(":one_dimension", {1}, {{2, 0}}, {.dimension_numbers = {"NWC", "WIO", "NWC"}});
CONV(":three_dimensions", {1, 1, 1}, "SAME", {.dimension_numbers = {"NDHWC", "DHWIO", "NDHWC"}});
CONV(":nchw", {1, 2}, "SAME");
PRODUCT("conv", conv, {1, 1}, "SAME");
PRODUCT("conv_with_general_padding", conv_with_general_padding, {1, 1}, {{1, 1}, {0, 2}}, {1, 1},
        {2, 1});
PARITY("lax.conv_general_dilated_patches", [](const Tree& in) {
  return lax::conv_general_dilated_patches(in[0], {3, 3}, {1, 2}, "SAME",
                                           {.dimension_numbers = nhwc()});
});
PRODUCT("conv_general_dilated_local", conv_general_dilated_local, {1, 1}, "VALID", {2, 2},
        {.dimension_numbers = nhwc()});

PRODUCT("conv_transpose:same", conv_transpose, {2, 2}, "SAME", {.dimension_numbers = nhwc()});
PRODUCT("conv_transpose:valid", conv_transpose, {2, 2}, "VALID", {.dimension_numbers = nhwc()});
PRODUCT("conv_transpose:transpose_kernel", conv_transpose, {2, 1}, "SAME",
        {.dimension_numbers = nhwc(), .transpose_kernel = true});

// --- shapes ----------------------------------------------------------------------------------

PARITY("lax.conv_dimension_numbers", [](const Tree&) {
  auto numbers = lax::conv_dimension_numbers({2, 5, 6, 3}, {3, 3, 3, 4}, nhwc());
  return std::tuple(lax::shape_as_value(numbers.lhs_spec), lax::shape_as_value(numbers.rhs_spec),
                    lax::shape_as_value(numbers.out_spec));
});
PARITY("lax.conv_general_permutations", [](const Tree&) {
  std::vector<Array> out;
  for (const Axes& axes : lax::conv_general_permutations("NHWC", "HWIO", "NHWC"))
    out.push_back(lax::shape_as_value(axes));
  return out;
});
PARITY("lax.conv_general_shape_tuple", [](const Tree&) {
  return lax::shape_as_value(
      lax::conv_general_shape_tuple({2, 5, 6, 3}, {3, 3, 3, 4}, {2, 1}, "SAME", nhwc()));
});
PARITY("lax.conv_shape_tuple", [](const Tree&) {
  return lax::shape_as_value(
      lax::conv_shape_tuple({2, 3, 5, 6}, {4, 3, 3, 3}, {2, 1}, {{1, 0}, {0, 2}}));
});
PARITY("lax.conv_transpose_shape_tuple", [](const Tree&) {
  return lax::shape_as_value(
      lax::conv_transpose_shape_tuple({2, 5, 6, 3}, {3, 3, 3, 4}, {2, 2}, "SAME", nhwc()));
});

}  // namespace
}  // namespace linum
