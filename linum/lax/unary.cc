// The unary family: what Unary and its kin share, and unary() that makes one from its rules.
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

std::vector<Aval> Unary::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Aval& x = operands[0];
  if (!accepts().test(x.dtype())) refuse_dtype(*this, x, accepts().words);
  DType dtype = result_dtype(x.dtype());
  if (dtype == x.dtype()) return {x};
  return {x.with_dtype(dtype, x.weak() && !is_bool(dtype))};
}

JvpResult Unary::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  Array y = bind1(Ref<const Primitive>(this), primals);
  return {{y}, {derivative(primals[0], y, tangents[0])}};
}

std::vector<Tangent> Unary::transpose(std::span<const Tangent>, std::span<const Operand>) const {
  refuse_transpose(*this);
}

Batched Unary::batch(const BatchAxis&, std::span<const Array> operands,
                     std::span<const std::int64_t> dims) const {
  return {{bind1(Ref<const Primitive>(this), operands)}, {dims[0]}};
}

std::vector<Ssa> Unary::lower(Emitter& e, std::span<const Ssa> operands,
                              std::span<const Aval> results) const {
  std::string_view op = stablehlo();
  if (op.find('.') != op.npos) return {e.op1(op, operands, "", results[0])};
  if (results[0].dtype() == operands[0].aval.dtype()) {
    return {e.elementwise(op, operands, results[0])};
  }
  return {e.op1(concat("stablehlo.", op), operands, "", results[0])};
}

std::vector<Tangent> LinearUnary::transpose(std::span<const Tangent> cts,
                                            std::span<const Operand> operands) const {
  return {pull_back(cts[0], operands[0].aval)};
}

Tangent LinearUnary::derivative(const Array&, const Array&, const Tangent& t) const {
  return bind1(Ref<const Primitive>(this), std::span<const Array>(&t, 1));
}

namespace {

class UnaryFromRules final : public Unary {
 public:
  UnaryFromRules(std::string_view name, std::string_view op, const Accepts& accepts,
                 UnaryDerivative derivative, UnaryExtras extras)
      : name_(name), op_(op), accepts_(accepts), derivative_(derivative), extras_(extras) {}

  std::string_view name() const override { return name_; }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    if (!extras_.pull_back) refuse_transpose(*this);
    return {extras_.pull_back(cts[0], operands[0].aval)};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    if (!extras_.composed) return Unary::lower(e, operands, results);
    auto f = [this](std::span<const Array> x) { return std::vector{extras_.composed(x[0])}; };
    return lower_composed(e, f, operands);
  }

 protected:
  const Accepts& accepts() const override { return accepts_; }
  std::string_view stablehlo() const override { return op_; }
  Tangent derivative(const Array& x, const Array& y, const Tangent& t) const override {
    return derivative_(x, y, t);
  }
  DType result_dtype(DType d) const override { return extras_.result ? extras_.result(d) : d; }

 private:
  std::string_view name_, op_;
  const Accepts& accepts_;
  UnaryDerivative derivative_;
  UnaryExtras extras_;
};

}  // namespace

Ref<const Primitive> unary(std::string_view name, std::string_view stablehlo,
                           const Accepts& accepts, UnaryDerivative derivative, UnaryExtras extras) {
  return Ref<const Primitive>(new UnaryFromRules(name, stablehlo, accepts, derivative, extras));
}

Tangent flat(const Array&, const Array&, const Tangent&) { return {}; }

Array apply(const Ref<const Primitive>& op, const Array& x) {
  return bind1(op, std::span<const Array>(&x, 1));
}

}  // namespace linum::lax
