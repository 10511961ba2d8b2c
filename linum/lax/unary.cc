// The unary family: what Unary and its kin share, and unary() that makes one from its rules.
#include <algorithm>
#include <cstdio>

#include "linum/core/program.h"
#include "linum/lax/accuracy.h"
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
  return {e.op1(str_cat("stablehlo.", op), operands, "", results[0])};
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

// --- with an accuracy that the user asked for -------------------------------------------------

// The operations whose StableHLO has the attribute result_accuracy.
bool has_accuracy(std::string_view name) {
  constexpr std::string_view known[] = {"cbrt",     "cos",   "exp", "expm1", "log", "log1p",
                                        "logistic", "rsqrt", "sin", "sqrt",  "tan", "tanh"};
  return std::find(std::begin(known), std::end(known), name) != std::end(known);
}

std::string exact_text(double v) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17e", v);
  return text;
}

std::string accuracy_attribute(const Accuracy& accuracy) {
  const Tolerance none{};
  const auto* tolerance = std::get_if<Tolerance>(&accuracy);
  const Tolerance& t = tolerance ? *tolerance : none;
  const std::string_view mode = tolerance ? "TOLERANCE"
                                : std::get<AccuracyMode>(accuracy) == AccuracyMode::HIGHEST
                                    ? "HIGHEST"
                                    : "DEFAULT";
  return str_cat("result_accuracy = #stablehlo.result_accuracy<atol = ", exact_text(t.atol),
                 ", rtol = ", exact_text(t.rtol), ", ulps = ", t.ulps,
                 ", mode = #stablehlo.result_accuracy_mode<", mode, ">>");
}

}  // namespace

class AccurateUnary final : public Unary {
 public:
  AccurateUnary(Ref<const Primitive> plain, Accuracy accuracy)
      : plain_(std::move(plain)), accuracy_(accuracy) {}

  std::string_view name() const override { return rules().name(); }
  void params(ParamSink& sink) const override { sink("accuracy", accuracy_attribute(accuracy_)); }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return {e.op1(str_cat("stablehlo.", stablehlo()), operands, accuracy_attribute(accuracy_),
                  results[0])};
  }

 protected:
  const Accepts& accepts() const override { return rules().accepts(); }
  std::string_view stablehlo() const override { return rules().stablehlo(); }
  Tangent derivative(const Array& x, const Array& y, const Tangent& t) const override {
    return rules().derivative(x, y, t);
  }

 private:
  const Unary& rules() const { return static_cast<const Unary&>(*plain_); }
  Ref<const Primitive> plain_;
  Accuracy accuracy_;
};

namespace {

void check_tolerance(const Tolerance& t) {
  if (t.atol < 0 || t.rtol < 0 || t.ulps < 0) {
    throw ValueError("a tolerance must not be negative");
  }
  if (t.atol == 0 && t.rtol == 0 && t.ulps == 0) {
    throw ValueError("a tolerance must set at least one of atol, rtol and ulps");
  }
}

// The operation that f is.
Ref<const Primitive> operation_of(Array (*f)(const Array&), const Aval& operand) {
  const TracedProgram traced =
      trace_program([f](std::span<const Array> x) { return std::vector{f(x[0])}; }, {&operand, 1});
  const std::vector<Equation>& equations = traced.program->equations;
  if (equations.size() == 1) {
    const Ref<const Primitive>& op = equations[0].primitive;
    if (has_accuracy(op->name()) && dynamic_cast<const Unary*>(op.get())) return op;
  }
  throw ValueError(
      "with_accuracy takes one of lax::cbrt, cos, exp, expm1, log, log1p, logistic, "
      "rsqrt, sin, sqrt, tan, tanh");
}

}  // namespace

Array with_accuracy(Array (*f)(const Array&), const Array& x, const Accuracy& accuracy) {
  if (auto* tolerance = std::get_if<Tolerance>(&accuracy)) check_tolerance(*tolerance);
  return bind1<AccurateUnary>({x}, operation_of(f, x.aval()), accuracy);
}

Ref<const Primitive> unary(std::string_view name, std::string_view stablehlo,
                           const Accepts& accepts, UnaryDerivative derivative, UnaryExtras extras) {
  return Ref<const Primitive>(new UnaryFromRules(name, stablehlo, accepts, derivative, extras));
}

Tangent flat(const Array&, const Array&, const Tangent&) { return {}; }

Array apply(const Ref<const Primitive>& op, const Array& x) {
  return bind1(op, std::span<const Array>(&x, 1));
}

}  // namespace linum::lax
