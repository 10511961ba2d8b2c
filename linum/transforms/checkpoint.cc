#include "linum/transforms/checkpoint.h"

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/transforms/call_rules.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/jit_call.h"
#include "linum/transforms/memory_move.h"
#include "linum/transforms/partial_eval.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

// The program with the bodies of jitted calls written in place, so that policies see inside.
std::vector<Array> run_inlined(const Program& p, std::span<const Array> args) {
  std::vector<Array> env(p.avals.size());
  auto read = [&](Atom a) {
    return a.is_literal() ? p.literals[a.literal()] : env[static_cast<std::size_t>(a.id)];
  };
  for (std::size_t i = 0; i < args.size(); ++i)
    env[static_cast<std::size_t>(p.inputs[i])] = args[i];
  for (const Equation& e : p.equations) {
    NameScope scope(e.scope);
    std::vector<Array> in;
    for (Atom a : e.inputs) in.push_back(read(a));
    auto* call = dynamic_cast<const JitCall*>(e.primitive.get());
    std::vector<Array> out = call ? run_inlined(call->program(), in) : linum::bind(e.primitive, in);
    for (std::size_t i = 0; i < out.size(); ++i)
      env[static_cast<std::size_t>(e.outputs[i])] = out[i];
  }
  std::vector<Array> out;
  for (Atom a : p.outputs) out.push_back(read(a));
  return out;
}
ProgramRef inlined(const Program& p) {
  return trace_program([&](std::span<const Array> x) { return run_inlined(p, x); }, p.input_avals())
      .program;
}

ProgramRef with_outputs(const Program& p, std::vector<Atom> outputs) {
  Ref<Program> out(new Program);
  out->avals = p.avals;
  out->literals = p.literals;
  out->inputs = p.inputs;
  out->equations = p.equations;
  out->outputs = std::move(outputs);
  return ProgramRef(out);
}

// How the residuals of a known program are had again: from its inputs and some saved values.
struct Recomputation {
  std::vector<Atom> saved;                    // values of the known program
  std::vector<std::optional<Offload>> moves;  // of each of them
  ProgramRef program;                         // its inputs, then the saved values -> the residuals
};

// Walks back from the residuals; stops at values that the policy lets us keep.
class Recomputer {
 public:
  Recomputer(const Program& known, const CheckpointPolicy& policy)
      : p_(known), policy_(policy), maker_(known.avals.size(), kInput), seen_(known.avals.size()) {
    for (std::size_t e = 0; e < p_.equations.size(); ++e)
      for (VarId v : p_.equations[e].outputs) maker_[static_cast<std::size_t>(v)] = e;
  }
  Recomputation run(std::span<const Atom> residuals) {
    std::vector<bool> again(p_.equations.size());
    std::vector<VarId> pending;
    auto need = [&](Atom a) {
      if (!a.is_literal()) pending.push_back(a.id);
    };
    for (Atom a : residuals) need(a);
    while (!pending.empty()) {
      VarId v = pending.back();
      pending.pop_back();
      auto i = static_cast<std::size_t>(v);
      if (seen_[i] || maker_[i] == kInput) continue;
      seen_[i] = true;
      const Primitive& maker = *p_.equations[maker_[i]].primitive;
      const std::optional<Offload> move = offload_of(maker);
      if (move || policy_.saveable(maker)) {
        saved_.push_back(Atom{v});
        moves_.push_back(move);
      } else {
        again[maker_[i]] = true;
        for (Atom a : p_.equations[maker_[i]].inputs) need(a);
      }
    }
    return {saved_, moves_, program(again, residuals)};
  }

 private:
  static constexpr std::size_t kInput = SIZE_MAX;
  std::optional<Offload> offload_of(const Primitive& p) const {
    if (!policy_.offloadable || policy_.saveable(p)) return {};
    return policy_.offloadable(p);
  }
  ProgramRef program(const std::vector<bool>& again, std::span<const Atom> residuals) const {
    Ref<Program> out(new Program);
    out->avals = p_.avals;
    out->literals = p_.literals;
    out->inputs = p_.inputs;
    for (Atom a : saved_) out->inputs.push_back(a.id);
    for (std::size_t e = 0; e < again.size(); ++e)
      if (again[e]) out->equations.push_back(p_.equations[e]);
    out->outputs.assign(residuals.begin(), residuals.end());
    return ProgramRef(out);
  }
  const Program& p_;
  const CheckpointPolicy& policy_;
  std::vector<std::size_t> maker_;  // equation of each variable
  std::vector<bool> seen_;
  std::vector<Atom> saved_;
  std::vector<std::optional<Offload>> moves_;
};

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
  SplitProgram split = partial_eval_program(*inlined(*program_), unknown);
  std::size_t num_known = split.out_unknown.size() - count_marks(split.out_unknown);
  const std::vector<Atom>& outs = split.known->outputs;
  std::span<const Atom> residuals = std::span<const Atom>(outs).subspan(num_known);
  Recomputation again = Recomputer(*split.known, options_.policy).run(residuals);

  std::vector<Atom> now(outs.begin(), outs.begin() + static_cast<std::ptrdiff_t>(num_known));
  append(now, again.saved);
  ProgramRef first = with_outputs(*split.known, now);
  std::vector<Array> known =
      eval_program(*prune(*first, std::vector<bool>(now.size(), true), true).program, known_args);

  PrunedProgram second = prune(*again.program, std::vector<bool>(residuals.size(), true));
  std::vector<Array> all = known_args;
  std::vector<std::optional<Offload>> moves(all.size()), later_moves;
  append(moves, again.moves);
  for (std::size_t i = num_known; i < known.size(); ++i) {
    const std::optional<Offload>& move = again.moves[i - num_known];
    all.push_back(move ? move_to_memory(known[i], move->src, move->dst) : known[i]);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!second.used_inputs[i]) continue;
    later_args.push_back(all[i]);
    later_moves.push_back(moves[i]);
  }
  std::size_t kept = later_args.size();
  for (std::size_t i = 0; i < args.size(); ++i)
    if (unknown[i]) later_args.push_back(args[i]);
  auto later = [&](std::span<const Array> in) {
    std::vector<Array> back(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(kept));
    for (std::size_t i = 0; i < kept; ++i)
      if (const auto& move = later_moves[i])
        back[i] = move_to_memory(back[i], move->dst, move->src);
    std::vector<Array> inner = eval_program(*second.program, back);
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
