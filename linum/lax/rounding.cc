// Rounding, and the representation of floating numbers: sign, neighbours, precision.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

Array floor(X x) {
  static const auto op = unary("floor", "floor", kFloating, flat);
  return apply(op, x);
}

Array ceil(X x) {
  static const auto op = unary("ceil", "ceil", kFloating, flat);
  return apply(op, x);
}

Array is_finite(X x) {
  static const auto op = unary("is_finite", "is_finite", kFloating, flat,
                               {.result = [](DType) { return DType::Bool; }});
  return apply(op, x);
}

namespace {

class Round final : public FlatUnary {
 public:
  explicit Round(RoundingMethod method) : method_(method) {}
  std::string_view name() const override { return "round"; }
  void params(ParamSink& sink) const override {
    sink("rounding_method", static_cast<int>(method_));
  }

 protected:
  const Accepts& accepts() const override { return kFloating; }
  std::string_view stablehlo() const override {
    return method_ == RoundingMethod::AwayFromZero ? "round_nearest_afz" : "round_nearest_even";
  }

 private:
  RoundingMethod method_;
};

class Sign final : public FlatUnary {
 public:
  std::string_view name() const override { return "sign"; }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!is_unsigned_int(results[0].dtype())) return FlatUnary::lower(e, operands, results);
    auto f = [](std::span<const Array> x) { return std::vector{min(x[0], 1)}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return kNumber; }
  std::string_view stablehlo() const override { return "sign"; }
};

// Rounds to a float format of these widths, in the dtype of the operand. Counts as linear.
class ReducePrecision final : public LinearUnary {
 public:
  ReducePrecision(int exponent_bits, int mantissa_bits)
      : exponent_bits_(exponent_bits), mantissa_bits_(mantissa_bits) {}
  std::string_view name() const override { return "reduce_precision"; }
  void params(ParamSink& sink) const override {
    sink("exponent_bits", exponent_bits_);
    sink("mantissa_bits", mantissa_bits_);
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1("stablehlo.reduce_precision", operands,
                  str_cat("exponent_bits = ", exponent_bits_,
                          " : i32, mantissa_bits = ", mantissa_bits_, " : i32"),
                  results[0])};
  }

 protected:
  const Accepts& accepts() const override { return kFloating; }
  std::string_view stablehlo() const override { return "reduce_precision"; }
  Tangent pull_back(const Tangent& ct, const Aval&) const override {
    return reduce_precision(ct, exponent_bits_, mantissa_bits_);
  }

 private:
  int exponent_bits_, mantissa_bits_;
};

Tangent no_derivative(X, X, X, X) {
  throw TransformError("nextafter has no derivative. (Tip: lax::stop_gradient its operands.)");
}

}  // namespace

Array round(X x, RoundingMethod method) { return bind1<Round>({x}, method); }
Array sign(X x) { return apply(the<Sign>(), x); }

Array nextafter(X x, X y) {
  static const auto op =
      binary("nextafter", "chlo.next_after", kFloating, no_derivative, no_derivative);
  return apply(op, x, y);
}

Array reduce_precision(X x, int exponent_bits, int mantissa_bits) {
  if (exponent_bits < 1 || mantissa_bits < 0) {
    throw ValueError(
        str_cat("reduce_precision needs at least 1 exponent bit and 0 mantissa bits, "
                "got ",
                exponent_bits, " and ", mantissa_bits, "."));
  }
  return bind1<ReducePrecision>({x}, exponent_bits, mantissa_bits);
}

}  // namespace linum::lax
