#include "linum/runtime/cache_entry.h"

#include <cstdlib>

#include "fuzz/target.h"

using linum::runtime::pack_cache_entry, linum::runtime::unpack_cache_entry;

// What is taken for an entry is one, byte by byte; what is packed is taken.
void parse(linum::io::ByteView bytes) {
  std::string_view text = linum::io::text_of(bytes);
  if (auto payload = unpack_cache_entry(text, "key"))
    if (pack_cache_entry("key", *payload) != text) std::abort();
  if (unpack_cache_entry(pack_cache_entry("key", text), "key") != text) std::abort();
}
