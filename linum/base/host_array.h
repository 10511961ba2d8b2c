// A dense row-major array in host memory: what files, data sources and device transfers exchange.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>

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

  template <class T>
  static HostArray of(Shape shape, std::span<const T> values) {
    HostArray out(dtype_of<T>(), std::move(shape));
    out.check_count(values.size());
    std::memcpy(out.data(), values.data(), values.size_bytes());
    return out;
  }

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
  // Writes `value` at `i`, converted to the stored type.
  void set_number(std::int64_t i, double value);

 private:
  void check_type(DType asked) const;
  void check_count(std::size_t given) const;

  DType dtype_ = DType::F32;
  Shape shape_{0};
  std::shared_ptr<void> owner_;
  std::byte* data_ = nullptr;
};

}  // namespace linum
