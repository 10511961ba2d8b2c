// Element types: those of StableHLO that Flax uses, their sizes, names and JAX's promotion lattice.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace linum {

enum class DType : std::uint8_t {
  Bool,
  I8,
  I16,
  I32,
  I64,
  U8,
  U16,
  U32,
  U64,
  F16,
  BF16,
  F32,
  F64,
  C64,
  C128,
  F8E4M3FN,  // the f8 kinds are storage: convert before computing
  F8E5M2,
  F8E4M3FNUZ,
  F8E5M2FNUZ,
  F8E4M3B11FNUZ,
};
inline constexpr int kDTypeCount = 20;

inline constexpr DType bool_ = DType::Bool;
inline constexpr DType int8 = DType::I8, int16 = DType::I16, int32 = DType::I32, int64 = DType::I64;
inline constexpr DType uint8 = DType::U8, uint16 = DType::U16, uint32 = DType::U32,
                       uint64 = DType::U64;
inline constexpr DType float16 = DType::F16, bfloat16 = DType::BF16, float32 = DType::F32,
                       float64 = DType::F64;
inline constexpr DType complex64 = DType::C64, complex128 = DType::C128;

// Bytes of one element.
std::size_t item_size(DType);
// NumPy's name: "float32", "bool", "bfloat16".
std::string_view name_of(DType);
// jaxpr's short name: "f32", "bool", "bf16".
std::string_view short_name_of(DType);
// StableHLO's element type: "f32", "i1", "ui8", "complex<f32>".
std::string_view mlir_name_of(DType);
// The dtype with this NumPy name; throws DTypeError that lists the known names.
DType dtype_from_name(std::string_view);
inline std::string to_text(DType d) { return std::string(name_of(d)); }

bool is_bool(DType);
bool is_signed_int(DType);
bool is_unsigned_int(DType);
bool is_integer(DType);   // signed or unsigned, not bool
bool is_floating(DType);  // f8, f16, bf16, f32, f64
bool is_complex(DType);
bool is_inexact(DType);       // floating or complex: has a derivative
bool is_storage_only(DType);  // the f8 kinds

// f32 of c64, f64 of c128; a real dtype is its own.
DType real_part_of(DType);
// c64 of f32 (and narrower), c128 of f64.
DType complex_of(DType);
// The unsigned integer of the same width (for bit casts).
DType uint_of_size(std::size_t bytes);

struct Promoted {
  DType dtype;
  bool weak;
};
// jax.numpy's binary promotion, weak types included; throws DTypeError for implicit f8 promotion.
Promoted promote(DType a, bool a_weak, DType b, bool b_weak);
// jax.numpy.promote_types: both strong.
DType promote_types(DType a, DType b);
// The inexact dtype that jax.numpy computes a float function of `d` in: integers give float32.
DType to_inexact(DType d);

// Storage of half-width floats on the host: exact widening, round to nearest even when narrowing.
struct bfloat16_t {
  std::uint16_t bits = 0;
  bfloat16_t() = default;
  explicit bfloat16_t(float);
  explicit operator float() const;
};
struct float16_t {
  std::uint16_t bits = 0;
  float16_t() = default;
  explicit float16_t(float);
  explicit operator float() const;
};

// dtype_of<float>() == DType::F32, for the C++ types that hold one element.
template <class T>
struct DTypeOf;
#define LINUM_DTYPE_OF(type, value)              \
  template <>                                    \
  struct DTypeOf<type> {                         \
    static constexpr DType dtype = DType::value; \
  }
LINUM_DTYPE_OF(bool, Bool);
LINUM_DTYPE_OF(std::int8_t, I8);
LINUM_DTYPE_OF(std::int16_t, I16);
LINUM_DTYPE_OF(std::int32_t, I32);
LINUM_DTYPE_OF(std::int64_t, I64);
LINUM_DTYPE_OF(long long, I64);
LINUM_DTYPE_OF(std::uint8_t, U8);
LINUM_DTYPE_OF(std::uint16_t, U16);
LINUM_DTYPE_OF(std::uint32_t, U32);
LINUM_DTYPE_OF(std::uint64_t, U64);
LINUM_DTYPE_OF(unsigned long long, U64);
LINUM_DTYPE_OF(float16_t, F16);
LINUM_DTYPE_OF(bfloat16_t, BF16);
LINUM_DTYPE_OF(float, F32);
LINUM_DTYPE_OF(double, F64);
LINUM_DTYPE_OF(std::complex<float>, C64);
LINUM_DTYPE_OF(std::complex<double>, C128);
#undef LINUM_DTYPE_OF
template <class T>
constexpr DType dtype_of() {
  return DTypeOf<T>::dtype;
}

}  // namespace linum
