// Rearranging programs: what the rules of operations with bodies are made of.
#pragma once

#include <functional>

#include "linum/core/trace.h"

namespace linum {

// To be changed.
Ref<Program> copy_of(const Program&);

// The program with its inputs and outputs in another order: new input i is the old inputs[i].
ProgramRef reordered(const Program&, std::span<const std::size_t> inputs,
                     std::span<const std::size_t> outputs);

// Programs that take the same inputs: every one gets all captured values (in order of the
// functions), then the arguments.
struct JointPrograms {
  std::vector<ProgramRef> programs;
  std::vector<Array> captured;
};
JointPrograms join_captured(std::vector<TracedProgram> traced);

// Grows `marks` until `step` adds nothing: the fixed points of loops (which carries have tangents,
// are batched, are unknown).
std::vector<bool> fixed_point(
    std::vector<bool> marks,
    const std::function<std::vector<bool>(const std::vector<bool>&)>& step);

// True when some operation of it is there to be transposed only.
bool program_only_transposed(const Program&);

// True when some operation of it is a collective over the axis of this name.
bool program_names_axis(const Program&, std::string_view name);

// Throws TransformError where a batched body would have effects for examples that do not reach it.
// `what` is under vmap.
void refuse_effects_of_others(Effects effects, std::string_view what);

std::vector<bool> either(const std::vector<bool>& a, const std::vector<bool>& b);
std::vector<bool> slice_marks(const std::vector<bool>&, std::size_t begin, std::size_t count);
std::size_t count_marks(const std::vector<bool>&);
std::vector<Aval> avals_of(std::span<const Array>);
std::vector<std::size_t> index_range(std::size_t begin, std::size_t count);
template <class T>
void append(std::vector<T>& to, const std::vector<T>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace linum
