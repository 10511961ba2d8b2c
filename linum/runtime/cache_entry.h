// The file format of a compiled program on disk: magic, key, the payload's checksum, the payload.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace linum::runtime {

// 128 bits in hex: for keys and checksums, not against adversaries.
std::string hex_digest(std::string_view bytes);

std::string pack_cache_entry(std::string_view key, std::string_view payload);
// The payload; nothing when the bytes are damaged, of another version, or of another key.
std::optional<std::string> unpack_cache_entry(std::string_view bytes, std::string_view key);

}  // namespace linum::runtime
