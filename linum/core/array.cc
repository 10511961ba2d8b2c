#include "linum/core/array.h"

#include "linum/core/trace.h"
#include "linum/core/value.h"

namespace linum {

Array::Array(bool v) : Array(make_integer_scalar(v, DType::Bool)) {}
// An int that needs more than 32 bits is an int64; weak all the same.
static Array weak_integer(long long v) {
  bool fits = v >= INT32_MIN && v <= INT32_MAX;
  return make_integer_scalar(v, fits ? DType::I32 : DType::I64, true);
}
Array::Array(int v) : Array(weak_integer(v)) {}
Array::Array(long v) : Array(weak_integer(v)) {}
Array::Array(long long v) : Array(weak_integer(v)) {}
Array::Array(unsigned v) : Array(weak_integer(v)) {}
Array::Array(unsigned long v) : Array(static_cast<unsigned long long>(v)) {}
Array::Array(unsigned long long v)
    : Array(v <= INT64_MAX ? weak_integer(static_cast<long long>(v))
                           : make_integer_scalar(static_cast<std::int64_t>(v), DType::U64)) {}
Array::Array(float v) : Array(make_scalar(static_cast<double>(v), DType::F32, true)) {}
Array::Array(double v) : Array(make_scalar(v, DType::F32, true)) {}
Array::Array(std::complex<float> v)
    : Array(make_scalar(std::complex<double>(v), DType::C64, true)) {}
Array::Array(std::complex<double> v) : Array(make_scalar(v, DType::C64, true)) {}

Array Array::from_host(const HostArray& host) { return from_host(host, runtime::default_device()); }
Array Array::from_host(const HostArray& host, runtime::Device& device) {
  return from_buffer(device.client().to_device(host, device));
}
Array Array::from_buffer(Ref<runtime::Buffer> buffer, bool weak) {
  Aval aval(buffer->dtype(), buffer->shape(), weak);
  return Array(Ref<Value>(new DeviceValue(std::move(aval), std::move(buffer))));
}

const Aval& Array::aval() const {
  if (!value_)
    throw ValueError("an undefined Array is used (default-constructed, or a zero tangent)");
  return value_->aval();
}

std::int64_t Array::shape(std::int64_t axis) const {
  return aval().dim(normalize_axis(axis, ndim(), "Array::shape"));
}

bool Array::is_traced() const { return as_tracer(*this) != nullptr; }

[[noreturn]] static void refuse_read(const Array& x, std::string_view wanted) {
  Trace::check_alive(x, str_cat("a read of ", wanted));
  throw ConcretizationError(str_cat(
      "a traced value of type ", x.aval(), " is read as ", wanted,
      current_scope()->empty() ? "" : " in ", *current_scope(),
      ": inside jit, grad or vmap there is no number yet. Use lax::cond or np::where instead "
      "of `if`, pass what decides shapes or branches as a C++ value (static), or return the "
      "array from the transformed function and read it outside"));
}

HostArray Array::to_host() const {
  aval();
  if (auto* s = as_scalar(*this)) return scalar_to_host(*s);
  if (is_traced()) refuse_read(*this, "data");
  if (auto* s = as_sharded(*this)) return gather_shards(*s);
  return buffer_of(*this)->to_host();
}

HostArray Array::only_element(std::string_view wanted) const {
  if (is_traced()) refuse_read(*this, wanted);
  if (size() != 1) {
    throw ShapeError(str_cat("item() needs an array with one element, got ", aval(),
                             "; index it or reduce it first"));
  }
  return to_host();
}

// A weak scalar is the C++ number it came from, with all its digits.
static const ScalarValue* number_of(const Array& x) {
  auto* s = as_scalar(x);
  return s && s->aval().weak() && is_inexact(s->aval().dtype()) ? s : nullptr;
}

static void refuse_complex(const Array& x) {
  if (!is_complex(x.dtype())) return;
  throw DTypeError(str_cat("item() of ", x.aval(),
                           " is read as a real number; read it as "
                           "std::complex, or take lax::real first"));
}

std::int64_t Array::integer_item() const {
  refuse_complex(*this);
  return only_element("a number").integer(0);
}
double Array::real_item() const {
  refuse_complex(*this);
  HostArray host = only_element("a number");
  if (auto* s = number_of(*this)) return s->number().real();
  return host.number(0);
}
std::complex<double> Array::complex_item() const {
  HostArray host = only_element("a number");
  if (auto* s = number_of(*this)) return s->number();
  return host.complex_number(0);
}

Array::operator bool() const {
  if (is_traced()) refuse_read(*this, "a bool");
  if (size() != 1) {
    throw ShapeError(str_cat("the truth value of an array with ", size(),
                             " elements is ambiguous; use np::any or np::all"));
  }
  HostArray host = to_host();
  return host.complex_number(0) != 0.0;
}

const Array& Array::block_until_ready() const {
  if (auto* d = as_device(*this)) d->buffer()->await();
  if (auto* s = as_sharded(*this))
    for (auto& shard : s->shards()) shard->await();
  return *this;
}

}  // namespace linum
