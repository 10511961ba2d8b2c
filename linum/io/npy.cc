#include "linum/io/npy.h"

#include <algorithm>
#include <utility>

#include "linum/io/file.h"
#include "linum/io/zip.h"

namespace linum::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
constexpr std::size_t kRoomToGrow = 21;  // digits that NumPy leaves for the first extent
constexpr std::size_t kMostRank = 64;    // NumPy's own limit

// --- dtypes -----------------------------------------------------------------------------------

// "<f4": byte order, kind, bytes. bfloat16 is two bytes of nothing in particular.
std::string descr_of(DType d) {
  if (is_storage_only(d)) {
    throw DTypeError(str_cat("npy files have no ", d, "; convert it (astype) to bfloat16, say"));
  }
  if (d == DType::BF16) return "<V2";
  const std::size_t bytes = item_size(d);
  const char kind = is_bool(d)           ? 'b'
                    : is_signed_int(d)   ? 'i'
                    : is_unsigned_int(d) ? 'u'
                    : is_complex(d)      ? 'c'
                                         : 'f';
  return str_cat(bytes == 1 ? '|' : '<', kind, bytes);
}

struct Element {
  DType dtype;
  bool big_endian;
};

Element parse_descr(std::string_view text, const ByteReader& in) {
  const char order = text.empty() ? '?' : text[0];
  const bool ordered = order == '<' || order == '>' || order == '|';
  for (int i = 0; ordered && i < kDTypeCount; ++i) {
    const auto d = static_cast<DType>(i);
    if (is_storage_only(d)) continue;
    if (descr_of(d).substr(1) == text.substr(1)) return {d, order == '>'};
  }
  in.fail(str_cat("elements of type '", text,
                  "' are not supported; expected bool, integer, float or complex numbers"));
}

// --- the header: a Python dictionary of three entries ------------------------------------------

struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
};

class HeaderParser {
 public:
  HeaderParser(ByteView text, const ByteReader& file) : text_(text_of(text)), file_(file) {}

  Header parse() {
    Header out;
    bool has_descr = false, has_order = false, has_shape = false;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted();
      expect(':');
      if (key == "descr" && !std::exchange(has_descr, true)) {
        out.descr = std::string(quoted());
      } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
        out.fortran_order = boolean();
      } else if (key == "shape" && !std::exchange(has_shape, true)) {
        out.shape = tuple();
      } else {
        fail(str_cat("the keys 'descr', 'fortran_order' and 'shape' once each, found '", key, "'"));
      }
      if (!accept(',') && peek() != '}') fail("',' or '}'");
    }
    if (!has_descr || !has_order || !has_shape) fail("the keys 'descr', 'fortran_order', 'shape'");
    if (peek() != '\0') fail("nothing behind the dictionary");
    return out;
  }

 private:
  char peek() {
    text_.remove_prefix(std::min(text_.find_first_not_of(" \n"), text_.size()));
    return text_.empty() ? '\0' : text_[0];
  }
  bool accept(char c) {
    if (peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(str_cat("'", c, "'"));
  }
  std::string_view quoted() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a string");
    const std::size_t end = text_.find(quote, 1);
    if (end == text_.npos) fail("the end of a string");
    const std::string_view out = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return out;
  }
  bool boolean() {
    peek();
    for (const std::string_view word : {"True", "False"}) {
      if (!text_.starts_with(word)) continue;
      text_.remove_prefix(word.size());
      return word == "True";
    }
    fail("True or False");
  }
  Shape tuple() {
    Shape out;
    expect('(');
    while (!accept(')')) {
      out.push_back(extent());
      if (out.size() > kMostRank) fail("at most 64 axes");
      if (!accept(',') && peek() != ')') fail("',' or ')'");
    }
    return out;
  }
  std::int64_t extent() {
    std::int64_t value = 0;
    bool any = false;
    for (peek(); !text_.empty() && text_[0] >= '0' && text_[0] <= '9'; text_.remove_prefix(1)) {
      any = true;
      if (__builtin_mul_overflow(value, std::int64_t{10}, &value) ||
          __builtin_add_overflow(value, std::int64_t{text_[0] - '0'}, &value)) {
        fail("an extent below 2^63");
      }
    }
    if (!any) fail("a number");
    if (!text_.empty() && text_[0] == 'L') text_.remove_prefix(1);  // Python 2 wrote longs so
    return value;
  }
  [[noreturn]] void fail(std::string_view expected) const {
    file_.fail(str_cat("the npy header: expected ", expected, " at '", text_.substr(0, 20), "'"));
  }

  std::string_view text_;
  const ByteReader& file_;
};

Header read_header(ByteReader& in) {
  if (in.left() < kMagic.size() || text_of(in.take(kMagic.size(), "the magic number")) != kMagic) {
    in.fail("expected the magic number of an npy file (\\x93NUMPY)");
  }
  const auto major = in.little_endian(1, "the version");
  in.little_endian(1, "the version");
  if (major < 1 || major > 3) in.fail(str_cat("npy version ", major, " is not supported"));
  const auto length = in.little_endian(major == 1 ? 2 : 4, "the header's length");
  return HeaderParser(in.take(length, "the header"), in).parse();
}

// --- elements ---------------------------------------------------------------------------------

void swap_bytes(HostArray& x) {
  const std::size_t width = item_size(real_part_of(x.dtype()));
  for (std::byte* p = x.data(); p != x.data() + x.byte_size(); p += width)
    std::reverse(p, p + width);
}

// Row-major, from what lies column by column.
HostArray from_columns(const HostArray& x, const Shape& shape) {
  std::vector<std::int64_t> strides;
  auto stride = static_cast<std::int64_t>(item_size(x.dtype()));
  for (std::int64_t extent : shape) {
    strides.push_back(stride);
    stride *= extent;
  }
  return HostArray::from_strided(x.dtype(), shape, strides, x.data());
}

std::string header_text(DType dtype, const Shape& shape) {
  std::string sizes;
  for (std::int64_t extent : shape) sizes += str_cat(sizes.empty() ? "" : ", ", extent);
  if (shape.size() == 1) sizes += ",";
  std::string out = str_cat("{'descr': '", descr_of(dtype), "', 'fortran_order': False, 'shape': (",
                            sizes, "), }");
  if (!shape.empty()) out.append(kRoomToGrow - std::to_string(shape[0]).size(), ' ');
  return out;
}

// Everything before the elements, padded so that these are aligned.
std::string preamble(DType dtype, const Shape& shape) {
  std::string header = header_text(dtype, shape);
  const bool is_short = header.size() + kAlignment < 0xffff;
  const std::size_t before = kMagic.size() + 2 + (is_short ? 2 : 4);
  header.append(kAlignment - (before + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::string out(kMagic);
  out += is_short ? '\1' : '\2';
  out += '\0';
  append_little_endian(out, header.size(), is_short ? 2 : 4);
  return out + header;
}

ByteView elements_of(const HostArray& x) { return {x.data(), x.byte_size()}; }

}  // namespace

HostArray parse_npy(ByteView bytes, const std::string& name) {
  ByteReader in(bytes, name);
  const Header header = read_header(in);
  const Element element = parse_descr(header.descr, in);
  const std::int64_t needed = checked_byte_size(header.shape, item_size(element.dtype));
  if (needed != static_cast<std::int64_t>(in.left())) {
    in.fail(str_cat("expected ",
                    needed < 0 ? std::string("more than 2^63") : std::to_string(needed),
                    " bytes of data for ", element.dtype, header.shape, ", found ", in.left()));
  }
  HostArray out(element.dtype, header.shape);
  const ByteView data = in.take(in.left(), "the data");
  std::copy(data.begin(), data.end(), out.data());
  if (element.big_endian) swap_bytes(out);
  return header.fortran_order ? from_columns(out, header.shape) : out;
}

std::map<std::string, HostArray> parse_npz(ByteView bytes, const std::string& name) {
  std::map<std::string, HostArray> out;
  for (const auto& [entry, data] : parse_zip(bytes, name)) {
    const std::string key = entry.ends_with(".npy") ? entry.substr(0, entry.size() - 4) : entry;
    out.emplace(key, parse_npy(data, str_cat(name, "/", entry)));
  }
  return out;
}

std::string npy_bytes(const HostArray& x) {
  return preamble(x.dtype(), x.shape()) + std::string(text_of(elements_of(x)));
}

}  // namespace linum::io

// --- jax.numpy's functions --------------------------------------------------------------------

namespace linum::np {
namespace {

std::string with_suffix(const std::string& path, std::string_view suffix) {
  return path.ends_with(suffix) ? path : str_cat(path, suffix);
}

}  // namespace

void save(const std::string& path, const Array& x) {
  const HostArray host = x.to_host();
  const std::string header = io::preamble(host.dtype(), host.shape());
  io::AtomicFile file(with_suffix(path, ".npy"));
  file.write(header);
  file.write(io::elements_of(host));
  file.commit();
}

Array load(const std::string& path) {
  const io::Bytes bytes = io::read_file(path);
  if (io::is_zip(bytes)) {
    throw IoError(str_cat(path, " is an npz file of several arrays; read it with np::load_npz"));
  }
  return Array::from_host(io::parse_npy(bytes, path));
}

void savez(const std::string& path, const std::map<std::string, Array>& arrays) {
  io::AtomicFile file(with_suffix(path, ".npz"));
  io::ZipWriter zip([&](io::ByteView bytes) { file.write(bytes); });
  for (const auto& [name, x] : arrays) {
    const HostArray host = x.to_host();
    const std::string header = io::preamble(host.dtype(), host.shape());
    zip.add(name + ".npy", {io::view_of(header), io::elements_of(host)});
  }
  zip.finish();
  file.commit();
}

void savez(const std::string& path, const std::vector<Array>& arrays) {
  std::map<std::string, Array> named;
  for (std::size_t i = 0; i < arrays.size(); ++i) named.emplace(str_cat("arr_", i), arrays[i]);
  savez(path, named);
}

std::map<std::string, Array> load_npz(const std::string& path) {
  std::map<std::string, Array> out;
  for (const auto& [name, host] : io::parse_npz(io::read_file(path), path))
    out.emplace(name, Array::from_host(host));
  return out;
}

}  // namespace linum::np
