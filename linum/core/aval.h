// Aval: what a program knows of an array before it runs (JAX's ShapedArray).
#pragma once

#include <string>
#include <string_view>

#include "linum/base/dtype.h"
#include "linum/base/ref.h"
#include "linum/base/shape.h"

namespace linum {

// Which of the memories of its devices an array lies in (jax.memory.Space).
enum class MemorySpace : std::uint8_t { Device, Host };

// Plugins call them "device" and "pinned_host". Throws ValueError for other names.
std::string_view memory_kind(MemorySpace);
MemorySpace memory_space(std::string_view kind);

// Element type, shape, whether the type is weak (came from a C++ number and yields to others), and
// the memory. A handle to immutable data: copying is a pointer copy.
class Aval {
 public:
  Aval() = default;
  Aval(DType dtype, Shape shape, bool weak = false, MemorySpace memory = MemorySpace::Device)
      : rep_(make_ref<const Rep>(dtype, std::move(shape), weak, memory)) {}

  bool defined() const { return static_cast<bool>(rep_); }
  DType dtype() const { return rep_->dtype; }
  const Shape& shape() const { return rep_->shape; }
  bool weak() const { return rep_->weak; }
  MemorySpace memory() const { return rep_->memory; }
  std::int64_t rank() const { return static_cast<std::int64_t>(rep_->shape.size()); }
  std::int64_t size() const { return element_count(rep_->shape); }
  std::int64_t dim(std::int64_t i) const { return rep_->shape[static_cast<std::size_t>(i)]; }

  Aval with_shape(Shape shape) const { return Aval(dtype(), std::move(shape), weak(), memory()); }
  Aval with_dtype(DType dtype, bool weak = false) const {
    return Aval(dtype, shape(), weak, memory());
  }
  Aval in_memory(MemorySpace memory) const {
    return memory == this->memory() ? *this : Aval(dtype(), shape(), weak(), memory);
  }
  Aval strong() const { return weak() ? with_dtype(dtype()) : *this; }

  // "f32[2,3]", jaxpr's form; "f32<host>[2,3]" where it lies in the host's memory.
  std::string to_string() const;

  friend bool operator==(const Aval& a, const Aval& b) {
    return a.rep_ == b.rep_ ||
           (a.rep_ && b.rep_ && a.dtype() == b.dtype() && a.weak() == b.weak() &&
            a.memory() == b.memory() && a.shape() == b.shape());
  }

 private:
  struct Rep : RefCounted {
    Rep(DType d, Shape s, bool w, MemorySpace m)
        : dtype(d), weak(w), memory(m), shape(std::move(s)) {}
    DType dtype;
    bool weak;
    MemorySpace memory;
    Shape shape;
  };
  Ref<const Rep> rep_;
};

inline std::string to_text(const Aval& a) { return a.to_string(); }
// "f32[2,3], i32[]": the form error messages list operands in.
std::string to_text(const std::vector<Aval>&);

}  // namespace linum
