// Changes of element type.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

namespace {

class ConvertElementType final : public LinearUnary {
 public:
  ConvertElementType(DType dtype, bool weak) : dtype_(dtype), weak_(weak) {}
  std::string_view name() const override { return "convert_element_type"; }
  void params(ParamSink& sink) const override {
    sink("new_dtype", dtype_);
    sink("weak_type", weak_);
  }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    return {operands[0].with_dtype(dtype_, weak_)};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    Ssa x = operands[0];
    if (is_complex(x.aval.dtype()) && !is_complex(dtype_)) {
      x = e.op1("stablehlo.real", {x}, "", x.aval.with_dtype(real_part_of(x.aval.dtype())));
    }
    if (is_bool(dtype_) && !is_bool(x.aval.dtype())) return {nonzero(e, x, results[0])};
    if (x.aval.dtype() == dtype_) return {x};
    return {e.op1("stablehlo.convert", {x}, "", results[0])};
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  std::string_view stablehlo() const override { return "convert"; }
  Tangent derivative(const Array&, const Array&, const Tangent& t) const override {
    return is_inexact(dtype_) ? convert_element_type(t, dtype_, weak_) : Tangent();
  }
  Tangent pull_back(const Tangent& ct, const Aval& operand) const override {
    return has_tangent(operand) ? convert_element_type(ct, operand.dtype(), operand.weak())
                                : Tangent();
  }

 private:
  static Ssa nonzero(Emitter& e, const Ssa& x, const Aval& result) {
    auto f = [](std::span<const Array> x) { return std::vector{ne(x[0], 0)}; };
    Ssa out = lower_composed(e, f, {&x, 1})[0];
    out.aval = result;
    return out;
  }
  DType dtype_;
  bool weak_;
};

class BitcastConvertType final : public FlatUnary {
 public:
  explicit BitcastConvertType(DType dtype) : dtype_(dtype) {}
  std::string_view name() const override { return "bitcast_convert_type"; }
  void params(ParamSink& sink) const override { sink("new_dtype", dtype_); }
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    const Aval& x = operands[0];
    if (is_bool(x.dtype()) != is_bool(dtype_) || is_complex(x.dtype()) || is_complex(dtype_)) {
      throw DTypeError(str_cat("bitcast_convert_type cannot reinterpret ", name_of(x.dtype()),
                               " as ", name_of(dtype_), "."));
    }
    return {Aval(dtype_, shape_of(x))};
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  std::string_view stablehlo() const override { return "stablehlo.bitcast_convert"; }

 private:
  // Wider elements split into a new last axis, narrower ones of the last axis join.
  Shape shape_of(const Aval& x) const {
    std::size_t from = item_size(x.dtype()), to = item_size(dtype_);
    Shape shape = x.shape();
    if (from > to) shape.push_back(static_cast<std::int64_t>(from / to));
    if (from >= to) return shape;
    auto ratio = static_cast<std::int64_t>(to / from);
    if (shape.empty() || shape.back() != ratio) {
      throw ShapeError(str_cat("bitcast_convert_type: to make ", name_of(dtype_), " of ",
                               name_of(x.dtype()), " the last axis must have size ", ratio,
                               ", got shape ", to_text(shape), "."));
    }
    shape.pop_back();
    return shape;
  }
  DType dtype_;
};

}  // namespace

Array convert_element_type(X x, DType dtype, bool weak) {
  weak = weak && !is_bool(dtype);
  if (x.dtype() == dtype && x.weak() == weak) return x;
  if (const ScalarValue* s = as_scalar(x)) return convert_scalar(*s, dtype, weak);
  return bind1<ConvertElementType>({x}, dtype, weak);
}

Array bitcast_convert_type(X x, DType dtype) {
  if (x.dtype() == dtype) return x;
  return bind1<BitcastConvertType>({x}, dtype);
}

}  // namespace linum::lax
