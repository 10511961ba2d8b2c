// Arithmetic of trees, projections, and helpers of optax that are no transformations.
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/random/random.h"
#include "tests/parity_testlib.h"

namespace linum::parity {
namespace {

using namespace optim;
using namespace optim::projections;

Tree leaf_list(const Tree& t) {
  Tree::List out;
  for (const Array& x : tree::leaves(t)) out.push_back(x);
  return Tree(out);
}
template <class F>
auto of_one(F f) {
  return [f](const Tree& in) { return f(in[0]); };
}
template <class F>
auto of_two(F f) {
  return [f](const Tree& in) { return f(in[0], in[1]); };
}
#define TREE1(name, ...) \
  PARITY("optax.tree_utils." name, of_one([](const Tree& a) { return __VA_ARGS__; }))
#define TREE2(name, ...) \
  PARITY("optax.tree_utils." name, of_two([](const Tree& a, const Tree& b) { return __VA_ARGS__; }))

// --- arithmetic -------------------------------------------------------------------------------

TREE2("tree_add", tree_add(a, b));
TREE2("tree_sub", tree_sub(a, b));
TREE2("tree_mul", tree_mul(a, b));
TREE2("tree_div", tree_div(a, b));
TREE2("tree_vdot", tree_vdot(a, b));
TREE2("tree_vdot:complex", tree_vdot(a, b));
TREE2("tree_add_scale", tree_add_scale(a, 0.3, b));
TREE2("tree_where", tree_where(np::array({true, false, true}), a, b));
TREE2("tree_update_moment", tree_update_moment(a, b, 0.9, 2));
TREE2("tree_update_moment_per_elem_norm", tree_update_moment_per_elem_norm(a, b, 0.9, 2));
TREE2("tree_update_moment_per_elem_norm:complex", tree_update_moment_per_elem_norm(a, b, 0.9, 2));
TREE2("tree_update_infinity_moment", tree_update_infinity_moment(a, b, 0.9, 1e-3));
TREE2("tree_allclose", Tree::list({tree_allclose(a, b), tree_allclose(a, a)}));
TREE2("tree_cast_like", tree_cast_like(a, b));
TREE1("tree_scale", tree_scale(0.5, a));
TREE1("tree_sum", tree_sum(a));
TREE1("tree_max", tree_max(a));
TREE1("tree_min", tree_min(a));
TREE1("tree_norm", tree_norm(a));
TREE1("tree_norm:1", tree_norm(a, 1));
TREE1("tree_norm:inf", tree_norm(a, INFINITY));
TREE1("tree_norm:squared", tree_norm(a, 2, true));
TREE1("tree_clip", tree_clip(a, -0.5, 0.25));
TREE1("tree_cast", tree_cast(a, bfloat16));
TREE1("tree_full_like", tree_full_like(a, 3));
TREE1("tree_ones_like", tree_ones_like(a));
TREE1("tree_zeros_like", tree_zeros_like(a));
TREE1("tree_batch_shape", tree_batch_shape(a, {2}));
TREE1("tree_bias_correction", tree_bias_correction(a, 0.9, np::array(3)));
TREE1("tree_conj", tree_conj(a));
TREE1("tree_real", tree_real(a));
TREE1("tree_size", np::array(tree_size(a), int32));
TREE1("tree_dtype", np::zeros({2}, tree_dtype(a, "lowest")));
TREE1("tree_split_key_like", tree_unwrap_random_key_data(tree_split_key_like(random::key(3), a)));
TREE1("tree_random_like", tree_random_like(random::key(3), a));

// --- entries of states ------------------------------------------------------------------------

TREE1("tree_get", tree_get(a, "mu"));
TREE1("tree_set", tree_set(a, "count", np::array(9)));
PARITY("optax.tree_utils.tree_get_all_with_path", [](const Tree& in) {
  Tree::List out;
  for (auto& [path, value] : tree_get_all_with_path(in[0], "count")) out.push_back(value);
  return Tree(out);
});
PARITY("optax.tree_utils.tree_map_params", [](const Tree& in) {
  GradientTransformation tx = adam(0.1);
  auto plus_one = [](const Array& v, const Array&) { return v + 1; };
  auto minus = [](const Array& v, const Array& p) { return v - p; };
  auto plus_seven = [](const Array& c) { return c + 7; };
  Tree state = tx.init(in[0]);
  auto leaves = [](const Tree& t) {
    std::vector<Array> all = tree::leaves(t);
    return Tree(Tree::List(all.begin(), all.end()));
  };
  return Tree::list({leaves(tree_map_params(tx, plus_one, state)),
                     leaves(tree_map_params(tx, minus, state, in[0], plus_seven))});
});

// --- numbers ----------------------------------------------------------------------------------

PARITY("optax.safe_root_mean_squares",
       [](const Tree& in) { return safe_root_mean_squares(in[0], 1e-2); });
PARITY("optax.safe_root_mean_squares:small",
       [](const Tree& in) { return safe_root_mean_squares(in[0], 1e-2); });
PARITY("optax.safe_int32_increment", [](const Tree& in) { return safe_int32_increment(in[0]); });
PARITY("optax.update_moment_per_elem_norm", of_two([](const Tree& a, const Tree& b) {
         return tree_update_moment_per_elem_norm(a, b, 0.9, 2);
       }));
PARITY("optax.update_infinity_moment", of_two([](const Tree& a, const Tree& b) {
         return tree_update_infinity_moment(a, b, 0.9, 1e-3);
       }));

// --- projections ------------------------------------------------------------------------------

#define PROJECTION(name, ...) PARITY("optax.projections.projection_" name, __VA_ARGS__)
PROJECTION("non_negative", of_one(projection_non_negative));
PROJECTION("simplex", of_one([](const Tree& t) { return projection_simplex(t); }));
PROJECTION("simplex:scale", of_one([](const Tree& t) { return projection_simplex(t, 2.5); }));
PROJECTION("l1_sphere", of_one([](const Tree& t) { return projection_l1_sphere(t); }));
PROJECTION("l1_ball", of_one([](const Tree& t) { return projection_l1_ball(t); }));
PROJECTION("l1_ball:inside", of_one([](const Tree& t) { return projection_l1_ball(t, 50.0); }));
PROJECTION("l2_sphere", of_one([](const Tree& t) { return projection_l2_sphere(t); }));
PROJECTION("l2_ball", of_one([](const Tree& t) { return projection_l2_ball(t); }));
PROJECTION("linf_ball", of_one([](const Tree& t) { return projection_linf_ball(t); }));
PROJECTION("hypercube", of_one([](const Tree& t) { return projection_hypercube(t, Array(1.5)); }));
PROJECTION("box", of_one([](const Tree& t) {
             return projection_box(t, {{"b", Array(-0.5)}, {"w", Array(-1.0)}},
                                   {{"b", Array(0.5)}, {"w", Array(1.0)}});
           }));
PROJECTION("vector", of_two(projection_vector));
PROJECTION("hyperplane",
           of_two([](const Tree& x, const Tree& a) { return projection_hyperplane(x, a, 0.5); }));
PROJECTION("halfspace",
           of_two([](const Tree& x, const Tree& a) { return projection_halfspace(x, a, -3.0); }));
PROJECTION("halfspace:inside",
           of_two([](const Tree& x, const Tree& a) { return projection_halfspace(x, a, 30.0); }));

// --- helpers ----------------------------------------------------------------------------------

PARITY("optax.per_example_global_norm_clip",
       [](const Tree& in) { return per_example_global_norm_clip(leaf_list(in[0]), 2.0); });
PARITY("optax.per_example_layer_norm_clip",
       [](const Tree& in) { return per_example_layer_norm_clip(leaf_list(in[0]), 2.0, false); });
PARITY("optax.scale_gradient",
       [](const Tree& in) { return scale_gradient(tree::map(np::sin, in[0]), 0.3); });
PARITY("optax.multi_normal", [](const Tree& in) {
  auto d = multi_normal(in[0].array(), in[1].array());
  return std::pair(d.log_prob(in[2]), d.sample({2}, random::key(1)));
});

auto skipping(ShouldSkipUpdateFunction decide) {
  return [decide](const Tree& in) {
    auto tx = MultiSteps(sgd(0.1), 2, {.should_skip_update_fn = decide});
    Tree params = in[0], state = tx.init(params);
    for (int i = 0; i < 4; ++i) {
      Tree grads = tree::map([&](const Array& g) { return np::index(g, i); }, in[1]);
      auto [updates, next] = tx.update(grads, state, params);
      params = apply_updates(params, updates);
      state = next;
    }
    return params;
  };
}
PARITY("optax.skip_not_finite", skipping(skip_not_finite));
PARITY("optax.skip_large_updates", skipping(skip_large_updates(5.0)));

}  // namespace
}  // namespace linum::parity
