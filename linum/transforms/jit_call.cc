#include "linum/transforms/jit_call.h"

#include "linum/transforms/partial_eval.h"

namespace linum {

static Ref<const Primitive> call_of(const std::string& name, ProgramRef program) {
  return Ref<const Primitive>(new JitCall(name, std::move(program)));
}

std::vector<Aval> JitCall::infer(std::span<const Aval> operands) const {
  std::vector<Aval> wanted = program_->input_avals();
  if (operands.size() != wanted.size()) {
    throw ShapeError(
        str_cat("jit of ", function_, " takes ", wanted.size(), " arrays, got ", operands.size()));
  }
  return program_->output_avals();
}

CallMaker JitCall::call_named(std::string_view prefix) const {
  return [name = str_cat(prefix, function_)](ProgramRef p) { return call_of(name, std::move(p)); };
}

JvpResult JitCall::jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const {
  return jvp_call(*program_, primals, tangents, call_named("jvp_"));
}
std::vector<Tangent> JitCall::transpose(std::span<const Tangent> cts,
                                        std::span<const Operand> operands) const {
  return transpose_call(*program_, cts, operands, call_named("transpose_"));
}
Batched JitCall::batch(const BatchAxis& axis, std::span<const Array> operands,
                       std::span<const std::int64_t> dims) const {
  return batch_call(*program_, axis, operands, dims, call_named("vmap_"));
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
  return merge_by(split.out_unknown, known, later);
}

std::vector<Array> JitCall::carry_state(StateTrace& trace, std::span<const Array> args) const {
  return carry_state_call(*this, *program_, trace, args, call_named(""));
}

}  // namespace linum
