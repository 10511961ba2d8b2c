// safetensors (https://github.com/huggingface/safetensors): a JSON header, then raw little-endian
// arrays. What Linum saves parameters in; Flax, PyTorch and others read it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "linum/base/host_array.h"
#include "linum/core/tree.h"
#include "linum/io/bytes.h"

namespace linum::io {

using Metadata = std::map<std::string, std::string>;
using NamedArrays = std::map<std::string, HostArray>;

struct TensorEntry {
  DType dtype = DType::F32;
  Shape shape;
  std::uint64_t begin = 0, end = 0;  // bytes, counted from the start of the file
};

struct SafetensorsHeader {
  std::map<std::string, TensorEntry> tensors;
  Metadata metadata;
};

// Reads the header of a file of `file_size` bytes that starts with `prefix` (at least the header).
// Throws IoError unless it is entirely valid: lengths, JSON, dtypes, and data that cover the file
// without gap or overlap.
SafetensorsHeader parse_safetensors_header(ByteView prefix, std::uint64_t file_size,
                                           const std::string& name);

// An open, checked file; arrays are read when asked for, from any thread.
class SafetensorsFile {
 public:
  explicit SafetensorsFile(const std::string& path);
  const std::map<std::string, TensorEntry>& tensors() const { return header_.tensors; }
  const Metadata& metadata() const { return header_.metadata; }
  // Throws IoError that lists the names there are.
  HostArray read(const std::string& tensor) const;

 private:
  std::shared_ptr<const class RandomAccessFile> file_;
  SafetensorsHeader header_;
};

// Writes atomically: the file appears complete, or the old one stays.
void save_safetensors(const std::string& path, const NamedArrays& arrays,
                      const Metadata& metadata = {});
// Each leaf under its path: "params/Dense_0/kernel". Empty nodes and statics are not stored.
void save_safetensors(const std::string& path, const Tree& tree, const Metadata& metadata = {});

NamedArrays load_safetensors_arrays(const std::string& path);
// Names become nested dictionaries at each '/'; see restore_like (state_dict.h) for lists.
Tree load_safetensors(const std::string& path);

}  // namespace linum::io
