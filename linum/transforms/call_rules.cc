#include "linum/transforms/call_rules.h"

#include "linum/lax/families.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/state_trace.h"
#include "linum/transforms/vmap.h"

namespace linum {

JvpResult jvp_call(std::span<const Array> primals, std::span<const Tangent> tangents,
                   const DerivedCallMaker& derive) {
  std::vector<bool> nonzero;
  std::vector<Array> args(primals.begin(), primals.end());
  for (const Tangent& t : tangents) {
    nonzero.push_back(t.defined());
    if (t.defined()) args.push_back(t);
  }
  const DerivedCall derived = derive(nonzero);
  std::vector<Array> out = linum::bind(derived.call, args);
  const std::size_t n = derived.marks.size();
  JvpResult result;
  result.primals.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
  for (std::size_t i = 0, next = n; i < n; ++i)
    result.tangents.push_back(derived.marks[i] ? out[next++] : Tangent());
  return result;
}
JvpResult jvp_call(const Program& program, std::span<const Array> primals,
                   std::span<const Tangent> tangents, const CallMaker& call_of) {
  return jvp_call(primals, tangents, [&](const std::vector<bool>& nonzero) {
    JvpProgram derived = jvp_program(program, nonzero);
    return DerivedCall{call_of(derived.program), std::move(derived.out_nonzero)};
  });
}

std::vector<Tangent> transpose_call(const Program& program, std::span<const Tangent> cts,
                                    std::span<const Operand> operands, const CallMaker& call_of) {
  std::vector<bool> linear, defined;
  std::vector<Array> args;
  for (const Operand& o : operands) {
    linear.push_back(o.is_linear());
    if (!o.is_linear()) args.push_back(o.value);
  }
  std::size_t num_known = args.size();
  for (const Tangent& ct : cts)
    if (ct.defined()) args.push_back(ct);
  auto backward = [&](std::span<const Array> in) {
    std::vector<Tangent> inner;
    std::size_t next = num_known;
    for (const Tangent& ct : cts) inner.push_back(ct.defined() ? in[next++] : Tangent());
    std::vector<Array> outs;
    for (Tangent& t : transpose_program(program, linear, in.first(num_known), inner)) {
      defined.push_back(t.defined());
      if (t.defined()) outs.push_back(std::move(t));
    }
    return outs;
  };
  ProgramRef body = trace_closed(backward, avals_of(args));
  std::vector<Array> out = linum::bind(call_of(body), args);
  std::vector<Tangent> result(operands.size());
  for (std::size_t i = 0, k = 0, next = 0; i < operands.size(); ++i)
    if (linear[i] && defined[k++]) result[i] = out[next++];
  return result;
}

Batched batch_call(const BatchAxis& axis, std::span<const Array> operands,
                   std::span<const std::int64_t> dims, const DerivedCallMaker& derive) {
  std::vector<bool> batched;
  std::vector<Array> args;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    batched.push_back(dims[i] != kNotBatched);
    args.push_back(batched.back() ? lax::move_batch_axis(operands[i], axis.size, dims[i], 0)
                                  : operands[i]);
  }
  const DerivedCall derived = derive(batched);
  Batched result;
  result.values = linum::bind(derived.call, args);
  for (bool b : derived.marks) result.dims.push_back(b ? 0 : kNotBatched);
  return result;
}
Batched batch_call(const Program& program, const BatchAxis& axis, std::span<const Array> operands,
                   std::span<const std::int64_t> dims, const CallMaker& call_of) {
  return batch_call(axis, operands, dims, [&](const std::vector<bool>& batched) {
    BatchedProgram derived = batch_program(program, axis, batched);
    return DerivedCall{call_of(derived.program), std::move(derived.out_batched)};
  });
}

std::vector<Array> carry_state_call(const Primitive& call, const Program& program,
                                    StateTrace& trace, std::span<const Array> operands,
                                    const CallMaker& call_of) {
  if (!trace.concerns(program)) return trace.apply(Ref<const Primitive>(&call), operands);
  trace.make_room(program);
  return trace.bind_with_state(call_of(trace.with_state(program)), operands);
}

std::vector<Array> merge_by(const std::vector<bool>& unknown, std::span<const Array> known,
                            std::span<const Array> rest) {
  std::vector<Array> out;
  for (std::size_t i = 0, k = 0, u = 0; i < unknown.size(); ++i)
    out.push_back(unknown[i] ? rest[u++] : known[k++]);
  return out;
}

}  // namespace linum
