#include "linum/transforms/partial_eval.h"

#include "linum/core/trace.h"
#include "linum/transforms/constant.h"

namespace linum {
namespace {

// Drops the equations and residuals that the outputs do not need.
TracedProgram pruned(TracedProgram traced) {
  std::size_t residuals = traced.captured.size();
  const Program& p = *traced.program;
  PrunedProgram small = prune(p, std::vector<bool>(p.outputs.size(), true));
  Ref<Program> program(new Program);
  program->avals = small.program->avals;
  program->literals = small.program->literals;
  program->equations = small.program->equations;
  program->outputs = small.program->outputs;
  std::vector<Array> captured;
  for (std::size_t i = 0; i < p.inputs.size(); ++i) {
    if (i < residuals && !small.used_inputs[i]) continue;
    program->inputs.push_back(p.inputs[i]);
    if (i < residuals) captured.push_back(traced.captured[i]);
  }
  return {ProgramRef(program), std::move(captured)};
}

std::int64_t place_of(const Array& x, std::span<const Array> inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (inputs[i].value() == x.value()) return static_cast<std::int64_t>(i);
  return -1;
}

}  // namespace

SplitProgram partial_eval_program(const Program& p, const std::vector<bool>& unknown,
                                  const std::vector<bool>& force_unknown) {
  SplitProgram split;
  std::vector<Aval> known_avals, all = p.input_avals();
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!unknown[i]) known_avals.push_back(all[i]);
  auto run = [&](std::span<const Array> known_args) {
    Ref<PartialTrace> later(new PartialTrace(current_trace()));
    std::vector<Array> args;
    for (std::size_t i = 0, k = 0; i < all.size(); ++i)
      args.push_back(unknown[i] ? later->new_input(all[i]) : known_args[k++]);
    std::vector<Array> outs, known_outs, unknown_outs;
    {
      TraceScope scope{Ref<Trace>(later)};
      outs = eval_program(p, args);
    }
    for (std::size_t i = 0; i < outs.size(); ++i) {
      bool u = later->owns(outs[i]) || (i < force_unknown.size() && force_unknown[i]);
      split.out_unknown.push_back(u);
      (u ? unknown_outs : known_outs).push_back(outs[i]);
    }
    TracedProgram rest = pruned(later->finish(unknown_outs));
    split.unknown = rest.program;
    for (const Array& r : rest.captured) {
      split.residual_input.push_back(place_of(r, known_args));
      known_outs.push_back(r);
    }
    return known_outs;
  };
  split.known = trace_closed(run, known_avals);
  return split;
}

}  // namespace linum
