#include "linum/transforms/stages.h"

#include "linum/core/trace.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/traced_fn.h"

namespace linum {

const TreeDef& Stage::in_tree() const { return traced_->in; }
const TreeDef& Stage::out_tree() const { return traced_->out; }
const std::vector<Aval>& Stage::in_avals() const { return traced_->avals; }
std::vector<Aval> Stage::out_avals() const { return traced_->program->output_avals(); }

Tree Stage::out_info() const {
  std::vector<Array> shapes;
  for (const Aval& a : out_avals()) shapes.push_back(shape_struct(a.shape(), a.dtype()));
  return out_tree().unflatten(shapes);
}

const ProgramRef& Traced::program() const { return traced_->program; }

std::string Lowered::as_text() const {
  return lower_to_text(*traced_->kept_program, lower_options(*traced_, options_));
}

Compiled Lowered::compile() const {
  compile_fn(*traced_, options_);
  return Compiled(traced_, options_);
}

Tree Compiled::operator()(const Tree& args) const {
  std::vector<Array> leaves = tree::leaves(args);
  if (!evaluating()) {
    throw ConcretizationError(str_cat("a compiled ", name(),
                                      " cannot be transformed: it is fixed. Transform the jitted "
                                      "function instead, then lower and compile that"));
  }
  if (!traced_->matches(args, leaves)) {
    std::vector<Aval> got;
    for (const Array& x : leaves) got.push_back(x.aval());
    throw TreeError(str_cat("a compiled ", name(), " takes (", to_text(in_avals()), "), got (",
                            to_text(got), "); compile it again for these types"));
  }
  return out_tree().unflatten(run_compiled(*traced_, options_, leaves));
}

std::string Compiled::as_text() const { return traced_->compiled.executable->optimized_text(); }
runtime::MemoryStats Compiled::memory_analysis() const {
  return traced_->compiled.executable->memory_stats();
}
std::map<std::string, double> Compiled::cost_analysis() const {
  return traced_->compiled.executable->cost_analysis();
}

}  // namespace linum
