// Array: the value every function of Linum takes and gives (jax.Array).
#pragma once

#include <complex>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "linum/base/error.h"
#include "linum/base/host_array.h"
#include "linum/base/ref.h"
#include "linum/core/aval.h"

namespace linum {

namespace runtime {
class Buffer;
class Device;
}  // namespace runtime

// What an Array may hold (core/value.h has the kinds).
enum class ValueKind : std::uint8_t { Scalar, Device, Sharded, Tracer };

class Value : public RefCounted {
 public:
  Value(ValueKind kind, Aval aval) : kind_(kind), aval_(std::move(aval)) {}
  ValueKind kind() const { return kind_; }
  const Aval& aval() const { return aval_; }

 private:
  ValueKind kind_;
  Aval aval_;
};

// A value-semantic handle, one pointer wide, to a device buffer, a host scalar or a traced value.
// Immutable and safe to share between threads; computed asynchronously until read.
class Array {
 public:
  // Undefined: holds nothing. As a tangent or cotangent it means a symbolic zero.
  Array() = default;
  // C++ numbers make weakly typed scalars: they take the dtype of what they meet.
  Array(bool);
  Array(int);
  Array(long);
  Array(long long);
  Array(unsigned);
  Array(unsigned long);
  Array(unsigned long long);
  Array(float);
  Array(double);
  Array(std::complex<float>);
  Array(std::complex<double>);
  explicit Array(Ref<Value> value) : value_(std::move(value)) {}

  // Copies (or, where it can, shares) host data onto the default device.
  static Array from_host(const HostArray&);
  static Array from_host(const HostArray&, runtime::Device&);
  template <class T>
  static Array of(Shape shape, const std::vector<T>& values) {
    if constexpr (std::is_same_v<T, bool>) {
      return from_host(HostArray::of(std::move(shape), values));
    } else {
      return from_host(HostArray::of<T>(std::move(shape), std::span<const T>(values)));
    }
  }
  static Array from_buffer(Ref<runtime::Buffer>, bool weak = false);

  bool defined() const { return static_cast<bool>(value_); }
  const Aval& aval() const;
  DType dtype() const { return aval().dtype(); }
  const Shape& shape() const { return aval().shape(); }
  std::int64_t shape(std::int64_t axis) const;  // negative axes count from the end
  std::int64_t ndim() const { return aval().rank(); }
  std::int64_t size() const { return aval().size(); }
  bool weak() const { return aval().weak(); }
  MemorySpace memory() const { return aval().memory(); }
  // True inside a transform: there is no number to read yet.
  bool is_traced() const;

  // Reading blocks until the value is computed. On a traced value these throw ConcretizationError
  // that names the fix.
  HostArray to_host() const;
  template <class T>
  std::vector<T> to_vector() const {
    HostArray host = to_host();
    auto view = host.as<T>();
    return {view.begin(), view.end()};
  }
  // The only element, converted to T; throws ShapeError unless size() == 1, and DTypeError for the
  // real part of a complex one (read it as std::complex).
  template <class T>
  T item() const {
    if constexpr (std::is_same_v<T, bool>) {
      return static_cast<bool>(*this);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(integer_item());
    } else if constexpr (std::is_floating_point_v<T>) {
      return static_cast<T>(real_item());
    } else if constexpr (std::is_constructible_v<T, std::complex<double>>) {
      return T(complex_item());
    } else {  // half-width floats
      return T(static_cast<float>(real_item()));
    }
  }
  explicit operator bool() const;
  const Array& block_until_ready() const;

  // NumPy's way: values with elision, then shape and dtype for large arrays.
  std::string to_string() const;

  const Ref<Value>& value() const { return value_; }

 private:
  HostArray only_element(std::string_view wanted) const;
  std::int64_t integer_item() const;
  double real_item() const;
  std::complex<double> complex_item() const;
  Ref<Value> value_;
};

template <>
inline std::vector<bool> Array::to_vector<bool>() const {
  HostArray host = to_host();
  auto view = host.as<bool>();
  return {view.begin(), view.end()};
}

std::ostream& operator<<(std::ostream&, const Array&);

}  // namespace linum
