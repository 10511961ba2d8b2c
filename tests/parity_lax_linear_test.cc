// jax.lax: contractions and convolutions.
#include "linum/lax/lax.h"
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

}  // namespace
}  // namespace linum
