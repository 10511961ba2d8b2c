// What an Array may hold. Only the floors that trace, run or transfer need this header.
#pragma once

#include "linum/core/array.h"
#include "linum/core/sharding.h"
#include "linum/runtime/client.h"

namespace linum {

class Trace;

// A number known on the host: it becomes a literal of the programs that use it.
class ScalarValue final : public Value {
 public:
  ScalarValue(Aval aval, std::complex<double> number, std::int64_t integer)
      : Value(ValueKind::Scalar, std::move(aval)), number_(number), integer_(integer) {}
  std::complex<double> number() const { return number_; }  // of floats and complex
  std::int64_t integer() const { return integer_; }        // of integers (u64 by its bits) and bool

 private:
  std::complex<double> number_;
  std::int64_t integer_;
};

// A device buffer.
class DeviceValue final : public Value {
 public:
  DeviceValue(Aval aval, Ref<runtime::Buffer> buffer, bool committed = false)
      : Value(ValueKind::Device, std::move(aval)),
        committed_(committed),
        buffer_(std::move(buffer)) {}
  const Ref<runtime::Buffer>& buffer() const { return buffer_; }
  // Put on its device on purpose: computations go there. Other arrays follow the computation.
  bool committed() const { return committed_; }

 private:
  bool committed_;
  Ref<runtime::Buffer> buffer_;
};

// One buffer on each device of a mesh, in the mesh's order.
class ShardedValue final : public Value {
 public:
  ShardedValue(Aval aval, std::shared_ptr<const NamedSharding> sharding,
               std::vector<Ref<runtime::Buffer>> shards)
      : Value(ValueKind::Sharded, std::move(aval)),
        sharding_(std::move(sharding)),
        shards_(std::move(shards)) {}
  const NamedSharding& sharding() const { return *sharding_; }
  const std::vector<Ref<runtime::Buffer>>& shards() const { return shards_; }

 private:
  std::shared_ptr<const NamedSharding> sharding_;
  std::vector<Ref<runtime::Buffer>> shards_;
};

// What decides how a computation on some arrays runs, by one look at them.
struct Residence {
  runtime::Device* device;  // that some of them are committed to, else the default one
  bool traced = false;      // some of them
};
// Throws ValueError when they are committed to several devices.
Residence residence_of(std::span<const Array> args);

// A value inside a transform; each Trace has its own kind.
class Tracer : public Value {
 public:
  Tracer(Ref<Trace> trace, Aval aval);
  ~Tracer() override;
  Trace& trace() const { return *trace_; }

 private:
  Ref<Trace> trace_;
};

// The scalar behind `x`, or null.
namespace detail {
template <class T>
const T* value_as(const Array& x, ValueKind kind) {
  return x.defined() && x.value()->kind() == kind ? static_cast<const T*>(x.value().get())
                                                  : nullptr;
}
}  // namespace detail
inline const ScalarValue* as_scalar(const Array& x) {
  return detail::value_as<ScalarValue>(x, ValueKind::Scalar);
}
inline const DeviceValue* as_device(const Array& x) {
  return detail::value_as<DeviceValue>(x, ValueKind::Device);
}
inline const ShardedValue* as_sharded(const Array& x) {
  return detail::value_as<ShardedValue>(x, ValueKind::Sharded);
}
inline const Tracer* as_tracer(const Array& x) {
  return detail::value_as<Tracer>(x, ValueKind::Tracer);
}

// A strongly or weakly typed host scalar of this dtype.
Array make_scalar(double number, DType dtype, bool weak = false);
Array make_scalar(std::complex<double> number, DType dtype, bool weak = false);
Array make_integer_scalar(std::int64_t number, DType dtype, bool weak = false);
// The same scalar as another dtype (C++ conversion rules).
Array convert_scalar(const ScalarValue&, DType dtype, bool weak);
// The bytes of one element.
HostArray scalar_to_host(const ScalarValue&);

// The parts of a split array, put together; and a concrete array in parts on the devices of a mesh.
HostArray gather_shards(const ShardedValue&);
Array split_array(const Array& x, std::shared_ptr<const NamedSharding> sharding);
// A concrete array in another memory of the devices that it lies on.
Array move_to_memory(const Array& x, MemorySpace memory);

// A concrete array's buffer on one device: its own, or for scalars (which are remembered) and split
// arrays the default one.
// Throws ConcretizationError for a traced value.
Ref<runtime::Buffer> buffer_of(const Array& x);

}  // namespace linum
