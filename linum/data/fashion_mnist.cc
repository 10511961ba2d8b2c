#include "linum/data/fashion_mnist.h"

#include <unistd.h>

#include <vector>

#include "linum/base/env.h"
#include "linum/io/idx.h"

namespace linum::data {
namespace {

constexpr const char* kSystemFolder = "/usr/share/datasets/fashion-mnist";

bool exists(const std::string& path) { return ::access(path.c_str(), R_OK) == 0; }

std::vector<std::string> folders(const std::string& given) {
  if (!given.empty()) return {given};
  std::vector<std::string> out;
  if (const std::string root = env("LINUM_DATA"); !root.empty()) {
    out.push_back(str_cat(root, "/fashion-mnist"));
    out.push_back(root);
  }
  out.push_back(kSystemFolder);
  return out;
}

// The file with this name, gzipped or not, in the first folder that has it.
std::string find_file(const std::string& name, const std::string& folder) {
  std::string looked;
  for (const std::string& f : folders(folder)) {
    for (const char* ending : {".gz", ""}) {
      std::string path = str_cat(f, "/", name, ending);
      if (exists(path)) return path;
    }
    looked += str_cat(looked.empty() ? "" : ", ", f);
  }
  throw IoError(
      str_cat("Fashion-MNIST: no file ", name, "[.gz] in ", looked,
              "; install it with `apt-get install dataset-fashion-mnist` or set LINUM_DATA "
              "to a folder that has it"));
}

HostArray read_images(const std::string& path) {
  HostArray x = io::read_idx(path);
  const Shape& s = x.shape();
  if (x.dtype() != DType::U8 || s.size() != 3 || s[1] != 28 || s[2] != 28) {
    throw IoError(
        str_cat(path, ": expected uint8(n, 28, 28), found ", name_of(x.dtype()), to_text(s)));
  }
  return HostArray(DType::U8, {s[0], 28, 28, 1}, x.owner(), x.data());
}

HostArray read_labels(const std::string& path, std::int64_t count) {
  HostArray bytes = io::read_idx(path);
  if (bytes.dtype() != DType::U8 || bytes.shape() != Shape{count}) {
    throw IoError(str_cat(path, ": expected uint8(", count, ",), one label per image, found ",
                          name_of(bytes.dtype()), to_text(bytes.shape())));
  }
  HostArray labels(DType::I32, {count});
  auto from = bytes.as<std::uint8_t>();
  auto to = labels.as<std::int32_t>();
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] > 9) {
      throw IoError(str_cat(path, ": label ", i, " is ", int{from[i]}, ", expected 0 to 9"));
    }
    to[i] = from[i];
  }
  return labels;
}

Dataset load(const std::string& prefix, const std::string& folder) {
  HostArray images = read_images(find_file(prefix + "-images-idx3-ubyte", folder));
  HostArray labels =
      read_labels(find_file(prefix + "-labels-idx1-ubyte", folder), images.shape()[0]);
  return Dataset::from_columns({{"image", images}, {"label", labels}});
}

}  // namespace

FashionMnist fashion_mnist(const std::string& folder) {
  return {load("train", folder), load("t10k", folder)};
}

}  // namespace linum::data
