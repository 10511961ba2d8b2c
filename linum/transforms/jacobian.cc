#include "linum/transforms/jacobian.h"

#include <algorithm>

#include "linum/core/trace.h"
#include "linum/lax/families.h"
#include "linum/lax/lax.h"
#include "linum/transforms/program_edit.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

Shape joined(const Shape& a, const Shape& b) {
  Shape out = a;
  append(out, b);
  return out;
}

std::int64_t total_size(std::span<const Array> leaves) {
  std::int64_t n = 0;
  for (const Array& x : leaves) n += x.size();
  return n;
}

// All unit vectors of the space of `leaves`, along a new first axis.
std::vector<Array> standard_basis(std::span<const Array> leaves) {
  std::int64_t total = total_size(leaves), before = 0;
  std::vector<Array> out;
  for (const Array& x : leaves) {
    Shape square{total, x.size()};
    Array row = lax::broadcasted_iota(DType::I32, square, 0);
    Array column = lax::add(lax::broadcasted_iota(DType::I32, square, 1), Array(before));
    Array ones = lax::convert_element_type(lax::eq(row, column), x.dtype());
    out.push_back(lax::reshape(ones, joined({total}, x.shape())));
    before += x.size();
  }
  return out;
}

// Pieces of `x` along `axis`, one for each leaf, as many as it has elements.
std::vector<Array> pieces(const Array& x, std::span<const Array> leaves, std::int64_t axis) {
  Shape sizes;
  for (const Array& leaf : leaves) sizes.push_back(leaf.size());
  return lax::split(x, sizes, axis);
}

void check_floating(const Array& x, std::string_view what, std::string_view side) {
  if (is_floating(x.dtype())) return;
  throw DTypeError(str_cat(what, " requires real ", side, ", got ", x.aval()));
}

// f of the leaves of one argument, for jacobians with respect to it.
struct Problem {
  TreeDef argument, result, aux;  // result and aux: once fn has run
  std::vector<Array> point;
  FlatFn fn;  // gives the leaves of the result, then those of aux

  std::span<const Array> results(std::span<const Array> out) const {
    return out.first(result.num_leaves());
  }
};
std::shared_ptr<Problem> problem_of(const TreeFn& f, const Tree& args, std::size_t argnum,
                                    bool has_aux, std::string_view what) {
  if (argnum >= args.size()) {
    throw ValueError(
        str_cat(what, ": argnum ", argnum, " of a function of ", args.size(), " arguments"));
  }
  auto p = std::make_shared<Problem>();
  p->argument = TreeDef(args[argnum]);
  p->point = tree::leaves(args[argnum]);
  p->fn = [f, args, argnum, has_aux, self = p.get()](std::span<const Array> x) {
    Tree all = args;
    all.mutable_list()[argnum] = self->argument.unflatten(x);
    Tree out = f(all), y = has_aux ? out[0] : out, aux = has_aux ? out[1] : Tree();
    self->result = TreeDef(y);
    self->aux = TreeDef(aux);
    std::vector<Array> leaves = tree::leaves(y);
    tree::append_leaves(aux, leaves);
    return leaves;
  };
  return p;
}

Tree with_aux(const Problem& p, const Tree& jacobian, std::span<const Array> aux, bool has_aux) {
  return has_aux ? Tree::list({jacobian, p.aux.unflatten(aux)}) : jacobian;
}

// rows[o][i]: the derivative of result o along leaf i.
Tree assemble(const Problem& p, const std::vector<std::vector<Array>>& rows) {
  Tree::List subtrees;
  for (const auto& row : rows) subtrees.push_back(p.argument.unflatten(row));
  std::vector<Array> places;
  for (std::size_t o = 0; o < rows.size(); ++o) places.push_back(Array(static_cast<int>(o)));
  std::function<Tree(const Tree&)> fill = [&](const Tree& t) -> Tree {
    if (t.is_leaf()) return subtrees[static_cast<std::size_t>(t.array().item<int>())];
    Tree out = t;
    if (t.is_list())
      for (Tree& e : out.mutable_list()) e = fill(e);
    if (t.is_dict())
      for (auto& [key, e] : out.mutable_dict()) e = fill(e);
    return out;
  };
  return fill(p.result.unflatten(places));
}

}  // namespace

Tree jacfwd_tree(const TreeFn& f, const Tree& args, std::size_t argnum, bool has_aux) {
  auto p = problem_of(f, args, argnum, has_aux, "jacfwd");
  for (const Array& x : p->point) check_floating(x, "jacfwd", "inputs");
  FlatFn push = [&](std::span<const Array> tangents) {
    FlatJvp out = jvp_flat(p->fn, p->point, tangents);
    std::size_t n = p->result.num_leaves();
    for (std::size_t o = 0; o < n; ++o)
      out.primals[o] = lax::instantiate(out.tangents[o], out.primals[o].aval());
    return out.primals;  // of aux the values
  };
  std::vector<std::int64_t> in(p->point.size(), 0);
  auto last = [&](std::size_t n) {
    std::vector<std::int64_t> dims(n, kNotBatched);
    std::fill_n(dims.begin(), p->result.num_leaves(), -1);
    return dims;
  };
  std::vector<Array> columns =
      vmap_flat(push, standard_basis(p->point), in, last, {total_size(p->point)});
  std::vector<std::vector<Array>> rows;
  for (const Array& y : p->results(columns)) {
    Shape shape(y.shape().begin(), y.shape().end() - 1);
    std::vector<Array> row = pieces(y, p->point, -1);
    for (std::size_t i = 0; i < row.size(); ++i)
      row[i] = lax::reshape(row[i], joined(shape, p->point[i].shape()));
    rows.push_back(std::move(row));
  }
  return with_aux(*p, assemble(*p, rows), std::span(columns).subspan(rows.size()), has_aux);
}

Tree jacrev_tree(const TreeFn& f, const Tree& args, std::size_t argnum, bool has_aux) {
  auto p = problem_of(f, args, argnum, has_aux, "jacrev");
  for (const Array& x : p->point) check_floating(x, "jacrev", "inputs");
  FlatVjp vjp = vjp_flat(p->fn, p->point, std::vector<bool>(p->point.size(), true));
  std::span<const Array> results = p->results(vjp.primals);
  for (const Array& y : results) check_floating(y, "jacrev", "results");
  FlatFn pull = [&](std::span<const Array> given) {
    std::vector<Tangent> cts(given.begin(), given.end());
    cts.resize(vjp.primals.size());  // none for aux
    std::vector<Tangent> grads = vjp.pull_back(cts);
    for (std::size_t i = 0; i < grads.size(); ++i)
      grads[i] = lax::instantiate(grads[i], p->point[i].aval());
    return grads;
  };
  std::vector<std::int64_t> in(results.size(), 0);
  auto front = [](std::size_t n) { return std::vector<std::int64_t>(n, 0); };
  std::vector<Array> grads =
      vmap_flat(pull, standard_basis(results), in, front, {total_size(results)});
  std::vector<std::vector<Array>> rows(results.size());
  for (std::size_t i = 0; i < grads.size(); ++i) {
    std::vector<Array> parts = pieces(grads[i], results, 0);
    for (std::size_t o = 0; o < parts.size(); ++o)
      rows[o].push_back(lax::reshape(parts[o], joined(results[o].shape(), p->point[i].shape())));
  }
  return with_aux(*p, assemble(*p, rows), std::span<const Array>(vjp.primals).subspan(rows.size()),
                  has_aux);
}

TreeFn linear_transpose_tree(const TreeFn& f, const Tree& args) {
  std::vector<Array> leaves = tree::leaves(args);
  TreeDef in(args), out;
  TracedProgram traced = trace_program(
      [&](std::span<const Array> x) {
        Tree y = f(in.unflatten(x));
        out = TreeDef(y);
        return tree::leaves(y);
      },
      avals_of(leaves));
  return [traced, in, out, avals = avals_of(leaves)](const Tree& ct) {
    if (!out.matches(ct)) {
      throw TreeError(str_cat("linear_transpose: the cotangent has structure ",
                              TreeDef(ct).to_string(), ", the result ", out.to_string()));
    }
    std::vector<bool> linear(traced.program->inputs.size(), true);
    std::fill_n(linear.begin(), traced.captured.size(), false);
    std::vector<Tangent> grads =
        transpose_program(*traced.program, linear, traced.captured, tree::leaves(ct));
    for (std::size_t i = 0; i < grads.size(); ++i) grads[i] = lax::instantiate(grads[i], avals[i]);
    return in.unflatten(grads);
  };
}

}  // namespace linum
