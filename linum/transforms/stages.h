// The stages of a jitted function, one at a time, ahead of its calls (jax.stages):
//   Compiled step = jit(f).trace(x).lower().compile();
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "linum/core/program.h"
#include "linum/core/sharding.h"
#include "linum/core/tree.h"
#include "linum/runtime/client.h"
#include "linum/transforms/tree_fn.h"

namespace linum {

// How the leaf at `path` ("0/params/kernel" of arguments, "params/kernel" of results) is split;
// nothing: as it is.
using ShardingRule =
    std::function<std::optional<NamedSharding>(const std::string& path, const Aval& leaf)>;

struct JitOptions {
  std::vector<int> donate;    // arguments whose buffers the results may reuse
  std::string name = "main";  // in programs, profiles and errors
  bool keep_unused = false;   // keep arguments that the function does not read
  bool inlined = false;       // write its operations into enclosing programs, not a call
  // Over many devices; by default programs run where their arguments lie, and the compiler splits
  // the results.
  ShardingRule in_shardings = {}, out_shardings = {};
};

struct TracedFn;  // a function traced for one structure and types of its arguments

// What all stages know: the structure and types that they are for.
class Stage {
 public:
  Stage(std::shared_ptr<TracedFn> traced, JitOptions options)
      : traced_(std::move(traced)), options_(std::move(options)) {}
  const TreeDef& in_tree() const;  // of the list of arguments
  const TreeDef& out_tree() const;
  const std::vector<Aval>& in_avals() const;  // of the leaves of in_tree()
  std::vector<Aval> out_avals() const;
  // The results as arrays without data.
  Tree out_info() const;
  const std::string& name() const { return options_.name; }
  const TracedFn& traced() const { return *traced_; }

 protected:
  std::shared_ptr<TracedFn> traced_;
  JitOptions options_;
};

// A program compiled for given types. Cannot be transformed: it is fixed.
class Compiled : public Stage {
 public:
  using Stage::Stage;
  // `args`: the list of arguments. Throws TreeError when they are of other types.
  Tree operator()(const Tree& args) const;
  // The program after the compiler's optimizations, as the plugin gives it.
  std::string as_text() const;
  // Bytes of arguments, results, temporaries and code.
  runtime::MemoryStats memory_analysis() const;
  // The compiler's estimates by its own names ("flops", "bytes accessed"); throws PluginError that
  // names the plugin where it makes none (as those of CPU and CUDA do).
  std::map<std::string, double> cost_analysis() const;
};

class Lowered : public Stage {
 public:
  using Stage::Stage;
  std::string as_text() const;  // StableHLO
  Compiled compile() const;
};

class Traced : public Stage {
 public:
  using Stage::Stage;
  const ProgramRef& program() const;  // the jaxpr; inputs: captured values, then the leaves
  Lowered lower() const { return Lowered(traced_, options_); }
};

}  // namespace linum
