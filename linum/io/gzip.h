// Decompression through zlib.
#pragma once

#include "linum/io/bytes.h"

namespace linum::io {

bool is_gzip(ByteView bytes);
// All members of a gzip stream; throws IoError naming `name` and the compressed offset.
Bytes gunzip(ByteView bytes, const std::string& name);
// A raw deflate stream (of a zip entry) that gives exactly `size` bytes.
Bytes inflate_raw(ByteView bytes, std::size_t size, const std::string& name);

}  // namespace linum::io
