// A dense row-major array in host memory: what files, data sources and device transfers exchange.
#pragma once

#include <complex>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "linum/base/dtype.h"
#include "linum/base/shape.h"

namespace linum {

class HostArray {
 public:
  HostArray() = default;
  // Uninitialized storage, aligned to 64 bytes so that a device can take it without a copy.
  HostArray(DType dtype, Shape shape);
  // Views `data` of `owner` (which keeps it alive) without a copy.
  HostArray(DType dtype, Shape shape, std::shared_ptr<void> owner, std::byte* data);
  // Packs elements that lie `byte_strides` apart along each axis (as NumPy's strides: may be
  // negative, or 0 to repeat), starting at `first`; throws ShapeError on a wrong count of strides.
  static HostArray from_strided(DType dtype, Shape shape,
                                const std::vector<std::int64_t>& byte_strides, const void* first);

  template <class T>
  static HostArray of(Shape shape, std::span<const T> values) {
    HostArray out(dtype_of<T>(), std::move(shape));
    out.check_count(values.size());
    if (!values.empty()) std::memcpy(out.data(), values.data(), values.size_bytes());
    return out;
  }
  // The same of a vector<bool>, whose bits have no span.
  static HostArray of(Shape shape, const std::vector<bool>& values);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::int64_t size() const { return element_count(shape_); }
  std::size_t byte_size() const { return static_cast<std::size_t>(size()) * item_size(dtype_); }
  std::byte* data() { return data_; }
  const std::byte* data() const { return data_; }
  const std::shared_ptr<void>& owner() const { return owner_; }

  // The elements as T; throws DTypeError when T is not the stored type.
  template <class T>
  std::span<const T> as() const {
    check_type(dtype_of<T>());
    return {reinterpret_cast<const T*>(data_), static_cast<std::size_t>(size())};
  }
  template <class T>
  std::span<T> as() {
    check_type(dtype_of<T>());
    return {reinterpret_cast<T*>(data_), static_cast<std::size_t>(size())};
  }
  // Element `i` (row-major) as a double, whatever the type; the real part of a complex one.
  double number(std::int64_t i) const;
  // The same without loss: 64-bit integers (u64 by its bits; floats are cut), complex numbers.
  std::int64_t integer(std::int64_t i) const;
  std::complex<double> complex_number(std::int64_t i) const;
  // Writes `value` at `i`, converted to the stored type: rounded for floats, cut for integers
  // (which wrap around; beyond 64 bits they saturate, NaN is 0).
  void set_number(std::int64_t i, double value);

 private:
  void check_type(DType asked) const;
  void check_count(std::size_t given) const;

  DType dtype_ = DType::F32;
  Shape shape_{0};
  std::shared_ptr<void> owner_;
  std::byte* data_ = nullptr;
};

// The part of `x` of this shape that begins at `start`, and back: writes `part` into `x` there.
HostArray read_part(const HostArray& x, const std::vector<std::int64_t>& start, const Shape& shape);
void write_part(HostArray& x, const HostArray& part, const std::vector<std::int64_t>& start);

}  // namespace linum
