#include "linum/lax/dot_algorithm.h"

#include <algorithm>
#include <vector>

#include "linum/base/error.h"

namespace linum::lax {
namespace {

using Preset = DotAlgorithmPreset;
using DTypes = std::vector<DType>;

// What StableHLO says of a preset; no operand type: that of the operands, any float8.
struct Form {
  std::string_view operand, accumulation;
  int operations = 1;
  bool imprecise = false;
};

Form form_of(Preset preset) {
  switch (preset) {
    case Preset::DEFAULT:
      return {};
    case Preset::ANY_F8_ANY_F8_F32:
    case Preset::ANY_F8_ANY_F8_ANY:
    case Preset::ANY_F8_ANY_F8_ANY_FAST_ACCUM:
      return {"", "f32"};
    case Preset::ANY_F8_ANY_F8_F32_FAST_ACCUM:
      return {"", "f32", 1, true};
    case Preset::F16_F16_F16:
      return {"f16", "f16"};
    case Preset::F16_F16_F32:
      return {"f16", "f32"};
    case Preset::BF16_BF16_BF16:
      return {"bf16", "bf16"};
    case Preset::BF16_BF16_F32:
      return {"bf16", "f32"};
    case Preset::BF16_BF16_F32_X3:
      return {"bf16", "f32", 3};
    case Preset::BF16_BF16_F32_X6:
      return {"bf16", "f32", 6};
    case Preset::BF16_BF16_F32_X9:
      return {"bf16", "f32", 9};
    case Preset::TF32_TF32_F32:
      return {"tf32", "f32"};
    case Preset::TF32_TF32_F32_X3:
      return {"tf32", "f32", 3};
    case Preset::F32_F32_F32:
      return {"f32", "f32"};
    case Preset::F64_F64_F64:
      return {"f64", "f64"};
  }
  return {};
}

bool takes_float8(Preset p) { return p != Preset::DEFAULT && form_of(p).operand.empty(); }

// The dtypes that operands may be stored in, the first for all others; empty: any.
DTypes stored_types(Preset p) {
  if (p == Preset::DEFAULT || takes_float8(p)) return {};
  if (p == Preset::BF16_BF16_BF16 || p == Preset::BF16_BF16_F32) return {DType::BF16, DType::F32};
  if (form_of(p).operand == "f16") return {DType::F16};
  return {p == Preset::F64_F64_F64 ? DType::F64 : DType::F32};
}

bool adds_in_result(Preset p) {
  return p == Preset::DEFAULT || p == Preset::ANY_F8_ANY_F8_ANY ||
         p == Preset::ANY_F8_ANY_F8_ANY_FAST_ACCUM;
}

// The dtypes that the product may have, the first for all others; empty: any.
DTypes product_types(Preset p, DType lhs, DType rhs) {
  if (adds_in_result(p)) return {};
  if (takes_float8(p)) {
    return {DType::F32,    DType::F16,        DType::BF16,       DType::F8E4M3FN,
            DType::F8E5M2, DType::F8E5M2FNUZ, DType::F8E4M3FNUZ, DType::F8E4M3B11FNUZ};
  }
  if (p == Preset::F16_F16_F16) return {DType::F16};
  if (p == Preset::BF16_BF16_BF16) return {DType::BF16};
  if (p == Preset::F64_F64_F64) return {DType::F64};
  const DType narrow = p == Preset::F16_F16_F32 ? DType::F16 : DType::BF16;
  const bool may_be_narrow = p == Preset::F16_F16_F32 || p == Preset::BF16_BF16_F32;
  if (may_be_narrow && lhs == narrow && rhs == narrow) return {DType::F32, narrow};
  return {DType::F32};
}

DType one_of(const DTypes& known, DType wanted) {
  const bool good = known.empty() || std::count(known.begin(), known.end(), wanted) > 0;
  return good ? wanted : known[0];
}

std::string attribute(std::string_view lhs, std::string_view rhs, std::string_view accumulation,
                      int lhs_parts, int rhs_parts, int operations, bool imprecise) {
  return str_cat("algorithm = #stablehlo.dot_algorithm<lhs_precision_type = ", lhs,
                 ", rhs_precision_type = ", rhs, ", accumulation_type = ", accumulation,
                 ", lhs_component_count = ", lhs_parts, ", rhs_component_count = ", rhs_parts,
                 ", num_primitive_operations = ", operations,
                 ", allow_imprecise_accumulation = ", imprecise ? "true" : "false", ">");
}

std::string preset_attribute(Preset preset, DType lhs, DType rhs) {
  if (preset == Preset::DEFAULT) return "";
  const Form form = form_of(preset);
  if (takes_float8(preset) && !(is_storage_only(lhs) && is_storage_only(rhs))) {
    throw ValueError(str_cat("the dot algorithm ", PrecisionLike(preset).to_string(),
                             " takes operands of float8 dtypes, got ", lhs, " and ", rhs));
  }
  const auto operand = [&](DType d) {
    return form.operand.empty() ? mlir_name_of(d) : form.operand;
  };
  return attribute(operand(lhs), operand(rhs), form.accumulation, 1, 1, form.operations,
                   form.imprecise);
}

}  // namespace

DotTypes dot_types(const PrecisionLike& precision, DType lhs, DType rhs, DType result) {
  if (auto* a = std::get_if<DotAlgorithm>(&precision.value())) {
    return {a->lhs_precision_type, a->rhs_precision_type, a->accumulation_type};
  }
  const Preset preset = std::get<Preset>(precision.value());
  const DType l = one_of(stored_types(preset), lhs), r = one_of(stored_types(preset), rhs);
  return {l, r, one_of(product_types(preset, l, r), result)};
}

std::string dot_algorithm_attribute(const PrecisionLike& precision, DType lhs, DType rhs) {
  if (auto* preset = std::get_if<Preset>(&precision.value())) {
    return preset_attribute(*preset, lhs, rhs);
  }
  const auto& a = std::get<DotAlgorithm>(precision.value());
  return attribute(mlir_name_of(a.lhs_precision_type), mlir_name_of(a.rhs_precision_type),
                   mlir_name_of(a.accumulation_type), a.lhs_component_count, a.rhs_component_count,
                   a.num_primitive_operations, a.allow_imprecise_accumulation);
}

void check_dot_algorithm(const PrecisionLike& precision, std::string_view platform) {
  if (platform != "cpu" || !precision.is_algorithm()) return;
  constexpr Preset known[] = {
      Preset::DEFAULT,       Preset::F16_F16_F16,      Preset::F32_F32_F32,     Preset::F64_F64_F64,
      Preset::BF16_BF16_F32, Preset::BF16_BF16_F32_X3, Preset::BF16_BF16_F32_X6};
  auto* preset = std::get_if<Preset>(&precision.value());
  if (preset && std::count(std::begin(known), std::end(known), *preset) > 0) return;
  throw ValueError(str_cat("the dot algorithm ", precision.to_string(),
                           " is not there on the CPU, which would ignore it"));
}

}  // namespace linum::lax
