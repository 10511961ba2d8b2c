#include "linum/transforms/state_trace.h"

#include "linum/transforms/constant.h"
#include "linum/transforms/program_edit.h"

namespace linum {

std::vector<Array> Primitive::carry_state(StateTrace& trace, std::span<const Array> args) const {
  return trace.apply(Ref<const Primitive>(this), args);
}

std::vector<Array> StateTrace::process(const Ref<const Primitive>& p, std::span<const Array> args) {
  TraceScope scope(parent_);
  return p->carry_state(*this, args);
}

std::vector<Array> StateTrace::run(const Program& program, std::span<const Array> args) {
  TraceScope scope{Ref<Trace>(this)};
  return eval_program(program, args);
}

ProgramRef StateTrace::with_state(const Program& body) const {
  std::size_t n = state_.size();
  std::vector<Aval> avals = avals_of(state_);
  append(avals, body.input_avals());
  auto run_body = [&](std::span<const Array> in) {
    Ref<StateTrace> inner = inside({in.begin(), in.begin() + static_cast<std::ptrdiff_t>(n)});
    std::vector<Array> results = inner->run(body, in.subspan(n)), out = inner->state();
    append(out, results);
    return out;
  };
  return trace_closed(run_body, avals);
}

std::vector<Array> StateTrace::bind_with_state(const Ref<const Primitive>& p,
                                               std::span<const Array> operands,
                                               std::size_t before) {
  std::vector<Array> in(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(before));
  append(in, state_);
  in.insert(in.end(), operands.begin() + static_cast<std::ptrdiff_t>(before), operands.end());
  std::vector<Array> out = linum::bind(p, in);
  auto results = out.begin() + static_cast<std::ptrdiff_t>(state_.size());
  state_.assign(out.begin(), results);
  return {results, out.end()};
}

}  // namespace linum
