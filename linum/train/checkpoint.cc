#include "linum/train/checkpoint.h"

#include "linum/io/safetensors.h"

namespace linum::train {
namespace {

constexpr std::size_t kMostProblems = 20;

std::string type_text(DType dtype, const Shape& shape) { return Aval(dtype, shape).to_string(); }

std::vector<std::string> differences(const io::SafetensorsFile& file,
                                     const std::map<std::string, Array>& expected) {
  std::vector<std::string> out;
  for (auto& [name, want] : expected) {
    auto have = file.tensors().find(name);
    std::string type = type_text(want.dtype(), want.shape());
    if (have == file.tensors().end()) {
      out.push_back(str_cat("missing: '", name, "' ", type));
    } else if (have->second.dtype != want.dtype() || have->second.shape != want.shape()) {
      out.push_back(str_cat("'", name, "' is ", type_text(have->second.dtype, have->second.shape),
                            ", expected ", type));
    }
  }
  for (auto& [name, entry] : file.tensors()) {
    if (expected.contains(name)) continue;
    out.push_back(str_cat("not expected: '", name, "' ", type_text(entry.dtype, entry.shape)));
  }
  return out;
}

void check_same(const std::string& path, const io::SafetensorsFile& file,
                const std::map<std::string, Array>& expected) {
  std::vector<std::string> problems = differences(file, expected);
  if (problems.empty()) return;
  std::string text = str_cat(path, " was not saved from these parameters:");
  for (std::size_t i = 0; i < problems.size() && i < kMostProblems; ++i) {
    text += str_cat("\n  ", problems[i]);
  }
  if (problems.size() > kMostProblems) {
    text += str_cat("\n  and ", problems.size() - kMostProblems, " more");
  }
  throw TreeError(text);
}

}  // namespace

void save_params(const std::string& path, const Tree& params,
                 const std::map<std::string, std::string>& metadata) {
  io::save_safetensors(path, params, metadata);
}

Tree load_params(const std::string& path) { return io::load_safetensors(path); }

Tree load_params(const std::string& path, const Tree& expected) {
  io::SafetensorsFile file(path);
  auto places = tree::leaves_with_path(expected);
  check_same(path, file, {places.begin(), places.end()});
  std::vector<Array> leaves;
  for (auto& [name, want] : places) leaves.push_back(Array::from_host(file.read(name)));
  return TreeDef(expected).unflatten(leaves);
}

}  // namespace linum::train
