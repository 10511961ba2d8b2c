#include "linum/data/example.h"

#include <cstring>

namespace linum::data {
namespace {

void check_like(const Example& first, const Example& other, std::size_t place) {
  for (auto& [name, x] : first) {
    auto it = other.find(name);
    if (it == other.end() || other.size() != first.size()) {
      throw TreeError(str_cat("example ", place, " of a batch has other columns than the first; '",
                              name, "' is one of the first's"));
    }
    if (it->second.dtype() != x.dtype() || it->second.shape() != x.shape()) {
      throw ShapeError(str_cat("column '", name, "' of example ", place, " is ",
                               name_of(it->second.dtype()), to_text(it->second.shape()),
                               ", of the first example of the batch ", name_of(x.dtype()),
                               to_text(x.shape()), "; pad or crop in map() before batch()"));
    }
  }
}

}  // namespace

Example stack(std::span<const Example> examples) {
  Example out;
  if (examples.empty()) return out;
  for (std::size_t i = 1; i < examples.size(); ++i) check_like(examples[0], examples[i], i);
  for (auto& [name, first] : examples[0]) {
    Shape shape = first.shape();
    shape.insert(shape.begin(), static_cast<std::int64_t>(examples.size()));
    HostArray column(first.dtype(), std::move(shape));
    std::byte* at = column.data();
    for (const Example& e : examples) {
      std::memcpy(at, e.at(name).data(), first.byte_size());
      at += first.byte_size();
    }
    out.emplace(name, std::move(column));
  }
  return out;
}

Example row(const Example& columns, std::int64_t i) {
  Example out;
  for (auto& [name, x] : columns) {
    Shape shape(x.shape().begin() + 1, x.shape().end());
    auto bytes = static_cast<std::int64_t>(item_size(x.dtype())) * element_count(shape);
    // Examples are read-only by convention: the view shares the column's storage.
    auto* data = const_cast<std::byte*>(x.data()) + i * bytes;
    out.emplace(name, HostArray(x.dtype(), std::move(shape), x.owner(), data));
  }
  return out;
}

Tree to_device(const Example& example) {
  Tree::Dict out;
  for (auto& [name, x] : example) out.emplace(name, Array::from_host(x));
  return Tree(std::move(out));
}

}  // namespace linum::data
