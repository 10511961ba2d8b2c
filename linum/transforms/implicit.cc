#include "linum/transforms/implicit.h"

#include <algorithm>
#include <array>

#include "linum/core/emitter.h"
#include "linum/core/params.h"
#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/custom.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

std::vector<Array> copied(std::span<const Array> x) { return {x.begin(), x.end()}; }

// A function over leaves as a program: what it captured first, then its arguments.
TracedProgram closed(const TreeFn& f, const TreeDef& in, const std::vector<Aval>& avals,
                     TreeDef& out) {
  return trace_program(
      [&](std::span<const Array> x) {
        Tree y = f(in.unflatten(x));
        out = TreeDef(y);
        return tree::leaves(y);
      },
      avals);
}
// The unknown in what a solver gives, list(unknown, aux) with aux.
TreeDef unknown_of(std::string_view what, const TreeDef& out, bool has_aux) {
  if (!has_aux) return out;
  std::vector<Array> places(out.num_leaves(), Array(0));
  Tree all = out.unflatten(places);
  if (all.is_list() && all.size() == 2) return TreeDef(all[0]);
  throw TreeError(
      str_cat(what, " with aux must give the pair (solution, aux), not ", out.to_string()));
}
// A function as a program, whose result (with aux: the first of two) must be like its argument.
TracedProgram closed_solver(std::string_view what, const TreeFn& f, const Tree& like, bool has_aux,
                            TreeDef& out) {
  TreeDef in(like);
  std::vector<Aval> avals = avals_of(tree::leaves(like));
  TracedProgram traced = closed(f, in, avals, out);
  TreeDef unknown = unknown_of(what, out, has_aux);
  std::vector<Aval> results = traced.program->output_avals();
  results.resize(unknown.num_leaves());
  bool same = in == unknown;
  for (std::size_t i = 0; same && i < avals.size(); ++i)
    same = avals[i].shape() == results[i].shape() && avals[i].dtype() == results[i].dtype();
  if (same) return traced;
  throw TreeError(str_cat(what, " must give what it takes.\n  takes: ", in.to_string(), " of (",
                          to_text(avals), ")\n  gives: ", unknown.to_string(), " of (",
                          to_text(results), ")"));
}
TracedProgram closed_endomorphism(std::string_view what, const TreeFn& f, const Tree& like) {
  TreeDef out;
  return closed_solver(what, f, like, false, out);
}

// --- custom_linear_solve ---------------------------------------------------------------------

enum Part : std::size_t { kMatvec, kVecmat, kSolve, kTransposeSolve };
constexpr std::array<std::string_view, 4> kPartNames{"matvec", "vecmat", "solve",
                                                     "transpose_solve"};
struct PartProgram {
  ProgramRef program;  // null: not given
  std::size_t consts = 0;
};
using Parts = std::array<PartProgram, 4>;

// Operands: the constants of the four parts in order, then b. Linear in b. Results: the unknown,
// then the aux of solve.
class LinearSolve final : public Primitive {
 public:
  explicit LinearSolve(Parts parts) : parts_(std::move(parts)) {}
  std::string_view name() const override { return "custom_linear_solve"; }
  void params(ParamSink& sink) const override {
    for (std::size_t p = 0; p < 4; ++p)
      if (parts_[p].program) sink(kPartNames[p], *parts_[p].program);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override {
    std::vector<Aval> out = parts_[kSolve].program->output_avals();
    for (Aval& a : out) a = a.strong();
    return out;
  }
  bool stays_in_memory() const override { return false; }
  JvpResult jvp(std::span<const Array>, std::span<const Tangent>) const override;
  std::vector<Tangent> transpose(std::span<const Tangent>, std::span<const Operand>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter& e, std::span<const Ssa> operands,
                         std::span<const Aval>) const override {
    std::vector<Ssa> in;
    for (const Ssa& v : operands.subspan(first(kSolve), parts_[kSolve].consts)) in.push_back(v);
    for (const Ssa& v : operands.subspan(num_consts())) in.push_back(v);
    return e.inline_program(*parts_[kSolve].program, in);
  }
  bool names_axis(std::string_view axis) const override {
    for (const PartProgram& p : parts_)
      if (p.program && program_names_axis(*p.program, axis)) return true;
    return false;
  }

 private:
  std::size_t first(std::size_t part) const {
    std::size_t n = 0;
    for (std::size_t p = 0; p < part; ++p) n += parts_[p].consts;
    return n;
  }
  std::size_t num_consts() const { return first(4); }
  std::vector<Array> again(std::span<const Array> operands) const {
    return linum::bind(Ref<const Primitive>(this), operands);
  }
  Parts parts_;
};

// A x = b, so dx solves A dx = db - dA x.
JvpResult LinearSolve::jvp(std::span<const Array> primals,
                           std::span<const Tangent> tangents) const {
  std::size_t consts = num_consts(), matrix = parts_[kMatvec].consts;
  std::vector<Array> x = again(primals);
  std::vector<Tangent> rhs(tangents.begin() + static_cast<std::ptrdiff_t>(consts), tangents.end());
  if (lax::any_defined(tangents.first(matrix))) {
    FlatFn matvec = [&](std::span<const Array> in) {
      return eval_program(*parts_[kMatvec].program, in);
    };
    std::vector<Array> point = copied(primals.first(matrix));
    append(point, copied(std::span<const Array>(x).first(rhs.size())));
    std::vector<Tangent> moving = copied(tangents.first(matrix));
    moving.resize(point.size());
    std::vector<Tangent> change = jvp_flat(matvec, point, moving).tangents;
    for (std::size_t i = 0; i < rhs.size(); ++i)
      if (change[i].defined()) rhs[i] = lax::add_tangents(rhs[i], lax::neg(change[i]));
  }
  std::vector<Tangent> moved(x.size());  // aux does not
  if (!lax::any_defined(rhs)) return {x, moved};
  std::vector<Array> args = copied(primals.first(consts));
  for (std::size_t i = 0; i < rhs.size(); ++i)
    args.push_back(lax::instantiate(rhs[i], x[i].aval()));
  std::vector<Array> solved = again(args);
  std::copy_n(solved.begin(), rhs.size(), moved.begin());
  return {x, moved};
}

std::vector<Tangent> LinearSolve::transpose(std::span<const Tangent> cts,
                                            std::span<const Operand> operands) const {
  if (!parts_[kTransposeSolve].program) {
    throw TransformError(
        "custom_linear_solve: reverse-mode differentiation needs transpose_solve (or symmetric)");
  }
  constexpr Part mirror[] = {kVecmat, kMatvec, kTransposeSolve, kSolve};
  Parts parts;
  std::vector<Array> args;
  for (std::size_t p = 0; p < 4; ++p) {
    parts[p] = parts_[mirror[p]];
    for (std::size_t i = 0; i < parts[p].consts; ++i)
      args.push_back(operands[first(mirror[p]) + i].value);
  }
  std::size_t consts = num_consts(), unknowns = operands.size() - consts;
  if (lax::any_defined(cts.subspan(unknowns))) {
    throw TransformError("custom_linear_solve: the solver's aux has no transpose");
  }
  for (std::size_t i = 0; i < unknowns; ++i)
    args.push_back(lax::instantiate(cts[i], operands[consts + i].aval));
  std::vector<Tangent> out(consts);
  append(out, linum::bind(Ref<const Primitive>(new LinearSolve(std::move(parts))), args));
  out.resize(operands.size());  // without the aux of transpose_solve
  return out;
}

// All of b and of the solution get the batch axis; of the constants those that have it.
Batched LinearSolve::batch(const BatchAxis& axis, std::span<const Array> operands,
                           std::span<const std::int64_t> dims) const {
  Parts parts = parts_;
  for (std::size_t p = 0; p < 4; ++p) {
    if (!parts[p].program) continue;
    std::vector<bool> marks;
    for (std::size_t i = 0; i < parts[p].consts; ++i)
      marks.push_back(dims[first(p) + i] != kNotBatched);
    marks.resize(parts[p].program->inputs.size(), true);
    std::vector<bool> all(parts[p].program->outputs.size(), true);
    parts[p].program = batch_program(*parts[p].program, axis, marks, all).program;
  }
  std::vector<Array> args;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    bool keep = i < num_consts() && dims[i] == kNotBatched;
    args.push_back(keep ? operands[i] : lax::move_batch_axis(operands[i], axis.size, dims[i], 0));
  }
  Batched out;
  out.values = linum::bind(Ref<const Primitive>(new LinearSolve(std::move(parts))), args);
  out.dims.assign(out.values.size(), 0);
  return out;
}

// The transpose of the square map that `matvec` is.
TreeFn transposed(const TracedProgram& matvec, const TreeDef& structure) {
  return [matvec, structure](const Tree& ct) {
    std::vector<bool> linear(matvec.program->inputs.size(), true);
    std::fill_n(linear.begin(), matvec.captured.size(), false);
    std::vector<Array> cts = tree::leaves(ct);
    std::vector<Tangent> out = transpose_program(*matvec.program, linear, matvec.captured, cts);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = lax::instantiate(out[i], cts[i].aval());
    return structure.unflatten(out);
  };
}

}  // namespace

Tree custom_linear_solve_tree(const TreeFn& matvec, const Tree& b, const TreeSolver& solve,
                              const TreeSolver& transpose_solve, bool symmetric, bool has_aux) {
  Parts parts;
  std::vector<Array> args;
  TreeDef out, back_out;
  auto add = [&](Part part, const TracedProgram& traced) {
    parts[part] = {traced.program, traced.captured.size()};
    append(args, traced.captured);
  };
  auto solved_by = [&](std::string_view what, const TreeSolver& by, const TreeFn& map,
                       TreeDef& result) {
    return closed_solver(
        what, [&](const Tree& y) { return by(map, y); }, b, has_aux, result);
  };
  TracedProgram forward = closed_endomorphism("custom_linear_solve: matvec", matvec, b);
  TreeFn vecmat = symmetric ? matvec : transposed(forward, TreeDef(b));
  const TreeSolver& back = symmetric && !transpose_solve ? solve : transpose_solve;
  add(kMatvec, forward);
  if (back) add(kVecmat, closed_endomorphism("custom_linear_solve: vecmat", vecmat, b));
  add(kSolve, solved_by("custom_linear_solve: solve", solve, matvec, out));
  if (back) {
    add(kTransposeSolve, solved_by("custom_linear_solve: transpose_solve", back, vecmat, back_out));
  }
  append(args, tree::leaves(b));
  return out.unflatten(linum::bind(Ref<const Primitive>(new LinearSolve(std::move(parts))), args));
}

// --- custom_root -----------------------------------------------------------------------------

namespace {

// The root with its derivative. Arguments: list(what f captured, what solve captured, what
// tangent_solve captured, the first guess).
struct RootProblem {
  TreeDef unknown, result;  // result: the unknown, or list(unknown, aux)
  bool has_aux = false;
  ProgramRef f, solve, linear_solve;  // linear_solve: captured, the solution, right-hand side

  Tree run(const Tree& args) const {
    auto self = *this;
    TreeFn primal = [self](const Tree& in) { return self.solution(in); };
    TreeFn rule = [self](const Tree& primals_tangents) {
      const Tree &in = primals_tangents[0], &dots = primals_tangents[1];
      Tree y = self.run(in);  // by this very rule: for higher orders
      return Tree::list({y, self.result_tangent(in, dots, y)});
    };
    return custom_jvp_tree(primal, rule, args);
  }

 private:
  Tree solution(const Tree& in) const {
    std::vector<Array> args = tree::leaves(in[1]);
    append(args, tree::leaves(in[3]));
    return result.unflatten(eval_program(*solve, args));
  }
  Tree result_tangent(const Tree& in, const Tree& dots, const Tree& y) const {
    if (!has_aux) return tangent(in, dots, y);
    TreeDef aux(y[1]);
    std::vector<Tangent> zeros(aux.num_leaves());
    return Tree::list({tangent(in, dots, y[0]), aux.unflatten(zeros)});
  }
  Tree tangent(const Tree& in, const Tree& dots, const Tree& x) const {
    std::vector<Array> params = tree::leaves(in[0]), moving = tree::leaves(dots[0]);
    for (std::size_t i = 0; i < params.size(); ++i)
      if (!lax::has_tangent(params[i].aval())) moving[i] = Tangent();
    FlatFn at_solution = [&](std::span<const Array> p) {
      std::vector<Array> args = copied(p);
      tree::append_leaves(x, args);
      return eval_program(*f, args);
    };
    FlatJvp residual = jvp_flat(at_solution, params, moving);
    std::vector<Array> args = tree::leaves(in[2]);
    tree::append_leaves(x, args);
    for (std::size_t i = 0; i < residual.primals.size(); ++i)
      args.push_back(lax::instantiate(residual.tangents[i], residual.primals[i].aval()));
    std::vector<Array> out = eval_program(*linear_solve, args);
    for (Array& t : out) t = lax::neg(t);
    return unknown.unflatten(out);
  }
};

Tree listed(const std::vector<Array>& arrays) { return Tree::list({arrays.begin(), arrays.end()}); }

}  // namespace

Tree custom_root_tree(const TreeFn& f, const Tree& initial_guess, const TreeSolver& solve,
                      const TreeSolver& tangent_solve, bool has_aux) {
  RootProblem problem;
  problem.has_aux = has_aux;
  problem.unknown = TreeDef(initial_guess);
  TracedProgram function = closed_endomorphism("custom_root: f", f, initial_guess);
  TracedProgram solver = closed_solver(
      "custom_root: solve", [&](const Tree& guess) { return solve(f, guess); }, initial_guess,
      has_aux, problem.result);
  TreeDef pair(Tree::list({initial_guess, initial_guess})), out;
  TreeFn linear = [&](const Tree& x_rhs) {
    TreeFn of_x = [&](const Tree& list) { return f(list[0]); };
    TreeFn pushed = linearize_tree(of_x, Tree::list({x_rhs[0]})).second;
    return tangent_solve([pushed](const Tree& t) { return pushed(Tree::list({t})); }, x_rhs[1]);
  };
  std::vector<Aval> avals = avals_of(tree::leaves(initial_guess)), twice = avals;
  append(twice, avals);
  TracedProgram linear_solver = closed(linear, pair, twice, out);
  if (!(out == problem.unknown)) {
    throw TreeError(str_cat("custom_root: tangent_solve gives ", out.to_string(),
                            ", the unknown is ", problem.unknown.to_string()));
  }
  problem.f = function.program;
  problem.solve = solver.program;
  problem.linear_solve = linear_solver.program;
  return problem.run(Tree::list({listed(function.captured), listed(solver.captured),
                                 listed(linear_solver.captured), initial_guess}));
}

}  // namespace linum
