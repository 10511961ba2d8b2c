// Questions about dtypes and about the form of arrays.
#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "linum/core/array.h"

namespace linum::np {

using linum::promote_types;

// An array or a dtype, for what asks about types only.
class Typed {
 public:
  Typed(const Array& x) : type_{x.dtype(), x.weak()} {}
  Typed(DType dtype) : type_{dtype, false} {}
  const Promoted& type() const { return type_; }

 private:
  Promoted type_;
};
// The dtype of what an operation on all of these gives.
DType result_type(const std::vector<Typed>& args);
template <class... Args>
DType result_type(const Typed& first, const Args&... more) {
  return result_type(std::vector<Typed>{first, Typed(more)...});
}

// NumPy's kinds of dtypes, each above those it contains.
enum class DTypeKind {
  Generic,
  Bool,
  Number,
  Integer,
  SignedInteger,
  UnsignedInteger,
  Inexact,
  Floating,
  ComplexFloating
};
inline constexpr DTypeKind generic = DTypeKind::Generic, number = DTypeKind::Number,
                           integer = DTypeKind::Integer, signedinteger = DTypeKind::SignedInteger,
                           unsignedinteger = DTypeKind::UnsignedInteger,
                           inexact = DTypeKind::Inexact, floating = DTypeKind::Floating,
                           complexfloating = DTypeKind::ComplexFloating;
bool issubdtype(DType dtype, DTypeKind kind);
bool issubdtype(DType dtype, DType other);
// "bool", "signed integer", "unsigned integer", "integral", "real floating", "complex floating" or
// "numeric".
bool isdtype(DType dtype, std::string_view kind);
bool isdtype(DType dtype, DType other);
// casting: "no" and "equiv" (the same only), "safe" (keeps every number), "same_kind", "unsafe".
bool can_cast(DType from, DType to, std::string_view casting = "safe");

bool iscomplexobj(const Typed& x);
bool isrealobj(const Typed& x);
// Rank 0.
bool isscalar(const Array& x);
std::int64_t ndim(const Array& x);
Shape shape(const Array& x);
std::int64_t size(const Array& x, std::optional<std::int64_t> axis = {});

}  // namespace linum::np
