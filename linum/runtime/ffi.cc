#include "linum/runtime/ffi.h"

#include <map>
#include <mutex>
#include <set>

#include "linum/runtime/pjrt.h"
#include "linum/runtime/plugin.h"
#include "xla/pjrt/c/pjrt_c_api_ffi_extension.h"

namespace linum::runtime {
namespace {

struct FfiRegistry {
  std::mutex mutex;
  std::map<std::string, FfiHandler> targets;
  std::map<const Plugin*, std::set<std::string>> handed;  // which plugin has which target
};
FfiRegistry& ffi_registry() {
  static auto* r = new FfiRegistry;
  return *r;
}

const PJRT_FFI_Extension* extension_of(const Plugin& plugin) {
  return reinterpret_cast<const PJRT_FFI_Extension*>(
      plugin.find_extension(PJRT_Extension_Type_FFI));
}

void hand_over(const Plugin& plugin, const std::string& name, FfiHandler handler) {
  static constexpr std::string_view kPlatform = "Host";
  LINUM_PJRT_ARGS(PJRT_FFI_Register_Handler_Args, args);
  args.target_name = name.data();
  args.target_name_size = name.size();
  args.handler = reinterpret_cast<void*>(handler);
  args.platform_name = kPlatform.data();
  args.platform_name_size = kPlatform.size();
  check(plugin.api(), extension_of(plugin)->register_handler(&args),
        str_cat("registering the custom call ", name));
}

void hand_over_missing(FfiRegistry& r, const Plugin& plugin) {
  auto& done = r.handed[&plugin];
  for (auto& [name, handler] : r.targets) {
    if (done.count(name)) continue;
    hand_over(plugin, name, handler);
    done.insert(name);
  }
}

}  // namespace

bool supports_ffi(const Plugin& plugin) {
  const PJRT_FFI_Extension* e = extension_of(plugin);
  return e && e->base.struct_size >= PJRT_FFI_Extension_STRUCT_SIZE && e->register_handler;
}

void register_ffi_target(const std::string& name, FfiHandler handler) {
  FfiRegistry& r = ffi_registry();
  std::lock_guard lock(r.mutex);
  auto [slot, is_new] = r.targets.try_emplace(name, handler);
  if (!is_new && slot->second != handler) {
    throw ValueError(str_cat("the custom call '", name,
                             "' is registered with another handler already; "
                             "choose another name"));
  }
  for (auto& [plugin, done] : r.handed) hand_over_missing(r, *plugin);
}

std::vector<std::string> ffi_targets() {
  FfiRegistry& r = ffi_registry();
  std::lock_guard lock(r.mutex);
  std::vector<std::string> out;
  for (auto& [name, handler] : r.targets) out.push_back(name);
  return out;
}

void register_targets_with(const Plugin& plugin) {
  if (!supports_ffi(plugin)) return;
  FfiRegistry& r = ffi_registry();
  std::lock_guard lock(r.mutex);
  hand_over_missing(r, plugin);
}

}  // namespace linum::runtime
