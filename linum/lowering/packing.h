// Small arguments travel together. A plugin spends more time on each argument than on its bytes, so
// where arrays lie in the host's memory, many small ones are copied into one and sliced apart
// inside the program.
#pragma once

#include <optional>

#include "linum/lowering/lower.h"

namespace linum {

struct Packing {
  struct Part {
    std::size_t input, bytes;
  };
  // The inputs of one dtype, one after the other in one array.
  struct Pack {
    DType dtype;
    std::int64_t elements = 0;
    std::vector<Part> parts = {};
  };
  std::vector<Pack> packs;
  std::vector<std::size_t> rest;  // inputs that travel alone
  ProgramRef program;             // takes the packs, then the rest
  std::vector<bool> donated;      // of its inputs
};

// Nothing where packing would not pay: few small inputs, or not on the CPU. Donated inputs travel
// alone.
std::optional<Packing> plan_packing(const Program& program, const LowerOptions& options);

// The array of one pack, on the default device; waits for the inputs to be computed.
Ref<runtime::Buffer> fill_pack(const Packing::Pack& pack, std::span<const Array> args);

}  // namespace linum
