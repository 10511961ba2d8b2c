#include "linum/nn/rng.h"

#include "linum/core/value.h"
#include "linum/nn/errors.h"
#include "linum/nn/sha1.h"
#include "linum/random/random.h"

namespace linum::nn {
namespace {

// A string's bytes, or the fewest bytes that hold a number, the highest first.
void append_bytes(std::string& out, const RngFold& fold) {
  if (auto* text = std::get_if<std::string>(&fold)) {
    out += *text;
    return;
  }
  std::uint64_t number = std::get<std::uint64_t>(fold);
  int shift = 64;
  while (shift > 0 && (number >> (shift - 8)) == 0) shift -= 8;
  for (shift -= 8; shift >= 0; shift -= 8) out.push_back(static_cast<char>(number >> shift));
}

}  // namespace

LazyRng LazyRng::with(RngFold fold) const {
  LazyRng out = *this;
  out.folds.push_back(std::move(fold));
  return out;
}

std::uint32_t hash_of(const std::vector<RngFold>& folds) {
  std::string bytes;
  for (const RngFold& fold : folds) append_bytes(bytes, fold);
  auto d = sha1(bytes);
  return std::uint32_t{d[0]} << 24 | std::uint32_t{d[1]} << 16 | std::uint32_t{d[2]} << 8 | d[3];
}

Array LazyRng::as_key() const {
  if (folds.empty()) return key;
  return random::fold_in(key, make_integer_scalar(hash_of(folds), DType::U32));
}

void Rngs::check(std::string_view module) const {
  for (auto& [name, key] : keys_) {
    bool valid = key.defined() && key.dtype() == DType::U32 && key.shape() == Shape{2};
    if (valid) continue;
    throw InvalidRngError(str_cat("RNGs should be keys of shape (2,) and dtype uint32 in Module ",
                                  module, ", but \"", name, "\" is ",
                                  key.defined() ? key.aval().to_string() : "undefined",
                                  ". Make one with random::key(seed)"));
  }
}

}  // namespace linum::nn
