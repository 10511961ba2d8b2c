#include "linum/runtime/client.h"

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "linum/runtime/ffi.h"
#include "linum/runtime/pjrt_client.h"

namespace linum::runtime {

// --- devices ---------------------------------------------------------------------------------

PjrtDevice::PjrtDevice(PjrtClient& client, PJRT_Device* device) : client_(client), device_(device) {
  const PJRT_Api& api = client.api();
  LINUM_PJRT_ARGS(PJRT_Device_GetDescription_Args, get);
  get.device = device;
  check(api, api.PJRT_Device_GetDescription(&get), "describing a device");
  LINUM_PJRT_ARGS(PJRT_DeviceDescription_Id_Args, id);
  id.device_description = get.device_description;
  check(api, api.PJRT_DeviceDescription_Id(&id), "describing a device");
  id_ = id.id;
  LINUM_PJRT_ARGS(PJRT_DeviceDescription_ProcessIndex_Args, process);
  process.device_description = get.device_description;
  check(api, api.PJRT_DeviceDescription_ProcessIndex(&process), "describing a device");
  process_index_ = process.process_index;
  LINUM_PJRT_ARGS(PJRT_DeviceDescription_Kind_Args, kind);
  kind.device_description = get.device_description;
  check(api, api.PJRT_DeviceDescription_Kind(&kind), "describing a device");
  kind_.assign(kind.device_kind, kind.device_kind_size);
  LINUM_PJRT_ARGS(PJRT_DeviceDescription_ToString_Args, text);
  text.device_description = get.device_description;
  check(api, api.PJRT_DeviceDescription_ToString(&text), "describing a device");
  description_.assign(text.to_string, text.to_string_size);
  read_memories();
}

std::string kind_of(const PJRT_Api& api, PJRT_Memory* memory) {
  LINUM_PJRT_ARGS(PJRT_Memory_Kind_Args, kind);
  kind.memory = memory;
  check(api, api.PJRT_Memory_Kind(&kind), "describing a memory");
  return {kind.kind, kind.kind_size};
}

// Devices of other processes have none that this one can use.
void PjrtDevice::read_memories() {
  const PJRT_Api& api = client_.api();
  LINUM_PJRT_ARGS(PJRT_Device_AddressableMemories_Args, all);
  all.device = device_;
  if (PJRT_Error* error = api.PJRT_Device_AddressableMemories(&all)) return drop(api, error);
  memories_.assign(all.memories, all.memories + all.num_memories);
  for (PJRT_Memory* memory : memories_) memory_kinds_.push_back(kind_of(api, memory));
}

PJRT_Memory* PjrtDevice::memory(std::string_view kind) const {
  for (std::size_t i = 0; i < memories_.size(); ++i)
    if (memory_kinds_[i] == kind) return memories_[i];
  throw ValueError(str_cat(description_, " has no memory '", kind, "' (it has: ",
                           memory_kinds_.empty() ? "none" : join(memory_kinds_, ", "), ")"));
}

Client& PjrtDevice::client() const { return client_; }

int PjrtDevice::local_hardware_id() const {
  LINUM_PJRT_ARGS(PJRT_Device_LocalHardwareId_Args, args);
  args.device = device_;
  check(client_.api(), client_.api().PJRT_Device_LocalHardwareId(&args), "describing a device");
  return args.local_hardware_id;
}

std::map<std::string, std::int64_t> PjrtDevice::memory_stats() const {
  LINUM_PJRT_ARGS(PJRT_Device_MemoryStats_Args, args);
  args.device = device_;
  PJRT_Error* error = client_.api().PJRT_Device_MemoryStats(&args);
  if (error) {  // the platform keeps none
    take_message(client_.api(), error);
    return {};
  }
  std::map<std::string, std::int64_t> out{{"bytes_in_use", args.bytes_in_use}};
  if (args.peak_bytes_in_use_is_set) out["peak_bytes_in_use"] = args.peak_bytes_in_use;
  if (args.num_allocs_is_set) out["num_allocs"] = args.num_allocs;
  if (args.largest_alloc_size_is_set) out["largest_alloc_size"] = args.largest_alloc_size;
  if (args.bytes_limit_is_set) out["bytes_limit"] = args.bytes_limit;
  if (args.bytes_reserved_is_set) out["bytes_reserved"] = args.bytes_reserved;
  if (args.pool_bytes_is_set) out["pool_bytes"] = args.pool_bytes;
  return out;
}

// --- client ----------------------------------------------------------------------------------

static PJRT_NamedValue named_value(const std::string& name,
                                   const ClientOptions::mapped_type& value) {
  LINUM_PJRT_ARGS(PJRT_NamedValue, v);
  v.name = name.data();
  v.name_size = name.size();
  v.value_size = 1;
  if (auto* s = std::get_if<std::string>(&value)) {
    v.type = PJRT_NamedValue_kString;
    v.string_value = s->data();
    v.value_size = s->size();
  } else if (auto* b = std::get_if<bool>(&value)) {
    v.type = PJRT_NamedValue_kBool;
    v.bool_value = *b;
  } else if (auto* i = std::get_if<std::int64_t>(&value)) {
    v.type = PJRT_NamedValue_kInt64;
    v.int64_value = *i;
  } else {
    v.type = PJRT_NamedValue_kFloat;
    v.float_value = std::get<float>(value);
  }
  return v;
}

PjrtClient::PjrtClient(std::shared_ptr<Plugin> plugin, const ClientOptions& options)
    : plugin_(std::move(plugin)) {
  register_targets_with(*plugin_);
  std::vector<PJRT_NamedValue> values;
  for (auto& [name, value] : options) values.push_back(named_value(name, value));
  LINUM_PJRT_ARGS(PJRT_Client_Create_Args, args);
  args.create_options = values.data();
  args.num_options = values.size();
  check(api(), api().PJRT_Client_Create(&args), str_cat("creating a client of ", plugin_->path()));
  client_ = args.client;
  read_platform();
  read_devices();
}

PjrtClient::~PjrtClient() {
  LINUM_PJRT_ARGS(PJRT_Client_Destroy_Args, args);
  args.client = client_;
  drop(api(), api().PJRT_Client_Destroy(&args));
}

void PjrtClient::read_platform() {
  LINUM_PJRT_ARGS(PJRT_Client_PlatformName_Args, name);
  name.client = client_;
  check(api(), api().PJRT_Client_PlatformName(&name), "reading the platform");
  platform_.assign(name.platform_name, name.platform_name_size);
  LINUM_PJRT_ARGS(PJRT_Client_PlatformVersion_Args, version);
  version.client = client_;
  check(api(), api().PJRT_Client_PlatformVersion(&version), "reading the platform");
  platform_version_.assign(version.platform_version, version.platform_version_size);
}

void PjrtClient::read_devices() {
  LINUM_PJRT_ARGS(PJRT_Client_Devices_Args, all);
  all.client = client_;
  check(api(), api().PJRT_Client_Devices(&all), "listing devices");
  for (std::size_t i = 0; i < all.num_devices; ++i) {
    owned_.push_back(std::make_unique<PjrtDevice>(*this, all.devices[i]));
    devices_.push_back(owned_.back().get());
  }
  LINUM_PJRT_ARGS(PJRT_Client_AddressableDevices_Args, local);
  local.client = client_;
  check(api(), api().PJRT_Client_AddressableDevices(&local), "listing devices");
  for (std::size_t i = 0; i < local.num_addressable_devices; ++i)
    local_devices_.push_back(&device_of(local.addressable_devices[i]));
  if (local_devices_.empty()) throw PluginError(str_cat(plugin_->path(), " has no device here"));
}

PjrtDevice& PjrtClient::device_of(PJRT_Device* handle) const {
  for (auto& d : owned_)
    if (d->handle() == handle) return *d;
  throw InternalError("the plugin named a device that it did not list");
}

Ref<Buffer> PjrtClient::transfer(const HostArray& host, Device& target,
                                 PJRT_HostBufferSemantics semantics) {
  auto& device = static_cast<PjrtDevice&>(target);
  LINUM_PJRT_ARGS(PJRT_Client_BufferFromHostBuffer_Args, args);
  args.client = client_;
  args.data = host.data();
  args.type = to_pjrt(host.dtype());
  args.dims = host.shape().data();
  args.num_dims = host.shape().size();
  args.host_buffer_semantics = semantics;
  args.device = device.handle();
  check(api(), api().PJRT_Client_BufferFromHostBuffer(&args), "copying an array to a device");
  // The host memory must live until the plugin is done with it, on whatever thread that is.
  struct Held {
    const PJRT_Api* api;
    std::shared_ptr<void> owner;
    std::atomic<PJRT_Event*> event;  // written last, read first
  };
  auto* held = new Held{&api(), host.owner(), nullptr};
  held->event.store(args.done_with_host_buffer, std::memory_order_release);
  LINUM_PJRT_ARGS(PJRT_Event_OnReady_Args, ready);
  ready.event = args.done_with_host_buffer;
  ready.user_arg = held;
  ready.callback = [](PJRT_Error* error, void* user) {
    std::unique_ptr<Held> held(static_cast<Held*>(user));
    LINUM_PJRT_ARGS(PJRT_Event_Destroy_Args, destroy);
    destroy.event = held->event.load(std::memory_order_acquire);
    drop(*held->api, error);
    drop(*held->api, held->api->PJRT_Event_Destroy(&destroy));
  };
  check(api(), api().PJRT_Event_OnReady(&ready), "copying an array to a device");
  auto type = make_ref<const BufferType>(host.dtype(), host.shape());
  return Ref<Buffer>(new PjrtBuffer(*this, args.buffer, std::move(type), device));
}

Ref<Buffer> PjrtClient::to_device(const HostArray& host, Device& device) {
  return transfer(host, device, PJRT_HostBufferSemantics_kImmutableOnlyDuringCall);
}
Ref<Buffer> PjrtClient::to_device(HostArray&& host, Device& device) {
  HostArray taken = std::move(host);
  return transfer(taken, device,
                  platform_ == "cpu" ? PJRT_HostBufferSemantics_kImmutableZeroCopy
                                     : PJRT_HostBufferSemantics_kImmutableUntilTransferCompletes);
}

// Where the message names a place of the text ("-:4:28: error"): that line, on a line of its own.
static std::string named_line(std::string_view text, const std::string& message) {
  std::size_t at = message.find("-:");
  long number = at == std::string::npos ? 0 : std::strtol(message.c_str() + at + 2, nullptr, 10);
  if (number < 1) return "";
  for (; number > 1 && !text.empty(); --number)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return str_cat("\n  line ", std::strtol(message.c_str() + at + 2, nullptr, 10), ": ",
                 text.substr(0, text.find('\n')));
}

Ref<Executable> PjrtClient::compile(std::string_view text, const CompileOptions& options) {
  std::string code(text), proto = options.to_proto();
  static constexpr std::string_view kFormat = "mlir";
  LINUM_PJRT_ARGS(PJRT_Program, program);
  program.code = code.data();
  program.code_size = code.size();
  program.format = kFormat.data();
  program.format_size = kFormat.size();
  LINUM_PJRT_ARGS(PJRT_Client_Compile_Args, args);
  args.client = client_;
  args.program = &program;
  args.compile_options = proto.data();
  args.compile_options_size = proto.size();
  if (PJRT_Error* error = api().PJRT_Client_Compile(&args)) {
    std::string message = take_message(api(), error);
    throw PluginError(str_cat("compiling a program: ", message, named_line(text, message)));
  }
  return Ref<Executable>(new PjrtExecutable(*this, args.executable));
}

Ref<Executable> PjrtClient::deserialize(std::string_view bytes, const CompileOptions& options) {
  std::string proto = options.to_proto();
  LINUM_PJRT_ARGS(PJRT_Executable_DeserializeAndLoad_Args, args);
  args.client = client_;
  args.serialized_executable = bytes.data();
  args.serialized_executable_size = bytes.size();
  args.overridden_serialized_compile_options = proto.data();
  args.overridden_serialized_compile_options_size = proto.size();
  check(api(), api().PJRT_Executable_DeserializeAndLoad(&args), "loading a compiled program");
  return Ref<Executable>(new PjrtExecutable(*this, args.loaded_executable));
}

Ref<Client> make_client(std::shared_ptr<Plugin> plugin, const ClientOptions& options) {
  return Ref<Client>(new PjrtClient(std::move(plugin), options));
}

// --- the default client ----------------------------------------------------------------------

namespace {

std::mutex default_mutex;
std::atomic<Device*> default_device_pointer{nullptr};
thread_local Device* scoped_device = nullptr;

// Every client that was the default one: never destroyed, for arrays may outlive main.
std::vector<Ref<Client>>& default_clients() {
  static auto* clients = new std::vector<Ref<Client>>;
  return *clients;
}

ClientOptions options_from_environment() {
  const char* count = std::getenv("LINUM_NUM_CPU_DEVICES");
  if (!count) return {};
  char* end = nullptr;
  long n = std::strtol(count, &end, 10);
  if (end == count || *end || n < 1 || n > 4096) {
    throw ValueError(
        str_cat("LINUM_NUM_CPU_DEVICES is '", count, "'; it must be a count from 1 to 4096"));
  }
  return {{"cpu_device_count", static_cast<std::int64_t>(n)}};
}

void install(Ref<Client> client) {
  default_device_pointer = client->local_devices()[0];
  default_clients().push_back(std::move(client));
}

}  // namespace

void set_default_client(Ref<Client> client) {
  if (!client)
    throw ValueError("set_default_client: the client is null; make one with make_client");
  std::lock_guard lock(default_mutex);
  install(std::move(client));
}

Client& default_client() { return default_device().client(); }

DefaultDevice::DefaultDevice(Device& device) : client_(&device.client()), previous_(scoped_device) {
  scoped_device = &device;
}
DefaultDevice::~DefaultDevice() { scoped_device = previous_; }

Device& default_device() {
  if (scoped_device) return *scoped_device;
  Device* device = default_device_pointer.load(std::memory_order_acquire);
  if (device) return *device;
  std::lock_guard lock(default_mutex);
  if (!default_device_pointer)
    install(make_client(Plugin::load(find_plugin()), options_from_environment()));
  return *default_device_pointer;
}

}  // namespace linum::runtime
