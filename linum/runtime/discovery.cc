// Where plugins are looked for.
#include <dlfcn.h>
#include <string.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "linum/base/env.h"
#include "linum/base/error.h"
#include "linum/runtime/compile_cache.h"
#include "linum/runtime/plugin.h"

namespace fs = std::filesystem;

namespace linum::runtime {
namespace {

bool is_there(const fs::path& p) {
  std::error_code ignored;
  return fs::exists(p, ignored);
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    out.push_back(it->path());
  auto newer = [](const fs::path& a, const fs::path& b) {  // 3.11 before 3.9
    return strverscmp(a.c_str(), b.c_str()) > 0;
  };
  std::sort(out.begin(), out.end(), newer);
  return out;
}

bool is_library(const fs::path& p) { return p.extension() == ".so"; }

// A plugin whose accelerator is absent would only fail to make a client. What a plugin is for shows
// in its name and its package's.
bool usable(const fs::path& p) {
  std::string name = (p.parent_path().filename() / p.filename()).string();
  auto has = [&](const char* part) { return name.find(part) != std::string::npos; };
  if (has("cuda")) return is_there("/dev/nvidia0");
  if (has("libtpu")) return is_there("/dev/accel0") || is_there("/dev/vfio/0");
  if (has("rocm")) return is_there("/dev/kfd");
  if (has("oneapi")) return is_there("/dev/dri");
  return true;
}

// The folder of the program or shared library that holds this code.
fs::path library_folder() {
  Dl_info info{};
  dladdr(reinterpret_cast<void*>(&library_folder), &info);
  std::error_code ignored;
  return info.dli_fname ? fs::canonical(info.dli_fname, ignored).parent_path() : fs::path();
}

void add_libraries(std::vector<std::string>& out, const fs::path& folder) {
  for (const fs::path& p : entries(folder))
    if (is_library(p) && p.filename().string().find("pjrt") != std::string::npos && usable(p))
      out.push_back(p.string());
}

// The folders where the program's shared libraries are looked for, its run path first. A program
// that was linked with an installed static library has that library's folder there.
std::vector<fs::path> library_search_path() {
  void* program = dlopen(nullptr, RTLD_LAZY);
  Dl_serinfo size{};
  if (!program || dlinfo(program, RTLD_DI_SERINFOSIZE, &size) != 0) return {};
  std::vector<std::max_align_t> storage(size.dls_size / sizeof(std::max_align_t) + 1);
  auto* info = reinterpret_cast<Dl_serinfo*>(storage.data());
  *info = size;
  if (dlinfo(program, RTLD_DI_SERINFO, info) != 0) return {};
  const Dl_serpath* paths = info->dls_serpath;
  std::vector<fs::path> out;
  for (unsigned i = 0; i < info->dls_cnt; ++i) out.emplace_back(paths[i].dls_name);
  return out;
}

void add_beside_library(std::vector<std::string>& out) {
  fs::path here = library_folder();
  std::vector<fs::path> folders{here, here / "linum", here / ".." / "lib" / "linum"};
  for (const fs::path& folder : library_search_path()) folders.push_back(folder / "linum");
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    std::error_code absent;
    if (seen.insert(fs::canonical(folder, absent)).second && !absent) add_libraries(out, folder);
  }
}

std::vector<fs::path> site_packages() {
  std::vector<fs::path> roots;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"})
    if (!env(variable).empty()) roots.push_back(fs::path(env(variable)) / "lib");
  if (!env("HOME").empty()) roots.push_back(fs::path(env("HOME")) / ".local/lib");
  roots.insert(roots.end(), {"/usr/local/lib", "/usr/lib"});
  std::vector<fs::path> out;
  for (const fs::path& root : roots)
    for (const fs::path& python : entries(root)) {
      if (python.filename().string().rfind("python3", 0) != 0) continue;
      out.push_back(python / "site-packages");
      out.push_back(python / "dist-packages");
    }
  return out;
}

void add_python_plugins(std::vector<std::string>& out) {
  for (const fs::path& site : site_packages()) {
    for (const fs::path& package : entries(site / "jax_plugins"))
      for (const fs::path& p : entries(package))
        if (is_library(p) && usable(p)) out.push_back(p.string());
    fs::path tpu = site / "libtpu" / "libtpu.so";
    if (is_there(tpu) && usable(tpu)) out.push_back(tpu.string());
    add_libraries(out, site / "lammps_jax_pjrt_cpu");
  }
}

void add_cached(std::vector<std::string>& out) {
  for (const fs::path& package : entries(fs::path(cache_dir()) / "plugins"))
    add_libraries(out, package);
}

}  // namespace

std::vector<std::string> find_plugins() {
  if (!env("LINUM_PJRT_PLUGIN").empty()) return {env("LINUM_PJRT_PLUGIN")};
  std::vector<std::string> out;
  add_beside_library(out);
  add_python_plugins(out);
  add_cached(out);
  return out;
}

std::string find_plugin() {
  std::vector<std::string> found = find_plugins();
  if (!found.empty()) return found.front();
  throw PluginError(str_cat(
      "no PJRT plugin found: LINUM_PJRT_PLUGIN is not set, and there is none beside the library (",
      library_folder().string(), "), in Python's site-packages (jax_plugins, libtpu) or in ",
      cache_dir(),
      "/plugins. Run scripts/fetch.sh to download the CPU plugin, or install one "
      "(pip install lammps-jax-pjrt-cpu)"));
}

}  // namespace linum::runtime
