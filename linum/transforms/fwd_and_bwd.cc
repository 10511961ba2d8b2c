#include "linum/transforms/fwd_and_bwd.h"

#include "linum/transforms/autodiff.h"
#include "linum/transforms/program_edit.h"

namespace linum {
namespace {

// The backward pass: a program of the residuals and the cotangents, and what its results are.
struct Backward {
  ProgramRef program;
  TreeDef grads;
  friend bool operator==(const Backward& a, const Backward& b) {
    return a.program->key() == b.program->key() && a.grads == b.grads;
  }
};

Tree chosen_of(const Tree& args, std::span<const int> argnums) {
  Tree::List out;
  for (int a : argnums) {
    if (a < 0 || static_cast<std::size_t>(a) >= args.size()) {
      throw ValueError(
          str_cat("fwd_and_bwd: there is no argument ", a, "; the function takes ", args.size()));
    }
    out.push_back(args[static_cast<std::size_t>(a)]);
  }
  return Tree::list(std::move(out));
}

// f of the chosen arguments alone.
TreeFn with_others_fixed(const TreeFn& f, const Tree& args, std::span<const int> argnums) {
  return [f, args, argnums](const Tree& chosen) {
    Tree::List all = args.as_list();
    for (std::size_t i = 0; i < argnums.size(); ++i)
      all[static_cast<std::size_t>(argnums[i])] = chosen[i];
    return f(Tree::list(std::move(all)));
  };
}

void check_cotangents(std::span<const Array> cts, const Program& program, std::size_t first) {
  const std::vector<Aval> all = program.input_avals();
  const std::vector<Aval> wanted(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
  bool fits = cts.size() == wanted.size();
  for (std::size_t i = 0; fits && i < cts.size(); ++i)
    fits = cts[i].aval().strong() == wanted[i].strong();
  if (fits) return;
  throw TreeError(str_cat("bwd takes a cotangent of the types of the function's result, (",
                          to_text(wanted), "), got (", to_text(avals_of(cts)), ")"));
}

}  // namespace

Tree vjp_forward(const TreeFn& f, const Tree& args, std::span<const int> argnums) {
  const Tree chosen = chosen_of(args, argnums);
  const TreeVjp vjp = vjp_tree(with_others_fixed(f, args, argnums), chosen);
  const auto [leaves, structure] = tree::flatten(vjp.primal);
  Backward backward;
  const FlatFn pull_back = [&, &y = structure](std::span<const Array> cts) {
    const Tree grads = vjp.pull_back(y.unflatten(cts));
    backward.grads = TreeDef(grads);
    return tree::leaves(grads);
  };
  const TracedProgram traced = trace_program(pull_back, avals_of(leaves));
  backward.program = traced.program;
  Tree::List kept(traced.captured.begin(), traced.captured.end());
  return Tree::list({vjp.primal, Tree::list({Tree::list(std::move(kept)), to_tree(backward)})});
}

Tree vjp_backward(const Tree& residuals, const Tree& cotangent) {
  const auto backward = from_tree<Backward>(residuals[1]);
  std::vector<Array> in = tree::leaves(residuals[0]);
  const std::vector<Array> cts = tree::leaves(cotangent);
  check_cotangents(cts, *backward.program, in.size());
  append(in, cts);
  return backward.grads.unflatten(eval_program(*backward.program, in));
}

}  // namespace linum
