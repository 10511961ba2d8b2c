#include "linum/transforms/recompute.h"

#include <algorithm>

#include "linum/lax/families.h"
#include "linum/transforms/jit_call.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

// The program with the bodies of jitted calls written in place, so that policies see inside.
std::vector<Array> run_inlined(const Program& p, std::span<const Array> args) {
  const auto apply = [](const Ref<const Primitive>& primitive, std::span<const Array> operands) {
    const auto* call = dynamic_cast<const JitCall*>(primitive.get());
    return call ? run_inlined(call->program(), operands) : linum::bind(primitive, operands);
  };
  return eval_program(p, args, apply);
}

// Walks back from the wanted outputs; stops at values that the policy keeps.
class Recomputer {
 public:
  Recomputer(const Program& program, const CheckpointPolicy& policy)
      : now_(copy_of(program)), policy_(policy), needed_(program.avals.size()) {}

  Recomputation run(const std::vector<bool>& wanted) && {
    std::vector<Atom> outputs;
    for (std::size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i]) outputs.push_back(now_->outputs[i]);
    for (Atom a : outputs) need(a);
    std::vector<Equation> equations;
    equations.swap(now_->equations);
    for (std::size_t e = equations.size(); e-- > 0;) {
      visit(equations[e]);
      now_->equations.push_back(std::move(equations[e]));
    }
    std::reverse(now_->equations.begin(), now_->equations.end());
    std::reverse(again_.begin(), again_.end());
    ProgramRef again = program_again(std::move(outputs));
    for (VarId v : kept_) now_->outputs.push_back(Atom{v});
    return {ProgramRef(now_), std::move(again), kept_.size()};
  }

 private:
  void need(Atom a) {
    if (!a.is_literal()) needed_[static_cast<std::size_t>(a.id)] = true;
  }
  bool is_needed(VarId v) const { return needed_[static_cast<std::size_t>(v)]; }
  // In another memory: moves v as soon as it is there; what is computed again moves it back first.
  void keep(const Equation& e, VarId v, const std::optional<Offload>& move) {
    const Aval aval = now_->aval(Atom{v});
    if (!move || aval.memory() != move->src) return kept_.push_back(v);
    const VarId there = new_variable(aval.in_memory(move->dst));
    now_->equations.push_back({lax::memory_move(move->dst), {Atom{v}}, {there}, e.scope});
    again_.push_back({lax::memory_move(move->src), {Atom{there}}, {v}, e.scope});
    kept_.push_back(there);
  }

  void visit(Equation& e) {
    std::vector<bool> wanted;
    for (VarId v : e.outputs) wanted.push_back(is_needed(v));
    if (count_marks(wanted) == 0) return;
    if (auto* divisible = dynamic_cast<const Divisible*>(e.primitive.get())) {
      divide(e, divisible->divide(wanted, policy_));
    } else if (const auto move = offload_of(*e.primitive); move || policy_.saveable(*e.primitive)) {
      for (std::size_t i = 0; i < wanted.size(); ++i)
        if (wanted[i]) keep(e, e.outputs[i], move);
    } else {
      for (Atom a : e.inputs) need(a);
      again_.push_back(e);
    }
  }
  std::optional<Offload> offload_of(const Primitive& p) const {
    if (!policy_.offloadable || policy_.saveable(p)) return {};
    return policy_.offloadable(p);
  }

  void divide(Equation& e, const Division& parts) {
    if (parts.now) use(e, parts.now);
    const std::size_t first = kept_.size();
    for (std::size_t result : parts.kept) kept_.push_back(e.outputs[result]);
    if (!parts.again) return;
    Equation again{parts.again, {}, {}, e.scope};
    for (std::size_t i : parts.operands) again.inputs.push_back(e.inputs[i]);
    for (Atom a : again.inputs) need(a);
    for (std::size_t i : parts.from_kept) again.inputs.push_back(Atom{kept_[first + i]});
    for (std::size_t i : parts.results) {
      const VarId v = e.outputs[i];
      const bool is_kept = std::find(kept_.begin(), kept_.end(), v) != kept_.end();
      again.outputs.push_back(is_kept ? new_variable(now_->aval(Atom{v})) : v);
    }
    again_.push_back(std::move(again));
  }
  // The same operation with more results.
  void use(Equation& e, const Ref<const Primitive>& primitive) {
    std::vector<Aval> types;
    for (Atom a : e.inputs) types.push_back(now_->aval(a));
    const std::vector<Aval> results = infer_checked(*primitive, types);
    e.primitive = primitive;
    for (std::size_t i = e.outputs.size(); i < results.size(); ++i)
      e.outputs.push_back(new_variable(results[i]));
  }
  VarId new_variable(const Aval& aval) {
    now_->avals.push_back(aval);
    needed_.push_back(false);
    return static_cast<VarId>(now_->avals.size() - 1);
  }

  ProgramRef program_again(std::vector<Atom> outputs) const {
    Ref<Program> out = copy_of(*now_);
    append(out->inputs, kept_);
    out->equations = again_;
    out->outputs = std::move(outputs);
    return ProgramRef(out);
  }

  Ref<Program> now_;  // its equations that were visited, the last one first
  const CheckpointPolicy& policy_;
  std::vector<bool> needed_;     // for each variable
  std::vector<Equation> again_;  // the last one first
  std::vector<VarId> kept_;
};

}  // namespace

std::vector<bool> Recomputation::reads() const {
  return prune(*again, std::vector<bool>(again->outputs.size(), true)).used_inputs;
}

static std::optional<std::size_t> place_of(Atom wanted, std::span<const Atom> atoms) {
  const auto it = std::find(atoms.begin(), atoms.end(), wanted);
  if (it == atoms.end()) return std::nullopt;
  return static_cast<std::size_t>(it - atoms.begin());
}
std::optional<std::size_t> Recomputation::kept_place(std::size_t i) const {
  return place_of(now->outputs[i], std::span<const Atom>(now->outputs).last(num_kept));
}
std::optional<std::size_t> Recomputation::output_place(std::size_t k, std::size_t first) const {
  const std::span<const Atom> outputs = now->outputs;
  const std::size_t count = outputs.size() - num_kept;
  const auto place = place_of(outputs[count + k], outputs.subspan(first, count - first));
  return place ? std::optional(first + *place) : std::nullopt;
}

std::size_t Division::keep(std::size_t result) {
  const auto it = std::find(kept.begin(), kept.end(), result);
  const auto place = static_cast<std::size_t>(it - kept.begin());
  if (it == kept.end()) kept.push_back(result);
  return place;
}

bool Division::keep_results(std::span<const Recomputation> bodies, std::vector<bool>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto keeps = [i](const Recomputation& r) { return r.kept_place(i).has_value(); };
    if (!wanted[i] || !std::all_of(bodies.begin(), bodies.end(), keeps)) continue;
    keep(i);
    wanted[i] = false;
  }
  return !kept.empty();
}

std::vector<std::size_t> Division::keep_all(const Recomputation& body, std::size_t first) {
  const std::size_t count = body.now->outputs.size() - body.num_kept;
  std::vector<std::size_t> outputs = index_range(0, count);
  for (std::size_t k = 0; k < body.num_kept; ++k) {
    const auto place = body.output_place(k, first);
    from_kept.push_back(keep(place.value_or(outputs.size())));
    if (!place) outputs.push_back(count + k);
  }
  return outputs;
}

Recomputation recompute(const Program& program, const std::vector<bool>& wanted,
                        const CheckpointPolicy& policy) {
  const FlatFn run = [&](std::span<const Array> x) { return run_inlined(program, x); };
  return Recomputer(*trace_program(run, program.input_avals()).program, policy).run(wanted);
}

}  // namespace linum
