// flax.linen: attention.
#include "tests/parity/modules/layer_testlib.h"

namespace linum {
namespace {

using Attention = nn::MultiHeadDotProductAttention;

PARITY("linen.dot_product_attention",
       [](const Tree& in) { return nn::dot_product_attention(in[0], in[1], in[2]); });
PARITY("linen.dot_product_attention:mask", [](const Tree& in) {
  return nn::dot_product_attention(in[0], in[1], in[2], {.mask = in[3].array()});
});
PARITY("linen.dot_product_attention:bias", [](const Tree& in) {
  return nn::dot_product_attention(in[0], in[1], in[2], {.bias = in[3].array()});
});
PARITY("linen.dot_product_attention_weights",
       [](const Tree& in) { return nn::dot_product_attention_weights(in[0], in[1]); });
Array valid_pairs(const Array& tokens) {
  Array valid = np::greater(tokens, 0);
  return nn::make_attention_mask(valid, valid);
}
PARITY("linen.make_causal_mask", [](const Tree& in) { return nn::make_causal_mask(in[0]); });
PARITY("linen.make_attention_mask", [](const Tree& in) { return valid_pairs(in[0]); });
PARITY("linen.combine_masks", [](const Tree& in) {
  return *nn::combine_masks({nn::make_causal_mask(in[0]), valid_pairs(in[0])});
});

LAYER("MultiHeadDotProductAttention", ({2, 3, 4}), Attention{.num_heads = 2});
LAYER("MultiHeadAttention", ({2, 3, 4}), nn::MultiHeadAttention{.num_heads = 2});
LAYER("SelfAttention", ({2, 3, 4}), nn::SelfAttention{.num_heads = 2});
LAYER_TOL("MultiHeadDotProductAttention:normalize_qk", ({2, 3, 4}), 2e-3,
          "the gradient of the normalized keys is a difference of nearly equal terms",
          Attention{.num_heads = 2, .use_bias = false, .normalize_qk = true});
Attention cross_attention() { return {.num_heads = 2, .qkv_features = 6, .out_features = 3}; }
PARITY("linen.MultiHeadDotProductAttention:cross/init", [](const Tree& in) {
  return cross_attention().init(in[0].array(), lax::zeros({2, 3, 4}, DType::F32),
                                lax::zeros({2, 5, 4}, DType::F32));
});
PARITY("linen.MultiHeadDotProductAttention:cross/apply",
       [](const Tree& in) { return cross_attention().apply(in[0], in[1].array(), in[2].array()); });
PARITY("linen.MultiHeadDotProductAttention:mask", [](const Tree& in) {
  nn::AttentionCall causal{.mask = nn::make_causal_mask(lax::ones({2, 3}, DType::F32))};
  return Attention{.num_heads = 2}.apply(in[0], in[1].array(), in[1].array(), causal);
});
PARITY("linen.MultiHeadDotProductAttention:decode", [](const Tree& in) {
  Attention decoder{.num_heads = 2, .decode = true};
  return decoder.apply(in[0], {.mutable_collections = {"cache"}}, in[1].array());
});
Array apply_with_dropout(const Tree& in, bool broadcast) {
  Attention noisy{
      .num_heads = 2, .broadcast_dropout = broadcast, .dropout_rate = 0.4, .deterministic = false};
  return noisy.apply(in[0], nn::Rngs{{"dropout", in[2].array()}}, in[1].array());
}
PARITY("linen.MultiHeadDotProductAttention:dropout",
       [](const Tree& in) { return apply_with_dropout(in, true); });
PARITY("linen.MultiHeadDotProductAttention:dropout_each",
       [](const Tree& in) { return apply_with_dropout(in, false); });
PARITY("linen.SelfAttention:sow_weights", [](const Tree& in) {
  return nn::SelfAttention{.num_heads = 2}.apply(in[0], {.mutable_collections = {"intermediates"}},
                                                 in[1].array(),
                                                 nn::AttentionCall{.sow_weights = true});
});

}  // namespace
}  // namespace linum
