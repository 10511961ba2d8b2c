// Zip archives, as far as npz files need them.
#pragma once

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>

#include "linum/io/bytes.h"

namespace linum::io {

bool is_zip(ByteView bytes);
// The entries of an archive by name, inflated. Throws IoError for archives that are damaged, have a
// name twice, are encrypted, in several parts, or compressed by another method than deflate.
std::map<std::string, Bytes> parse_zip(ByteView bytes, const std::string& name);

// Writes an archive of uncompressed entries, of any size (zip64); `sink` gets its bytes in order.
class ZipWriter {
 public:
  using Sink = std::function<void(ByteView)>;
  explicit ZipWriter(Sink sink) : sink_(std::move(sink)) {}

  // An entry made of these parts.
  void add(std::string_view name, std::initializer_list<ByteView> parts);
  void finish();

 private:
  void write(std::string_view text);
  Sink sink_;
  std::uint64_t offset_ = 0, entries_ = 0;
  std::string directory_;
};

}  // namespace linum::io
