// One program on many devices, each with its part of the arrays (single program, multiple data).
#pragma once

#include "linum/lowering/lower.h"

namespace linum {

// How the arguments and results of a compiled program are split.
struct Spmd {
  using Split = std::shared_ptr<const NamedSharding>;
  Mesh mesh;
  std::vector<Split> in, out;
};

// How the arguments of a call are split: programs are compiled for it. Without any split argument
// the mesh is empty. Throws ValueError when two arguments lie on different meshes.
struct Placement {
  Mesh mesh;
  std::vector<PartitionSpec> specs;
};
Placement placement_of(std::span<const Array> args);
// Equal keys, equal placements; "" on one device.
std::string placement_key(std::span<const Array> args);

// `options` with a mesh.
CompiledProgram compile_spmd(const Program&, const LowerOptions& options);
std::vector<Array> run_spmd(const CompiledProgram&, std::span<const Array> args);

}  // namespace linum
