#include <cstdlib>
#include <map>
#include <string_view>

#include "linum/lowering/lower.h"

namespace linum {
namespace {

// Keyed "platform/primitive".
std::map<std::string, OverrideFn, std::less<>>& table() {
  static auto* t = new std::map<std::string, OverrideFn, std::less<>>;
  return *t;
}

bool enabled() {
  static const bool on = [] {
    const char* v = std::getenv("LINUM_KERNELS");
    return !v || std::string_view(v) != "off";
  }();
  return on;
}

}  // namespace

void register_override(const std::string& platform, const std::string& primitive, OverrideFn lower) {
  table()[concat(platform, "/", primitive)] = std::move(lower);
}

const OverrideFn* find_override(std::string_view platform, std::string_view primitive) {
  if (table().empty() || !enabled()) return nullptr;
  auto it = table().find(concat(platform, "/", primitive));
  return it == table().end() ? nullptr : &it->second;
}

}  // namespace linum
