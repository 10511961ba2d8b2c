// Arrays from memory and text that others made (jax.numpy.frombuffer, fromstring, from_dlpack).
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "linum/core/array.h"

namespace linum::np {

struct BufferOptions {
  std::int64_t count = -1;  // of elements; -1: all there are
  std::int64_t offset = 0;  // of the first element, in bytes
};
// The bytes as elements of this dtype, copied. Throws ValueError where they do not suffice, or are
// no whole number of elements.
Array frombuffer(std::span<const std::byte> buffer, DType dtype, const BufferOptions& options = {});

// The numbers in a text, with `separator` between them (white space around it is skipped); at most
// `count` of them unless that is -1. Throws ValueError at what is no number.
Array fromstring(std::string_view text, std::string_view separator, DType dtype = float32,
                 std::int64_t count = -1);

// --- DLPack -----------------------------------------------------------------------------------

// What DLPack (https://dmlc.github.io/dlpack) says of an array.
struct DLPackView {
  const void* data;
  int device_type;  // 1: the host's memory
  int type_code, bits, lanes;
  Shape shape;
  std::vector<std::int64_t> strides;  // in elements; empty: row-major
};
// The array without a copy where it is row-major, aligned to 64 bytes and on a CPU client; `owner`
// then lives as long as the array. Throws ValueError for memory that is not the host's, DTypeError
// for types that Linum has not.
Array from_dlpack(const DLPackView& view, std::shared_ptr<void> owner);

// Takes over a DLManagedTensor (of dlpack.h, which need not be the one of Linum's build): its
// deleter is called when the array is gone. The tensor must not change any more.
template <class DLManagedTensor>
requires requires(DLManagedTensor* t) { t->dl_tensor.data, t->deleter(t); }
Array from_dlpack(DLManagedTensor* managed) {
  std::shared_ptr<void> owner(managed, [](void* p) {
    auto* t = static_cast<DLManagedTensor*>(p);
    if (t->deleter) t->deleter(t);
  });
  const auto& t = managed->dl_tensor;
  DLPackView view{static_cast<const std::byte*>(t.data) + t.byte_offset,
                  static_cast<int>(t.device.device_type),
                  t.dtype.code,
                  t.dtype.bits,
                  t.dtype.lanes,
                  Shape(t.shape, t.shape + t.ndim),
                  {}};
  if (t.strides) view.strides.assign(t.strides, t.strides + t.ndim);
  return from_dlpack(view, std::move(owner));
}

}  // namespace linum::np
