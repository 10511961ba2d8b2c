#include "linum/core/value.h"

#include <mutex>
#include <unordered_map>

#include "linum/core/trace.h"

namespace linum {

Tracer::Tracer(Ref<Trace> trace, Aval aval)
    : Value(ValueKind::Tracer, std::move(aval)), trace_(std::move(trace)) {
  trace_->born(*this);
}
Tracer::~Tracer() { trace_->died(*this); }

static Array scalar_of(const Aval& aval, std::complex<double> number, std::int64_t integer) {
  return Array(Ref<Value>(new ScalarValue(aval, number, integer)));
}

// Rank-0 types are few: made once.
static const Aval& scalar_aval(DType dtype, bool weak) {
  static const auto* table = [] {
    auto* t = new std::vector<Aval>;
    for (int w = 0; w < 2; ++w)
      for (int d = 0; d < kDTypeCount; ++d) t->emplace_back(static_cast<DType>(d), Shape{}, w == 1);
    return t;
  }();
  return (*table)[static_cast<std::size_t>(dtype) + (weak ? kDTypeCount : 0)];
}

Array make_scalar(std::complex<double> number, DType dtype, bool weak) {
  if (is_integer(dtype)) {
    return make_integer_scalar(static_cast<std::int64_t>(number.real()), dtype, weak);
  }
  if (is_bool(dtype)) return make_integer_scalar(number != 0.0, dtype, weak);
  if (!is_complex(dtype)) number = number.real();
  return scalar_of(scalar_aval(dtype, weak), number, static_cast<std::int64_t>(0));
}
Array make_scalar(double number, DType dtype, bool weak) {
  return make_scalar(std::complex<double>(number), dtype, weak);
}

// Wraps around as C++ does.
static std::int64_t wrap_integer(std::int64_t v, DType dtype) {
  switch (dtype) {
    case DType::Bool:
      return v != 0;
    case DType::I8:
      return static_cast<std::int8_t>(v);
    case DType::I16:
      return static_cast<std::int16_t>(v);
    case DType::I32:
      return static_cast<std::int32_t>(v);
    case DType::U8:
      return static_cast<std::uint8_t>(v);
    case DType::U16:
      return static_cast<std::uint16_t>(v);
    case DType::U32:
      return static_cast<std::uint32_t>(v);
    default:
      return v;
  }
}

static double as_double(std::int64_t v, DType dtype) {
  return dtype == DType::U64 ? static_cast<double>(static_cast<std::uint64_t>(v))
                             : static_cast<double>(v);
}

Array make_integer_scalar(std::int64_t number, DType dtype, bool weak) {
  if (is_inexact(dtype)) return make_scalar(static_cast<double>(number), dtype, weak);
  number = wrap_integer(number, dtype);
  return scalar_of(scalar_aval(dtype, weak), as_double(number, dtype), number);
}

Array convert_scalar(const ScalarValue& s, DType dtype, bool weak) {
  DType from = s.aval().dtype();
  if (is_inexact(from)) return make_scalar(s.number(), dtype, weak);
  if (is_inexact(dtype)) return make_scalar(as_double(s.integer(), from), dtype, weak);
  return make_integer_scalar(s.integer(), dtype, weak);
}

HostArray scalar_to_host(const ScalarValue& s) {
  HostArray out(s.aval().dtype(), {});
  switch (s.aval().dtype()) {
    case DType::C64:
      out.as<std::complex<float>>()[0] = std::complex<float>(s.number());
      break;
    case DType::C128:
      out.as<std::complex<double>>()[0] = s.number();
      break;
    case DType::I64:
      out.as<std::int64_t>()[0] = s.integer();
      break;
    case DType::U64:
      out.as<std::uint64_t>()[0] = static_cast<std::uint64_t>(s.integer());
      break;
    default:
      out.set_number(0, s.number().real());
  }
  return out;
}

// Scalars of eager code ("x * 2") recur: their buffers are remembered, by value.
static Ref<runtime::Buffer> scalar_buffer(const ScalarValue& s) {
  static std::mutex mutex;
  static auto* buffers = new std::unordered_map<std::string, Ref<runtime::Buffer>>;
  HostArray host = scalar_to_host(s);
  runtime::Device& device = runtime::default_device();
  std::string key(reinterpret_cast<const char*>(host.data()), host.byte_size());
  key += static_cast<char>(host.dtype());
  key += std::to_string(reinterpret_cast<std::uintptr_t>(&device));
  std::lock_guard lock(mutex);
  auto& slot = (*buffers)[key];
  if (!slot || slot->is_deleted()) {
    if (buffers->size() > 4096) buffers->clear();  // a bound, not a policy
    return (*buffers)[key] = device.client().to_device(host, device);
  }
  return slot;
}

HostArray gather_shards(const ShardedValue& x) {
  if (x.sharding().is_fully_replicated()) return x.shards()[0]->to_host();
  HostArray out(x.aval().dtype(), x.aval().shape());
  for (std::size_t i = 0; i < x.shards().size(); ++i)
    write_part(out, x.shards()[i]->to_host(), x.sharding().shard_start(out.shape(), i));
  return out;
}

Array split_array(const Array& x, std::shared_ptr<const NamedSharding> sharding) {
  const HostArray whole = x.to_host();
  const Shape part = sharding->shard_shape(whole.shape());
  const auto& devices = sharding->mesh().devices();
  std::vector<Ref<runtime::Buffer>> shards;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    HostArray mine = part == whole.shape()
                         ? whole
                         : read_part(whole, sharding->shard_start(whole.shape(), i), part);
    shards.push_back(devices[i]->client().to_device(mine, *devices[i]));
  }
  const Aval aval = x.aval().in_memory(MemorySpace::Device);
  return Array(Ref<Value>(new ShardedValue(aval, std::move(sharding), std::move(shards))));
}

Array move_to_memory(const Array& x, MemorySpace memory) {
  if (x.memory() == memory) return x;
  const std::string_view kind = memory_kind(memory);
  Aval aval = x.aval().in_memory(memory);
  if (const ShardedValue* s = as_sharded(x)) {
    std::vector<Ref<runtime::Buffer>> shards;
    for (const auto& shard : s->shards()) shards.push_back(shard->copy_to_memory(kind));
    auto sharding = std::make_shared<const NamedSharding>(s->sharding());
    return Array(Ref<Value>(new ShardedValue(std::move(aval), sharding, std::move(shards))));
  }
  const DeviceValue* d = as_device(x);
  Ref<runtime::Buffer> moved = buffer_of(x)->copy_to_memory(kind);
  return Array(Ref<Value>(new DeviceValue(std::move(aval), moved, d && d->committed())));
}

Ref<runtime::Buffer> buffer_of(const Array& x) {
  if (auto* d = as_device(x)) return d->buffer();
  if (auto* s = as_scalar(x)) return scalar_buffer(*s);
  if (auto* s = as_sharded(x)) {
    runtime::Device& device = runtime::default_device();
    return device.client().to_device(gather_shards(*s), device);
  }
  if (!x.defined()) throw ValueError("an undefined Array has no value");
  throw ConcretizationError(str_cat("a traced value (", x.aval(), ") has no data yet"));
}

[[noreturn]] static void refuse_devices(runtime::Device& a, runtime::Device& b) {
  throw ValueError(
      str_cat("the arrays of one computation are committed to two devices: ", a.description(),
              " and ", b.description(), "; bring them together with device_put"));
}

static void settle(runtime::Device*& device, const DeviceValue& x) {
  runtime::Device& own = x.buffer()->device();
  // Of another client: callbacks compute on one of their own, and the other may wait for them.
  if (&own.client() != &runtime::default_device().client()) return;
  if (device && device != &own) refuse_devices(*device, own);
  device = &own;
}

Residence residence_of(std::span<const Array> args) {
  Residence out{nullptr};
  for (const Array& x : args) {
    const DeviceValue* d = as_device(x);
    if (d && d->committed()) settle(out.device, *d);
    out.traced = out.traced || as_tracer(x);
  }
  if (!out.device) out.device = &runtime::default_device();
  return out;
}

}  // namespace linum
