#include "linum/export/exported_file.h"

#include <cstring>

#include "linum/runtime/cache_entry.h"

namespace linum {
namespace {

using io::ByteReader;

constexpr std::string_view kMagic = "linum-export";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kDigestSize = 32;
constexpr int kDeepestTree = 100;

enum Node : std::uint8_t { kNothing, kLeaf, kList, kDict };

// --- writing ---------------------------------------------------------------------------------

void put(std::string& out, std::uint64_t value, std::size_t width = 8) {
  io::append_little_endian(out, value, width);
}
void put_text(std::string& out, std::string_view text) {
  put(out, text.size());
  out += text;
}

void put_tree(std::string& out, const Tree& t) {
  if (t.is_none()) {
    put(out, kNothing, 1);
  } else if (t.is_leaf()) {
    put(out, kLeaf, 1);
  } else if (t.is_list()) {
    put(out, kList, 1);
    put(out, t.size());
    for (const Tree& e : t.as_list()) put_tree(out, e);
  } else if (t.is_dict()) {
    put(out, kDict, 1);
    put(out, t.size());
    for (auto& [key, e] : t.as_dict()) put_text(out, key), put_tree(out, e);
  } else {
    throw TreeError(str_cat("export: a static value (", t.as_static()->to_string(),
                            ") is an argument or result, which a file cannot hold; fix it in a "
                            "lambda around the function"));
  }
}
void put_structure(std::string& out, const TreeDef& def) {
  put_tree(out, def.unflatten(std::vector<Array>(def.num_leaves(), Array(0))));
}

void put_array(std::string& out, const HostArray& x) {
  put_text(out, name_of(x.dtype()));
  put(out, x.shape().size());
  for (std::int64_t extent : x.shape()) put(out, static_cast<std::uint64_t>(extent));
  out.append(reinterpret_cast<const char*>(x.data()), x.byte_size());
}

std::string body_of(const ExportedData& d) {
  std::string out;
  put_text(out, d.name);
  put_structure(out, d.in);
  put_structure(out, d.out);
  for (const auto* marks : {&d.in_batched, &d.out_batched})
    for (bool m : *marks) put(out, m, 1);
  put(out, d.captured.size());
  for (const HostArray& x : d.captured) put_array(out, x);
  put_text(out, d.code_key);
  put(out, d.programs.size());
  for (const ExportedProgram& p : d.programs) {
    put(out, static_cast<std::uint64_t>(p.batch));
    put_text(out, p.text);
    put_text(out, p.code);
  }
  return out;
}

// --- reading ---------------------------------------------------------------------------------

std::string get_text(ByteReader& in, std::string_view what) {
  std::uint64_t size = in.little_endian(8, what);
  if (size > in.left()) in.fail(str_cat(what, " of ", size, " bytes, ", in.left(), " are left"));
  return std::string(io::text_of(in.take(size, what)));
}

Tree get_tree(ByteReader& in, int depth = 0) {
  if (depth > kDeepestTree) in.fail("the tree is too deep");
  std::uint64_t kind = in.little_endian(1, "a tree");
  if (kind == kNothing) return Tree();
  if (kind == kLeaf) return Array(0);
  if (kind > kDict) in.fail(str_cat("a tree node of the unknown kind ", kind));
  std::uint64_t count = in.little_endian(8, "a tree");
  Tree::List list;
  Tree::Dict dict;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (kind == kList) {
      list.push_back(get_tree(in, depth + 1));
    } else {
      std::string key = get_text(in, "a key");
      if (!dict.empty() && key <= dict.rbegin()->first)
        in.fail("the keys of a tree are not sorted");
      dict.emplace(std::move(key), get_tree(in, depth + 1));
    }
  }
  return kind == kList ? Tree(std::move(list)) : Tree(std::move(dict));
}

std::vector<bool> get_marks(ByteReader& in, std::size_t count) {
  std::vector<bool> out;
  for (std::byte b : in.take(count, "the marks of batched leaves")) {
    if (std::to_integer<int>(b) > 1) in.fail("a mark that is neither 0 nor 1");
    out.push_back(b != std::byte{0});
  }
  return out;
}

DType get_dtype(ByteReader& in) {
  std::string name = get_text(in, "a dtype");
  try {
    return dtype_from_name(name);
  } catch (const DTypeError& e) {
    in.fail(e.what());
  }
}

HostArray get_array(ByteReader& in) {
  DType dtype = get_dtype(in);
  std::uint64_t rank = in.little_endian(8, "an array's rank");
  Shape shape;
  for (std::uint64_t i = 0; i < rank; ++i)
    shape.push_back(static_cast<std::int64_t>(in.little_endian(8, "an array's shape")));
  std::int64_t bytes = io::checked_byte_size(shape, item_size(dtype));
  if (bytes < 0) in.fail("an array's shape is impossible");
  io::ByteView data = in.take(static_cast<std::size_t>(bytes), "a captured array");
  HostArray out(dtype, std::move(shape));
  if (!data.empty()) std::memcpy(out.data(), data.data(), data.size());
  return out;
}

// --- consistency -----------------------------------------------------------------------------

// The shape of a leaf where the batch has the size `batch`.
bool fits(const Aval& first, const Aval& other, bool batched, std::int64_t batch) {
  Shape shape = first.shape();
  if (batched && shape.empty()) return false;
  if (batched) shape[0] = batch;
  return other.dtype() == first.dtype() && other.shape() == shape;
}

void check_types(ByteReader& in, std::span<const Aval> first, std::span<const Aval> other,
                 const std::vector<bool>& batched, std::int64_t batch) {
  if (other.size() != batched.size()) {
    in.fail(str_cat("a program of ", other.size(), " arrays where the tree has ", batched.size()));
  }
  for (std::size_t i = 0; i < other.size(); ++i)
    if (!fits(first[i], other[i], batched[i], batch))
      in.fail(str_cat("the programs do not agree: ", first[i], " and ", other[i]));
}

// All programs take the captured arrays and the leaves, each in its batch size.
void check_program(ByteReader& in, const ExportedData& d, const StableHloSignature& first,
                   const StableHloSignature& other, std::int64_t batch) {
  if (other.inputs.size() < d.captured.size()) in.fail("a program does not take what is captured");
  for (std::size_t i = 0; i < d.captured.size(); ++i)
    if (other.inputs[i].in_memory(MemorySpace::Device) !=
        Aval(d.captured[i].dtype(), d.captured[i].shape()))
      in.fail(str_cat("a program takes ", other.inputs[i], " for another captured array"));
  auto leaves = [&](const StableHloSignature& s) {
    return std::span<const Aval>(s.inputs).subspan(d.captured.size());
  };
  check_types(in, leaves(first), leaves(other), d.in_batched, batch);
  check_types(in, first.outputs, other.outputs, d.out_batched, batch);
}

void get_programs(ByteReader& in, ExportedData& d) {
  bool batched = false;
  for (bool b : d.in_batched) batched = batched || b;
  std::uint64_t count = in.little_endian(8, "the count of programs");
  if (count == 0 || (!batched && count != 1)) in.fail("a wrong count of programs");
  StableHloSignature first;
  for (std::uint64_t i = 0; i < count; ++i) {
    ExportedProgram p;
    p.batch = static_cast<std::int64_t>(in.little_endian(8, "a batch size"));
    std::int64_t least = i > 0 ? d.programs.back().batch + 1 : batched ? 1 : 0;
    if (p.batch < least || (!batched && p.batch != 0)) in.fail("a wrong batch size");
    p.text = get_text(in, "a program");
    p.code = get_text(in, "compiled code");
    StableHloSignature types = parse_stablehlo_signature(p.text, in.name());
    if (i == 0) first = types;
    check_program(in, d, first, types, p.batch);
    d.programs.push_back(std::move(p));
  }
}

}  // namespace

std::string write_exported(const ExportedData& d) {
  std::string body = body_of(d), out(kMagic);
  put(out, kVersion, 4);
  put(out, body.size());
  return out + runtime::hex_digest(body) + body;
}

ExportedData parse_exported_body(ByteReader& in) {
  ExportedData d;
  d.name = get_text(in, "the name");
  d.in = TreeDef(get_tree(in));
  d.out = TreeDef(get_tree(in));
  d.in_batched = get_marks(in, d.in.num_leaves());
  d.out_batched = get_marks(in, d.out.num_leaves());
  std::uint64_t captured = in.little_endian(8, "the count of captured arrays");
  for (std::uint64_t i = 0; i < captured; ++i) d.captured.push_back(get_array(in));
  d.code_key = get_text(in, "the key of compiled code");
  get_programs(in, d);
  if (in.left() > 0) in.fail(str_cat(in.left(), " bytes are left over"));
  return d;
}

ExportedData parse_exported(io::ByteView bytes, const std::string& name) {
  ByteReader in(bytes, name);
  if (in.left() < kMagic.size() || io::text_of(in.take(kMagic.size(), "the magic")) != kMagic) {
    in.seek(0, "the magic");
    in.fail("this is no function saved by Linum's export");
  }
  std::uint64_t version = in.little_endian(4, "the version");
  if (version != kVersion) {
    in.fail(str_cat("the format has version ", version, ", this Linum reads ", kVersion));
  }
  std::uint64_t size = in.little_endian(8, "the size");
  std::string digest(io::text_of(in.take(kDigestSize, "the checksum")));
  if (size != in.left())
    in.fail(str_cat("the body has ", in.left(), " bytes, ", size, " are told"));
  if (runtime::hex_digest(io::text_of(bytes.subspan(in.offset()))) != digest) {
    in.fail("the checksum does not fit: the file is damaged");
  }
  return parse_exported_body(in);
}

}  // namespace linum
