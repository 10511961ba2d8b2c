// The PJRT-backed classes behind client.h.
#pragma once

#include <atomic>
#include <memory>

#include "linum/runtime/client.h"
#include "linum/runtime/pjrt.h"
#include "linum/runtime/plugin.h"

namespace linum::runtime {

class PjrtClient;

class PjrtDevice final : public Device {
 public:
  PjrtDevice(PjrtClient& client, PJRT_Device* device);
  int id() const override { return id_; }
  int local_hardware_id() const override;
  int process_index() const override { return process_index_; }
  const std::string& kind() const override { return kind_; }
  const std::string& description() const override { return description_; }
  Client& client() const override;
  std::map<std::string, std::int64_t> memory_stats() const override;
  const std::vector<std::string>& memory_kinds() const override { return memory_kinds_; }
  // Throws ValueError for a memory that it lacks.
  PJRT_Memory* memory(std::string_view kind) const;
  PJRT_Device* handle() const { return device_; }

 private:
  void read_memories();
  PjrtClient& client_;
  PJRT_Device* device_;
  std::vector<std::string> memory_kinds_;
  std::vector<PJRT_Memory*> memories_;
  int id_ = 0, process_index_ = 0;
  std::string kind_, description_;
};

// What the buffers of one program result share.
struct BufferType : RefCounted {
  BufferType(DType d, Shape s) : dtype(d), shape(std::move(s)) {}
  DType dtype;
  Shape shape;
};

class PjrtBuffer final : public Buffer {
 public:
  PjrtBuffer(PjrtClient& client, PJRT_Buffer* buffer, Ref<const BufferType> type,
             PjrtDevice& device);
  ~PjrtBuffer() override;
  DType dtype() const override { return type_->dtype; }
  const Shape& shape() const override { return type_->shape; }
  Device& device() const override { return device_; }
  std::string memory_kind() const override;
  bool is_ready() const override;
  void await() const override;
  HostArray to_host() const override;
  void start_host_copy() const override;
  const std::byte* host_data() const override;
  Ref<Buffer> copy_to(Device&) const override;
  Ref<Buffer> copy_to_memory(std::string_view kind) const override;
  void free() override;
  bool is_deleted() const override;
  // For what may end the buffer: a program that takes it for its results, or free().
  PJRT_Buffer* hand_over() {
    handed_over_.store(true, std::memory_order_relaxed);
    return buffer_;
  }
  const PjrtClient& client() const { return client_; }

 private:
  void require_alive(std::string_view action) const;
  PjrtClient& client_;
  PJRT_Buffer* buffer_;
  Ref<const BufferType> type_;
  PjrtDevice& device_;
  // A copy to the host that may not have arrived.
  struct HostCopy {
    HostArray array;
    PJRT_Event* arrived;
  };
  HostCopy copy_to_host() const;
  HostCopy* take_host_copy() const {
    return host_copy_.load(std::memory_order_relaxed) ? host_copy_.exchange(nullptr) : nullptr;
  }
  void drop_host_copy() const;
  // Until then it can be neither donated nor freed, and the plugin need not be asked.
  std::atomic<bool> handed_over_{false};
  mutable std::atomic<const std::byte*> host_data_{nullptr};
  mutable std::atomic<HostCopy*> host_copy_{nullptr};
};

class PjrtCompletion final : public Completion {
 public:
  PjrtCompletion(PjrtClient& client, std::vector<PJRT_Event*> events);
  ~PjrtCompletion() override;
  bool is_ready() const override;
  void await_quietly() const override;

 private:
  PjrtClient& client_;
  std::vector<PJRT_Event*> events_;
};

class PjrtExecutable final : public Executable {
 public:
  PjrtExecutable(PjrtClient& client, PJRT_LoadedExecutable* loaded);
  ~PjrtExecutable() override;
  std::vector<Ref<Buffer>> execute(std::span<Buffer* const> args) override;
  std::vector<Ref<Buffer>> execute_tracked(std::span<Buffer* const> args,
                                           Ref<Completion>& done) override;
  std::vector<std::vector<Ref<Buffer>>> execute_sharded(
      std::span<const std::vector<Buffer*>> args) override;
  std::vector<std::vector<Ref<Buffer>>> execute_sharded_tracked(
      std::span<const std::vector<Buffer*>> args, Ref<Completion>& done) override;
  int num_outputs() const override { return static_cast<int>(outputs_.size()); }
  const std::vector<Device*>& devices() const override { return devices_; }
  std::string serialize() const override;
  MemoryStats memory_stats() const override;
  std::map<std::string, double> cost_analysis() const override;
  std::string optimized_text() const override;
  std::vector<std::string> output_shardings() const override;

 private:
  void read_outputs();
  void read_devices();
  std::vector<Ref<Buffer>> start(std::span<Buffer* const> args, PJRT_Event** done);
  std::vector<std::vector<Ref<Buffer>>> start_sharded(std::span<const std::vector<Buffer*>> args,
                                                      PJRT_Event** done);
  PjrtClient& client_;
  PJRT_LoadedExecutable* loaded_;
  PJRT_Executable* executable_ = nullptr;
  std::vector<Ref<const BufferType>> outputs_;
  std::vector<Device*> devices_;
};

class PjrtClient final : public Client {
 public:
  PjrtClient(std::shared_ptr<Plugin> plugin, const ClientOptions& options);
  ~PjrtClient() override;
  const Plugin& plugin() const override { return *plugin_; }
  const std::shared_ptr<Plugin>& shared_plugin() const override { return plugin_; }
  const std::string& platform() const override { return platform_; }
  const std::string& platform_version() const override { return platform_version_; }
  const std::vector<Device*>& devices() const override { return devices_; }
  const std::vector<Device*>& local_devices() const override { return local_devices_; }
  Ref<Buffer> to_device(const HostArray&, Device&) override;
  Ref<Buffer> to_device(HostArray&&, Device&) override;
  Ref<Executable> compile(std::string_view program, const CompileOptions&) override;
  Ref<Executable> deserialize(std::string_view bytes, const CompileOptions&) override;

  const PJRT_Api& api() const { return plugin_->api(); }
  PJRT_Client* handle() const { return client_; }
  PjrtDevice& device_of(PJRT_Device*) const;

 private:
  void read_platform();
  void read_devices();
  Ref<Buffer> transfer(const HostArray&, Device&, PJRT_HostBufferSemantics);
  std::shared_ptr<Plugin> plugin_;
  PJRT_Client* client_ = nullptr;
  std::string platform_, platform_version_;
  std::vector<std::unique_ptr<PjrtDevice>> owned_;
  std::vector<Device*> devices_, local_devices_;
};

std::string kind_of(const PJRT_Api&, PJRT_Memory*);
PJRT_Buffer_Type to_pjrt(DType);
DType from_pjrt(PJRT_Buffer_Type);

}  // namespace linum::runtime
