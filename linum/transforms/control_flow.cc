#include "linum/transforms/control_flow.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/cond.h"
#include "linum/transforms/constant.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/scan.h"
#include "linum/transforms/while.h"

namespace linum {
namespace {

struct TracedTree {
  TracedProgram traced;
  TreeDef out;
};
TracedTree trace_branch(const TreeFn& f, const TreeDef& in, std::span<const Aval> avals) {
  TracedTree t;
  t.traced = trace_program(
      [&](std::span<const Array> x) {
        Tree result = f(in.unflatten(x));
        t.out = TreeDef(result);
        return tree::leaves(result);
      },
      avals);
  return t;
}

// The program whose results have exactly these types: weak ones are made strong.
ProgramRef with_output_types(const ProgramRef& p, std::span<const Aval> wanted) {
  auto run = [&](std::span<const Array> in) {
    std::vector<Array> out = eval_program(*p, in);
    for (std::size_t i = 0; i < out.size(); ++i)
      out[i] = lax::convert_element_type(out[i], wanted[i].dtype(), wanted[i].weak());
    return out;
  };
  return trace_closed(run, p->input_avals());
}

bool same_up_to_weakness(const Aval& a, const Aval& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape();
}

void check_branches(std::string_view what, const TracedTree& first, const TracedTree& other,
                    std::size_t index) {
  std::vector<Aval> a = first.traced.program->output_avals(),
                    b = other.traced.program->output_avals();
  bool same = first.out == other.out;
  for (std::size_t i = 0; same && i < a.size(); ++i) same = same_up_to_weakness(a[i], b[i]);
  if (same) return;
  throw TreeError(str_cat(
      what, ": the branches give different results.\n  branch 0: ", first.out.to_string(), " of (",
      to_text(a), ")\n  branch ", index, ": ", other.out.to_string(), " of (", to_text(b), ")"));
}

// One type for all branches: weak only where all are.
std::vector<Aval> common_types(const std::vector<TracedTree>& branches) {
  std::vector<Aval> out = branches[0].traced.program->output_avals();
  for (const TracedTree& b : branches) {
    std::vector<Aval> other = b.traced.program->output_avals();
    for (std::size_t i = 0; i < out.size(); ++i)
      if (!other[i].weak()) out[i] = out[i].strong();
  }
  return out;
}

}  // namespace

namespace lax {
Array cond_index(const Array& pred) {
  if (pred.ndim() != 0) {
    throw ShapeError(str_cat("cond: the predicate must be a scalar, got ", pred.aval(),
                             "; use np::where for arrays, or np::any / np::all"));
  }
  Array truth = is_bool(pred.dtype()) ? pred : ne(pred, Array(0));
  return convert_element_type(truth, DType::I32);
}
Array loop_counter(std::int64_t start) { return make_integer_scalar(start, DType::I32); }
Array next_counter(const Array& i) { return add(i, Array(1)); }
Array counter_less(const Array& i, const Array& end) { return lt(i, end); }
}  // namespace lax

// One of the branches (Cond): by the index, or by platform.
static Tree bind_cond(const Array& index, const std::vector<TreeFn>& branches, const Tree& operands,
                      std::vector<std::string> platforms, std::string_view what) {
  auto [leaves, in] = tree::flatten(operands);
  std::vector<Aval> avals = avals_of(leaves);
  std::vector<TracedTree> traced;
  for (const TreeFn& f : branches) {
    traced.push_back(trace_branch(f, in, avals));
    check_branches(what, traced[0], traced.back(), traced.size() - 1);
  }
  std::vector<Aval> types = common_types(traced);
  std::vector<TracedProgram> programs;
  for (const TracedTree& t : traced)
    programs.push_back({with_output_types(t.traced.program, types), t.traced.captured});
  JointPrograms joint = join_captured(std::move(programs));
  std::vector<Array> args{index};
  append(args, joint.captured);
  append(args, leaves);
  Ref<const Primitive> cond(new Cond(std::move(joint.programs), std::move(platforms)));
  return traced[0].out.unflatten(linum::bind(cond, args));
}

static void check_one_integer(std::string_view what, const Array& x) {
  if (x.ndim() != 0) throw ShapeError(str_cat(what, " must be a scalar, got ", x.aval()));
  if (!is_integer(x.dtype()))
    throw DTypeError(str_cat(what, " must be an integer, got ", x.aval()));
}

Tree switch_tree(const Array& index, const std::vector<TreeFn>& branches, const Tree& operands,
                 std::string_view what) {
  if (branches.empty()) throw ValueError(str_cat(what, ": there are no branches"));
  check_one_integer(str_cat(what, ": the index"), index);
  if (jit_disabled() && !index.is_traced()) {
    auto last = static_cast<std::int64_t>(branches.size()) - 1;
    auto chosen = std::clamp<std::int64_t>(index.item<std::int64_t>(), 0, last);
    return branches[static_cast<std::size_t>(chosen)](operands);
  }
  Array last = make_integer_scalar(static_cast<std::int64_t>(branches.size()) - 1, DType::I32);
  Array clamped = lax::min(lax::max(lax::convert_element_type(index, DType::I32), Array(0)), last);
  return bind_cond(clamped, branches, operands, {}, what);
}

Tree platform_tree(const std::map<std::string, TreeFn>& branches, const Tree& operands) {
  std::vector<std::string> platforms;
  std::vector<TreeFn> fns;
  for (const auto& [platform, f] : branches) {
    if (platform == "gpu") {
      throw ValueError("platform_dependent: name 'cuda' or 'rocm' instead of 'gpu'");
    }
    platforms.push_back(platform);
    fns.push_back(f);
  }
  if (evaluating()) {
    return fns[branch_of_platform(platforms, runtime::default_client().platform())](operands);
  }
  return bind_cond(make_integer_scalar(0, DType::I32), fns, operands, std::move(platforms),
                   "platform_dependent");
}

// --- loops -----------------------------------------------------------------------------------

namespace {

// What messages call a loop, and how many counters of ours precede the user's carry in its state,
// list(counters..., carry); without counters the state is the carry.
struct LoopName {
  std::string_view name;
  std::size_t counters = 0;
};

std::string carry_text(const LoopName& loop, const TreeDef& state, std::span<const Aval> types) {
  std::vector<Aval> own(types.begin() + static_cast<std::ptrdiff_t>(loop.counters), types.end());
  std::vector<Array> placeholders(state.num_leaves(), Array(0));
  Tree all = state.unflatten(placeholders);
  TreeDef carry(loop.counters == 0 ? all : all[loop.counters]);
  return str_cat(carry.to_string(), " of (", to_text(own), ")");
}

// Makes the carry's types stable: what the body gives back must be what it takes.
void check_carry(const LoopName& loop, const TreeDef& in, const std::vector<Aval>& in_types,
                 const TreeDef& out, std::span<const Aval> out_types) {
  bool same = in == out && in_types.size() == out_types.size();
  for (std::size_t i = 0; same && i < in_types.size(); ++i)
    same = same_up_to_weakness(in_types[i], out_types[i]);
  if (same) return;
  throw TreeError(
      str_cat(loop.name, ": the body must return a carry of the type it takes.\n  takes:   ",
              carry_text(loop, in, in_types), "\n  returns: ", carry_text(loop, out, out_types)));
}

// A weak initial carry that the body makes strong (or of another dtype of its kind) becomes what
// the body gives, as in JAX.
std::vector<Array> promote_carry(std::vector<Array> init, std::span<const Aval> given) {
  for (std::size_t i = 0; i < init.size() && i < given.size(); ++i)
    if (init[i].weak() && init[i].shape() == given[i].shape() &&
        (!given[i].weak() || given[i].dtype() != init[i].dtype()))
      init[i] = lax::convert_element_type(init[i], given[i].dtype(), given[i].weak());
  return init;
}

Tree run_while(const LoopName& name, const TreePredicate& cond, const TreeFn& body,
               const Tree& init) {
  if (jit_disabled() && evaluating()) {
    Tree carry = init;
    while (static_cast<bool>(cond(carry))) carry = body(carry);
    return carry;
  }
  auto [carry, structure] = tree::flatten(init);
  TracedTree step = trace_branch(body, structure, avals_of(carry));
  std::vector<Array> promoted = promote_carry(carry, step.traced.program->output_avals());
  std::vector<Aval> avals = avals_of(promoted);
  step = trace_branch(body, structure, avals);
  check_carry(name, structure, avals, step.out, step.traced.program->output_avals());
  TracedTree test = trace_branch([&](const Tree& t) { return Tree(cond(t)); }, structure, avals);
  Aval pred = test.traced.program->output_avals()[0];
  if (!is_bool(pred.dtype()) || pred.rank() != 0) {
    throw TreeError(str_cat(name.name, ": the condition must give one bool, got ", pred));
  }
  std::vector<Array> args = test.traced.captured;
  append(args, step.traced.captured);
  append(args, promoted);
  Ref<const Primitive> loop(new While(test.traced.program, test.traced.captured.size(),
                                      with_output_types(step.traced.program, avals),
                                      step.traced.captured.size()));
  return structure.unflatten(linum::bind(loop, args));
}

std::int64_t scan_length(const Tree& xs, std::int64_t given) {
  std::int64_t length = given;
  std::string first = "ScanOptions::length";
  for (auto& [path, x] : tree::leaves_with_path(xs)) {
    std::string here = str_cat("the input", path.empty() ? "" : " at ", path, ", ", x.aval());
    if (x.ndim() == 0) throw ShapeError(str_cat("scan: ", here, ", has no axis to scan over"));
    if (length >= 0 && x.shape(0) != length) {
      throw ShapeError(str_cat("scan: inputs of different lengths, ", length, " (", first, ") and ",
                               x.shape(0), " (", here, ")"));
    }
    length = x.shape(0);
    first = here;
  }
  if (length < 0) throw ValueError("scan: without inputs it needs ScanOptions::length");
  return length;
}

// scan in C++: what disable_jit runs.
Tree scan_by_hand(const TreeFn& f, const Tree& init, const Tree& xs, std::int64_t length,
                  bool reverse) {
  Tree carry = init;
  std::vector<Tree> ys(static_cast<std::size_t>(length));
  for (std::int64_t step = 0; step < length; ++step) {
    std::int64_t i = reverse ? length - 1 - step : step;
    Tree x = tree::map([&](const Array& a) { return lax::index_in_dim(a, i, 0, false); }, xs);
    Tree out = f(Tree::list({carry, x}));
    carry = out[0];
    ys[static_cast<std::size_t>(i)] = out[1];
  }
  return Tree::list(
      {carry, tree::map_n([](std::span<const Array> rows) { return lax::stack(rows); }, ys)});
}

Tree run_scan(const LoopName& name, const TreeFn& f, const Tree& init, const Tree& xs,
              const ScanOptions& options) {
  auto [carry, carry_def] = tree::flatten(init);
  auto [inputs, inputs_def] = tree::flatten(xs);
  std::int64_t length = scan_length(xs, options.length);
  if (jit_disabled() && length > 0) return scan_by_hand(f, init, xs, length, options.reverse);
  TreeDef in(Tree::list({init, xs}));
  std::vector<Aval> slices;
  for (const Array& x : inputs)
    slices.push_back(x.aval().with_shape(Shape(x.shape().begin() + 1, x.shape().end())));
  auto trace_with = [&](const std::vector<Array>& c) {
    std::vector<Aval> avals = avals_of(c);
    append(avals, slices);
    return trace_branch(f, in, avals);
  };
  TracedTree step = trace_with(carry);
  carry = promote_carry(carry, step.traced.program->output_avals());
  step = trace_with(carry);
  std::vector<Array> placeholders(step.out.num_leaves(), Array(0));
  Tree out_shape = step.out.unflatten(placeholders);
  std::vector<Aval> outs = step.traced.program->output_avals(), carry_types = avals_of(carry);
  std::size_t n = tree::leaves(out_shape[0]).size();
  check_carry(name, carry_def, carry_types, TreeDef(out_shape[0]),
              std::span<const Aval>(outs).first(std::min(n, outs.size())));
  for (std::size_t i = 0; i < n; ++i) outs[i] = carry_types[i];
  ScanShape shape{length, options.reverse, options.unroll, step.traced.captured.size(), n};
  std::vector<Array> args = step.traced.captured;
  append(args, carry);
  append(args, inputs);
  Ref<const Primitive> loop(new Scan(shape, with_output_types(step.traced.program, outs)));
  return step.out.unflatten(linum::bind(loop, args));
}

}  // namespace

Tree while_tree(const TreePredicate& cond, const TreeFn& body, const Tree& init) {
  return run_while({"while_loop"}, cond, body, init);
}

Tree scan_tree(const TreeFn& f, const Tree& init, const Tree& xs, const ScanOptions& options) {
  return run_scan({"scan"}, f, init, xs, options);
}

Tree fori_tree(std::int64_t lower, std::int64_t upper, const TreeFn& body, const Tree& init) {
  auto step = [&](const Tree& state_x) {
    const Tree& state = state_x[0];
    return Tree::list({Tree::list({lax::next_counter(state[0].array()), body(state)}), Tree()});
  };
  Tree start = Tree::list({lax::loop_counter(lower), init});
  ScanOptions steps{.length = std::max<std::int64_t>(upper - lower, 0)};
  return run_scan({"fori_loop", 1}, step, start, Tree(), steps)[0][1];
}

Tree fori_tree(const Array& lower, const Array& upper, const TreeFn& body, const Tree& init) {
  check_one_integer("fori_loop: lower", lower);
  check_one_integer("fori_loop: upper", upper);
  auto going = [](const Tree& s) { return lax::counter_less(s[0].array(), s[1].array()); };
  auto step = [&](const Tree& s) {
    Tree next = body(Tree::list({s[0], s[2]}));
    return Tree::list({lax::next_counter(s[0].array()), s[1], next});
  };
  return run_while({"fori_loop", 2}, going, step, Tree::list({lower, upper, init}))[2];
}

}  // namespace linum
