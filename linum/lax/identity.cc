// Operations that give back their operand: what they change is what transforms or the compiler see.
#include "linum/core/trace.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/other.h"
#include "linum/lax/structure.h"

namespace linum::lax {

namespace {

class StopGradient final : public FlatUnary {
 public:
  std::string_view name() const override { return "stop_gradient"; }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return {operands[0]};
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  std::string_view stablehlo() const override { return ""; }
};

class StopGradientWhere final : public Primitive {
 public:
  std::string_view name() const override { return "stop_gradient_where"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 2);
    const Aval &stopped = operands[0], &x = operands[1];
    if (!is_bool(stopped.dtype()))
      throw DTypeError(str_cat("stop_gradient_where: `stopped` must be bool, got ", stopped));
    if (stopped.shape() != x.shape()) {
      throw ShapeError(str_cat("stop_gradient_where: `stopped` (", stopped,
                               ") must have the shape of x (", x, ")"));
    }
    return {x};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    const Array &stopped = primals[0], &t = tangents[1];
    return {{stop_gradient_where(stopped, primals[1])},
            {t.defined() ? select(stopped, zeros_like(t), t) : Tangent()}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    if (operands[0].is_linear()) refuse_transpose(*this);
    return {Tangent(), select(operands[0].value, zeros_like(cts[0]), cts[0])};
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    const auto in_front = [&](std::size_t i) {
      return move_batch_axis(operands[i], axis.size, dims[i], 0);
    };
    return {{stop_gradient_where(in_front(0), in_front(1))}, {0}};
  }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return {operands[1]};
  }
  std::optional<std::vector<Array>> run(std::span<const Array> operands) const override {
    infer(std::vector{operands[0].aval(), operands[1].aval()});
    return {{operands[1]}};
  }
};

// A number or concrete array as a value of the program being traced.
class Stage final : public LinearUnary {
 public:
  std::string_view name() const override { return "stage"; }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    return {operands[0]};
  }

 protected:
  const Accepts& accepts() const override { return kAnyDType; }
  std::string_view stablehlo() const override { return ""; }
  Tangent pull_back(const Tangent& ct, const Aval&) const override { return ct; }
};

// A use of its operand that is never removed.
class DceSink final : public Primitive {
 public:
  std::string_view name() const override { return "dce_sink"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    check_arity(*this, operands, 1);
    return {};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent>) const override {
    return {linum::bind(Ref<const Primitive>(this), primals), {}};
  }
  std::vector<Tangent> transpose(std::span<const Tangent>,
                                 std::span<const Operand> operands) const override {
    return std::vector<Tangent>(operands.size());
  }
  Batched batch(const BatchAxis&, std::span<const Array> operands,
                std::span<const std::int64_t>) const override {
    return {linum::bind(Ref<const Primitive>(this), operands), {}};
  }
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override {
    return {};
  }
  Effects effects() const override { return kDebugEffect; }
};

// Any number of operands; the compiler moves nothing across.
class OptimizationBarrier final : public Primitive {
 public:
  std::string_view name() const override { return "optimization_barrier"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval> operands) const override {
    return {operands.begin(), operands.end()};
  }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    return {through(primals), only_defined(tangents)};
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand>) const override {
    return only_defined(cts);
  }
  Batched batch(const BatchAxis&, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    return {through(operands), {dims.begin(), dims.end()}};
  }
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval> results) const override {
    return e.op("stablehlo.optimization_barrier", operands, "", results);
  }

 private:
  std::vector<Array> through(std::span<const Array> x) const {
    return linum::bind(Ref<const Primitive>(this), x);
  }
  std::vector<Tangent> only_defined(std::span<const Tangent> tangents) const {
    std::vector<Array> defined;
    for (const Tangent& t : tangents)
      if (t.defined()) defined.push_back(t);
    std::vector<Array> passed = through(defined);
    std::vector<Tangent> out(tangents.size());
    for (std::size_t i = 0, next = 0; i < tangents.size(); ++i)
      if (tangents[i].defined()) out[i] = passed[next++];
    return out;
  }
};

}  // namespace

Array stop_gradient(const Array& x) {
  return has_tangent(x.aval()) ? apply(the<StopGradient>(), x) : x;
}

Array stop_gradient_where(const Array& stopped, const Array& x) {
  if (!has_tangent(x.aval())) return x;
  const Array operands[] = {stopped, x};
  return bind1(the<StopGradientWhere>(), operands);
}

Array stage(const Array& x) { return evaluating() ? x : apply(the<Stage>(), x); }

void dce_sink(const Array& x) {
  if (!evaluating()) linum::bind(the<DceSink>(), {&x, 1});
}
void dce_sink(const Tree& values) {
  for (const Array& x : tree::leaves(values)) dce_sink(x);
}

std::vector<Array> optimization_barrier(std::span<const Array> operands) {
  return linum::bind(the<OptimizationBarrier>(), operands);
}

}  // namespace linum::lax
