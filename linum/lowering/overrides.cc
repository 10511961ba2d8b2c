#include <list>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string_view>

#include "linum/base/env.h"
#include "linum/lowering/lower.h"

namespace linum {
namespace {

class Overrides {
 public:
  void add(const std::string& platform, const std::string& primitive, OverrideFn lower) {
    std::unique_lock lock(mutex_);
    kept_.push_back(std::move(lower));
    by_name_[key(platform, primitive)] = &kept_.back();
  }
  const OverrideFn* find(std::string_view platform, std::string_view primitive) {
    std::shared_lock lock(mutex_);
    if (by_name_.empty()) return nullptr;
    auto it = by_name_.find(key(platform, primitive));
    return it == by_name_.end() ? nullptr : it->second;
  }

 private:
  static std::string key(std::string_view platform, std::string_view primitive) {
    return str_cat(platform, "/", primitive);
  }
  std::shared_mutex mutex_;
  std::list<OverrideFn> kept_;  // a replaced one may still be running
  std::map<std::string, const OverrideFn*> by_name_;
};

Overrides& overrides() {
  static auto* o = new Overrides;
  return *o;
}

bool enabled() {
  static const bool on = [] {
    const std::string mode = env("LINUM_KERNELS");
    if (mode.empty() || mode == "on") return true;
    if (mode == "off") return false;
    throw ValueError(str_cat("LINUM_KERNELS is '", mode, "'; it must be 'on' or 'off'"));
  }();
  return on;
}

}  // namespace

void register_override(const std::string& platform, const std::string& primitive,
                       OverrideFn lower) {
  overrides().add(platform, primitive, std::move(lower));
}

const OverrideFn* find_override(std::string_view platform, std::string_view primitive) {
  return enabled() ? overrides().find(platform, primitive) : nullptr;
}

}  // namespace linum
