#include "linum/lax/precision.h"

#include <algorithm>
#include <array>

#include "linum/base/error.h"
#include "linum/lax/dot_algorithm.h"

namespace linum::lax {
namespace {

constexpr std::array<std::string_view, 16> kPresets{"DEFAULT",
                                                    "ANY_F8_ANY_F8_F32",
                                                    "ANY_F8_ANY_F8_F32_FAST_ACCUM",
                                                    "ANY_F8_ANY_F8_ANY",
                                                    "ANY_F8_ANY_F8_ANY_FAST_ACCUM",
                                                    "F16_F16_F16",
                                                    "F16_F16_F32",
                                                    "BF16_BF16_BF16",
                                                    "BF16_BF16_F32",
                                                    "BF16_BF16_F32_X3",
                                                    "BF16_BF16_F32_X6",
                                                    "BF16_BF16_F32_X9",
                                                    "TF32_TF32_F32",
                                                    "TF32_TF32_F32_X3",
                                                    "F32_F32_F32",
                                                    "F64_F64_F64"};

constexpr std::array<std::string_view, 3> kPrecisions{"default", "high", "highest"};
// The dtypes that accelerators then compute float32 products in.
constexpr std::array<std::string_view, 3> kPrecisionDTypes{"bfloat16", "tensorfloat32", "float32"};

template <std::size_t N>
std::optional<std::size_t> find(const std::array<std::string_view, N>& names,
                                std::string_view name) {
  auto it = std::find(names.begin(), names.end(), name);
  if (it == names.end()) return std::nullopt;
  return static_cast<std::size_t>(it - names.begin());
}

std::optional<Precision> find_precision(std::string_view name) {
  std::optional<std::size_t> place = find(kPrecisions, name);
  if (!place) place = find(kPrecisionDTypes, name);
  if (!place) return std::nullopt;
  return static_cast<Precision>(*place);
}

PrecisionLike::Value parse(std::string_view name) {
  if (auto precision = find_precision(name)) return *precision;
  if (auto place = find(kPresets, name)) return static_cast<DotAlgorithmPreset>(*place);
  std::string presets;
  for (std::string_view p : kPresets) presets += str_cat(", '", p, "'");
  throw ValueError(str_cat("a precision is '", name,
                           "'; it must be one of 'default', 'high', 'highest', 'bfloat16', "
                           "'tensorfloat32', 'float32'",
                           presets));
}

TraceSettings with_matmul_precision(Precision precision) {
  TraceSettings out = trace_settings();
  out.matmul_precision = static_cast<std::uint8_t>(precision);
  return out;
}

Precision known_precision(std::string_view name) {
  if (auto precision = find_precision(name)) return *precision;
  throw ValueError(str_cat("default_matmul_precision is '", name,
                           "'; it must be one of 'default', 'high', 'highest', 'bfloat16', "
                           "'tensorfloat32', 'float32'"));
}

}  // namespace

PrecisionLike::PrecisionLike(std::string_view name) : value_(parse(name)) {}

std::string PrecisionLike::to_string() const {
  if (auto* precision = std::get_if<Precision>(&value_)) return std::string(name_of(*precision));
  if (auto* preset = std::get_if<DotAlgorithmPreset>(&value_)) {
    return std::string(kPresets[static_cast<std::size_t>(*preset)]);
  }
  const auto& a = std::get<DotAlgorithm>(value_);
  return str_cat("DotAlgorithm(", a.lhs_precision_type, ", ", a.rhs_precision_type, ", ",
                 a.accumulation_type, ", ", a.lhs_component_count, ", ", a.rhs_component_count,
                 ", ", a.num_primitive_operations, ", ", a.allow_imprecise_accumulation, ")");
}

DefaultMatmulPrecision::DefaultMatmulPrecision(Precision precision)
    : SettingsScope(with_matmul_precision(precision)) {}
DefaultMatmulPrecision::DefaultMatmulPrecision(std::string_view name)
    : DefaultMatmulPrecision(known_precision(name)) {}

Precision precision_or_default(Precision asked) {
  if (asked != Precision::Default) return asked;
  return static_cast<Precision>(trace_settings().matmul_precision);
}
PrecisionLike precision_or_default(const PrecisionLike& asked) {
  if (asked.is_algorithm()) return asked;
  return precision_or_default(std::get<Precision>(asked.value()));
}

std::string_view name_of(Precision p) {
  constexpr std::string_view names[] = {"DEFAULT", "HIGH", "HIGHEST"};
  return names[static_cast<std::size_t>(p)];
}

}  // namespace linum::lax
