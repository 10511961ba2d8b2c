#include "linum/transforms/program_edit.h"

namespace linum {

Ref<Program> copy_of(const Program& p) {
  Ref<Program> out(new Program);
  out->avals = p.avals;
  out->literals = p.literals;
  out->inputs = p.inputs;
  out->equations = p.equations;
  out->outputs = p.outputs;
  return out;
}

ProgramRef reordered(const Program& p, std::span<const std::size_t> inputs,
                     std::span<const std::size_t> outputs) {
  Ref<Program> out = copy_of(p);
  out->inputs.clear();
  out->outputs.clear();
  for (std::size_t i : inputs) out->inputs.push_back(p.inputs[i]);
  for (std::size_t i : outputs) out->outputs.push_back(p.outputs[i]);
  return ProgramRef(out);
}

JointPrograms join_captured(std::vector<TracedProgram> traced) {
  JointPrograms joint;
  for (const TracedProgram& t : traced) append(joint.captured, t.captured);
  std::size_t before = 0;
  for (const TracedProgram& t : traced) {
    Ref<Program> program = copy_of(*t.program);
    std::vector<VarId> inputs;
    for (std::size_t i = 0; i < joint.captured.size(); ++i) {
      if (i >= before && i < before + t.captured.size()) {
        inputs.push_back(t.program->inputs[i - before]);
      } else {  // somebody else's: an input that is not read
        inputs.push_back(static_cast<VarId>(program->avals.size()));
        program->avals.push_back(joint.captured[i].aval());
      }
    }
    for (std::size_t i = t.captured.size(); i < t.program->inputs.size(); ++i)
      inputs.push_back(t.program->inputs[i]);
    program->inputs = std::move(inputs);
    joint.programs.push_back(ProgramRef(program));
    before += t.captured.size();
  }
  return joint;
}

std::vector<bool> fixed_point(
    std::vector<bool> marks,
    const std::function<std::vector<bool>(const std::vector<bool>&)>& step) {
  for (;;) {
    std::vector<bool> next = either(marks, step(marks));
    if (next == marks) return marks;
    marks = std::move(next);
  }
}

bool program_only_transposed(const Program& p) {
  for (const Equation& e : p.equations)
    if (e.primitive->only_transposed()) return true;
  return false;
}

bool program_names_axis(const Program& p, std::string_view name) {
  for (const Equation& e : p.equations)
    if (e.primitive->names_axis(name)) return true;
  return false;
}

void refuse_effects_of_others(Effects effects, std::string_view what) {
  if (effects & kIoEffect) {
    throw TransformError(str_cat("vmap of a ", what,
                                 ", with an io_callback in its body: examples "
                                 "that do not come by there would call it too; use lax::map"));
  }
  if (effects & kCheckEffect) {
    throw TransformError(str_cat("vmap of a ", what,
                                 ", with a check in its body: examples that do "
                                 "not come by there would fail it too; put vmap outside of "
                                 "checkify"));
  }
}

std::vector<bool> either(const std::vector<bool>& a, const std::vector<bool>& b) {
  std::vector<bool> out = a;
  for (std::size_t i = 0; i < b.size(); ++i)
    if (b[i]) out[i] = true;
  return out;
}
std::vector<bool> slice_marks(const std::vector<bool>& m, std::size_t begin, std::size_t count) {
  auto first = m.begin() + static_cast<std::ptrdiff_t>(begin);
  return {first, first + static_cast<std::ptrdiff_t>(count)};
}
std::size_t count_marks(const std::vector<bool>& m) {
  std::size_t n = 0;
  for (bool b : m) n += b;
  return n;
}
std::vector<Aval> avals_of(std::span<const Array> arrays) {
  std::vector<Aval> out;
  for (const Array& x : arrays) out.push_back(x.aval());
  return out;
}
std::vector<std::size_t> index_range(std::size_t begin, std::size_t count) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < count; ++i) out.push_back(begin + i);
  return out;
}

}  // namespace linum
