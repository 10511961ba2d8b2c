#include "tests/parity_fixture_testlib.h"

#include <nlohmann/json.hpp>

#include "linum/io/safetensors.h"

namespace linum::parity {

using nlohmann::json;

struct Fixture::Impl {
  explicit Impl(const std::string& path) : file(path) {
    auto found = file.metadata().find("cases");
    if (found == file.metadata().end()) throw IoError(str_cat(path, ": no cases in its metadata"));
    index = json::parse(found->second);
  }
  const json& record(const std::string& name) const {
    for (const json& c : index)
      if (c.at("name") == name) return c;
    throw ValueError(str_cat("no case is named ", name));
  }
  Array tensor(const json& number) const {
    return Array::from_host(file.read(std::to_string(number.get<int>())));
  }
  Tree tree(const json& t) const {
    if (t.is_null()) return Tree();
    if (t.is_number()) return tensor(t);
    if (t.is_array()) {
      Tree::List list;
      for (const json& e : t) list.push_back(tree(e));
      return list;
    }
    Tree::Dict dict;
    for (auto& [key, e] : t.items()) dict.emplace(key, tree(e));
    return dict;
  }
  std::vector<Array> flat(const json& numbers) const {
    std::vector<Array> out;
    for (const json& n : numbers) out.push_back(n.is_null() ? Array() : tensor(n));
    return out;
  }

  io::SafetensorsFile file;
  json index;
};

Fixture::Fixture(const std::string& area)
    : impl_(std::make_unique<Impl>(
          str_cat(LINUM_SOURCE_DIR, "/tests/parity/", area, ".safetensors"))) {}
Fixture::~Fixture() = default;

std::vector<std::string> Fixture::names() const {
  std::vector<std::string> out;
  for (const json& c : impl_->index) out.push_back(c.at("name"));
  return out;
}

std::vector<std::string> Fixture::covers(const std::string& name) const {
  return impl_->record(name).at("covers");
}

Case Fixture::read(const std::string& name) const {
  const json& c = impl_->record(name);
  Case out{name, c.at("covers"), impl_->tree(c.at("in")), impl_->tree(c.at("out"))};
  if (c.contains("ct")) {
    out.differentiable = true;
    out.cotangents = impl_->flat(c.at("ct"));
    out.gradients = impl_->flat(c.at("grad"));
  }
  return out;
}

}  // namespace linum::parity
