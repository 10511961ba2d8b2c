// Functions of networks that are no activations: one-hot codes, standardization, attention
// (jax.nn).
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "linum/core/array.h"
#include "linum/np/axis.h"

namespace linum::nn {

struct OneHotOptions {
  np::NamedOnly named_only = {};
  DType dtype = DType::F32;
  std::int64_t axis = -1;  // of the result, where the classes lie
};
// 1 at the index that x holds along a new axis of size num_classes, 0 elsewhere; zeros for an index
// out of range.
Array one_hot(const Array& x, std::int64_t num_classes, const OneHotOptions& options = {});

struct StandardizeOptions {
  np::NamedOnly named_only = {};
  np::AxisArg axis = -1;
  Array mean = {}, variance = {};  // default: x's own
  double epsilon = 1e-5;
  Array where = {};  // bool: which elements count for mean and variance
  // "fast": mean of squares minus squared mean; "stable": in a second pass.
  std::string_view algorithm = "fast";
};
// (x - mean) / sqrt(variance + epsilon). Throws ValueError for another algorithm.
Array standardize(const Array& x, const StandardizeOptions& options = {});
Array normalize(const Array& x, const StandardizeOptions& options = {});

// jax.nn.dot_product_attention. (Flax's function of that name, for its own attention layers, is
// nn::dot_product_attention.)
namespace functional {

struct DotProductAttentionOptions {
  Array bias = {};                   // added to the logits; broadcasts to (B, N, T, S)
  Array mask = {};                   // bool: who may attend whom; broadcasts to (B, N, T, S)
  std::optional<double> scale = {};  // of the logits; default: 1 / sqrt(H)
  bool is_causal = false;            // T attends to no later S
  // int32 (B,): how many queries (keys) of each example are no padding.
  Array query_seq_lengths = {}, key_value_seq_lengths = {};
  // How many positions before and after its own a query may see.
  std::optional<std::pair<std::int64_t, std::int64_t>> local_window_size = {};
};
// softmax(scale Q K^T + bias, masked) V. query: (B, T, N, H) or (T, N, H); key and value:
// (B, S, K, H) or (S, K, H), where K divides N: K = 1 is multi-query, K < N grouped-query
// attention. Softmax is computed in float32. Throws ShapeError, DTypeError.
Array dot_product_attention(const Array& query, const Array& key, const Array& value,
                            const DotProductAttentionOptions& options = {});
// Also the logsumexp of the logits, (B, T, N) or (T, N), without a gradient.
std::pair<Array, Array> dot_product_attention_and_residual(
    const Array& query, const Array& key, const Array& value,
    const DotProductAttentionOptions& options = {});

}  // namespace functional
}  // namespace linum::nn
