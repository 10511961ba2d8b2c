#include "linum/lax/scatter_apply.h"

#include "linum/core/value.h"
#include "linum/lax/scatter_primitive.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

class ScatterApply final : public ScatterBase {
 public:
  ScatterApply(ScatterParams params, ProgramRef function)
      : ScatterBase(std::move(params)), function_(std::move(function)) {}
  std::string_view name() const override { return "scatter_apply"; }
  void params(ParamSink& sink) const override {
    ScatterBase::params(sink);
    sink("function", *function_);
  }
  JvpResult jvp(std::span<const Array> x, std::span<const Tangent> t) const override {
    if (!t[0].defined()) return {{again(x[0], x[1], x[2])}, {{}}};
    throw TransformError(
        "scatter_apply has no derivative; gather the elements, apply the function and scatter "
        "them");
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand>) const override {
    return refuse_transpose(*this);
  }

 protected:
  Array rebind(const Array& x, const Array& indices, const Array& unused,
               ScatterParams params) const override {
    return bind1<ScatterApply>({x, indices, unused}, std::move(params), function_);
  }
  Array combine(const Array& element, const Array&) const override {
    return eval_program(*function_, {&element, 1})[0];
  }

 private:
  ProgramRef function_;  // of one element
};

}  // namespace

Array scatter_apply(const Array& operand, const Array& scatter_indices,
                    const std::function<Array(const Array&)>& f,
                    const ScatterDimensionNumbers& dimension_numbers, const Shape& update_shape,
                    const ScatterOptions& options) {
  const Aval element(operand.dtype(), {});
  auto flat = [&f](std::span<const Array> x) { return std::vector<Array>{f(x[0])}; };
  TracedProgram traced = trace_program(flat, {&element, 1});
  if (!traced.captured.empty()) {
    throw ValueError(
        "scatter_apply: the function uses arrays from outside; it may use its argument "
        "and C++ numbers only");
  }
  const Aval result = traced.program->output_avals()[0];
  if (result.dtype() != element.dtype() || !result.shape().empty()) {
    throw DTypeError(str_cat("scatter_apply: the function of an element ", element,
                             " must give one ", "such element, got ", result));
  }
  return bind1<ScatterApply>({operand, scatter_indices, zeros(update_shape, operand.dtype())},
                             ScatterParams{dimension_numbers, options}, traced.program);
}

}  // namespace linum::lax
