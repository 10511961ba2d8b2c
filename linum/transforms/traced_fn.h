// What jit keeps of a function for one structure and types of its arguments, and runs.
#pragma once

#include <atomic>
#include <map>
#include <mutex>

#include "linum/core/settings.h"
#include "linum/lowering/lower.h"
#include "linum/transforms/stages.h"

namespace linum {

struct TracedFn {
  TreeDef in, out;
  std::vector<Aval> avals;
  std::string axes;
  bool under_spmd_axes = false;
  TraceSettings settings;
  ProgramRef program;
  std::vector<Array> captured;
  bool reusable = true;  // false when it captured values of an enclosing transform

  // The compiled form: only the inputs that are read, in `kept`.
  std::vector<std::size_t> kept;
  ProgramRef kept_program;
  std::vector<bool> donated;
  std::mutex compile_mutex;
  CompiledProgram compiled;
  std::atomic<runtime::Device*> device{nullptr};  // for which `compiled` is there
  std::map<std::string, CompiledProgram> split;   // for arguments over many devices, by placement

  bool matches(const Tree& args, std::span<const Array> leaves) const;
};

// The program of f over leaves, whose result has the structure `out`.
TracedProgram trace_tree(const TreeFn& f, const TreeDef& in, std::span<const Aval> avals,
                         TreeDef& out);
std::shared_ptr<TracedFn> trace_fn(const TreeFn& f, const JitOptions& options, const Tree& args,
                                   std::span<const Array> leaves);
LowerOptions lower_options(const TracedFn&, const JitOptions&);
// Compiles once, for the default device.
void compile_fn(TracedFn&, const JitOptions&);
std::vector<Array> run_compiled(TracedFn&, const JitOptions&, std::span<const Array> leaves);

}  // namespace linum
