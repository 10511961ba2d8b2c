#include "linum/io/safetensors.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "linum/io/file.h"
#include "linum/io/safetensors_dtypes.h"

namespace linum::io {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct NamedDType {
  DType dtype;
  std::string_view name;
};
constexpr auto kDTypes = std::to_array<NamedDType>({{DType::Bool, "BOOL"},
                                                    {DType::I8, "I8"},
                                                    {DType::I16, "I16"},
                                                    {DType::I32, "I32"},
                                                    {DType::I64, "I64"},
                                                    {DType::U8, "U8"},
                                                    {DType::U16, "U16"},
                                                    {DType::U32, "U32"},
                                                    {DType::U64, "U64"},
                                                    {DType::F16, "F16"},
                                                    {DType::BF16, "BF16"},
                                                    {DType::F32, "F32"},
                                                    {DType::F64, "F64"},
                                                    {DType::C64, "C64"},
                                                    {DType::F8E4M3FN, "F8_E4M3"},
                                                    {DType::F8E5M2, "F8_E5M2"},
                                                    {DType::F8E4M3FNUZ, "F8_E4M3FNUZ"},
                                                    {DType::F8E5M2FNUZ, "F8_E5M2FNUZ"}});

using Item = std::pair<const std::string, HostArray>;

// Wide elements first, then by name: every array then lies aligned for its type.
std::vector<const Item*> order_on_disk(const NamedArrays& arrays) {
  std::vector<const Item*> out;
  for (auto& item : arrays) out.push_back(&item);
  std::stable_sort(out.begin(), out.end(), [](auto* a, auto* b) {
    return item_size(a->second.dtype()) > item_size(b->second.dtype());
  });
  return out;
}

std::string make_header(const std::vector<const Item*>& arrays, const Metadata& metadata) {
  OrderedJson header = OrderedJson::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (auto* item : arrays) {
    const HostArray& x = item->second;
    header[item->first] = {{"dtype", safetensors_name_of(x.dtype())},
                           {"shape", x.shape()},
                           {"data_offsets", {at, at + x.byte_size()}}};
    at += x.byte_size();
  }
  std::string text;
  try {
    text = header.dump();
  } catch (const OrderedJson::exception& e) {
    throw ValueError(str_cat("a name or metadata is no valid UTF-8: ", e.what()));
  }
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

SafetensorsHeader read_header(const RandomAccessFile& file) {
  Bytes prefix(std::min<std::uint64_t>(file.size(), 8));
  file.read(0, prefix);
  if (prefix.size() == 8) {
    std::uint64_t length = ByteReader(prefix, file.path()).little_endian(8, "the header length");
    prefix.resize(8 + std::min({length, file.size() - 8, std::uint64_t{100'000'000}}));
    file.read(0, prefix);
  }
  return parse_safetensors_header(prefix, file.size(), file.path());
}

}  // namespace

std::string_view safetensors_name_of(DType dtype) {
  for (auto& known : kDTypes)
    if (known.dtype == dtype) return known.name;
  throw DTypeError(str_cat("safetensors cannot hold ", name_of(dtype),
                           "; convert the array (complex128: save its real and imaginary parts)"));
}

DType dtype_of_safetensors(std::string_view dtype, const std::string& file,
                           const std::string& tensor) {
  for (auto& known : kDTypes)
    if (known.name == dtype) return known.dtype;
  throw IoError(str_cat(file, ": tensor '", tensor, "' has the unknown dtype '", dtype, "'"));
}

SafetensorsFile::SafetensorsFile(const std::string& path)
    : file_(std::make_shared<RandomAccessFile>(path)), header_(read_header(*file_)) {}

HostArray SafetensorsFile::read(const std::string& tensor) const {
  auto it = header_.tensors.find(tensor);
  if (it == header_.tensors.end()) {
    std::string known;
    for (auto& [name, entry] : header_.tensors)
      known += str_cat(known.empty() ? "'" : ", '", name, "'");
    throw IoError(str_cat(file_->path(), ": no tensor '", tensor, "'; there are ", known));
  }
  HostArray out(it->second.dtype, it->second.shape);
  file_->read(it->second.begin, {out.data(), out.byte_size()});
  return out;
}

void save_safetensors(const std::string& path, const NamedArrays& arrays,
                      const Metadata& metadata) {
  if (arrays.contains("__metadata__")) {
    throw ValueError("the name __metadata__ is reserved by safetensors; rename the array");
  }
  std::vector<const Item*> ordered = order_on_disk(arrays);
  std::string header = make_header(ordered, metadata), length;
  append_little_endian(length, header.size(), 8);
  AtomicFile file(path);
  file.write(length);
  file.write(header);
  for (auto* item : ordered) file.write({item->second.data(), item->second.byte_size()});
  file.commit();
}

void save_safetensors(const std::string& path, const Tree& tree, const Metadata& metadata) {
  NamedArrays arrays;
  for (auto& [name, x] : tree::leaves_with_path(tree)) {
    if (!arrays.emplace(name, x.to_host()).second) {
      throw TreeError(str_cat("two leaves have the path '", name, "'; a key contains a '/'"));
    }
  }
  save_safetensors(path, arrays, metadata);
}

NamedArrays load_safetensors_arrays(const std::string& path) {
  SafetensorsFile file(path);
  NamedArrays out;
  for (auto& [name, entry] : file.tensors()) out.emplace(name, file.read(name));
  return out;
}

Tree load_safetensors(const std::string& path) {
  SafetensorsFile file(path);
  Tree out = Tree::empty_dict();
  for (auto& [name, entry] : file.tensors()) {
    Array x = Array::from_host(file.read(name));
    try {
      out.set(name, std::move(x));
    } catch (const TreeError&) {
      throw IoError(str_cat(path, ": '", name,
                            "' lies below another array, so the names make no tree; "
                            "use load_safetensors_arrays"));
    }
  }
  return out;
}

}  // namespace linum::io
