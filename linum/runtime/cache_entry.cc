#include "linum/runtime/cache_entry.h"

#include <cstdio>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "linum/base/error.h"

namespace linum::runtime {
namespace {

constexpr std::string_view kMagic = "linum-xla-1\n";
constexpr std::size_t kDigestSize = 32;

}  // namespace

std::string hex_digest(std::string_view bytes) {
  XXH128_hash_t h = XXH3_128bits(bytes.data(), bytes.size());
  char text[kDigestSize + 1];
  std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(h.high64),
                static_cast<unsigned long long>(h.low64));
  return text;
}

std::string pack_cache_entry(std::string_view key, std::string_view payload) {
  return str_cat(kMagic, key, hex_digest(payload), payload);
}

std::optional<std::string> unpack_cache_entry(std::string_view bytes, std::string_view key) {
  for (std::string_view part : {kMagic, key}) {
    if (!bytes.starts_with(part)) return std::nullopt;
    bytes.remove_prefix(part.size());
  }
  if (bytes.size() < kDigestSize) return std::nullopt;
  std::string_view payload = bytes.substr(kDigestSize);
  if (bytes.substr(0, kDigestSize) != hex_digest(payload)) return std::nullopt;
  return std::string(payload);
}

}  // namespace linum::runtime
