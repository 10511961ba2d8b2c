// Comparisons, and choosing by them.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {

using X = const Array&;

namespace {

std::string_view comparison_type(DType d) {
  if (is_inexact(d)) return "FLOAT";
  return is_signed_int(d) ? "SIGNED" : "UNSIGNED";
}

class Compare final : public FlatBinary {
 public:
  Compare(std::string_view name, std::string_view direction, const Accepts& accepts)
      : name_(name), direction_(direction), accepts_(accepts) {}
  std::string_view name() const override { return name_; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    Ssa x = broadcast_ssa(e, operands[0], results[0].shape());
    Ssa y = broadcast_ssa(e, operands[1], results[0].shape());
    return {e.op1("stablehlo.compare", {x, y},
                  str_cat("comparison_direction = #stablehlo<comparison_direction ", direction_,
                          ">, compare_type = #stablehlo<comparison_type ",
                          comparison_type(x.aval.dtype()), ">"),
                  results[0])};
  }

 protected:
  const Accepts& accepts() const override { return accepts_; }
  std::string_view stablehlo() const override { return "compare"; }
  DType result_dtype(DType) const override { return DType::Bool; }

 private:
  std::string_view name_, direction_;
  const Accepts& accepts_;
};

Ref<const Primitive> compare(std::string_view name, std::string_view direction,
                             const Accepts& accepts) {
  return Ref<const Primitive>(new Compare(name, direction, accepts));
}

}  // namespace

Array eq(X x, X y) {
  static const auto op = compare("eq", "EQ", kAnyDType);
  return apply(op, x, y);
}
Array ne(X x, X y) {
  static const auto op = compare("ne", "NE", kAnyDType);
  return apply(op, x, y);
}
Array lt(X x, X y) {
  static const auto op = compare("lt", "LT", kOrdered);
  return apply(op, x, y);
}
Array le(X x, X y) {
  static const auto op = compare("le", "LE", kOrdered);
  return apply(op, x, y);
}
Array gt(X x, X y) {
  static const auto op = compare("gt", "GT", kOrdered);
  return apply(op, x, y);
}
Array ge(X x, X y) {
  static const auto op = compare("ge", "GE", kOrdered);
  return apply(op, x, y);
}

}  // namespace linum::lax
