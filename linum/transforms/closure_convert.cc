#include "linum/transforms/closure_convert.h"

#include <utility>

#include "linum/lax/families.h"
#include "linum/transforms/traced_fn.h"

namespace linum {

ClosureConverted closure_convert_tree(const TreeFn& f, const Tree& args) {
  TreeDef in(args), out;
  std::vector<Aval> avals;
  for (const Array& x : tree::leaves(args)) avals.push_back(x.aval());
  TracedProgram traced = trace_tree(f, in, avals, out);
  ClosureConverted result;
  std::vector<bool> hoist;
  for (Array& x : traced.captured) {
    hoist.push_back(x.is_traced() && lax::has_tangent(x.aval()));
    if (hoist.back()) result.hoisted.push_back(std::exchange(x, Array()));
  }
  result.fn = [traced, in, out, hoist](const Tree& with_hoisted) {
    Tree list = with_hoisted;
    std::vector<Array> hoisted = tree::leaves(list.as_list().back());
    list.mutable_list().pop_back();
    if (!in.matches(list)) {
      throw TreeError(str_cat("closure_convert: the arguments are ", list.to_string(),
                              ", the function was converted for ", in.to_string()));
    }
    std::vector<Array> operands;
    for (std::size_t i = 0, next = 0; i < hoist.size(); ++i)
      operands.push_back(hoist[i] ? hoisted.at(next++) : traced.captured[i]);
    tree::append_leaves(list, operands);
    return out.unflatten(eval_program(*traced.program, operands));
  };
  return result;
}

}  // namespace linum
