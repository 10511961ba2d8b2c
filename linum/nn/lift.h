// Lifted transforms: transforms of functions that use a module (flax.core.lift). A plain transform
// knows only values; a lifted one also takes the module's variables and random streams through, by
// rules that say which collections are mapped, carried or shared. This is the part without types;
// transforms.h has the functions to call.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "linum/nn/module.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/vmap.h"

namespace linum::nn::lift {

// Uses the module; called inside a Packed::run.
using Body = std::function<Tree(const Tree& args)>;

// Collections by filter: each goes to the first filter that selects it.
struct Filters {
  std::vector<Filter> in, out, rngs;
};

// A module's variables and keys as trees, while a transform is at work.
class Packed {
 public:
  Packed(const ModuleBase& module, Filters filters);

  // Lists: for each filter a dictionary of collections, or of streams.
  const Tree& variables() const { return variables_; }
  const Tree& rngs() const { return rngs_; }

  struct Result {
    Tree value;
    Tree variables;  // the mutable ones, for each out filter
  };
  // Runs `body` with the module over these variables and keys, inside the current transform. Throws
  // ValueError when a mutable collection has no out filter.
  Result run(const Tree& variables, const Tree& rngs, const std::function<Tree()>& body,
             const Filter& mutable_collections = true) const;
  // Puts what run gave into the module's own scope.
  void publish(const Tree& variables) const;

  // Gives each stream a key of its own, drawn here: what the transformed function draws then
  // depends on no path outside it.
  void fold_rngs();

  const ScopeRef& scope() const { return scope_; }
  bool has_mutable_output() const;

 private:
  ScopeRef scope_;
  Filters filters_;
  detail::LiftPlace place_;
  Tree variables_, rngs_;
  bool folded_ = false;
};

// The function under all lifted transforms: `inner` runs the transform and gives its result with
// the variables to publish.
Tree pack(const ModuleBase& module, const Filters& filters,
          const std::function<Packed::Result(Packed&)>& inner);

// --- transforms ----------------------------------------------------------------------------------

// The axis of a collection's variables on the way in and out; nothing: shared. A direction may be
// left out (flax.typing.In, Out).
struct VariableAxis {
  VariableAxis(std::nullopt_t) : takes_in(true), gives_out(true) {}
  VariableAxis(std::int64_t axis) : VariableAxis(std::nullopt) { in = out = axis; }
  VariableAxis(int axis) : VariableAxis(std::int64_t{axis}) {}
  bool takes_in, gives_out;
  AxisSpec in = {}, out = {};
};
inline VariableAxis In(AxisSpec axis) {
  VariableAxis a = std::nullopt;
  a.in = axis;
  a.gives_out = false;
  return a;
}
inline VariableAxis Out(AxisSpec axis) {
  VariableAxis a = std::nullopt;
  a.out = axis;
  a.takes_in = false;
  return a;
}
using VariableAxes = std::vector<std::pair<Filter, VariableAxis>>;
// Whether a stream has a key of its own for each step or batch entry.
using SplitRngs = std::vector<std::pair<Filter, bool>>;

struct ScanOptions {
  VariableAxes variable_axes = {};    // one slice for each step
  Filter variable_broadcast = false;  // shared by all steps; must not depend on them
  Filter variable_carry = false;      // handed from step to step
  SplitRngs split_rngs = {};
  std::vector<AxisSpec> in_axes = {};   // per argument after the carry; nothing: whole
  std::vector<AxisSpec> out_axes = {};  // per result; nothing: the same in all steps
  std::int64_t length = -1;             // needed only when no argument is scanned
  bool reverse = false;
  std::int64_t unroll = 1;
};
// body: list(carry, xs...) -> list(carry, y). Gives list(carry, ys). flax.core.lift.scan.
Tree scan(const ModuleBase& module, const Body& body, const Tree& args, const ScanOptions& options);

struct VmapOptions {
  VariableAxes variable_axes = {};
  SplitRngs split_rngs = {};
  std::vector<AxisSpec> in_axes = {};   // per argument; empty: 0 for all
  std::vector<AxisSpec> out_axes = {};  // per result; empty: 0
  std::int64_t axis_size = -1;
  std::string axis_name = {};
  PartitionSpec::Entry spmd_axis_name = {};  // as in linum::VmapOptions
};
Tree vmap(const ModuleBase& module, const Body& body, const Tree& args, const VmapOptions& options);

// Which collections and streams the body may use.
struct LiftOptions {
  Filter variables = true;
  Filter rngs = true;
};
Tree jit(const ModuleBase& module, const Body& body, const Tree& args, const LiftOptions& options,
         std::string_view name);
// The body, whose derivative computes again what the policy does not let it keep.
Tree checkpoint(const ModuleBase& module, const Body& body, const Tree& args,
                const LiftOptions& options, const CheckpointOptions& keeps);
struct RematScanOptions {
  CheckpointPolicy policy = checkpoint_policies::nothing_saveable();
  Filter variable_broadcast = false;
  Filter variable_carry = false;
  VariableAxes variable_axes = {{true, 0}};
  SplitRngs split_rngs = {{true, true}};
};
// The body, from one value to the next, as many times as the product of lengths: a loop for each
// length, whose turns are computed again for the derivative.
Tree remat_scan(const ModuleBase& module, const Body& body, const Tree& carry,
                std::span<const std::int64_t> lengths, const RematScanOptions& options);
// The body with keys of its own (Packed::fold_rngs), as jit has them.
Tree fold_rngs(const ModuleBase& module, const Body& body, const Tree& args,
               const LiftOptions& options);
// branches[clamp(index)](args); all must declare the same variables. `what` is its name in
// messages.
Tree switch_(const ModuleBase& module, const Array& index, const std::vector<Body>& branches,
             const Tree& args, const LiftOptions& options, std::string_view what = "switch_");

struct WhileOptions {
  Filter carry_variables = false;     // updated by the body
  Filter broadcast_variables = true;  // read only
  SplitRngs split_rngs = {};          // true: other keys in each turn
};
Tree while_loop(const ModuleBase& module, const std::function<Array(const Tree& carry)>& condition,
                const Body& body, const Tree& carry, const WhileOptions& options);

struct VjpOptions {
  Filter vjp_variables = "params";  // collections to differentiate by
  Filter variables = true;
  Filter rngs = true;
  bool has_aux = false;
};
struct Vjp {
  Tree primal, aux;
  // From the cotangent to list(of the variables, of each argument).
  std::function<Tree(const Tree& cotangent)> pull_back;
};
// body gives its result, or list(result, aux).
Vjp vjp(const ModuleBase& module, const Body& body, const Tree& args, const VjpOptions& options);
// list(value, tangent), along tangents of the arguments and of variables by collection.
Tree jvp(const ModuleBase& module, const Body& body, const Tree& args, const Tree& tangents,
         const Tree& variable_tangents, const LiftOptions& options);

// forward gives list(result, residuals); backward takes list(residuals, cotangent of the result)
// and gives list(cotangents of the grad_vars, of each argument).
Tree custom_vjp(const ModuleBase& module, const Body& body, const Body& forward,
                const TreeFn& backward, const Tree& args, const Filter& grad_vars);

using TreeMap = std::function<Tree(const Tree& collections)>;
struct MapOptions {
  TreeMap map_in = {}, map_out = {};  // of {collection: variables}; none: unchanged
  bool init = false;                  // the body's new variables are mapped before it uses them
  bool is_mutable = false;            // the body may update mapped collections
  Filter variables = true;
  Filter rngs = true;
};
// The body sees the mapped collections through map_in.
Tree map_variables(const ModuleBase& module, const Body& body, const Tree& args,
                   const Filter& mapped_collections, const MapOptions& options);

}  // namespace linum::nn::lift
