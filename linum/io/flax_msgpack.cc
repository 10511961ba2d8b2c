#define MSGPACK_NO_BOOST
#include "linum/io/flax_msgpack.h"

#include <cstring>
#include <msgpack.hpp>

#include "linum/core/pytree.h"
#include "linum/io/state_dict.h"

namespace linum::io {
namespace {

constexpr std::int8_t kNdarray = 1, kNativeComplex = 2, kNpScalar = 3;  // flax's extension types
constexpr const char* kChunkedMark = "__msgpack_chunked_array__";
constexpr int kDeepest = 256;

// --- writing -----------------------------------------------------------------------------------

struct StringSink {
  std::string* out;
  void write(const char* data, std::size_t size) { out->append(data, size); }
};
using Packer = msgpack::packer<StringSink>;

std::uint32_t msgpack_size(std::size_t n) {
  if (n > UINT32_MAX) throw ValueError("msgpack holds at most 2^32 entries or bytes in one object");
  return static_cast<std::uint32_t>(n);
}

void pack_text(Packer& to, std::string_view text) {
  to.pack_str(msgpack_size(text.size()));
  to.pack_str_body(text.data(), msgpack_size(text.size()));
}

// (shape, dtype name, bytes), packed on its own and wrapped in an extension.
void pack_array(Packer& to, const Shape& shape, DType dtype, ByteView data) {
  std::string head;
  StringSink sink{&head};
  Packer inner(sink);
  inner.pack_array(3);
  inner.pack_array(msgpack_size(shape.size()));
  for (std::int64_t extent : shape) inner.pack(extent);
  pack_text(inner, name_of(dtype));
  inner.pack_bin(msgpack_size(data.size()));
  to.pack_ext(msgpack_size(head.size() + data.size()), kNdarray);
  to.pack_ext_body(head.data(), msgpack_size(head.size()));
  to.pack_ext_body(reinterpret_cast<const char*>(data.data()), msgpack_size(data.size()));
}

void pack_chunked(Packer& to, const HostArray& x, std::int64_t chunk_bytes) {
  auto width = static_cast<std::int64_t>(item_size(x.dtype()));
  std::int64_t step = std::max<std::int64_t>(1, chunk_bytes / width);
  to.pack_map(3);
  pack_text(to, kChunkedMark);
  to.pack(true);
  pack_text(to, "shape");
  to.pack_map(msgpack_size(x.shape().size()));
  for (std::size_t i = 0; i < x.shape().size(); ++i) {
    pack_text(to, std::to_string(i));
    to.pack(x.shape()[i]);
  }
  pack_text(to, "chunks");
  to.pack_map(msgpack_size(static_cast<std::size_t>((x.size() + step - 1) / step)));
  for (std::int64_t at = 0, i = 0; at < x.size(); at += step, ++i) {
    std::int64_t count = std::min(step, x.size() - at);
    pack_text(to, std::to_string(i));
    pack_array(to, {count}, x.dtype(),
               {x.data() + at * width, static_cast<std::size_t>(count * width)});
  }
}

void pack_tree(Packer& to, const Tree& t, std::int64_t chunk_bytes) {
  if (t.is_leaf()) {
    HostArray x = t.array().to_host();
    bool whole = static_cast<std::int64_t>(x.byte_size()) <= chunk_bytes;
    whole ? pack_array(to, x.shape(), x.dtype(), {x.data(), x.byte_size()})
          : pack_chunked(to, x, chunk_bytes);
  } else if (t.is_list()) {
    to.pack_array(msgpack_size(t.size()));
    for (const Tree& entry : t.as_list()) pack_tree(to, entry, chunk_bytes);
  } else if (t.is_dict()) {
    to.pack_map(msgpack_size(t.size()));
    for (auto& [key, entry] : t.as_dict()) {
      pack_text(to, key);
      pack_tree(to, entry, chunk_bytes);
    }
  } else if (auto* text = t.is_static()
                              ? dynamic_cast<const StaticOf<std::string>*>(t.as_static().get())
                              : nullptr) {
    pack_text(to, text->value);
  } else {
    to.pack_nil();
  }
}

// --- reading -----------------------------------------------------------------------------------

// msgpack's parser calls the visitor object by object and allocates nothing by declared sizes.
struct Visitor : msgpack::null_visitor {
  std::string name;
  std::size_t base = 0;  // offset of the parsed bytes in the file
  [[noreturn]] void fail(std::size_t offset, std::string_view message) const {
    throw IoError(str_cat(name, ": offset ", base + offset, ": ", message));
  }
  void parse_error(std::size_t, std::size_t at) { fail(at, "no valid msgpack"); }
  void insufficient_bytes(std::size_t, std::size_t at) {
    fail(at, "the msgpack data end too early; is the file cut off?");
  }
};

void parse_all(ByteView bytes, Visitor& check, auto& visitor) {
  std::size_t at = 0;
  const char* data = reinterpret_cast<const char*>(bytes.data());
  if (!msgpack::parse(data, bytes.size(), at, visitor) || at != bytes.size()) {
    check.fail(at, "expected one msgpack object and nothing behind it");
  }
}

// Contents of the ndarray extension.
struct NdarrayVisitor : Visitor {
  int depth = 0;
  int arrays = 0;
  Shape shape;
  std::string dtype;
  ByteView data;
  bool has_data = false;

  bool start_array(std::uint32_t) { return ++depth <= 2 && ++arrays <= 2; }
  bool end_array() { return --depth >= 0; }
  bool visit_positive_integer(std::uint64_t v) {
    shape.push_back(static_cast<std::int64_t>(v));
    return depth == 2 && v <= INT64_MAX;
  }
  bool visit_str(const char* text, std::uint32_t size) {
    bool name = dtype.empty();
    if (name) {
      dtype.assign(text, size);
    } else {
      visit_bin(text, size);
    }
    return depth == 1;
  }
  bool visit_bin(const char* bytes, std::uint32_t size) {
    data = view_of({bytes, size});
    return depth == 1 && !std::exchange(has_data, true);
  }
  bool visit_nil() { return false; }
  bool visit_boolean(bool) { return false; }
  bool visit_negative_integer(std::int64_t) { return false; }
  bool visit_float32(float) { return false; }
  bool visit_float64(double) { return false; }
  bool visit_ext(const char*, std::uint32_t) { return false; }
  bool start_map(std::uint32_t) { return false; }
};

HostArray read_ndarray(ByteView bytes, const std::string& name, std::size_t offset) {
  NdarrayVisitor v;
  v.name = name;
  v.base = offset;
  parse_all(bytes, v, v);
  if (v.arrays != 2 || v.dtype.empty() || !v.has_data) {
    v.fail(0, "an array needs (shape, dtype, bytes)");
  }
  DType dtype;
  try {
    dtype = dtype_from_name(v.dtype);
  } catch (const DTypeError& e) {
    v.fail(0, e.what());
  }
  if (checked_byte_size(v.shape, item_size(dtype)) != static_cast<std::int64_t>(v.data.size())) {
    v.fail(0, str_cat(v.data.size(), " bytes do not fit ", v.dtype, to_text(v.shape)));
  }
  HostArray out(dtype, v.shape);
  std::memcpy(out.data(), v.data.data(), v.data.size());
  return out;
}

struct ComplexVisitor : Visitor {
  std::vector<double> parts;
  bool visit_float64(double v) { return parts.push_back(v), parts.size() <= 2; }
};

Array read_complex(ByteView bytes, const std::string& name, std::size_t offset) {
  ComplexVisitor v;
  v.name = name;
  v.base = offset;
  parse_all(bytes, v, v);
  if (v.parts.size() != 2) v.fail(0, "a complex number needs two parts");
  return Array(std::complex<double>(v.parts[0], v.parts[1]));
}

// Flax splits large arrays into {mark, "shape": {"0": n, ...}, "chunks": {"0": part, ...}}.
HostArray join_chunks(const Tree& t, const std::string& name) {
  auto refuse = [&] { throw IoError(str_cat(name, ": a chunked array is not whole")); };
  const Tree *shape_entry = t.find("shape"), *chunks = t.find("chunks");
  if (!shape_entry || !shape_entry->is_dict() || !chunks || !chunks->is_dict()) refuse();
  Shape shape;
  for (std::size_t i = 0; i < shape_entry->size(); ++i) {
    const Tree* extent = shape_entry->find(std::to_string(i));
    if (!extent || !extent->is_leaf() || extent->array().ndim() != 0) refuse();
    shape.push_back(extent->array().item<std::int64_t>());
  }
  std::vector<HostArray> parts;
  std::size_t total = 0;
  for (std::size_t i = 0; i < chunks->size(); ++i) {
    const Tree* part = chunks->find(std::to_string(i));
    if (!part || !part->is_leaf()) refuse();
    parts.push_back(part->array().to_host());
    total += parts.back().byte_size();
    if (parts.back().dtype() != parts.front().dtype()) refuse();
  }
  DType dtype = parts.empty() ? DType::F32 : parts.front().dtype();
  if (checked_byte_size(shape, item_size(dtype)) != static_cast<std::int64_t>(total)) refuse();
  HostArray out(dtype, shape);
  std::byte* at = out.data();
  for (const HostArray& part : parts) at = std::copy_n(part.data(), part.byte_size(), at);
  return out;
}

class TreeVisitor : public Visitor {
 public:
  TreeVisitor(ByteView all, std::string file) : start_(all.data()) { name = std::move(file); }
  Tree take() { return std::move(root_); }

  bool visit_nil() { return put(Tree()); }
  bool visit_boolean(bool v) { return put(Array(v)); }
  bool visit_positive_integer(std::uint64_t v) { return put(Array(v)); }
  bool visit_negative_integer(std::int64_t v) { return put(Array(v)); }
  bool visit_float32(float v) { return put(Array(v)); }
  bool visit_float64(double v) { return put(Array(v)); }
  bool visit_str(const char* text, std::uint32_t size) {
    if (!open_.empty() && open_.back().in_key) {
      open_.back().key.assign(text, size);
      return true;
    }
    return put(to_tree(std::string(text, size)));
  }
  bool visit_bin(const char* text, std::uint32_t size) {
    if (!open_.empty() && open_.back().in_key)
      fail(offset(text), "dictionary keys must be strings");
    return put(to_tree(std::string(text, size)));
  }
  bool visit_ext(const char* data, std::uint32_t size) {
    if (size < 1) fail(offset(data), "an empty msgpack extension");
    ByteView body = view_of({data + 1, size - 1});  // the type comes first
    if (*data == kNativeComplex) return put(read_complex(body, name, offset(data) + 1));
    if (*data != kNdarray && *data != kNpScalar) {
      fail(offset(data), str_cat("unknown msgpack extension type ", static_cast<int>(*data)));
    }
    return put(Array::from_host(read_ndarray(body, name, offset(data) + 1)));
  }
  bool start_array(std::uint32_t) { return open(Tree::list({})); }
  bool end_array() { return close(); }
  bool start_map(std::uint32_t) { return open(Tree::empty_dict()); }
  bool end_map() {
    Tree& t = open_.back().node;
    if (t.as_dict().contains(kChunkedMark)) t = Array::from_host(join_chunks(t, name));
    return close();
  }
  bool start_map_key() { return open_.back().in_key = true; }
  bool end_map_key() {
    open_.back().in_key = false;
    return true;
  }

 private:
  struct Level {
    Tree node;
    std::string key;
    bool in_key = false;
  };
  std::size_t offset(const char* p) const {
    return static_cast<std::size_t>(reinterpret_cast<const std::byte*>(p) - start_);
  }
  bool open(Tree node) {
    if (open_.size() >= kDeepest) fail(0, str_cat("the tree is nested deeper than ", kDeepest));
    if (!open_.empty() && open_.back().in_key) fail(0, "dictionary keys must be strings");
    open_.push_back({std::move(node), "", false});
    return true;
  }
  bool close() {
    Tree done = std::move(open_.back().node);
    open_.pop_back();
    return put(std::move(done));
  }
  bool put(Tree value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Level& top = open_.back();
    if (top.in_key) fail(0, "dictionary keys must be strings");
    if (top.node.is_list()) {
      top.node.mutable_list().push_back(std::move(value));
    } else if (!top.node.mutable_dict().emplace(top.key, std::move(value)).second) {
      fail(0, str_cat("the key '", top.key, "' occurs twice"));
    }
    return true;
  }

  const std::byte* start_;
  std::vector<Level> open_;
  Tree root_;
};

}  // namespace

std::string msgpack_serialize(const Tree& tree, std::int64_t chunk_bytes) {
  std::string out;
  StringSink sink{&out};
  Packer packer(sink);
  pack_tree(packer, tree, chunk_bytes);
  return out;
}

Tree msgpack_restore(ByteView bytes, const std::string& name) {
  TreeVisitor v(bytes, name);
  parse_all(bytes, v, v);
  return v.take();
}

std::string to_bytes(const Tree& target) { return msgpack_serialize(to_state_dict(target)); }
Tree from_bytes(const Tree& target, ByteView bytes) {
  return from_state_dict(target, msgpack_restore(bytes));
}

}  // namespace linum::io
