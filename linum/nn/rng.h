// LazyRng: a random key and what is still to be folded into it (flax.core.scope.LazyRng).
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "linum/core/array.h"

namespace linum::nn {

// A module's name on the path, or the count of keys drawn so far.
using RngFold = std::variant<std::string, std::uint64_t>;

struct LazyRng {
  Array key;                   // uint32[2]
  std::vector<RngFold> folds;  // hashed with SHA-1, all at once, when the key is needed

  LazyRng with(RngFold fold) const;
  // random::fold_in(key, first 32 bits of the hash); the key itself when there is nothing to fold.
  Array as_key() const;
};

// The 32 bits that Flax derives from a path (with its default, separator-free encoding).
std::uint32_t hash_of(const std::vector<RngFold>& folds);

// The random streams of one init or apply. A bare key is the "params" stream.
class Rngs {
 public:
  Rngs() = default;
  // A template, so that braces never mean it: `{.mutable_collections = {"x"}}` is ApplyOptions.
  template <std::convertible_to<Array> Key>
  Rngs(Key key) : keys_{{"params", Array(std::move(key))}} {}
  Rngs(std::initializer_list<std::pair<const std::string, Array>> keys) : keys_(keys) {}
  Rngs(std::map<std::string, Array> keys) : keys_(std::move(keys)) {}

  const std::map<std::string, Array>& keys() const { return keys_; }
  // Throws InvalidRngError unless each is a uint32[2].
  void check(std::string_view module) const;

 private:
  std::map<std::string, Array> keys_;
};

}  // namespace linum::nn
