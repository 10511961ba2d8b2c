#include "linum/core/devices.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <set>

#include "linum/base/version.h"
#include "linum/core/value.h"
#include "linum/runtime/plugin.h"

namespace linum {

// --- what there is ----------------------------------------------------------------------------

static runtime::Client& client_of(std::string_view platform) {
  runtime::Client& client = runtime::default_client();
  if (platform.empty() || platform == client.platform()) return client;
  throw ValueError(str_cat("there is no platform '", platform, "' here: the one in use is '",
                           client.platform(), "' (", client.plugin().path(),
                           "); set_default_client chooses another plugin"));
}

std::vector<Device*> devices(std::string_view platform) { return client_of(platform).devices(); }
std::vector<Device*> local_devices(std::string_view platform) {
  return client_of(platform).local_devices();
}
int device_count(std::string_view platform) { return static_cast<int>(devices(platform).size()); }
int local_device_count(std::string_view platform) {
  return static_cast<int>(local_devices(platform).size());
}
std::string default_backend() { return runtime::default_client().platform(); }

std::vector<int> process_indices() {
  std::set<int> found;
  for (const Device* d : devices()) found.insert(d->process_index());
  return {found.begin(), found.end()};
}
int process_count() { return static_cast<int>(process_indices().size()); }
int process_index() { return local_devices()[0]->process_index(); }

// --- the environment --------------------------------------------------------------------------

static std::string system_text() {
  utsname system{};
  if (::uname(&system) != 0) return "unknown";
  return str_cat(system.sysname, " ", system.release, " ", system.machine);
}

static std::string variables_text() {
  std::vector<std::string> found;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view variable = *entry;
    if (variable.starts_with("LINUM_") || variable.starts_with("XLA_")) found.emplace_back(*entry);
  }
  std::sort(found.begin(), found.end());
  std::string out;
  for (const std::string& variable : found) out += variable + "\n";
  return out;
}

std::string environment_info() {
  runtime::Client& client = runtime::default_client();
  return str_cat("linum: ", version(), "\nplugin: ", client.plugin().path(),
                 "\nplatform: ", client.platform(), ", ", client.platform_version(),
                 "\ndevices: ", device_count(), " (", local_device_count(), " local), ",
                 local_devices()[0]->kind(), "\nprocess_count: ", process_count(),
                 "\nsystem: ", system_text(), "\n", variables_text());
}
void print_environment_info() { std::cout << environment_info() << std::flush; }

// --- what lies where --------------------------------------------------------------------------

static Array on_device(const Array& x, Device& device, bool committed) {
  if (x.is_traced()) return x;
  const Array own = move_to_memory(x, MemorySpace::Device);
  const ScalarValue* s = as_scalar(own);
  Ref<runtime::Buffer> buffer =
      s ? device.client().to_device(scalar_to_host(*s), device) : buffer_of(own);
  if (&buffer->device() != &device) buffer = buffer->copy_to(device);
  return Array(Ref<Value>(new DeviceValue(own.aval(), std::move(buffer), committed)));
}

Array device_put(const Array& x, Device& device) { return on_device(x, device, true); }
Array device_put(const Array& x) {
  return as_scalar(x) ? on_device(x, runtime::default_device(), false) : x;
}

const Array& copy_to_host_async(const Array& x) {
  if (const DeviceValue* d = as_device(x)) d->buffer()->start_host_copy();
  if (const ShardedValue* s = as_sharded(x))
    for (const Ref<runtime::Buffer>& shard : s->shards()) shard->start_host_copy();
  return x;
}
HostArray device_get(const Array& x) { return x.to_host(); }
std::vector<HostArray> device_get_leaves(const Tree& x) {
  std::vector<Array> leaves = tree::leaves(x);
  for (const Array& a : leaves) copy_to_host_async(a);
  std::vector<HostArray> out;
  for (const Array& a : leaves) out.push_back(a.to_host());
  return out;
}

}  // namespace linum
