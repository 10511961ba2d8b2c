#include "linum/io/bytes.h"

namespace linum::io {

void ByteReader::fail(std::string_view message) const {
  throw IoError(str_cat(name_, ": offset ", at_, ": ", message));
}

void ByteReader::seek(std::size_t offset, std::string_view what) {
  if (offset > bytes_.size()) {
    fail(str_cat(what, " is at offset ", offset, ", behind the end at ", bytes_.size()));
  }
  at_ = offset;
}

ByteView ByteReader::take(std::size_t count, std::string_view what) {
  if (count > left()) fail(str_cat(what, " needs ", count, " bytes, ", left(), " are left"));
  ByteView out = bytes_.subspan(at_, count);
  at_ += count;
  return out;
}

std::uint64_t ByteReader::little_endian(std::size_t width, std::string_view what) {
  std::uint64_t value = 0;
  ByteView raw = take(width, what);
  for (std::size_t i = width; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(raw[i]);
  return value;
}

std::uint64_t ByteReader::big_endian(std::size_t width, std::string_view what) {
  std::uint64_t value = 0;
  for (std::byte b : take(width, what)) value = value << 8 | std::to_integer<std::uint64_t>(b);
  return value;
}

void append_little_endian(std::string& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::int64_t checked_byte_size(const Shape& shape, std::size_t item) {
  auto bytes = static_cast<std::int64_t>(item);
  for (std::int64_t extent : shape) {
    if (extent < 0 || __builtin_mul_overflow(bytes, extent, &bytes)) return -1;
  }
  return bytes;
}

}  // namespace linum::io
