// A PJRT client: one platform's devices, host<->device transfer, compilation.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "linum/base/host_array.h"
#include "linum/base/ref.h"

namespace linum::runtime {

class Client;
class Plugin;

// One accelerator (or virtual CPU device) of a client. Lives as long as its client.
class Device {
 public:
  virtual ~Device() = default;
  virtual int id() const = 0;
  virtual int local_hardware_id() const = 0;
  virtual int process_index() const = 0;
  virtual const std::string& kind() const = 0;         // "cpu", "NVIDIA H100 80GB HBM3", "TPU v5e"
  virtual const std::string& description() const = 0;  // the plugin's own words
  virtual Client& client() const = 0;
  // Of the memories that its arrays may lie in, its own first: "device", "pinned_host", ...
  virtual const std::vector<std::string>& memory_kinds() const = 0;
  // Bytes in use, peak, limit, ... by the plugin's names; empty where it keeps none.
  virtual std::map<std::string, std::int64_t> memory_stats() const = 0;
};

// A device array, filled asynchronously. Immutable, unless donated.
class Buffer : public RefCounted {
 public:
  virtual DType dtype() const = 0;
  virtual const Shape& shape() const = 0;
  virtual Device& device() const = 0;
  // Which of the device's memories it lies in.
  virtual std::string memory_kind() const = 0;
  virtual bool is_ready() const = 0;
  // Blocks until the value is there; throws Error with the plugin's text if computing it failed.
  virtual void await() const = 0;
  // Copies to the host in row-major order, blocking; throws DeletedBufferError after donation.
  virtual HostArray to_host() const = 0;
  // Starts the copy to the host; the next to_host() waits for it and takes it.
  virtual void start_host_copy() const = 0;
  // Where its bytes lie in the host's own memory (on the CPU; null elsewhere), once computed. Valid
  // while the buffer lives. Only for arrays of rank 0 or 1: others may have another order.
  virtual const std::byte* host_data() const = 0;
  // To any device; to one of another client through the host.
  virtual Ref<Buffer> copy_to(Device&) const = 0;
  // To another memory of its device. Throws ValueError where the device has no such memory.
  virtual Ref<Buffer> copy_to_memory(std::string_view kind) const = 0;
  // Frees the device memory now; later reads throw DeletedBufferError.
  virtual void free() = 0;
  virtual bool is_deleted() const = 0;
};

// The end of a program's run on all its devices.
class Completion : public RefCounted {
 public:
  virtual bool is_ready() const = 0;
  // Blocks until the run has ended, well or not.
  virtual void await_quietly() const = 0;
};

struct CompileOptions {
  int num_replicas = 1;
  int num_partitions = 1;
  bool use_spmd_partitioning = false;  // with Shardy, on when num_partitions > 1
  std::vector<int> device_ids;         // replicas x partitions; empty: the first ones
  // Whether the compiler may choose how a result is split where the program does not say.
  std::vector<bool> free_outputs;
  // Debug options by name, as XLA_FLAGS would set them ("xla_cpu_...").
  std::vector<std::pair<std::string, std::variant<std::string, bool, std::int64_t, double>>>
      overrides;
  // The same options always give the same bytes: part of cache keys.
  std::string to_proto() const;
};

struct MemoryStats {
  std::int64_t generated_code_bytes = 0, argument_bytes = 0, output_bytes = 0, alias_bytes = 0,
               temp_bytes = 0;
};

// A loaded program, for one device or many.
class Executable : public RefCounted {
 public:
  // Single device. Arguments that the program marks as donated are deleted.
  virtual std::vector<Ref<Buffer>> execute(std::span<Buffer* const> args) = 0;
  // The same, and gives what to wait for where no result is read.
  virtual std::vector<Ref<Buffer>> execute_tracked(std::span<Buffer* const> args,
                                                   Ref<Completion>& done) = 0;
  // Many devices: args[d] are the shards for device d; results likewise.
  virtual std::vector<std::vector<Ref<Buffer>>> execute_sharded(
      std::span<const std::vector<Buffer*>> args) = 0;
  virtual std::vector<std::vector<Ref<Buffer>>> execute_sharded_tracked(
      std::span<const std::vector<Buffer*>> args, Ref<Completion>& done) = 0;
  virtual int num_outputs() const = 0;
  virtual const std::vector<Device*>& devices() const = 0;
  virtual std::string serialize() const = 0;
  virtual MemoryStats memory_stats() const = 0;
  virtual std::map<std::string, double> cost_analysis()
      const = 0;                                   // throws PluginError where absent
  virtual std::string optimized_text() const = 0;  // HLO text after optimization
  // How each result is split, as xla.OpSharding bytes (op_sharding.h reads them); empty where the
  // plugin does not tell.
  virtual std::vector<std::string> output_shardings() const = 0;
};

using ClientOptions = std::map<std::string, std::variant<std::string, bool, std::int64_t, float>>;

class Client : public RefCounted {
 public:
  virtual const Plugin& plugin() const = 0;
  virtual const std::shared_ptr<Plugin>& shared_plugin() const = 0;
  virtual const std::string& platform() const = 0;  // "cpu", "cuda", "tpu"
  virtual const std::string& platform_version() const = 0;
  virtual const std::vector<Device*>& devices() const = 0;        // of all processes
  virtual const std::vector<Device*>& local_devices() const = 0;  // of this process
  virtual Ref<Buffer> to_device(const HostArray&, Device&) = 0;
  // Takes the array over: without a copy where the platform and the alignment allow it (CPU, 64
  // bytes). Nobody may write to its storage any more.
  virtual Ref<Buffer> to_device(HostArray&&, Device&) = 0;
  // `program`: StableHLO text. Throws PluginError with the plugin's text and the failing line.
  virtual Ref<Executable> compile(std::string_view program, const CompileOptions&) = 0;
  virtual Ref<Executable> deserialize(std::string_view bytes, const CompileOptions&) = 0;
};

// A new client on this plugin.
Ref<Client> make_client(std::shared_ptr<Plugin>, const ClientOptions& = {});

// The process-wide client, made at first use from the discovered plugin and LINUM_NUM_CPU_DEVICES
// (a count of virtual CPU devices; default 1).
Client& default_client();
// Replaces it (for tests and programs that choose their own plugin); arrays of the old one stay
// valid.
void set_default_client(Ref<Client>);
// Where new arrays go and programs run: the first local device of the default client, or that of
// this thread's innermost DefaultDevice.
Device& default_device();
// Another default device for this thread until the end of the scope (jax.default_device).
class DefaultDevice {
 public:
  explicit DefaultDevice(Device& device);
  ~DefaultDevice();
  DefaultDevice(const DefaultDevice&) = delete;

 private:
  Ref<Client> client_;  // keeps the device alive
  Device* previous_;
};

}  // namespace linum::runtime
