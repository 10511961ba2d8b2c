// Random keys: where every random number comes from (jax.random, threefry2x32, partitionable).
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "linum/core/array.h"

namespace linum::random {

// A key: uint32 of shape (2,). The same seed gives JAX's bits. As in JAX with 32-bit defaults, only
// the low 32 bits of a number count; an int64 or uint64 array keeps all 64.
Array key(std::int64_t seed);
Array key(const Array& seed);
Array PRNGKey(std::int64_t seed);
Array PRNGKey(const Array& seed);

// `num` independent keys, of shape (num, 2) or (...shape, 2). The old key must not be used again.
Array split(const Array& key, std::int64_t num = 2);
Array split(const Array& key, const Shape& shape);
// The same keys one by one, for `auto [params_key, dropout_key] = random::split<2>(key);`
std::vector<Array> split_list(const Array& key, std::int64_t num);
template <std::size_t N>
std::array<Array, N> split(const Array& key) {
  std::vector<Array> keys = split_list(key, static_cast<std::int64_t>(N));
  return [&]<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<Array, N>{std::move(keys[I])...};
  }
  (std::make_index_sequence<N>());
}
// A new key from a key and a number (uint32): of a step, a device, a layer's name.
Array fold_in(const Array& key, const Array& data);

// Uniform random bits; dtype is an unsigned integer.
Array bits(const Array& key, const Shape& shape = {}, DType dtype = uint32);

// The words of a key, and back: keys are their words here, so these check the type only.
Array key_data(const Array& keys);
Array wrap_key_data(const Array& words);
// A key for one more use, on purpose.
Array clone(const Array& key);
// "threefry2x32"
std::string_view key_impl(const Array& keys);

}  // namespace linum::random
