// Program: the jaxpr. A typed, immutable list of equations.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "linum/core/primitive.h"

namespace linum {

using VarId = std::int32_t;

// A variable (id >= 0) or a literal scalar (~id indexes Program::literals).
struct Atom {
  std::int32_t id;
  bool is_literal() const { return id < 0; }
  std::size_t literal() const { return static_cast<std::size_t>(~id); }
  friend bool operator==(Atom, Atom) = default;
};

struct Equation {
  Ref<const Primitive> primitive;
  std::vector<Atom> inputs;
  std::vector<VarId> outputs;
  const std::string* scope;  // interned path of the module that wrote it, "" outside
};

class Program : public RefCounted {
 public:
  std::vector<Aval> avals;      // of each variable
  std::vector<Array> literals;  // host scalars
  std::vector<VarId> inputs;
  std::vector<Equation> equations;
  std::vector<Atom> outputs;

  const Aval& aval(Atom a) const {
    return a.is_literal() ? literals[a.literal()].aval() : avals[static_cast<std::size_t>(a.id)];
  }
  std::vector<Aval> input_avals() const;
  std::vector<Aval> output_avals() const;
  Effects effects() const;
  bool has_effects() const { return effects() != 0; }

  // jaxpr's form: { lambda ; a:f32[3]. let b:f32[3] = sin a in (b,) }
  std::string to_string() const;
  // Canonical bytes: programs that differ in variable numbering or scopes only are equal.
  const std::string& key() const;
  // Throws InternalError when a variable is used before it is made, made twice, or mistyped.
  void verify() const;

 private:
  mutable std::string key_;
  mutable std::atomic<bool> has_key_{false};
};

using ProgramRef = Ref<const Program>;
// A function over flat lists of arrays: what every transform works on.
using FlatFn = std::function<std::vector<Array>(std::span<const Array>)>;

struct TracedProgram {
  ProgramRef program;           // inputs: captured values first, then the arguments
  std::vector<Array> captured;  // values of outer scopes that the function used
};

// Records `f` applied to arguments of these types.
TracedProgram trace_program(const FlatFn& f, std::span<const Aval> args);

// Runs (or transforms) the equations one by one on `args`, one for each input: each by bind, or as
// `apply` does it.
using ApplyFn = std::vector<Array>(const Ref<const Primitive>&, std::span<const Array> operands);
std::vector<Array> eval_program(const Program&, std::span<const Array> args,
                                const std::function<ApplyFn>& apply = bind);

// Only the equations that the outputs marked in `keep_outputs` need. `used_inputs` says which
// inputs remain (all stay when `keep_inputs`).
struct PrunedProgram {
  ProgramRef program;
  std::vector<bool> used_inputs;
};
PrunedProgram prune(const Program&, const std::vector<bool>& keep_outputs,
                    bool keep_inputs = false);

}  // namespace linum
