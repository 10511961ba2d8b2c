// How exactly products are computed (jax.lax.Precision, DotAlgorithm, DotAlgorithmPreset).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "linum/base/dtype.h"
#include "linum/core/settings.h"

namespace linum::lax {

enum class Precision : std::uint8_t { Default, High, Highest };

// The operands are rounded to these dtypes and the products added in this one. Algorithms that
// split an operand into several numbers say into how many, and how many products that takes.
struct DotAlgorithm {
  DType lhs_precision_type, rhs_precision_type, accumulation_type;
  int lhs_component_count = 1, rhs_component_count = 1, num_primitive_operations = 1;
  bool allow_imprecise_accumulation = false;
  friend bool operator==(const DotAlgorithm&, const DotAlgorithm&) = default;
};

// Algorithms that some platform has, as lhs, rhs, accumulation. X3, X6, X9: so many products stand
// for one of higher precision. ANY_F8: any of the float8 dtypes.
enum class DotAlgorithmPreset : std::uint8_t {
  DEFAULT,
  ANY_F8_ANY_F8_F32,
  ANY_F8_ANY_F8_F32_FAST_ACCUM,
  ANY_F8_ANY_F8_ANY,
  ANY_F8_ANY_F8_ANY_FAST_ACCUM,
  F16_F16_F16,
  F16_F16_F32,
  BF16_BF16_BF16,
  BF16_BF16_F32,
  BF16_BF16_F32_X3,
  BF16_BF16_F32_X6,
  BF16_BF16_F32_X9,
  TF32_TF32_F32,
  TF32_TF32_F32_X3,
  F32_F32_F32,
  F64_F64_F64,
};

// What dot_general and its kin take for precision: one of the above, or the name of one ("highest",
// "BF16_BF16_F32"; ValueError for others). Algorithms that a platform lacks throw ValueError when
// the program is lowered for it.
class PrecisionLike {
 public:
  PrecisionLike(Precision precision = Precision::Default) : value_(precision) {}
  PrecisionLike(DotAlgorithm algorithm) : value_(algorithm) {}
  PrecisionLike(DotAlgorithmPreset preset) : value_(preset) {}
  PrecisionLike(std::string_view name);
  PrecisionLike(const char* name) : PrecisionLike(std::string_view(name)) {}

  using Value = std::variant<Precision, DotAlgorithm, DotAlgorithmPreset>;
  const Value& value() const { return value_; }
  bool is_algorithm() const { return !std::holds_alternative<Precision>(value_); }
  std::string to_string() const;
  friend bool operator==(const PrecisionLike&, const PrecisionLike&) = default;

 private:
  Value value_;
};

// The precision of products and convolutions that ask for none, until the end of the scope.
// jax.default_matmul_precision.
class DefaultMatmulPrecision : public SettingsScope {
 public:
  explicit DefaultMatmulPrecision(Precision precision);
  // "default", "high", "highest" or JAX's "bfloat16", "tensorfloat32", "float32" for the same.
  explicit DefaultMatmulPrecision(std::string_view name);
};
// `asked`, or what the innermost DefaultMatmulPrecision says.
Precision precision_or_default(Precision asked);
PrecisionLike precision_or_default(const PrecisionLike& asked);

}  // namespace linum::lax
