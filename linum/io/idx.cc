#include "linum/io/idx.h"

#include <algorithm>

#include "linum/io/file.h"
#include "linum/io/gzip.h"

namespace linum::io {
namespace {

DType element_type(std::uint64_t code, const ByteReader& in) {
  switch (code) {
    case 0x08:
      return DType::U8;
    case 0x09:
      return DType::I8;
    case 0x0b:
      return DType::I16;
    case 0x0c:
      return DType::I32;
    case 0x0d:
      return DType::F32;
    case 0x0e:
      return DType::F64;
  }
  in.fail(str_cat("expected an idx element type (8, 9, 11, 12, 13 or 14), found ", code));
}

// Copies big-endian elements into host (little-endian) order.
void copy_elements(ByteView from, HostArray& to) {
  std::size_t width = item_size(to.dtype());
  std::copy(from.begin(), from.end(), to.data());
  if (width == 1) return;
  for (std::byte* p = to.data(); p != to.data() + from.size(); p += width)
    std::reverse(p, p + width);
}

}  // namespace

HostArray parse_idx(ByteView bytes, const std::string& name) {
  if (is_gzip(bytes)) return parse_idx(gunzip(bytes, name), name);
  ByteReader in(bytes, name);
  if (bytes.size() < 4 || in.big_endian(2, "the idx magic number") != 0) {
    ByteReader(bytes, name)
        .fail("expected the magic number of an idx file (two zero bytes, an element type, a rank)");
  }
  DType dtype = element_type(in.big_endian(1, "the element type"), in);
  auto rank = in.big_endian(1, "the rank");
  Shape shape;
  for (std::uint64_t i = 0; i < rank; ++i) {
    shape.push_back(static_cast<std::int64_t>(in.big_endian(4, "a dimension")));
  }
  std::int64_t needed = checked_byte_size(shape, item_size(dtype));
  if (needed != static_cast<std::int64_t>(in.left())) {
    in.fail(str_cat("expected ",
                    needed < 0 ? std::string("more than 2^63") : std::to_string(needed),
                    " bytes of data for ", name_of(dtype), to_text(shape), ", found ", in.left()));
  }
  HostArray out(dtype, shape);
  copy_elements(in.take(in.left(), "the data"), out);
  return out;
}

HostArray read_idx(const std::string& path) { return parse_idx(read_file(path), path); }

}  // namespace linum::io
