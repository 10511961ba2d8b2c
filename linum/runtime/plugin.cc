#include "linum/runtime/plugin.h"

#include <dlfcn.h>
#include <sys/stat.h>

#include <cstdlib>
#include <map>
#include <mutex>

#include "linum/runtime/pjrt.h"

namespace linum::runtime {
namespace {

constexpr int kOldestMinor = 80;  // 0.80: the oldest whose structs this file was tried with

// Chatty logs and a metadata server that answers after minutes: off, unless the user says
// otherwise.
void quiet_environment() {
  setenv("TF_CPP_MIN_LOG_LEVEL", "2", 0);
  setenv("TPU_SKIP_MDS_QUERY", "1", 0);
}

const PJRT_Api* open_library(const std::string& path) {
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    throw PluginError(str_cat("cannot load the PJRT plugin ", path, ": ", dlerror(),
                              "; set LINUM_PJRT_PLUGIN to a plugin's .so file"));
  }
  auto get_api = reinterpret_cast<const PJRT_Api* (*)()>(dlsym(library, "GetPjrtApi"));
  if (!get_api) {
    dlclose(library);
    throw PluginError(str_cat(path,
                              " is no PJRT plugin: it has no symbol GetPjrtApi; set "
                              "LINUM_PJRT_PLUGIN to a plugin's .so file"));
  }
  const PJRT_Api* api = get_api();
  if (!api) throw PluginError(str_cat("the PJRT plugin ", path, " gave no API: is it broken?"));
  return api;
}

// Functions are appended to the table: one that ends before the last one Linum calls is too old,
// whatever version it claims.
constexpr std::size_t kSmallestTable =
    offsetof(PJRT_Api, PJRT_Executable_OutputDimensions) + sizeof(void*);

void check_version(const PJRT_Api& api, const std::string& path) {
  if (api.struct_size < offsetof(PJRT_Api, PJRT_Error_Destroy)) {
    throw PluginError(str_cat("the PJRT plugin ", path, " gave an API of ", api.struct_size,
                              " bytes, which is none; set LINUM_PJRT_PLUGIN to another plugin"));
  }
  int major = api.pjrt_api_version.major_version, minor = api.pjrt_api_version.minor_version;
  if (major != PJRT_API_MAJOR || minor < kOldestMinor) {
    throw PluginError(str_cat("the PJRT plugin ", path, " speaks API ", major, ".", minor,
                              ", Linum needs ", PJRT_API_MAJOR, ".", kOldestMinor, " or later",
                              major > PJRT_API_MAJOR ? "; build Linum with newer PJRT headers"
                                                     : "; install a newer plugin"));
  }
  if (api.struct_size < kSmallestTable) {
    throw PluginError(str_cat("the PJRT plugin ", path, " has a function table of ",
                              api.struct_size, " bytes, Linum needs ", kSmallestTable,
                              "; install a newer plugin"));
  }
}

void initialize(const PJRT_Api& api, const std::string& path) {
  LINUM_PJRT_ARGS(PJRT_Plugin_Initialize_Args, args);
  check(api, api.PJRT_Plugin_Initialize(&args), str_cat("initializing ", path));
}

std::string text_of(const PJRT_NamedValue& v) {
  std::string out;
  switch (v.type) {
    case PJRT_NamedValue_kString:
      return std::string(v.string_value, v.value_size);
    case PJRT_NamedValue_kInt64:
      return std::to_string(v.int64_value);
    case PJRT_NamedValue_kBool:
      return v.bool_value ? "true" : "false";
    case PJRT_NamedValue_kFloat:
      return std::to_string(v.float_value);
    default:
      break;
  }
  for (std::size_t i = 0; i < v.value_size; ++i)
    out += str_cat(i ? "." : "", v.int64_array_value[i]);
  return out;
}

}  // namespace

std::shared_ptr<Plugin> Plugin::load(const std::string& path) {
  static std::mutex mutex;
  static auto* loaded = new std::map<std::string, std::shared_ptr<Plugin>>;
  std::lock_guard lock(mutex);
  auto& slot = (*loaded)[path];
  if (slot) return slot;
  quiet_environment();
  auto plugin = std::make_shared<Plugin>();
  plugin->path_ = path;
  plugin->api_ = open_library(path);
  check_version(*plugin->api_, path);
  initialize(*plugin->api_, path);
  return slot = plugin;
}

int Plugin::api_major() const { return api_->pjrt_api_version.major_version; }
int Plugin::api_minor() const { return api_->pjrt_api_version.minor_version; }

std::string Plugin::attribute(std::string_view name) const {
  LINUM_PJRT_ARGS(PJRT_Plugin_Attributes_Args, args);
  check(*api_, api_->PJRT_Plugin_Attributes(&args), "reading plugin attributes");
  for (std::size_t i = 0; i < args.num_attributes; ++i) {
    const PJRT_NamedValue& v = args.attributes[i];
    if (std::string_view(v.name, v.name_size) == name) return text_of(v);
  }
  return "";
}

std::string Plugin::fingerprint() const {
  struct stat info {};
  stat(path_.c_str(), &info);
  return str_cat(path_, "|", static_cast<std::int64_t>(info.st_size), "|",
                 static_cast<std::int64_t>(info.st_mtime), "|", api_major(), ".", api_minor());
}

const PJRT_Extension_Base* Plugin::find_extension(int type) const {
  for (const PJRT_Extension_Base* e = api_->extension_start; e; e = e->next)
    if (e->type == static_cast<PJRT_Extension_Type>(type)) return e;
  return nullptr;
}

}  // namespace linum::runtime
