// Reverse mode's second half: run a linear program backwards.
#include "linum/core/error_scope.h"
#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/transforms/autodiff.h"

namespace linum {
namespace {

class Transposer {
 public:
  Transposer(const Program& p, const std::vector<bool>& linear, std::span<const Array> operands)
      : p_(p), linear_(p.avals.size()), known_(p.avals.size()), cts_(p.avals.size()) {
    std::size_t next = 0;
    for (std::size_t i = 0; i < p.inputs.size(); ++i) {
      auto v = static_cast<std::size_t>(p.inputs[i]);
      linear_[v] = linear[i];
      if (!linear[i]) known_[v] = operands[next++];
    }
    run_known_equations();
  }

  void run(std::span<const Tangent> cotangents) {
    for (std::size_t i = 0; i < p_.outputs.size(); ++i) accumulate(p_.outputs[i], cotangents[i]);
    for (std::size_t i = p_.equations.size(); i-- > 0;) step(p_.equations[i]);
  }
  const Tangent& cotangent(VarId v) const { return cts_[static_cast<std::size_t>(v)]; }

 private:
  bool is_linear(Atom a) const {
    return !a.is_literal() && linear_[static_cast<std::size_t>(a.id)];
  }
  Array read(Atom a) const {
    return a.is_literal() ? p_.literals[a.literal()] : known_[static_cast<std::size_t>(a.id)];
  }

  // What does not depend on the linear inputs runs forward, first.
  void run_known_equations() {
    for (const Equation& e : p_.equations) {
      bool linear = e.primitive->only_transposed();
      for (Atom a : e.inputs) linear = linear || is_linear(a);
      for (VarId v : e.outputs) linear_[static_cast<std::size_t>(v)] = linear;
      if (linear) continue;
      NameScope scope(e.scope);
      std::vector<Array> args;
      for (Atom a : e.inputs) args.push_back(read(a));
      std::vector<Array> out = linum::bind(e.primitive, args);
      for (std::size_t i = 0; i < out.size(); ++i)
        known_[static_cast<std::size_t>(e.outputs[i])] = out[i];
    }
  }

  void accumulate(Atom a, const Tangent& ct) {
    if (!ct.defined() || !is_linear(a)) return;
    auto& slot = cts_[static_cast<std::size_t>(a.id)];
    slot = lax::add_tangents(slot, ct);
  }

  void step(const Equation& e) {
    std::vector<Tangent> cts;
    for (VarId v : e.outputs) cts.push_back(std::move(cts_[static_cast<std::size_t>(v)]));
    if (!lax::any_defined(cts)) return;
    std::vector<Operand> operands;
    bool any_linear = false;
    for (Atom a : e.inputs) {
      any_linear = any_linear || is_linear(a);
      operands.push_back({p_.aval(a), is_linear(a) ? Array() : read(a)});
    }
    if (!any_linear) return;
    NameScope scope(e.scope);
    std::vector<Tangent> in =
        errors_in_scope([&] { return e.primitive->transpose(cts, operands); });
    for (std::size_t i = 0; i < in.size(); ++i) accumulate(e.inputs[i], in[i]);
  }

  const Program& p_;
  std::vector<bool> linear_;
  std::vector<Array> known_;
  std::vector<Tangent> cts_;
};

}  // namespace

std::vector<Tangent> transpose_program(const Program& p, const std::vector<bool>& linear,
                                       std::span<const Array> operands,
                                       std::span<const Tangent> cotangents) {
  Transposer t(p, linear, operands);
  t.run(cotangents);
  std::vector<Tangent> out;
  for (std::size_t i = 0; i < p.inputs.size(); ++i)
    if (linear[i]) out.push_back(t.cotangent(p.inputs[i]));
  return out;
}

}  // namespace linum
