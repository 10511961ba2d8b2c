// The layers of flax.linen: dense, convolutions, normalization, dropout.
#include "linum/nn/nn.h"
#include "linum/np/np.h"
#include "linum/transforms/vmap.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

// What a layer's variables were made for.
struct Input {
  Shape shape;
  DType dtype = float32;
};
const Input kRows{{2, 3, 4}}, kImages{{2, 5, 6, 2}}, kLines{{5, 6, 2}}, kCorners{{2, 3, 3, 2}};
const Input kTokens{{2, 4}, int32};

// Binds NAME/init, variables from a key, and NAME/apply, the output from variables and input.
template <class Make>
bool bind_layer(const std::string& name, const Input& input, double tolerance,
                const std::string& reason, Make make) {
  auto init = [make, input](const Tree& in) {
    return make().init(nn::Rngs(in[0].array()), np::zeros(input.shape, input.dtype));
  };
  auto apply = [make](const Tree& in) { return make().apply(in[0], in[1].array()); };
  return parity::bind({.name = name + "/init", .function = parity::as_function(init)}) &&
         parity::bind({.name = name + "/apply",
                       .function = parity::as_function(apply),
                       .tolerance = tolerance,
                       .reason = reason});
}
#define LAYER(name, input, ...) LAYER_TOL(name, input, 0, "", __VA_ARGS__)
// With another tolerance of the output and gradients.
#define LAYER_TOL(name, input, tolerance, why, ...)                            \
  [[maybe_unused]] static const bool LINUM_PARITY_JOIN_(layer_, __COUNTER__) = \
      bind_layer("linen." name, input, tolerance, why, [] { return __VA_ARGS__; })

// --- dense -------------------------------------------------------------------------------------

LAYER("Dense", kRows, nn::Dense{.features = 5});
LAYER("Dense:no_bias", kRows, nn::Dense{.features = 5, .use_bias = false});
LAYER("Dense:bfloat16", kRows, nn::Dense{.features = 5, .dtype = bfloat16});
LAYER("DenseGeneral", kRows, nn::DenseGeneral{.features = {2, 3}, .axis = {-2, -1}});
LAYER("DenseGeneral:batch", kRows, nn::DenseGeneral{.features = 5, .batch_dims = {0}});
LAYER("Einsum", kRows, nn::Einsum{.shape = {4, 5}, .einsum_str = "abc,cd->abd"});
LAYER("Embed", kTokens, nn::Embed{.num_embeddings = 6, .features = 3});
LAYER("PReLU", kRows, nn::PReLU{});

PARITY("linen.Embed:attend", [](const Tree& in) {
  auto attend = [](auto& m, const Array& q) { return m.attend(q); };
  return nn::Embed{.num_embeddings = 6, .features = 3}.apply_method(in[0], attend, in[1].array());
});
PARITY("linen.BatchApply", [](const Tree& in) {
  return nn::BatchApply([](const Array& rows) { return np::cumsum(rows, 0); })(in[0].array());
});

// --- convolutions ------------------------------------------------------------------------------

Array outer_taps() {
  return np::reshape(np::array({1.0, 0.0, 1.0}), {3, 1, 1}) * np::ones({3, 2, 2});
}

LAYER("Conv", kImages, nn::Conv{.features = 3, .kernel_size = {3, 3}});
LAYER("Conv:strides", kImages,
      nn::Conv{.features = 3,
               .kernel_size = {3, 2},
               .strides = {2, 1},
               .padding = "VALID",
               .use_bias = false});
LAYER("Conv:groups", kImages,
      nn::Conv{
          .features = 4, .kernel_size = {3, 3}, .kernel_dilation = 2, .feature_group_count = 2});
LAYER("Conv:circular", kImages,
      nn::Conv{.features = 3, .kernel_size = {3, 3}, .padding = "CIRCULAR"});
LAYER("Conv:reflect", kImages,
      nn::Conv{.features = 3, .kernel_size = {3, 3}, .padding = "REFLECT"});
LAYER("Conv:causal", kLines, nn::Conv{.features = 3, .kernel_size = 3, .padding = "CAUSAL"});
LAYER("Conv:padding", kImages,
      nn::Conv{.features = 3, .kernel_size = {2, 3}, .padding = {{1, 0}, {2, 1}}});
LAYER("Conv:input_dilation", kLines,
      nn::Conv{.features = 2, .kernel_size = 2, .padding = 1, .input_dilation = 2});
LAYER("Conv:mask", kLines, nn::Conv{.features = 2, .kernel_size = 3, .mask = outer_taps()});
LAYER_TOL("Conv:bfloat16", kImages, 1e-2,
          "compiled whole, XLA keeps more than bfloat16 between operations",
          nn::Conv{.features = 3, .kernel_size = {3, 3}, .dtype = bfloat16});
LAYER("ConvTranspose", kImages,
      nn::ConvTranspose{.features = 3, .kernel_size = {3, 3}, .strides = 2});
LAYER("ConvTranspose:circular", kImages,
      nn::ConvTranspose{
          .features = 3, .kernel_size = {3, 3}, .strides = {2, 1}, .padding = "CIRCULAR"});
LAYER("ConvTranspose:transpose_kernel", kLines,
      nn::ConvTranspose{.features = 3,
                        .kernel_size = 4,
                        .strides = 3,
                        .padding = "CIRCULAR",
                        .transpose_kernel = true});
LAYER("ConvTranspose:padding", kImages,
      nn::ConvTranspose{.features = 3,
                        .kernel_size = {3, 2},
                        .padding = {{1, 2}, {0, 1}},
                        .kernel_dilation = {1, 2}});
LAYER("ConvLocal", kCorners,
      nn::ConvLocal{.features = 2, .kernel_size = {2, 2}, .padding = "VALID"});

// --- normalization -----------------------------------------------------------------------------

LAYER("LayerNorm", kRows, nn::LayerNorm{});
LAYER("LayerNorm:options", kRows,
      nn::LayerNorm{.epsilon = 1e-3,
                    .use_bias = false,
                    .reduction_axes = {-2, -1},
                    .use_fast_variance = false});
LAYER("LayerNorm:bfloat16", kRows, nn::LayerNorm{.dtype = bfloat16, .param_dtype = bfloat16});
LAYER("RMSNorm", kRows, nn::RMSNorm{});
LAYER("GroupNorm", kRows, nn::GroupNorm{.num_groups = 2});
LAYER_TOL("GroupNorm:group_size", kRows, 2e-4,
          "gradients of groups of two numbers cancel to small differences",
          nn::GroupNorm{.num_groups = std::nullopt, .group_size = 2, .reduction_axes = Axes{-1}});
LAYER("InstanceNorm", kRows, nn::InstanceNorm{});
LAYER("BatchNorm", kRows, nn::BatchNorm{.use_running_average = true});

const nn::ApplyOptions kTraining{.mutable_collections = {"batch_stats"}};
PARITY("linen.BatchNorm:training", [](const Tree& in) {
  nn::BatchNorm norm{.use_running_average = false, .momentum = 0.9};
  return norm.apply(in[0], kTraining, in[1].array());
});
PARITY("linen.BatchNorm:mask", [](const Tree& in) {
  nn::BatchNorm norm{.use_running_average = false, .momentum = 0.9};
  return norm.apply(in[0], kTraining, in[1].array(), nn::BatchNormCall{.mask = in[2].array()});
});
PARITY("linen.BatchNorm:axis_name", [](const Tree& in) {
  nn::BatchNorm norm{.use_running_average = false, .axis_name = "batch"};
  auto one = [&](const Array& x) { return norm.apply(in[0], kTraining, x); };
  return vmap(one, {.axis_name = "batch"})(in[1].array());
});
PARITY("linen.LayerNorm:mask", [](const Tree& in) {
  nn::LayerNorm norm{.reduction_axes = {1, 2}};
  return norm.apply(in[0], in[1].array(), nn::NormCall{.mask = in[2].array()});
});

LAYER("WeightNorm", kRows, nn::WeightNorm{.layer_instance = nn::Dense{.features = 3}});
LAYER("WeightNorm:all", kRows,
      nn::WeightNorm{.layer_instance = nn::Conv{.features = 3, .kernel_size = 2},
                     .use_scale = false,
                     .feature_axes = std::nullopt,
                     .variable_filter = {}});

nn::SpectralNorm spectral_dense() {
  return {.layer_instance = nn::Dense{.features = 3}, .n_steps = 2};
}
PARITY("linen.SpectralNorm:init", [](const Tree& in) {
  return spectral_dense().init(nn::Rngs(in[0].array()), np::zeros(kRows.shape), false);
});
PARITY("linen.SpectralNorm",
       [](const Tree& in) { return spectral_dense().apply(in[0], in[1].array(), false); });
PARITY("linen.SpectralNorm:training", [](const Tree& in) {
  return spectral_dense().apply(in[0], kTraining, in[1].array(), true);
});

// --- 8 bits ------------------------------------------------------------------------------------

template <class Op>
nn::Dense dense_of(Op op) {
  op.amax_history_length = 3;
  return {.features = 5, .dot_general = nn::as_dot_general(op)};
}
LAYER("Fp8DotGeneralOp", kRows, dense_of(nn::Fp8DotGeneralOp{}));
LAYER("Fp8DirectDotGeneralOp", kRows, dense_of(nn::Fp8DirectDotGeneralOp{}));
LAYER("NANOOFp8DotGeneralOp", kRows, dense_of(nn::NANOOFp8DotGeneralOp{}));
PARITY("linen.Fp8Einsum", [](const Tree& in) {
  nn::Fp8Einsum einsum{.amax_history_length = 3};
  return einsum.apply(in[0], std::string("abc,cd->abd"), in[1].array(), in[2].array());
});

// --- dropout -----------------------------------------------------------------------------------

Array drop(const nn::Dropout& dropout, const Tree& in) {
  return dropout.apply(Tree::empty_dict(), nn::Rngs{{"dropout", in[0].array()}}, in[1].array());
}
PARITY("linen.Dropout",
       [](const Tree& in) { return drop({.rate = 0.4, .deterministic = false}, in); });
PARITY("linen.Dropout:broadcast", [](const Tree& in) {
  return drop({.rate = 0.4, .broadcast_dims = {0}, .deterministic = false}, in);
});
PARITY("linen.Dropout:deterministic", [](const Tree& in) {
  return nn::Dropout{.rate = 0.4}.apply(Tree::empty_dict(), in[0].array(), true);
});

}  // namespace
}  // namespace linum
