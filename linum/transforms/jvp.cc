// Forward mode: push tangents along with primals.
#include "linum/core/error_scope.h"
#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/constant.h"

namespace linum {
namespace {

class JvpTracer final : public Tracer {
 public:
  JvpTracer(Ref<Trace> trace, Array primal, Tangent tangent)
      : Tracer(std::move(trace), primal.aval()), primal(primal), tangent(tangent) {}
  const Array primal;
  const Tangent tangent;
};

class JvpTrace final : public Trace {
 public:
  explicit JvpTrace(Ref<Trace> parent) : parent_(std::move(parent)) {}
  std::string_view kind() const override { return "jvp"; }

  std::vector<Array> process(const Ref<const Primitive>& p, std::span<const Array> args) override {
    std::vector<Array> primals;
    std::vector<Tangent> tangents;
    primals.reserve(args.size());
    tangents.reserve(args.size());
    for (const Array& x : args) {
      primals.push_back(primal(x));
      tangents.push_back(tangent(x));
    }
    TraceScope scope(parent_);
    if (!lax::any_defined(tangents)) return linum::bind(p, primals);
    JvpResult out = errors_in_scope([&] { return p->jvp(primals, tangents); });
    for (std::size_t i = 0; i < out.primals.size(); ++i)
      out.primals[i] = wrap(out.primals[i], out.tangents[i]);
    return std::move(out.primals);
  }

  Array wrap(const Array& primal, const Tangent& tangent) {
    if (!tangent.defined() || !lax::has_tangent(primal.aval())) return primal;
    return Array(Ref<Value>(new JvpTracer(Ref<Trace>(this), primal, tangent)));
  }
  const JvpTracer* mine(const Array& x) const {
    const Tracer* t = as_tracer(x);
    return t && &t->trace() == this ? static_cast<const JvpTracer*>(t) : nullptr;
  }
  Array primal(const Array& x) const { return mine(x) ? mine(x)->primal : x; }
  Tangent tangent(const Array& x) const { return mine(x) ? mine(x)->tangent : Tangent(); }

 private:
  Ref<Trace> parent_;
};

// f with tangents, its operations ending in the parent of the trace.
FlatJvp push_tangents(const Ref<JvpTrace>& trace, const FlatFn& f, std::span<const Array> primals,
                      std::span<const Tangent> tangents) {
  std::vector<Array> args;
  for (std::size_t i = 0; i < primals.size(); ++i)
    args.push_back(trace->wrap(primals[i], tangents[i]));
  std::vector<Array> outs;
  try {
    TraceScope scope{Ref<Trace>(trace)};
    outs = f(args);
  } catch (...) {
    trace->close();
    throw;
  }
  FlatJvp result;
  for (const Array& y : outs) {
    result.primals.push_back(trace->primal(y));
    result.tangents.push_back(trace->tangent(y));
  }
  trace->close();
  return result;
}
FlatJvp run_jvp(const FlatFn& f, std::span<const Array> primals, std::span<const Tangent> tangents,
                const Ref<Trace>& parent) {
  Ref<JvpTrace> trace(new JvpTrace(parent));
  FlatJvp result = push_tangents(trace, f, primals, tangents);
  trace->check_leaks();
  return result;
}

}  // namespace

FlatJvp jvp_flat(const FlatFn& f, std::span<const Array> primals,
                 std::span<const Tangent> tangents) {
  return run_jvp(f, primals, tangents, current_trace());
}

JvpProgram jvp_program(const Program& p, const std::vector<bool>& nonzero,
                       const std::vector<bool>& force_out) {
  std::vector<Aval> in = p.input_avals();
  std::size_t n = in.size();
  for (std::size_t i = 0; i < n; ++i)
    if (nonzero[i]) in.push_back(in[i].strong());
  JvpProgram result;
  result.program = trace_closed(
      [&](std::span<const Array> args) {
        std::vector<Tangent> tangents(n);
        for (std::size_t i = 0, next = n; i < n; ++i)
          if (nonzero[i]) tangents[i] = args[next++];
        FlatJvp out = jvp_flat([&](std::span<const Array> x) { return eval_program(p, x); },
                               args.first(n), tangents);
        std::vector<Array> outs = out.primals;
        for (std::size_t i = 0; i < out.tangents.size(); ++i) {
          bool keep = out.tangents[i].defined() || (i < force_out.size() && force_out[i]);
          result.out_nonzero.push_back(keep);
          if (keep) outs.push_back(lax::instantiate(out.tangents[i], out.primals[i].aval()));
        }
        return outs;
      },
      in);
  return result;
}

// --- linearize and vjp -----------------------------------------------------------------------

namespace {

struct Linearization {
  std::vector<Array> primals;
  std::vector<bool> nonzero;  // outputs whose tangent the program computes
  ProgramRef program;         // inputs: residuals, then the tangents of the inputs in `wrt`
  std::vector<Array> residuals;
};

Linearization run_linearize(const FlatFn& f, std::span<const Array> primals,
                            const std::vector<bool>& wrt) {
  Ref<PartialTrace> partial(new PartialTrace(current_trace()));
  std::vector<Tangent> tangents(primals.size());
  for (std::size_t i = 0; i < primals.size(); ++i)
    if (wrt[i]) tangents[i] = partial->new_input(primals[i].aval().strong());
  FlatJvp out = run_jvp(f, primals, tangents, Ref<Trace>(partial));
  Linearization lin;
  std::vector<Array> linear_outs;
  for (std::size_t i = 0; i < out.primals.size(); ++i) {
    if (partial->owns(out.primals[i])) {
      throw TransformError(
          "the result of a linearized function depends on its tangents: a custom derivative rule "
          "or a loop mixes primal and tangent values");
    }
    lin.nonzero.push_back(out.tangents[i].defined());
    if (out.tangents[i].defined()) linear_outs.push_back(out.tangents[i]);
  }
  lin.primals = std::move(out.primals);
  TracedProgram traced = partial->finish(linear_outs);
  lin.program = traced.program;
  lin.residuals = std::move(traced.captured);
  return lin;
}

// One entry per marked place, from a dense list; the others undefined.
std::vector<Array> spread(std::span<const Array> dense, const std::vector<bool>& marked) {
  std::vector<Array> out(marked.size());
  for (std::size_t i = 0, next = 0; i < marked.size(); ++i)
    if (marked[i]) out[i] = dense[next++];
  return out;
}

}  // namespace

FlatLinearized linearize_flat(const FlatFn& f, std::span<const Array> primals) {
  std::vector<bool> wrt;
  for (const Array& x : primals) wrt.push_back(lax::has_tangent(x.aval()));
  auto lin = std::make_shared<Linearization>(run_linearize(f, primals, wrt));
  FlatFn apply = [lin, wrt](std::span<const Array> tangents) {
    std::vector<Array> args = lin->residuals;
    for (std::size_t i = 0; i < wrt.size(); ++i)
      if (wrt[i]) args.push_back(tangents[i]);
    std::vector<Array> out = spread(eval_program(*lin->program, args), lin->nonzero);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = lax::instantiate(out[i], lin->primals[i].aval());
    return out;
  };
  return {lin->primals, std::move(apply)};
}

FlatVjp vjp_flat(const FlatFn& f, std::span<const Array> primals, const std::vector<bool>& wrt) {
  auto lin = std::make_shared<Linearization>(run_linearize(f, primals, wrt));
  auto pull_back = [lin, wrt](std::span<const Tangent> cts) {
    std::vector<Tangent> dense;
    for (std::size_t i = 0; i < cts.size(); ++i)
      if (lin->nonzero[i]) dense.push_back(cts[i]);
    std::vector<bool> linear(lin->program->inputs.size(), true);
    for (std::size_t i = 0; i < lin->residuals.size(); ++i) linear[i] = false;
    return spread(transpose_program(*lin->program, linear, lin->residuals, dense), wrt);
  };
  return {lin->primals, std::move(pull_back)};
}

}  // namespace linum
