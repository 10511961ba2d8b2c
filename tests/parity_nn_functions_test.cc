// jax.nn, and the pooling of flax.linen.
#include "linum/lax/lax.h"
#include "linum/nn/nn.h"
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define ACTIVATION(name) PARITY("jax.nn." #name, [](const Tree& in) { return nn::name(in[0]); })
ACTIVATION(celu);
ACTIVATION(elu);
ACTIVATION(gelu);
ACTIVATION(glu);
ACTIVATION(hard_sigmoid);
ACTIVATION(hard_silu);
ACTIVATION(hard_swish);
ACTIVATION(hard_tanh);
ACTIVATION(identity);
ACTIVATION(leaky_relu);
ACTIVATION(log1mexp);
ACTIVATION(log_sigmoid);
ACTIVATION(log_softmax);
ACTIVATION(logsumexp);
ACTIVATION(mish);
ACTIVATION(relu);
ACTIVATION(relu6);
ACTIVATION(selu);
ACTIVATION(sigmoid);
ACTIVATION(silu);
ACTIVATION(soft_sign);
ACTIVATION(softmax);
ACTIVATION(softplus);
ACTIVATION(sparse_plus);
ACTIVATION(sparse_sigmoid);
ACTIVATION(squareplus);
ACTIVATION(standardize);
ACTIVATION(swish);
ACTIVATION(tanh);

PARITY("jax.nn.relu:zero", [](const Tree& in) { return nn::relu(in[0]); });
PARITY("jax.nn.relu6:ends", [](const Tree& in) { return nn::relu6(in[0]); });
PARITY("jax.nn.gelu:exact", [](const Tree& in) { return nn::gelu(in[0], false); });
PARITY("jax.nn.gelu:bfloat16", [](const Tree& in) { return nn::gelu(in[0]); });
PARITY("jax.nn.elu:alpha", [](const Tree& in) { return nn::elu(in[0], 0.5); });
PARITY("jax.nn.celu:alpha", [](const Tree& in) { return nn::celu(in[0], 0.5); });
PARITY("jax.nn.leaky_relu:slope", [](const Tree& in) { return nn::leaky_relu(in[0], 0.2); });
PARITY("jax.nn.squareplus:b", [](const Tree& in) { return nn::squareplus(in[0], 2.0); });

// --- over axes ---------------------------------------------------------------------------------

PARITY_TOL("jax.nn.softmax:axis", 1e-4, "the gradient cancels to small differences",
           [](const Tree& in) { return nn::softmax(in[0], 0); });
PARITY("jax.nn.softmax:where", [](const Tree& in) { return nn::softmax(in[0], -1, in[1]); });
PARITY("jax.nn.log_softmax:axis", [](const Tree& in) { return nn::log_softmax(in[0], 0); });
PARITY("jax.nn.log_softmax:where",
       [](const Tree& in) { return nn::log_softmax(in[0], -1, in[1]); });
PARITY("jax.nn.logsumexp:axis",
       [](const Tree& in) { return nn::logsumexp(in[0], {.axis = 1, .keepdims = true}); });
PARITY("jax.nn.logsumexp:weights",
       [](const Tree& in) { return nn::logsumexp_and_sign(in[0], {.axis = 1, .b = in[1]}); });
PARITY("jax.nn.logmeanexp", [](const Tree& in) { return nn::logmeanexp(in[0], {.axis = 1}); });
PARITY("jax.nn.standardize:normalize",
       [](const Tree& in) { return nn::normalize(in[0], {.axis = 0}); });
PARITY("jax.nn.standardize:stable", [](const Tree& in) {
  return nn::standardize(in[0], {.axis = {0, 1}, .epsilon = 1e-3, .algorithm = "stable"});
});
PARITY("jax.nn.one_hot", [](const Tree& in) { return nn::one_hot(in[0], 4); });
PARITY("jax.nn.one_hot:axis",
       [](const Tree& in) { return nn::one_hot(in[0], 4, {.dtype = int32, .axis = 0}); });

// --- attention ---------------------------------------------------------------------------------

Array attend(const Tree& in, const nn::functional::DotProductAttentionOptions& options = {}) {
  return nn::functional::dot_product_attention(in[0], in[1], in[2], options);
}
PARITY("jax.nn.dot_product_attention", [](const Tree& in) { return attend(in); });
PARITY("jax.nn.dot_product_attention:causal",
       [](const Tree& in) { return attend(in, {.is_causal = true}); });
PARITY("jax.nn.dot_product_attention:bias",
       [](const Tree& in) { return attend(in, {.bias = in[3], .mask = in[4], .scale = 0.3}); });
PARITY("jax.nn.dot_product_attention:lengths", [](const Tree& in) {
  return attend(in, {.query_seq_lengths = in[3], .key_value_seq_lengths = in[3]});
});
PARITY("jax.nn.dot_product_attention:window", [](const Tree& in) {
  return attend(in, {.local_window_size = std::pair{1, 0}});
});
PARITY("jax.nn.dot_product_attention:grouped", [](const Tree& in) {
  return nn::functional::dot_product_attention_and_residual(in[0], in[1], in[2]);
});

// --- scaled products ---------------------------------------------------------------------------

PARITY("jax.nn.scaled_matmul",
       [](const Tree& in) { return nn::scaled_matmul(in[0], in[1], in[2], in[3]); });

Array scaled_dot(const Tree& in, const std::vector<nn::BlockScaleConfig>& configs) {
  return nn::scaled_dot_general(in[0], in[1], {{2}, {2}, {0}, {0}}, float32, configs);
}
PARITY("jax.nn.scaled_dot_general", [](const Tree& in) { return scaled_dot(in, {}); });
PARITY("jax.nn.scaled_dot_general:mxfp8", [](const Tree& in) {
  return scaled_dot(in, std::vector(3, nn::get_scaled_dot_general_config("mxfp8")));
});
PARITY("jax.nn.scaled_dot_general:nvfp4", [](const Tree& in) {
  Array half = np::array({0.5});
  return scaled_dot(in, std::vector(3, nn::get_scaled_dot_general_config("nvfp4", half)));
});

// --- pooling -----------------------------------------------------------------------------------

#define POOL(name)                                                                        \
  PARITY("linen." #name, [](const Tree& in) { return nn::name(in[0], {2, 2}, {2, 2}); }); \
  PARITY("linen." #name ":same", [](const Tree& in) {                                     \
    return nn::name(in[0], {3, 2}, {2, 1}, "SAME");                                       \
  });                                                                                     \
  PARITY("linen." #name ":one_dimension", [](const Tree& in) { return nn::name(in[0], {2}, {1}); })
POOL(avg_pool);
POOL(max_pool);
PARITY("linen.min_pool", [](const Tree& in) { return nn::min_pool(in[0], {2, 2}, {2, 2}); });
PARITY("linen.avg_pool:exclude_pad", [](const Tree& in) {
  return nn::avg_pool(in[0], {3, 3}, {2, 2}, "SAME", false);
});
PARITY("linen.max_pool:padding", [](const Tree& in) {
  return nn::max_pool(in[0], {2, 2}, {2, 2}, {{1, 0}, {0, 1}});
});
PARITY("linen.pool", [](const Tree& in) {
  return nn::pool(in[0], 0.0, lax::add, {2, 2}, {1, 1}, "VALID");
});

}  // namespace
}  // namespace linum
