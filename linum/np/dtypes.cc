#include "linum/np/dtypes.h"

#include "linum/np/info.h"

namespace linum::np {

DType result_type(const std::vector<Typed>& args) {
  if (args.empty()) throw ValueError("result_type needs at least one argument");
  Promoted out = args[0].type();
  for (const Typed& x : args) {
    out = promote(out.dtype, out.weak, x.type().dtype, x.type().weak);
  }
  return out.dtype;
}

bool issubdtype(DType d, DTypeKind kind) {
  switch (kind) {
    case DTypeKind::Generic:
      return true;
    case DTypeKind::Bool:
      return is_bool(d);
    case DTypeKind::Number:
      return !is_bool(d);
    case DTypeKind::Integer:
      return is_integer(d);
    case DTypeKind::SignedInteger:
      return is_signed_int(d);
    case DTypeKind::UnsignedInteger:
      return is_unsigned_int(d);
    case DTypeKind::Inexact:
      return is_inexact(d);
    case DTypeKind::Floating:
      return is_floating(d);
    case DTypeKind::ComplexFloating:
      return is_complex(d);
  }
  return false;
}
bool issubdtype(DType dtype, DType other) { return dtype == other; }

bool isdtype(DType dtype, std::string_view kind) {
  if (kind == "bool") return is_bool(dtype);
  if (kind == "signed integer") return is_signed_int(dtype);
  if (kind == "unsigned integer") return is_unsigned_int(dtype);
  if (kind == "integral") return is_integer(dtype);
  if (kind == "real floating") return is_floating(dtype);
  if (kind == "complex floating") return is_complex(dtype);
  if (kind == "numeric") return !is_bool(dtype);
  throw ValueError(str_cat("isdtype: unknown kind \"", kind,
                           "\": it must be \"bool\", \"signed integer\", \"unsigned integer\", ",
                           "\"integral\", \"real floating\", \"complex floating\" or \"numeric\""));
}
bool isdtype(DType dtype, DType other) { return dtype == other; }

// --- casts ------------------------------------------------------------------------------------

namespace {

// bool, unsigned, signed, real, complex: what a cast of the same kind may go up.
int level_of(DType d) {
  if (is_bool(d)) return 0;
  if (is_unsigned_int(d)) return 1;
  if (is_integer(d)) return 2;
  return is_floating(d) ? 3 : 4;
}

// How many bits of a whole number a dtype holds exactly.
int exact_bits(DType d) {
  if (is_bool(d)) return 1;
  const int bits = static_cast<int>(8 * item_size(d));
  if (is_unsigned_int(d)) return bits;
  if (is_integer(d)) return bits - 1;
  return finfo(d).nmant + 1;
}

bool keeps_numbers(DType from, DType to) {
  if (from == to || is_bool(from)) return true;
  if (is_bool(to) || is_storage_only(from) || is_storage_only(to)) return false;
  if (level_of(from) > level_of(to)) return false;
  // NumPy takes the widest floats for wide enough for any integer.
  if (is_integer(from) && is_inexact(to) && item_size(real_part_of(to)) == 8) return true;
  if (is_inexact(from) && finfo(from).max > finfo(to).max) return false;
  return exact_bits(from) <= exact_bits(to);
}

}  // namespace

bool can_cast(DType from, DType to, std::string_view casting) {
  if (casting == "no" || casting == "equiv") return from == to;
  if (casting == "safe") return keeps_numbers(from, to);
  if (casting == "same_kind") return level_of(from) <= level_of(to);
  if (casting == "unsafe") return true;
  throw ValueError(
      str_cat("can_cast: casting must be \"no\", \"equiv\", \"safe\", \"same_kind\" or ",
              "\"unsafe\", got \"", casting, "\""));
}

// --- form -------------------------------------------------------------------------------------

bool iscomplexobj(const Typed& x) { return is_complex(x.type().dtype); }
bool isrealobj(const Typed& x) { return !iscomplexobj(x); }
bool isscalar(const Array& x) { return x.ndim() == 0; }
std::int64_t ndim(const Array& x) { return x.ndim(); }
Shape shape(const Array& x) { return x.shape(); }
std::int64_t size(const Array& x, std::optional<std::int64_t> axis) {
  return axis ? x.shape(normalize_axis(*axis, x.ndim(), "size")) : x.size();
}

}  // namespace linum::np
