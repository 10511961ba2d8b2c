// A PJRT plugin: one shared library that fronts XLA for one platform.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct PJRT_Api;
struct PJRT_Extension_Base;

namespace linum::runtime {

class Plugin {
 public:
  // Loads the library at `path` and checks that it is a PJRT plugin of a version we can talk to;
  // throws PluginError otherwise. Loading a path twice gives the same plugin.
  static std::shared_ptr<Plugin> load(const std::string& path);

  const PJRT_Api& api() const { return *api_; }
  const std::string& path() const { return path_; }
  int api_major() const;
  int api_minor() const;
  // Plugin attributes: "stablehlo_current_version" = "1.20.0", "xla_version", ...
  std::string attribute(std::string_view name) const;
  // What identifies this build in cache keys: path, size, time, versions.
  std::string fingerprint() const;
  // The extension of this type (a PJRT_Extension_Type), or null.
  const PJRT_Extension_Base* find_extension(int type) const;

 private:
  std::string path_;
  const PJRT_Api* api_ = nullptr;
};

// The plugin files found, best first: LINUM_PJRT_PLUGIN; beside the library (and ../lib/linum/);
// Python site-packages (jax_plugins/*/*.so, libtpu, the CPU plugin's package); LINUM_CACHE/plugins.
// An accelerator's plugin counts only where its device files exist.
std::vector<std::string> find_plugins();
// The first of them; throws PluginError that lists where it looked and how to install one.
std::string find_plugin();

}  // namespace linum::runtime
