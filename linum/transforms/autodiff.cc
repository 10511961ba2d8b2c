// Derivatives over trees: what the C++ templates of autodiff.h call.
#include "linum/transforms/autodiff.h"

#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum {
namespace {

// f over flat lists, remembering the structure of its result.
struct Flattened {
  TreeDef in;
  std::shared_ptr<TreeDef> out = std::make_shared<TreeDef>();
  FlatFn fn;
  Flattened(const TreeFn& f, const Tree& args) : in(args) {
    fn = [f, in = in, out = out](std::span<const Array> x) {
      Tree result = f(in.unflatten(x));
      *out = TreeDef(result);
      return tree::leaves(result);
    };
  }
};

std::vector<bool> inexact(std::span<const Array> leaves) {
  std::vector<bool> out;
  for (const Array& x : leaves) out.push_back(lax::has_tangent(x.aval()));
  return out;
}

// The zero of an input nobody differentiates: integers have no tangents, so their own zeros stand
// in.
Array gradient_or_zero(const Tangent& t, const Array& like) {
  return lax::instantiate(t, like.aval());
}

void check_tangents(std::string_view what, std::span<const Array> primals,
                    std::span<const Array> tangents) {
  for (std::size_t i = 0; i < primals.size(); ++i) {
    if (!lax::has_tangent(primals[i].aval())) continue;
    if (primals[i].aval().strong() != tangents[i].aval().strong()) {
      throw ShapeError(str_cat(what, ": leaf ", i, " has primal ", primals[i].aval(),
                               " but tangent ", tangents[i].aval(),
                               "; they must have one shape and dtype, in one memory"));
    }
  }
}

void check_cotangents(const Tree& ct, const TreeDef& out, std::span<const Array> primals) {
  if (!out.matches(ct)) {
    throw TreeError(str_cat("vjp: the cotangent has structure ", TreeDef(ct).to_string(),
                            ", the result ", out.to_string()));
  }
  std::vector<Array> cts = tree::leaves(ct);
  for (std::size_t i = 0; i < cts.size(); ++i) {
    std::string message =
        str_cat("vjp: cotangent ", i, " is ", cts[i].aval(), " for a result ", primals[i].aval());
    if (cts[i].shape() != primals[i].shape()) throw ShapeError(message);
    if (cts[i].dtype() != primals[i].dtype()) throw DTypeError(message);
    if (cts[i].memory() != primals[i].memory()) throw ValueError(message);
  }
}

}  // namespace

std::pair<Tree, Tree> jvp_tree(const TreeFn& f, const Tree& primals, const Tree& tangents) {
  tree::check_same_structure(primals, tangents, "jvp");
  Flattened flat(f, primals);
  std::vector<Array> x = tree::leaves(primals), t = tree::leaves(tangents);
  check_tangents("jvp", x, t);
  FlatJvp out = jvp_flat(flat.fn, x, t);
  for (std::size_t i = 0; i < out.tangents.size(); ++i)
    out.tangents[i] = lax::instantiate(out.tangents[i], out.primals[i].aval());
  return {flat.out->unflatten(out.primals), flat.out->unflatten(out.tangents)};
}

std::pair<Tree, TreeFn> linearize_tree(const TreeFn& f, const Tree& primals) {
  Flattened flat(f, primals);
  std::vector<Array> x = tree::leaves(primals);
  FlatLinearized lin = linearize_flat(flat.fn, x);
  TreeFn linear = [lin, x, in = flat.in, out = flat.out](const Tree& tangents) {
    if (!in.matches(tangents)) {
      throw TreeError(str_cat("linearize: tangents have structure ", TreeDef(tangents).to_string(),
                              ", the arguments ", in.to_string()));
    }
    std::vector<Array> t = tree::leaves(tangents);
    check_tangents("linearize", x, t);
    return out->unflatten(lin.tangent_fn(t));
  };
  return {flat.out->unflatten(lin.primals), std::move(linear)};
}

TreeVjp vjp_tree(const TreeFn& f, const Tree& primals) {
  Flattened flat(f, primals);
  std::vector<Array> x = tree::leaves(primals);
  FlatVjp out = vjp_flat(flat.fn, x, inexact(x));
  auto pull_back = [out, x, in = flat.in, structure = flat.out](const Tree& ct) {
    check_cotangents(ct, *structure, out.primals);
    std::vector<Array> cts = tree::leaves(ct);
    for (std::size_t i = 0; i < cts.size(); ++i)
      if (!lax::has_tangent(out.primals[i].aval())) cts[i] = Tangent();
    std::vector<Tangent> grads = out.pull_back(cts);
    for (std::size_t i = 0; i < grads.size(); ++i) grads[i] = gradient_or_zero(grads[i], x[i]);
    return in.unflatten(grads);
  };
  return {flat.out->unflatten(out.primals), std::move(pull_back)};
}

// --- grad ------------------------------------------------------------------------------------

namespace {

// Which leaves of the argument list to differentiate; refuses those that have no derivative.
std::vector<bool> leaves_of(const Tree& args, std::span<const int> argnums) {
  std::vector<bool> wrt;
  for (std::size_t i = 0; i < args.size(); ++i) {
    bool chosen = false;
    for (int a : argnums) chosen = chosen || static_cast<std::size_t>(a) == i;
    for (auto& [path, x] : tree::leaves_with_path(args[i])) {
      if (chosen && !lax::has_tangent(x.aval())) {
        throw DTypeError(str_cat("grad requires real or complex inputs, got ", x.aval(),
                                 " in argument ", i, path.empty() ? "" : " at ", path,
                                 "; convert it to a float or differentiate another argument"));
      }
      wrt.push_back(chosen);
    }
  }
  return wrt;
}

void check_objective(const Tree& result) {
  if (!result.is_leaf()) {
    throw TreeError(str_cat("grad is defined for functions with a scalar result, got ",
                            result.to_string(), "; return one array, or a pair(scalar, aux)"));
  }
  const Array& value = result.array();
  if (value.ndim() != 0) {
    throw ShapeError(str_cat("grad is defined for functions with a scalar result, got ",
                             value.aval(), "; reduce it (np::mean, np::sum) or use vjp or jacrev"));
  }
  if (!is_floating(value.dtype())) {
    throw DTypeError(str_cat("grad requires a real result, got ", value.aval(),
                             is_complex(value.dtype()) ? "; use vjp for complex results" : ""));
  }
}

}  // namespace

TreeGrad value_and_grad_tree(const TreeFn& f, const Tree& args, std::span<const int> argnums,
                             bool has_aux) {
  std::vector<bool> wrt = leaves_of(args, argnums);
  Flattened flat(f, args);
  std::vector<Array> x = tree::leaves(args);
  FlatVjp out = vjp_flat(flat.fn, x, wrt);
  Tree result = flat.out->unflatten(out.primals);
  check_objective(has_aux ? result[0] : result);
  std::vector<Tangent> cts(out.primals.size());
  cts[0] = lax::ones({}, out.primals[0].dtype());
  std::vector<Tangent> grads = out.pull_back(cts);
  for (std::size_t i = 0; i < x.size(); ++i)
    grads[i] = wrt[i] ? gradient_or_zero(grads[i], x[i]) : x[i];
  Tree all = flat.in.unflatten(grads);
  Tree::List chosen;
  for (int a : argnums) chosen.push_back(all[static_cast<std::size_t>(a)]);
  TreeGrad g;
  g.value = has_aux ? result[0] : result;
  if (has_aux) g.aux = result[1];
  g.grads = Tree::list(std::move(chosen));
  return g;
}

}  // namespace linum
