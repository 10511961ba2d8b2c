#include "linum/runtime/pjrt_client.h"

namespace linum::runtime {
namespace {

constexpr PJRT_Buffer_Type kPjrtTypes[kDTypeCount] = {
    PJRT_Buffer_Type_PRED,       PJRT_Buffer_Type_S8,
    PJRT_Buffer_Type_S16,        PJRT_Buffer_Type_S32,
    PJRT_Buffer_Type_S64,        PJRT_Buffer_Type_U8,
    PJRT_Buffer_Type_U16,        PJRT_Buffer_Type_U32,
    PJRT_Buffer_Type_U64,        PJRT_Buffer_Type_F16,
    PJRT_Buffer_Type_BF16,       PJRT_Buffer_Type_F32,
    PJRT_Buffer_Type_F64,        PJRT_Buffer_Type_C64,
    PJRT_Buffer_Type_C128,       PJRT_Buffer_Type_F8E4M3FN,
    PJRT_Buffer_Type_F8E5M2,     PJRT_Buffer_Type_F8E4M3FNUZ,
    PJRT_Buffer_Type_F8E5M2FNUZ, PJRT_Buffer_Type_F8E4M3B11FNUZ,
};

}  // namespace

PJRT_Buffer_Type to_pjrt(DType d) { return kPjrtTypes[static_cast<std::size_t>(d)]; }
DType from_pjrt(PJRT_Buffer_Type type) {
  for (int i = 0; i < kDTypeCount; ++i)
    if (kPjrtTypes[i] == type) return static_cast<DType>(i);
  throw PluginError(
      str_cat("the plugin gave an array of an element type that Linum does not know (",
              static_cast<int>(type), ")"));
}

PjrtBuffer::PjrtBuffer(PjrtClient& client, PJRT_Buffer* buffer, Ref<const BufferType> type,
                       PjrtDevice& device)
    : client_(client), buffer_(buffer), type_(std::move(type)), device_(device) {
  client_.retain();
}
PjrtBuffer::~PjrtBuffer() {
  drop_host_copy();
  LINUM_PJRT_ARGS(PJRT_Buffer_Destroy_Args, args);
  args.buffer = buffer_;
  drop(client_.api(), client_.api().PJRT_Buffer_Destroy(&args));
  client_.release();
}

static PJRT_Event* ready_event(const PJRT_Api& api, PJRT_Buffer* buffer) {
  LINUM_PJRT_ARGS(PJRT_Buffer_ReadyEvent_Args, args);
  args.buffer = buffer;
  check(api, api.PJRT_Buffer_ReadyEvent(&args), "asking whether an array is ready");
  return args.event;
}

void PjrtBuffer::require_alive(std::string_view action) const {
  if (!is_deleted()) return;
  throw DeletedBufferError(str_cat(
      "cannot ", action, " a deleted array of ", dtype(), shape(),
      ": it was donated to a jitted function or freed. Use the function's result instead, or "
      "do not list the argument in JitOptions::donate"));
}

bool PjrtBuffer::is_ready() const {
  require_alive("query");
  const PJRT_Api& api = client_.api();
  LINUM_PJRT_ARGS(PJRT_Event_IsReady_Args, args);
  args.event = ready_event(api, buffer_);
  PJRT_Error* error = api.PJRT_Event_IsReady(&args);
  LINUM_PJRT_ARGS(PJRT_Event_Destroy_Args, destroy);
  destroy.event = args.event;
  drop(api, api.PJRT_Event_Destroy(&destroy));
  check(api, error, "asking whether an array is ready");
  return args.is_ready;
}

void PjrtBuffer::await() const {
  require_alive("wait for");
  runtime::await(client_.api(), ready_event(client_.api(), buffer_), "computing an array failed");
}

PjrtBuffer::HostCopy PjrtBuffer::copy_to_host() const {
  HostCopy out{HostArray(dtype(), shape()), nullptr};
  if (out.array.byte_size() == 0) {
    out.arrived = ready_event(client_.api(), buffer_);
    return out;
  }
  std::vector<std::int64_t> order;
  for (std::size_t i = shape().size(); i-- > 0;) order.push_back(static_cast<std::int64_t>(i));
  LINUM_PJRT_ARGS(PJRT_Buffer_MemoryLayout, layout);  // row-major, whatever the device prefers
  layout.type = PJRT_Buffer_MemoryLayout_Type_Tiled;
  layout.tiled.struct_size = PJRT_Buffer_MemoryLayout_Tiled_STRUCT_SIZE;
  layout.tiled.minor_to_major = order.data();
  layout.tiled.minor_to_major_size = order.size();
  LINUM_PJRT_ARGS(PJRT_Buffer_ToHostBuffer_Args, args);
  args.src = buffer_;
  args.host_layout = &layout;
  args.dst = out.array.data();
  args.dst_size = out.array.byte_size();
  check(client_.api(), client_.api().PJRT_Buffer_ToHostBuffer(&args), "reading an array");
  out.arrived = args.event;
  return out;
}

HostArray PjrtBuffer::to_host() const {
  require_alive("read");
  std::unique_ptr<HostCopy> started(take_host_copy());
  HostCopy copy = started ? std::move(*started) : copy_to_host();
  runtime::await(client_.api(), copy.arrived, "computing an array failed");
  return std::move(copy.array);
}

void PjrtBuffer::start_host_copy() const {
  require_alive("read");
  if (host_copy_.load(std::memory_order_acquire)) return;
  auto copy = std::make_unique<HostCopy>(copy_to_host());
  HostCopy* none = nullptr;
  if (host_copy_.compare_exchange_strong(none, copy.get())) {
    (void)copy.release();
  } else {  // another thread was first; the memory must stay until the plugin is done with it
    runtime::await(client_.api(), copy->arrived, "computing an array failed");
  }
}

// One that nobody took: waits for it, since the plugin writes to its memory.
void PjrtBuffer::drop_host_copy() const {
  std::unique_ptr<HostCopy> copy(take_host_copy());
  if (!copy) return;
  LINUM_PJRT_ARGS(PJRT_Event_Await_Args, wait);
  wait.event = copy->arrived;
  drop(client_.api(), client_.api().PJRT_Event_Await(&wait));
  LINUM_PJRT_ARGS(PJRT_Event_Destroy_Args, destroy);
  destroy.event = copy->arrived;
  drop(client_.api(), client_.api().PJRT_Event_Destroy(&destroy));
}

const std::byte* PjrtBuffer::host_data() const {
  require_alive("read");
  if (const std::byte* known = host_data_.load(std::memory_order_acquire)) return known;
  if (client_.platform() != "cpu") return nullptr;
  await();
  LINUM_PJRT_ARGS(PJRT_Buffer_UnsafePointer_Args, args);
  args.buffer = buffer_;
  check(client_.api(), client_.api().PJRT_Buffer_UnsafePointer(&args), "reading an array in place");
  auto* data = reinterpret_cast<const std::byte*>(args.buffer_pointer);
  host_data_.store(data, std::memory_order_release);
  return data;
}

Ref<Buffer> PjrtBuffer::copy_to(Device& target) const {
  require_alive("copy");
  if (&target.client() != &client_) return target.client().to_device(to_host(), target);
  auto& device = static_cast<PjrtDevice&>(target);
  LINUM_PJRT_ARGS(PJRT_Buffer_CopyToDevice_Args, args);
  args.buffer = buffer_;
  args.dst_device = device.handle();
  check(client_.api(), client_.api().PJRT_Buffer_CopyToDevice(&args), "copying to a device");
  return Ref<Buffer>(new PjrtBuffer(client_, args.dst_buffer, type_, device));
}

std::string PjrtBuffer::memory_kind() const {
  require_alive("query");
  LINUM_PJRT_ARGS(PJRT_Buffer_Memory_Args, args);
  args.buffer = buffer_;
  check(client_.api(), client_.api().PJRT_Buffer_Memory(&args), "asking where an array lies");
  return kind_of(client_.api(), args.memory);
}

Ref<Buffer> PjrtBuffer::copy_to_memory(std::string_view kind) const {
  require_alive("move");
  LINUM_PJRT_ARGS(PJRT_Buffer_CopyToMemory_Args, args);
  args.buffer = buffer_;
  args.dst_memory = device_.memory(kind);
  check(client_.api(), client_.api().PJRT_Buffer_CopyToMemory(&args), "moving an array");
  return Ref<Buffer>(new PjrtBuffer(client_, args.dst_buffer, type_, device_));
}

void PjrtBuffer::free() {
  LINUM_PJRT_ARGS(PJRT_Buffer_Delete_Args, args);
  args.buffer = hand_over();
  check(client_.api(), client_.api().PJRT_Buffer_Delete(&args), "freeing an array");
}

bool PjrtBuffer::is_deleted() const {
  if (!handed_over_.load(std::memory_order_relaxed)) return false;
  LINUM_PJRT_ARGS(PJRT_Buffer_IsDeleted_Args, args);
  args.buffer = buffer_;
  check(client_.api(), client_.api().PJRT_Buffer_IsDeleted(&args), "querying an array");
  return args.is_deleted;
}

}  // namespace linum::runtime
