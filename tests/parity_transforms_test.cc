// jax: transforms and trees. Each case compares what the transform gives.
#include <algorithm>

#include "linum/lax/lax.h"
#include "linum/np/np.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/custom_gradient.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

Array scalar(const Array& x) { return np::sum(lax::sin(x) * x * x); }
Array vector(const Array& x) { return lax::sin(x) * lax::cumsum(x); }

// --- derivatives -----------------------------------------------------------------------------

PARITY("jax.grad", [](const Tree& in) { return grad(scalar)(in[0].array()); });
PARITY("jax.value_and_grad", [](const Tree& in) { return value_and_grad(scalar)(in[0].array()); });
PARITY("jax.value_and_grad:aux", [](const Tree& in) {
  auto with_aux = [](const Array& x) { return std::pair(scalar(x), x * 2); };
  return value_and_grad(with_aux)(in[0].array());
});
PARITY("jax.grad:argnums", [](const Tree& in) {
  auto f = [](const Array& a, const Array& b) { return np::sum(a * a * b); };
  return grad<0, 1>(f)(in[0].array(), in[1].array());
});
PARITY("jax.jvp", [](const Tree& in) {
  return jvp(vector, std::tuple<Array>(in[0]), std::tuple<Array>(in[1]));
});
PARITY("jax.vjp", [](const Tree& in) { return vjp(vector, in[0].array()).second(in[1]); });
PARITY("jax.linearize",
       [](const Tree& in) { return linearize(vector, in[0].array()).second(in[1]); });
PARITY("jax.linear_transpose", [](const Tree& in) {
  auto linear = [](const Array& x) { return x * 3.0 + lax::rev(x, {0}); };
  return linear_transpose(linear, in[0].array())(in[0]);
});
PARITY("jax.hessian", [](const Tree& in) { return hessian(scalar)(in[0].array()); });
PARITY("jax.jacfwd", [](const Tree& in) { return jacfwd(vector)(in[0].array()); });
PARITY("jax.jacrev", [](const Tree& in) { return jacrev(vector)(in[0].array()); });
PARITY("jax.jacobian", [](const Tree& in) { return jacobian(vector)(in[0].array()); });
PARITY("jax.checkpoint", [](const Tree& in) { return grad(checkpoint(scalar))(in[0].array()); });
PARITY("jax.remat", [](const Tree& in) { return grad(remat(scalar))(in[0].array()); });

// --- compositions ----------------------------------------------------------------------------

PARITY("jax.jit", [](const Tree& in) { return jit(vector)(in[0].array()); });
PARITY("jax.vmap", [](const Tree& in) { return vmap(vector)(in[0].array()); });
PARITY("jax.vmap:axes", [](const Tree& in) {
  auto product = [](const Array& a, const Array& b) { return a * b; };
  return vmap(product, {.in_axes = {0, std::nullopt}, .out_axes = {1}})(in[0].array(),
                                                                        in[1].array());
});
PARITY("jax.vmap:grad_jit", [](const Tree& in) { return vmap(grad(jit(scalar)))(in[0].array()); });
PARITY("jax.vmap:vmap", [](const Tree& in) {
  return vmap(vmap([](const Array& x) { return lax::sin(x) * 2; }))(in[0].array());
});
PARITY("jax.grad:grad", [](const Tree& in) {
  auto norm = [](const Array& x) { return np::sum(lax::square(grad(scalar)(x))); };
  return grad(norm)(in[0].array());
});
PARITY("jax.jit:vmap_jvp", [](const Tree& in) {
  auto along_itself = [](const Array& x) { return jvp(vector, std::tuple(x), std::tuple(x)); };
  return jit(vmap(along_itself))(in[0].array());
});
PARITY("jax.eval_shape", [](const Tree& in) {
  Shape shape = eval_shape(vector, in[0].array()).shape();
  return Array::of<std::int32_t>({1}, {static_cast<std::int32_t>(shape.at(0))});
});

// --- custom rules ----------------------------------------------------------------------------

PARITY("jax.custom_jvp", [](const Tree& in) {
  auto log1pexp = [](const Array& x) { return lax::log(1.0 + lax::exp(x)); };
  auto rule = [log1pexp](const std::tuple<Array>& primals, const std::tuple<Array>& tangents) {
    const Array& x = std::get<0>(primals);
    return std::pair(log1pexp(x), (1.0 - 1.0 / (1.0 + lax::exp(x))) * std::get<0>(tangents));
  };
  return custom_jvp(log1pexp, rule)(in[0].array());
});
PARITY("jax.custom_vjp", [](const Tree& in) {
  auto forward = [](const Array& x) { return std::pair(x * 2.0, x); };
  auto backward = [](const Array& x, const Array& ct) {
    return std::tuple(np::clip(ct, -0.9, 0.9) * x);
  };
  return custom_vjp([](const Array& x) { return x * 2.0; }, forward, backward)(in[0].array());
});
PARITY("jax.custom_gradient", [](const Tree& in) {
  auto tripled = [](const Array& x) {
    return std::pair(x * x, [](const Array& ct) { return ct * 3.0; });
  };
  return custom_gradient(tripled)(in[0].array());
});

// --- trees -----------------------------------------------------------------------------------

Array times_depth(const std::string& path, const Array& x) {
  const auto depth = 1 + std::count(path.begin(), path.end(), '/');
  return x * static_cast<int>(depth);
}
Tree leaves_times_depth(const Tree& t) {
  Tree::List out;
  for (auto& [path, x] : tree::leaves_with_path(t)) out.push_back(times_depth(path, x));
  return out;
}

PARITY("jax.tree.map", [](const Tree& in) {
  return tree::map([](const Array& a, const Array& b) { return a * b; }, in[0], in[1]);
});
PARITY("jax.tree.leaves", [](const Tree& in) { return tree::leaves(in[0]); });
PARITY("jax.tree.flatten", [](const Tree& in) { return tree::flatten(in[0]).first; });
PARITY("jax.tree.unflatten", [](const Tree& in) {
  std::vector<Array> leaves = tree::leaves(in[0]);
  for (Array& x : leaves) x = x * 2;
  return tree::unflatten(tree::structure(in[0]), leaves);
});
PARITY("jax.tree.reduce", [](const Tree& in) {
  auto add = [](const Array& sum, const Array& x) { return sum + np::sum(x); };
  return tree::reduce(add, in[0], np::zeros({}));
});
PARITY_EAGER("jax.tree.all", "reads the leaves",
             [](const Tree& in) { return np::asarray(tree::all(in[0])); });
PARITY("jax.tree.transpose", [](const Tree& in) {
  Tree outer{{"w", Tree(0.0)}, {"b", Tree::list({Tree(0.0), Tree(0.0)})}};
  Tree inner = Tree::list({Tree(0.0), Tree(0.0)});
  return tree::transpose(TreeDef(outer), TreeDef(inner), in[0]);
});
PARITY("jax.tree.broadcast", [](const Tree& in) {
  Tree full = Tree::list({Tree{{"x", Tree(0.0)}, {"y", Tree(0.0)}}, Tree(0.0)});
  return tree::broadcast(Tree::list({in[0]["w"], in[0]["b"][0]}), full);
});
PARITY("jax.tree.map_with_path",
       [](const Tree& in) { return tree::map_with_path(times_depth, in[0]); });
PARITY("jax.tree.leaves_with_path", [](const Tree& in) { return leaves_times_depth(in[0]); });
PARITY("jax.tree.flatten_with_path", [](const Tree& in) { return leaves_times_depth(in[0]); });

}  // namespace
}  // namespace linum
