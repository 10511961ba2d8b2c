#include "linum/transforms/custom_gradient.h"

#include "linum/core/trace.h"
#include "linum/transforms/program_edit.h"

namespace linum {

namespace {
// The pull-back as a program of what it captured and the cotangent.
struct PullBack {
  ProgramRef program;
  TreeDef out;
};
}  // namespace

Tree custom_gradient_tree(const TreePullBack& f, const Tree& args) {
  auto pull = std::make_shared<PullBack>();  // known once the forward function has run
  TreeFn primal = [f](const Tree& x) { return f(x).first; };
  TreeFn forward = [f, pull](const Tree& x) {
    auto [y, back] = f(x);
    auto [leaves, structure] = tree::flatten(y);
    TracedProgram traced = trace_program(
        [&, &y_def = structure, &pull_back = back](std::span<const Array> ct) {
          Tree grads = pull_back(y_def.unflatten(ct));
          pull->out = TreeDef(grads);
          return tree::leaves(grads);
        },
        avals_of(leaves));
    pull->program = traced.program;
    Tree::List residuals(traced.captured.begin(), traced.captured.end());
    return Tree::list({y, Tree::list(std::move(residuals))});
  };
  TreeFn backward = [pull](const Tree& residuals_ct) {
    return pull->out.unflatten(eval_program(*pull->program, tree::leaves(residuals_ct)));
  };
  return custom_vjp_tree(primal, forward, backward, args);
}

}  // namespace linum
