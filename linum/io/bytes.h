// Bounded reading of binary formats: every access is checked, every error names file and offset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "linum/base/error.h"
#include "linum/base/shape.h"

namespace linum::io {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

inline ByteView view_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view text_of(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A position in bytes that came from `name` (a path, for messages).
class ByteReader {
 public:
  ByteReader(ByteView bytes, std::string name) : bytes_(bytes), name_(std::move(name)) {}

  std::size_t offset() const { return at_; }
  std::size_t left() const { return bytes_.size() - at_; }
  const std::string& name() const { return name_; }
  void seek(std::size_t offset, std::string_view what);

  // The next `count` bytes; throws IoError "<name>: offset 12: <what> needs 8 bytes, 3 are left".
  ByteView take(std::size_t count, std::string_view what);
  std::uint64_t little_endian(std::size_t width, std::string_view what);
  std::uint64_t big_endian(std::size_t width, std::string_view what);

  // Throws IoError "<name>: offset <offset()>: <message>".
  [[noreturn]] void fail(std::string_view message) const;

 private:
  ByteView bytes_;
  std::size_t at_ = 0;
  std::string name_;
};

void append_little_endian(std::string& out, std::uint64_t value, std::size_t width);

// The bytes of `shape` with elements of `item` bytes; -1 when that overflows or an extent is
// negative.
std::int64_t checked_byte_size(const Shape& shape, std::size_t item);

}  // namespace linum::io
