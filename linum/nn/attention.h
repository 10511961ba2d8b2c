// Attention (flax.linen.attention). "Attention Is All You Need", Vaswani et al. 2017.
#pragma once

#include <functional>

#include "linum/lax/structure.h"
#include "linum/nn/module.h"

namespace linum::nn {

// --- functions ---------------------------------------------------------------------------------

struct AttentionOptions {
  std::optional<Array> bias = {};  // added to the scores; broadcasts to (batch..., heads, q, kv)
  std::optional<Array> mask = {};  // of the same shape: false where query may not see key
  bool broadcast_dropout = true;   // one dropout pattern for all batches and heads
  std::optional<Array> dropout_rng = {};
  double dropout_rate = 0.0;
  bool deterministic = false;
  std::optional<DType> dtype = {};  // of the computation; default: promoted from the inputs
  lax::Precision precision = lax::Precision::Default;
  const ModuleBase* module = nullptr;  // sows the weights, as intermediates/attention_weights
  bool force_fp32_for_softmax = false;
};

// softmax(query . key / sqrt(depth)): (batch..., heads, q, kv) of query (batch..., q, heads, depth)
// and key (batch..., kv, heads, depth). Throws ShapeError when they do not fit.
Array dot_product_attention_weights(Array query, Array key, const AttentionOptions& options = {});
// The mean of value (batch..., kv, heads, depth) under those weights: (batch..., q, heads, depth).
Array dot_product_attention(Array query, Array key, Array value,
                            const AttentionOptions& options = {});

struct MaskOptions {
  int extra_batch_dims = 0;  // new leading axes of size 1
  DType dtype = DType::F32;
};
using PairwiseFn = std::function<Array(const Array&, const Array&)>;
// (batch..., 1, q, kv): pairwise_fn (default: product) of every query's and key's entry.
Array make_attention_mask(const Array& query_input, const Array& key_input,
                          const MaskOptions& options = {});
Array make_attention_mask(const Array& query_input, const Array& key_input,
                          const PairwiseFn& pairwise_fn, const MaskOptions& options = {});
// (batch..., 1, length, length): nothing sees what comes after it.
Array make_causal_mask(const Array& x, const MaskOptions& options = {});
// True where all masks are. Nothing when there is none; throws ShapeError for masks of two ranks.
std::optional<Array> combine_masks(const std::vector<std::optional<Array>>& masks,
                                   DType dtype = DType::F32);

// --- layers ------------------------------------------------------------------------------------

// What a call of an attention layer may set.
struct AttentionCall {
  std::optional<Array> mask = {};
  std::optional<bool> deterministic = {};
  std::optional<Array> dropout_rng = {};  // instead of the module's stream "dropout"
  bool sow_weights = false;
  LINUM_FIELDS(mask, deterministic, dropout_rng, sow_weights)
};

using AttentionFn = std::function<Array(const Array& query, const Array& key, const Array& value,
                                        const AttentionOptions&)>;

enum class AttentionKind { MultiHeadDotProductAttention, MultiHeadAttention, SelfAttention };

// Attention by several heads: query, key, value and out are projections (DenseGeneral).
//   nn::MultiHeadDotProductAttention{.num_heads = 8}(x, {.mask = nn::make_causal_mask(tokens)})
// Inputs are (batch..., length, features); so is the output. With `decode`, one position comes at a
// time and the collection "cache" holds the keys and values so far: it is made by init, from inputs
// of the full length. Throws ShapeError when the heads do not divide qkv_features.
template <AttentionKind kind>
struct AttentionLayer : Module<AttentionLayer<kind>> {
  static constexpr const char* class_name = kind == AttentionKind::SelfAttention ? "SelfAttention"
                                            : kind == AttentionKind::MultiHeadAttention
                                                ? "MultiHeadAttention"
                                                : "MultiHeadDotProductAttention";

  std::int64_t num_heads = 1;
  std::optional<DType> dtype = {};
  DType param_dtype = DType::F32;
  std::optional<std::int64_t> qkv_features = {};  // of all heads; default: the input's
  std::optional<std::int64_t> out_features = {};  // default: the input's
  bool broadcast_dropout = true;
  double dropout_rate = 0.0;
  std::optional<bool> deterministic = {};  // needed, here or at the call, when dropout_rate > 0
  lax::Precision precision = lax::Precision::Default;
  Initializer kernel_init = initializers::lecun_normal();
  std::optional<Initializer> out_kernel_init = {};
  Initializer bias_init = initializers::zeros_init();
  std::optional<Initializer> out_bias_init = {};
  bool use_bias = true;
  AttentionFn attention_fn = dot_product_attention;
  bool decode = false;
  bool normalize_qk = false;  // "Scaling Vision Transformers to 22B", Dehghani et al. 2023
  bool force_fp32_for_softmax = false;
  std::string name = {};

  using Module<AttentionLayer>::operator();
  Array operator()(const Array& q, const AttentionCall& call) const {
    return this->template operator()<const Array&, const AttentionCall&>(q, call);
  }
  Array operator()(const Array& q, const Array& k, const AttentionCall& call) const
      requires(kind != AttentionKind::SelfAttention) {
    return this->template operator()<const Array&, const Array&, const AttentionCall&>(q, k, call);
  }

  // Keys and values default to the queries, values to the keys.
  Array forward(const Array& inputs_q, const AttentionCall& call = {}) const {
    return attend(inputs_q, inputs_q, inputs_q, call);
  }
  Array forward(const Array& inputs_q, const Array& inputs_k, const AttentionCall& call = {}) const
      requires(kind != AttentionKind::SelfAttention) {
    return attend(inputs_q, inputs_k, inputs_k, call);
  }
  Array forward(const Array& inputs_q, const Array& inputs_k, const Array& inputs_v,
                const AttentionCall& call = {}) const
      requires(kind != AttentionKind::SelfAttention) {
    return attend(inputs_q, inputs_k, inputs_v, call);
  }

 private:
  Array attend(const Array& q, const Array& k, const Array& v, const AttentionCall& call) const;
};

using MultiHeadDotProductAttention = AttentionLayer<AttentionKind::MultiHeadDotProductAttention>;
// The same under another name in parameter trees.
using MultiHeadAttention = AttentionLayer<AttentionKind::MultiHeadAttention>;
// The same for one input.
using SelfAttention = AttentionLayer<AttentionKind::SelfAttention>;

}  // namespace linum::nn
