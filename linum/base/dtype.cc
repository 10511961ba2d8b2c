#include "linum/base/dtype.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "linum/base/error.h"

namespace linum {
namespace {

enum class Kind : std::uint8_t { Bool, Signed, Unsigned, Float, Complex };
struct Info {
  std::string_view name, short_name, mlir;
  std::uint8_t size;
  Kind kind;
};
constexpr std::array<Info, kDTypeCount> kInfo = {{
    {"bool", "bool", "i1", 1, Kind::Bool},
    {"int8", "i8", "i8", 1, Kind::Signed},
    {"int16", "i16", "i16", 2, Kind::Signed},
    {"int32", "i32", "i32", 4, Kind::Signed},
    {"int64", "i64", "i64", 8, Kind::Signed},
    {"uint8", "u8", "ui8", 1, Kind::Unsigned},
    {"uint16", "u16", "ui16", 2, Kind::Unsigned},
    {"uint32", "u32", "ui32", 4, Kind::Unsigned},
    {"uint64", "u64", "ui64", 8, Kind::Unsigned},
    {"float16", "f16", "f16", 2, Kind::Float},
    {"bfloat16", "bf16", "bf16", 2, Kind::Float},
    {"float32", "f32", "f32", 4, Kind::Float},
    {"float64", "f64", "f64", 8, Kind::Float},
    {"complex64", "c64", "complex<f32>", 8, Kind::Complex},
    {"complex128", "c128", "complex<f64>", 16, Kind::Complex},
    {"float8_e4m3fn", "f8_e4m3fn", "f8E4M3FN", 1, Kind::Float},
    {"float8_e5m2", "f8_e5m2", "f8E5M2", 1, Kind::Float},
    {"float8_e4m3fnuz", "f8_e4m3fnuz", "f8E4M3FNUZ", 1, Kind::Float},
    {"float8_e5m2fnuz", "f8_e5m2fnuz", "f8E5M2FNUZ", 1, Kind::Float},
    {"float8_e4m3b11fnuz", "f8_e4m3b11fnuz", "f8E4M3B11FNUZ", 1, Kind::Float},
}};
constexpr const Info& info(DType d) { return kInfo[static_cast<std::size_t>(d)]; }

}  // namespace

std::size_t item_size(DType d) { return info(d).size; }
std::string_view name_of(DType d) { return info(d).name; }
std::string_view short_name_of(DType d) { return info(d).short_name; }
std::string_view mlir_name_of(DType d) { return info(d).mlir; }

DType dtype_from_name(std::string_view name) {
  std::string known;
  for (int i = 0; i < kDTypeCount; ++i) {
    if (kInfo[static_cast<std::size_t>(i)].name == name) return static_cast<DType>(i);
    known += str_cat(i ? ", " : "", kInfo[static_cast<std::size_t>(i)].name);
  }
  throw DTypeError(str_cat("no dtype is named '", name, "'; known: ", known));
}

bool is_bool(DType d) { return d == DType::Bool; }
bool is_signed_int(DType d) { return info(d).kind == Kind::Signed; }
bool is_unsigned_int(DType d) { return info(d).kind == Kind::Unsigned; }
bool is_integer(DType d) { return is_signed_int(d) || is_unsigned_int(d); }
bool is_floating(DType d) { return info(d).kind == Kind::Float; }
bool is_complex(DType d) { return info(d).kind == Kind::Complex; }
bool is_inexact(DType d) { return is_floating(d) || is_complex(d); }
bool is_storage_only(DType d) { return d >= DType::F8E4M3FN; }

DType real_part_of(DType d) {
  return d == DType::C64 ? DType::F32 : d == DType::C128 ? DType::F64 : d;
}
DType complex_of(DType d) { return d == DType::F64 || d == DType::C128 ? DType::C128 : DType::C64; }
DType uint_of_size(std::size_t bytes) {
  switch (bytes) {
    case 1:
      return DType::U8;
    case 2:
      return DType::U16;
    case 4:
      return DType::U32;
    case 8:
      return DType::U64;
    default:
      throw DTypeError(str_cat("no unsigned integer has ", bytes, " bytes"));
  }
}

// --- promotion -------------------------------------------------------------------------------
// JAX's lattice: bool -> i* -> {u8 u16 u32 u64, i8 i16 i32 i64} -> f* -> {bf16, f16} -> f32 -> f64
// and c* -> c64 -> c128, where i*, f*, c* are the types of weak scalars.

namespace {

int integer_bits(DType d) { return static_cast<int>(8 * item_size(d)); }

DType signed_of_bits(int bits) {
  return bits <= 8 ? DType::I8 : bits <= 16 ? DType::I16 : bits <= 32 ? DType::I32 : DType::I64;
}

DType promote_integers(DType a, DType b) {
  bool ua = is_unsigned_int(a), ub = is_unsigned_int(b);
  if (ua == ub) return integer_bits(a) >= integer_bits(b) ? a : b;
  DType u = ua ? a : b, s = ua ? b : a;
  if (integer_bits(s) > integer_bits(u)) return s;
  // u64 with a signed type has no integer above both: the lattice goes to a (weak) float.
  return u == DType::U64 ? DType::F32 : signed_of_bits(2 * integer_bits(u));
}

DType promote_floats(DType a, DType b) {
  if (a == b) return a;
  if (is_storage_only(a) || is_storage_only(b)) {
    throw DTypeError(str_cat("8-bit floats do not promote by themselves: ", name_of(a), " with ",
                             name_of(b), "; convert one with convert_element_type"));
  }
  auto rank = [](DType d) { return d == DType::F64 ? 3 : d == DType::F32 ? 2 : 1; };
  if (rank(a) == 1 && rank(b) == 1) return DType::F32;  // f16 with bf16
  return rank(a) >= rank(b) ? a : b;
}

// 0 bool, 1 integer, 2 float, 3 complex.
int category(DType d) { return is_bool(d) ? 0 : is_integer(d) ? 1 : is_floating(d) ? 2 : 3; }

}  // namespace

DType promote_types(DType a, DType b) { return promote(a, false, b, false).dtype; }

Promoted promote(DType a, bool a_weak, DType b, bool b_weak) {
  if (is_bool(a)) a_weak = false;
  if (is_bool(b)) b_weak = false;
  if (a == b && a_weak == b_weak) return {a, a_weak};
  int ca = category(a), cb = category(b);
  if (a_weak && b_weak) {  // only the kind counts; widths of the same kind take the wider
    if (ca != cb) return {ca > cb ? a : b, true};
    Promoted strong = promote(a, false, b, false);
    return {strong.dtype, true};
  }
  if (a_weak || b_weak) {
    DType weak = a_weak ? a : b, strong = a_weak ? b : a;
    int cw = category(weak), cs = category(strong);
    if (cs >= cw) return {strong, false};
    if (cs == 0) return {weak, true};  // bool lies below every weak type
    if (cw == 3 && cs == 2) return {complex_of(strong), false};
    return {weak, true};
  }
  if (ca == 0) return {b, false};
  if (cb == 0) return {a, false};
  if (ca == 1 && cb == 1) {
    DType d = promote_integers(a, b);
    return {d, is_floating(d)};
  }
  if (ca == 1 || cb == 1) return {ca == 1 ? b : a, false};
  if (ca == 2 && cb == 2) return {promote_floats(a, b), false};
  if (ca == 3 && cb == 3) return {a == DType::C128 ? a : b, false};
  DType c = ca == 3 ? a : b, f = ca == 3 ? b : a;
  return {f == DType::F64 ? DType::C128 : c, false};
}

DType to_inexact(DType d) { return is_inexact(d) ? d : DType::F32; }

// --- half-width floats -----------------------------------------------------------------------

bfloat16_t::bfloat16_t(float v) {
  auto u = std::bit_cast<std::uint32_t>(v);
  if (std::isnan(v)) {
    bits = static_cast<std::uint16_t>((u >> 16) | 0x40);
  } else {
    bits = static_cast<std::uint16_t>((u + 0x7FFF + ((u >> 16) & 1)) >> 16);
  }
}
bfloat16_t::operator float() const {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// By hand: not every compiler has a half type on every machine. Rounds to nearest even.
float16_t::float16_t(float v) {
  auto u = std::bit_cast<std::uint32_t>(v);
  std::uint32_t sign = (u >> 16) & 0x8000, magnitude = u & 0x7FFFFFFF, half;
  if (std::isnan(v)) {
    half = 0x7E00 | ((magnitude >> 13) & 0x3FF);
  } else if (magnitude >= std::bit_cast<std::uint32_t>(65520.0f)) {
    half = 0x7C00;  // infinity
  } else if (magnitude < std::bit_cast<std::uint32_t>(0x1p-14f)) {
    half = static_cast<std::uint32_t>(std::nearbyint(std::fabs(v) * 0x1p24f));  // subnormal
  } else {
    half = (magnitude - (112u << 23) + 0xFFF + ((magnitude >> 13) & 1)) >> 13;
  }
  bits = static_cast<std::uint16_t>(sign | half);
}
float16_t::operator float() const {
  std::uint32_t sign = (bits & 0x8000u) << 16, rest = bits & 0x7FFFu;
  if (rest >= 0x7C00) return std::bit_cast<float>(sign | 0x7F800000 | (rest << 13));
  if (rest >= 0x0400) return std::bit_cast<float>(sign | ((rest << 13) + (112u << 23)));
  float subnormal = static_cast<float>(rest) * 0x1p-24f;
  return sign ? -subnormal : subnormal;
}

}  // namespace linum
