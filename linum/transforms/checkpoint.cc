#include "linum/transforms/checkpoint.h"

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/recompute.h"

namespace linum {
namespace {

class Checkpoint final : public Primitive {
 public:
  Checkpoint(ProgramRef program, CheckpointOptions options, bool differentiated)
      : program_(std::move(program)),
        options_(std::move(options)),
        differentiated_(differentiated) {}
  std::string_view name() const override { return "checkpoint"; }
  void params(ParamSink& sink) const override {
    sink("differentiated", differentiated_);
    sink("jaxpr", *program_);
    sink("policy", options_.policy.name);
    sink("prevent_cse", options_.prevent_cse);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override { return program_->output_avals(); }
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array> primals, std::span<const Tangent> tangents) const override {
    return jvp_call(*program_, primals, tangents, like_this(differentiated_));
  }
  std::vector<Tangent> transpose(std::span<const Tangent> cts,
                                 std::span<const Operand> operands) const override {
    return transpose_call(*program_, cts, operands, like_this(differentiated_));
  }
  Batched batch(const BatchAxis& axis, std::span<const Array> operands,
                std::span<const std::int64_t> dims) const override {
    return batch_call(*program_, axis, operands, dims, like_this(differentiated_));
  }
  std::vector<Array> partial_eval(PartialTrace&, std::span<const Array>) const override;
  std::vector<Array> carry_state(StateTrace& trace, std::span<const Array> args) const override {
    return carry_state_call(*this, *program_, trace, args, like_this(differentiated_));
  }
  Effects effects() const override { return program_->effects(); }
  bool only_transposed() const override { return program_only_transposed(*program_); }
  bool names_axis(std::string_view axis) const override {
    return program_names_axis(*program_, axis);
  }

  // A barrier before the second computation, or the compiler would share the first one's results.
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    if (!differentiated_ || !options_.prevent_cse || operands.empty())
      return e.inline_program(*program_, operands);
    std::vector<Aval> types;
    for (const Ssa& v : operands) types.push_back(v.aval);
    return e.inline_program(*program_, e.op("stablehlo.optimization_barrier", operands, "", types));
  }

 private:
  CallMaker like_this(bool differentiated) const {
    return [this, differentiated](ProgramRef program) {
      return Ref<const Primitive>(new Checkpoint(std::move(program), options_, differentiated));
    };
  }
  ProgramRef program_;
  CheckpointOptions options_;
  bool differentiated_;  // computes again what was computed before
};

// The known results now; later, residuals computed again and then the unknown results.
std::vector<Array> Checkpoint::partial_eval(PartialTrace& trace,
                                            std::span<const Array> args) const {
  std::vector<bool> unknown;
  std::vector<Array> known_args, later_args;
  for (const Array& x : args) {
    unknown.push_back(trace.owns(x));
    if (!unknown.back()) known_args.push_back(x);
  }
  SplitProgram split = partial_eval_program(*program_, unknown);
  const std::size_t num_known = split.out_unknown.size() - count_marks(split.out_unknown);
  std::vector<bool> residuals(split.known->outputs.size(), true);
  std::fill_n(residuals.begin(), num_known, false);
  const Recomputation parts = recompute(*split.known, residuals, options_.policy);

  std::vector<bool> now = residuals;
  now.flip();
  now.resize(parts.now->outputs.size(), true);
  const std::vector<Array> known = eval_program(*prune(*parts.now, now, true).program, known_args);

  const PrunedProgram second =
      prune(*parts.again, std::vector<bool>(parts.again->outputs.size(), true));
  std::vector<Array> all = known_args;
  all.insert(all.end(), known.begin() + static_cast<std::ptrdiff_t>(num_known), known.end());
  for (std::size_t i = 0; i < all.size(); ++i)
    if (second.used_inputs[i]) later_args.push_back(all[i]);
  std::size_t kept = later_args.size();
  for (std::size_t i = 0; i < args.size(); ++i)
    if (unknown[i]) later_args.push_back(args[i]);
  auto later = [&](std::span<const Array> in) {
    std::vector<Array> inner = eval_program(*second.program, in.first(kept));
    for (const Array& x : in.subspan(kept)) inner.push_back(x);
    return eval_program(*split.unknown, inner);
  };
  ProgramRef body = trace_closed(later, avals_of(later_args));
  std::vector<Array> rest = trace.record(like_this(true)(body), later_args);
  return merge_by(split.out_unknown, known, rest);
}

}  // namespace

Tree checkpoint_tree(const TreeFn& f, const Tree& args, const CheckpointOptions& options) {
  auto [leaves, in] = tree::flatten(args);
  TreeDef out;
  TracedProgram traced = trace_program(
      [&, &structure = in](std::span<const Array> x) {
        Tree y = f(structure.unflatten(x));
        out = TreeDef(y);
        return tree::leaves(y);
      },
      avals_of(leaves));
  if (traced.program->effects() & kIoEffect) {
    throw TransformError(
        "checkpoint of a function with an io_callback: the backward pass would repeat the call; "
        "make it outside");
  }
  std::vector<Array> operands = traced.captured;
  append(operands, leaves);
  return out.unflatten(
      linum::bind(Ref<const Primitive>(new Checkpoint(traced.program, options, false)), operands));
}

}  // namespace linum
