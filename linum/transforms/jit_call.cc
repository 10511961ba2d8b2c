#include "linum/transforms/jit_call.h"

#include "linum/lax/families.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Ref<const Primitive> call_of(const std::string& name, ProgramRef program) {
  return Ref<const Primitive>(new JitCall(name, std::move(program)));
}

std::vector<Aval> JitCall::infer(std::span<const Aval> operands) const {
  std::vector<Aval> wanted = program_->input_avals();
  if (operands.size() != wanted.size()) {
    throw ShapeError(concat("jit of ", function_, " takes ", wanted.size(), " arrays, got ",
                            operands.size()));
  }
  return program_->output_avals();
}

JvpResult JitCall::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  std::vector<bool> nonzero;
  std::vector<Array> args(primals.begin(), primals.end());
  for (const Tangent& t : tangents) {
    nonzero.push_back(t.defined());
    if (t.defined()) args.push_back(t);
  }
  JvpProgram derived = jvp_program(*program_, nonzero);
  std::vector<Array> out = linum::bind(call_of(concat("jvp_", function_), derived.program), args);
  std::size_t n = program_->outputs.size();
  JvpResult result;
  result.primals.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0, next = n; i < n; ++i)
    result.tangents.push_back(derived.out_nonzero[i] ? out[next++] : Tangent());
  return result;
}

std::vector<Tangent> JitCall::transpose(std::span<const Tangent> cts,
                                        std::span<const Operand> operands) const {
  std::vector<bool> linear;
  std::vector<Array> args;
  for (const Operand& o : operands) {
    linear.push_back(o.is_linear());
    if (!o.is_linear()) args.push_back(o.value);
  }
  std::size_t num_known = args.size();
  for (const Tangent& ct : cts)
    if (ct.defined()) args.push_back(ct);
  std::vector<Aval> avals;
  for (const Array& x : args) avals.push_back(x.aval());
  std::vector<bool> defined;
  TracedProgram traced = trace_program(
      [&](std::span<const Array> in) {
        std::vector<Tangent> inner_cts;
        std::size_t next = num_known;
        for (const Tangent& ct : cts) inner_cts.push_back(ct.defined() ? in[next++] : Tangent());
        std::vector<Array> outs;
        for (Tangent& t : transpose_program(*program_, linear, in.first(num_known), inner_cts)) {
          defined.push_back(t.defined());
          if (t.defined()) outs.push_back(std::move(t));
        }
        return outs;
      },
      avals);
  std::vector<Array> out = linum::bind(call_of(concat("transpose_", function_), traced.program), args);
  std::vector<Tangent> result(operands.size());
  for (std::size_t i = 0, k = 0, next = 0; i < operands.size(); ++i)
    if (linear[i] && defined[k++]) result[i] = out[next++];
  return result;
}

Batched JitCall::batch(const BatchAxis& axis, std::span<const Array> operands,
                       std::span<const std::int64_t> dims) const {
  std::vector<bool> batched;
  std::vector<Array> args;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    batched.push_back(dims[i] != kNotBatched);
    args.push_back(batched.back() ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0)
                                  : operands[i]);
  }
  BatchedProgram derived = batch_program(*program_, axis, batched);
  Batched result;
  result.values = linum::bind(call_of(concat("vmap_", function_), derived.program), args);
  for (bool b : derived.out_batched) result.dims.push_back(b ? 0 : kNotBatched);
  return result;
}

std::vector<Ssa> JitCall::lower(Emitter& e, std::span<const Ssa> operands,
                                std::span<const Aval>) const {
  return e.call_program(function_, *program_, operands);
}

std::vector<Array> JitCall::partial_eval(PartialTrace& trace, std::span<const Array> args) const {
  std::vector<bool> unknown;
  for (const Array& x : args) unknown.push_back(trace.owns(x));
  SplitProgram split = partial_eval_program(*program_, unknown);
  std::vector<Array> known_args, unknown_args;
  for (std::size_t i = 0; i < args.size(); ++i)
    (unknown[i] ? unknown_args : known_args).push_back(args[i]);
  std::vector<Array> known = linum::bind(call_of(function_, split.known), known_args);
  std::size_t num_known = 0;
  for (bool u : split.out_unknown) num_known += !u;
  std::vector<Array> in(known.begin() + static_cast<std::ptrdiff_t>(num_known), known.end());
  in.insert(in.end(), unknown_args.begin(), unknown_args.end());
  std::vector<Array> later = trace.record(call_of(function_, split.unknown), in);
  std::vector<Array> out;
  for (std::size_t i = 0, k = 0, u = 0; i < split.out_unknown.size(); ++i)
    out.push_back(split.out_unknown[i] ? later[u++] : known[k++]);
  return out;
}

}  // namespace linum
