#include <algorithm>
#include <cmath>

#include "linum/lax/lax.h"
#include "linum/lax/limits.h"
#include "linum/nn/functions.h"
#include "linum/nn/softmax.h"
#include "linum/np/np.h"

namespace linum::nn::functional {
namespace {

using Options = DotProductAttentionOptions;

Array with_four_axes(const Array& x) {
  return x.defined() ? lax::broadcast_to_rank(x, std::max<std::int64_t>(4, x.ndim())) : x;
}

// -1: any size.
void check_shape(std::string_view what, const Array& x, const Shape& expected) {
  bool fits = x.ndim() == static_cast<std::int64_t>(expected.size());
  for (std::int64_t i = 0; fits && i < x.ndim(); ++i) {
    std::int64_t size = expected[static_cast<std::size_t>(i)];
    fits = size == -1 || size == x.shape(i);
  }
  if (fits) return;
  throw ShapeError(str_cat("dot_product_attention: ", what, " should have shape ", expected,
                           " (-1: any size), got ", x.shape()));
}
void check_dtype(std::string_view what, const Array& x, DType expected) {
  if (x.dtype() == expected) return;
  throw DTypeError(
      str_cat("dot_product_attention: ", what, " should be ", expected, ", got ", x.dtype()));
}
void check_lengths(std::string_view what, const Array& lengths, std::int64_t batch) {
  if (!lengths.defined()) return;
  check_shape(what, lengths, {batch});
  check_dtype(what, lengths, DType::I32);
}

void check_operands(const Array& query, const Array& key, const Array& value, const Options& o) {
  check_shape("key", key, {-1, -1, -1, -1});
  check_shape("value", value, key.shape());
  check_dtype("value", value, key.dtype());
  check_shape("query", query, {key.shape(0), -1, -1, key.shape(3)});
  check_dtype("query", query, key.dtype());
  if (o.mask.defined()) check_dtype("mask", o.mask, DType::Bool);
  check_lengths("query_seq_lengths", o.query_seq_lengths, key.shape(0));
  check_lengths("key_value_seq_lengths", o.key_value_seq_lengths, key.shape(0));
  if (query.shape(2) % key.shape(2) == 0) return;
  throw ShapeError(
      str_cat("dot_product_attention: the number of query heads must be a multiple of ",
              "that of key/value heads, got ", query.shape(2), " and ", key.shape(2)));
}

// (B, N, T, S) as (B, K, G, T, S); one head stays one for all.
Array by_group(std::string_view what, const Array& x, std::int64_t heads, std::int64_t groups) {
  check_shape(what, x, {-1, -1, -1, -1});
  if (x.shape(1) == 1) return lax::expand_dims(x, {2});
  check_shape(what, x, {-1, heads * groups, -1, -1});
  return lax::reshape(x, {x.shape(0), heads, groups, x.shape(2), x.shape(3)});
}

// Counts along one of five axes: position of the query (3) or key (4).
Array positions(std::int64_t size, std::int64_t axis) {
  Shape shape(5, 1);
  shape[static_cast<std::size_t>(axis)] = size;
  return lax::broadcasted_iota(DType::I32, shape, axis);
}
Array per_example(const Array& lengths) {
  return lax::reshape(lengths, {lengths.shape(0), 1, 1, 1, 1});
}

// Who may attend whom, (B, K, G, T, S) or broadcast; undefined: everyone.
Array allowed(const Array& mask, std::int64_t queries, std::int64_t keys, const Options& o) {
  Array q = positions(queries, 3), k = positions(keys, 4), all = mask;
  auto also = [&](const Array& condition) { all = all.defined() ? all & condition : condition; };
  if (o.is_causal) also(q >= k);
  if (o.local_window_size) {
    also(q <= k + o.local_window_size->first);
    also(q >= k - o.local_window_size->second);
  }
  if (o.query_seq_lengths.defined()) also(q < per_example(o.query_seq_lengths));
  if (o.key_value_seq_lengths.defined()) also(k < per_example(o.key_value_seq_lengths));
  return all;
}

// query: (B, T, K, G, H), key: (B, S, K, H). Gives (B, K, G, T, S).
Array logits_of(const Array& query, const Array& key, const Options& o) {
  DType dtype = promote_types(query.dtype(), DType::F32);
  Array dots =
      lax::dot_general(query, key, {{4}, {3}, {0, 2}, {0, 2}}, lax::Precision::Default, dtype);
  double scale = o.scale.value_or(1 / std::sqrt(static_cast<double>(key.shape(3))));
  Array logits = lax::transpose(dots, {0, 1, 3, 2, 4}) * scale;
  std::int64_t heads = key.shape(2), groups = query.shape(3);
  if (o.bias.defined()) {
    logits = np::astype(logits + by_group("bias", o.bias, heads, groups), dtype);
  }
  Array mask = o.mask.defined() ? by_group("mask", o.mask, heads, groups) : Array();
  Array may = allowed(mask, query.shape(1), key.shape(1), o);
  if (!may.defined()) return logits;
  double largest = std::min(lax::finfo(dtype).max, lax::finfo(DType::F32).max);
  return np::where(may, logits, -0.7 * largest);
}

// Zeros where the query is padding; encoded: (B, T, N, H).
Array without_padding(const Array& encoded, const Array& lengths) {
  Array position = lax::broadcasted_iota(DType::I32, {1, encoded.shape(1), 1, 1}, 1);
  Array real = position < lax::reshape(lengths, {lengths.shape(0), 1, 1, 1});
  return encoded * np::astype(real, encoded.dtype());
}

struct Attended {
  Array output, logits;
  Shape shape;  // the query's, and so the output's
};

Attended attend(const Array& query_in, const Array& key_in, const Array& value_in, Options o) {
  Array query = with_four_axes(query_in), key = with_four_axes(key_in);
  Array value = with_four_axes(value_in);
  o.bias = with_four_axes(o.bias);
  o.mask = with_four_axes(o.mask);
  check_operands(query, key, value, o);
  std::int64_t heads = key.shape(2), groups = query.shape(2) / heads;
  Shape grouped{query.shape(0), query.shape(1), heads, groups, query.shape(3)};
  Array logits = np::astype(logits_of(lax::reshape(query, grouped), key, o), DType::F32);
  Array probs = np::astype(softmax(logits, -1), key.dtype());
  Array encoded = lax::dot_general(probs, value, {{4}, {1}, {0, 1}, {0, 2}});  // (B, K, G, T, H)
  encoded = lax::reshape(lax::transpose(encoded, {0, 3, 1, 2, 4}), query.shape());
  if (o.query_seq_lengths.defined()) encoded = without_padding(encoded, o.query_seq_lengths);
  return {lax::reshape(encoded, query_in.shape()), logits, query_in.shape()};
}

}  // namespace

Array dot_product_attention(const Array& query, const Array& key, const Array& value,
                            const Options& options) {
  return attend(query, key, value, options).output;
}

std::pair<Array, Array> dot_product_attention_and_residual(const Array& query, const Array& key,
                                                           const Array& value,
                                                           const Options& options) {
  Attended out = attend(query, key, value, options);
  Array residual = np::astype(logsumexp(out.logits, {.axis = -1}), key.dtype());  // (B, K, G, T)
  residual = lax::transpose(residual, {0, 3, 1, 2});
  Shape shape(out.shape.begin(), out.shape.end() - 1);
  return {out.output, lax::stop_gradient(lax::reshape(residual, shape))};
}

}  // namespace linum::nn::functional
