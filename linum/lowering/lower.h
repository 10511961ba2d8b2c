// From a Program to StableHLO text, and to an executable.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "linum/core/debug_scopes.h"
#include "linum/core/emitter.h"
#include "linum/core/program.h"
#include "linum/runtime/client.h"

namespace linum {

struct LowerOptions {
  std::string name = "main";       // of the module
  std::string platform = "cpu";    // which kernels may replace plain lowerings
  std::vector<bool> donated = {};  // inputs whose buffers the outputs may take
  // Over which devices the program runs, and how each input is split; an empty mesh: one device, or
  // the mesh of the shard_maps and constraints in the program, with whole inputs.
  Mesh mesh = {};
  std::vector<PartitionSpec> in_specs = {};
};

// A whole StableHLO module whose function @main computes `program`. Operations carry the module
// path that made them as their location; equal sub-programs share one function.
std::string lower_to_text(const Program& program, const LowerOptions& options = {});
// The program where each ordered effect takes a token that the one before it gave: nothing else
// keeps a compiler from exchanging them. (Defined in transforms/, where bodies are rewritten.)
ProgramRef with_tokens(const Program& program);

// A lowered program: besides its text, the mesh that it speaks of and the functions of this process
// that it calls.
struct LoweredModule {
  std::string text;
  Mesh mesh;
  runtime::Callbacks callbacks;
};
LoweredModule lower_module(const Program& program, const LowerOptions& options);

struct Packing;
struct Spmd;

// A compiled program and the types of its results.
struct CompiledProgram {
  Ref<runtime::Executable> executable;
  std::vector<Aval> outputs;
  std::shared_ptr<const Packing> packing = nullptr;  // of many small arguments (packing.h)
  std::shared_ptr<const Spmd> spmd = nullptr;        // of programs for many devices (spmd.h)
  runtime::Callbacks callbacks = {};                 // that it calls
  bool ordered = false;                              // ... in order with other programs
  // `donated` (as in LowerOptions): those arguments may be consumed.
  std::vector<Array> run(std::span<const Array> args, const std::vector<bool>& donated = {}) const;
};
CompiledProgram compile_program(const Program& program, const LowerOptions& options = {});

// The first operation of `program` that gives a number which DebugNans or DebugInfs forbids; runs
// it again, with checks. (Defined in transforms/, with checkify.)
OperationPlace find_forbidden_number(const Program& program, std::span<const Array> args);

// Whether this thread logs each compilation; gives what it was. (A scope: LogCompiles.)
bool log_compiles(bool log);

// Forgets the programs of single operations that run outside jit. (The 4096 in use are kept.)
void clear_eager_cache();

// Replaces the lowering of the primitive named `primitive` on `platform`, where `lower` gives
// results; it may give none to keep the plain lowering. LINUM_KERNELS=off ignores all of them.
using OverrideFn = std::function<std::vector<Ssa>(const Primitive&, Emitter&, std::span<const Ssa>,
                                                  std::span<const Aval>)>;
void register_override(const std::string& platform, const std::string& primitive, OverrideFn lower);
const OverrideFn* find_override(std::string_view platform, std::string_view primitive);

// Registers Linum's own overrides, once. (Defined in kernels/: lowering names no floor above it.)
void install_kernels();

}  // namespace linum
