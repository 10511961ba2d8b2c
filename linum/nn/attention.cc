#include "linum/nn/attention.h"

#include <cmath>

#include "linum/lax/dynamic.h"
#include "linum/lax/lax.h"
#include "linum/nn/dtypes.h"
#include "linum/nn/linear.h"
#include "linum/nn/normalization.h"
#include "linum/nn/softmax.h"
#include "linum/np/np.h"
#include "linum/random/random.h"

namespace linum::nn {

// --- functions ---------------------------------------------------------------------------------

namespace {

// Axes 0, 1, ... of what precedes (length, heads, depth).
Axes batch_axes(const Array& x) {
  Axes out;
  for (std::int64_t i = 0; i + 3 < x.ndim(); ++i) out.push_back(i);
  return out;
}

Shape batch_shape(const Array& x) { return Shape(x.shape().begin(), x.shape().end() - 3); }

void check(bool holds, std::string_view rule, const Array& a, const Array& b) {
  if (holds) return;
  throw ShapeError(str_cat("dot_product_attention: ", rule, ", but the shapes are ", a.shape(),
                           " and ", b.shape(), ". They are (batch..., length, heads, depth)"));
}

void check_query_and_key(const Array& q, const Array& k) {
  check(q.ndim() >= 3 && q.ndim() == k.ndim(), "q, k must have same rank", q, k);
  check(batch_shape(q) == batch_shape(k), "q, k batch dims must match", q, k);
  check(q.shape(-2) == k.shape(-2), "q, k num_heads must match", q, k);
  check(q.shape(-1) == k.shape(-1), "q, k depths must match", q, k);
}

void check_key_and_value(const Array& k, const Array& v) {
  check(k.ndim() == v.ndim(), "k, v must have same rank", k, v);
  check(batch_shape(k) == batch_shape(v), "k, v batch dims must match", k, v);
  check(k.shape(-2) == v.shape(-2), "k, v num_heads must match", k, v);
  check(k.shape(-3) == v.shape(-3), "k, v lengths must match", k, v);
}

// (batch..., heads, q, kv)
Array scores(const Array& query, const Array& key, lax::Precision precision) {
  Axes batch = batch_axes(query);
  batch.push_back(query.ndim() - 2);
  std::int64_t depth = query.ndim() - 1;
  return lax::dot_general(query, key, {{depth}, {depth}, batch, batch}, precision);
}

// What random part of the weights stays, scaled up to keep their mean.
Array dropout(const Array& weights, const AttentionOptions& options) {
  if (!options.dropout_rng) {
    throw ValueError("dot_product_attention: dropout needs .dropout_rng, or .deterministic = true");
  }
  double keep_prob = 1.0 - options.dropout_rate;
  Shape shape = weights.shape();
  if (options.broadcast_dropout) {
    for (std::size_t i = 0; i + 2 < shape.size(); ++i) shape[i] = 1;
  }
  Array keep = random::bernoulli(*options.dropout_rng, keep_prob, shape);
  Array scale = lax::convert_element_type(Array(keep_prob), weights.dtype());
  return np::multiply(weights, np::divide(np::astype(keep, weights.dtype()), scale));
}

}  // namespace

Array dot_product_attention_weights(Array query, Array key, const AttentionOptions& options) {
  promote_dtype({&query, &key}, options.dtype);
  DType dtype = query.dtype();
  check_query_and_key(query, key);
  auto depth = static_cast<float>(query.shape(-1));
  query = np::divide(query, lax::convert_element_type(Array(std::sqrt(depth)), dtype));
  Array weights = scores(query, key, options.precision);
  if (options.bias) weights = np::add(weights, *options.bias);
  if (options.mask) weights = np::where(*options.mask, weights, -np::finfo(dtype).max);
  if (options.force_fp32_for_softmax && dtype != DType::F32) {
    weights = softmax(np::astype(weights, DType::F32));
  } else {
    weights = np::astype(softmax(weights), dtype);
  }
  if (options.module) options.module->sow("intermediates", "attention_weights", weights);
  bool drops = !options.deterministic && options.dropout_rate > 0.0;
  return drops ? dropout(weights, options) : weights;
}

Array dot_product_attention(Array query, Array key, Array value, const AttentionOptions& options) {
  promote_dtype({&query, &key, &value}, options.dtype);
  check_key_and_value(key, value);
  AttentionOptions same = options;
  same.dtype = query.dtype();
  Array weights = dot_product_attention_weights(query, key, same);
  Axes batch = batch_axes(value), value_batch = batch;
  std::int64_t rank = value.ndim(), heads = rank - 3;
  batch.push_back(heads);
  value_batch.push_back(rank - 2);
  // (batch..., heads, q, depth), then the heads after the queries.
  Array out = lax::dot_general(weights, value, {{rank - 1}, {rank - 3}, batch, value_batch},
                               options.precision);
  return np::swapaxes(out, -2, -3);
}

Array make_attention_mask(const Array& query_input, const Array& key_input,
                          const PairwiseFn& pairwise_fn, const MaskOptions& options) {
  Array mask = pairwise_fn(np::expand_dims(query_input, -1), np::expand_dims(key_input, -2));
  mask = np::expand_dims(mask, -3);
  for (int i = 0; i < options.extra_batch_dims; ++i) mask = np::expand_dims(mask, 0);
  return np::astype(mask, options.dtype);
}

Array make_attention_mask(const Array& query_input, const Array& key_input,
                          const MaskOptions& options) {
  return make_attention_mask(query_input, key_input, np::multiply, options);
}

Array make_causal_mask(const Array& x, const MaskOptions& options) {
  Array places = lax::broadcasted_iota(DType::I32, x.shape(), x.ndim() - 1);
  return make_attention_mask(places, places, np::greater_equal, options);
}

std::optional<Array> combine_masks(const std::vector<std::optional<Array>>& masks, DType dtype) {
  std::optional<Array> all;
  for (auto& mask : masks) {
    if (!mask) continue;
    if (all && all->ndim() != mask->ndim()) {
      throw ShapeError(
          str_cat("masks must have same rank: ", all->shape(), " and ", mask->shape()));
    }
    all = all ? np::logical_and(*all, *mask) : *mask;
  }
  if (all) all = np::astype(*all, dtype);
  return all;
}

// --- layers ------------------------------------------------------------------------------------

namespace {

template <AttentionKind kind>
DenseGeneral projection(const AttentionLayer<kind>& layer, std::vector<std::int64_t> features,
                        std::vector<std::int64_t> axis, const std::string& name) {
  bool out = name == "out";
  return DenseGeneral{
      .features = features,
      .axis = axis,
      .use_bias = layer.use_bias,
      .dtype = layer.dtype,
      .param_dtype = layer.param_dtype,
      .kernel_init = out ? layer.out_kernel_init.value_or(layer.kernel_init) : layer.kernel_init,
      .bias_init = out ? layer.out_bias_init.value_or(layer.bias_init) : layer.bias_init,
      .precision = layer.precision,
      .name = name};
}

// The cache of a decoder: keys and values of the positions so far.
struct Cache {
  Variable key, value, index;
};

Cache open_cache(const ModuleBase& layer, const Array& key, const Array& value) {
  auto zeros_like = [](const Array& x) { return [x] { return Tree(lax::zeros_like(x)); }; };
  auto first = [] { return Tree(lax::full({}, 0, DType::I32)); };
  return {layer.variable("cache", "cached_key", zeros_like(key)),
          layer.variable("cache", "cached_value", zeros_like(value)),
          layer.variable("cache", "cache_index", first)};
}

void check_one_position(const Shape& cached, const Shape& query) {
  Shape expected = cached;
  expected[expected.size() - 3] = 1;
  if (expected == query) return;
  throw ShapeError(str_cat("Autoregressive cache shape error, expected query shape ", expected,
                           " instead got ", query, ": with .decode, apply one position at a time"));
}

// Puts this position's key and value into the cache; gives all of them, and the mask that hides
// the positions still to come.
void update_cache(Cache& cache, Array& key, Array& value, std::optional<Array>& mask) {
  Array index = cache.index.value();
  std::int64_t time = key.ndim() - 3;
  key = lax::dynamic_update_slice_in_dim(cache.key.value(), key, index, time);
  value = lax::dynamic_update_slice_in_dim(cache.value.value(), value, index, time);
  cache.key.set_value(key);
  cache.value.set_value(value);
  cache.index.set_value(np::add(index, 1));
  Shape shape = batch_shape(key);
  for (std::int64_t d : {std::int64_t{1}, std::int64_t{1}, key.shape(-3)}) shape.push_back(d);
  Array places = lax::broadcasted_iota(DType::I32, shape, std::int64_t(shape.size()) - 1);
  mask = combine_masks({mask, np::less_equal(places, index)});
}

}  // namespace

template <AttentionKind kind>
Array AttentionLayer<kind>::attend(const Array& q, const Array& k, const Array& v,
                                   const AttentionCall& call) const {
  std::int64_t out_size = out_features.value_or(q.shape(-1));
  std::int64_t size = qkv_features.value_or(q.shape(-1));
  if (num_heads < 1 || size % num_heads != 0) {
    throw ShapeError(str_cat("Memory dimension (", size, ") must be divisible by number of heads (",
                             num_heads, ") in \"", this->scope()->path_text(), "\""));
  }
  std::vector<std::int64_t> per_head{num_heads, size / num_heads};
  Array query = projection(*this, per_head, {-1}, "query")(q);
  Array key = projection(*this, per_head, {-1}, "key")(k);
  Array value = projection(*this, per_head, {-1}, "value")(v);
  if (normalize_qk) {
    auto norm = [&](const char* its_name) {
      return LayerNorm{
          .dtype = dtype, .param_dtype = param_dtype, .use_bias = false, .name = its_name};
    };
    query = norm("query_ln")(query);
    key = norm("key_ln")(key);
  }
  AttentionOptions options{.mask = call.mask,
                           .broadcast_dropout = broadcast_dropout,
                           .dropout_rng = call.dropout_rng,
                           .dropout_rate = dropout_rate,
                           .deterministic = true,
                           .dtype = dtype,
                           .precision = precision,
                           .module = call.sow_weights ? this : nullptr,
                           .force_fp32_for_softmax = force_fp32_for_softmax};
  if (decode) {
    bool initialized = this->has_variable("cache", "cached_key");
    Cache cache = open_cache(*this, key, value);
    if (initialized) {
      check_one_position(cache.key.value().shape(), query.shape());
      update_cache(cache, key, value, options.mask);
    }
  }
  if (dropout_rate > 0.0) {
    options.deterministic = merge_param("deterministic", deterministic, call.deterministic);
    bool needs_key = !options.deterministic && !options.dropout_rng;
    if (needs_key) options.dropout_rng = this->make_rng("dropout");
  }
  Array x = attention_fn(query, key, value, options);
  return projection(*this, {out_size}, {-2, -1}, "out")(x);
}

#define LINUM_ATTENTION_LAYER(kind)                           \
  template Array AttentionLayer<AttentionKind::kind>::attend( \
      const Array&, const Array&, const Array&, const AttentionCall&) const;
LINUM_ATTENTION_LAYER(MultiHeadDotProductAttention)
LINUM_ATTENTION_LAYER(MultiHeadAttention)
LINUM_ATTENTION_LAYER(SelfAttention)
#undef LINUM_ATTENTION_LAYER

}  // namespace linum::nn
