"""optax: arithmetic of trees, projections, and helpers that are no transformations."""
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax import projections, tree_utils

from oracle import complexes, uniform

A = {"b": uniform(-1, 1, (3,)), "w": uniform(-1, 1, (2, 3), seed=1)}
B = {"b": uniform(0.5, 2, (3,), seed=2), "w": uniform(0.5, 2, (2, 3), seed=3)}
C = {"b": complexes((3,)), "w": complexes((2, 3), seed=1)}
STATE = {"inner": [{"count": np.int32(3), "mu": A}, {"count": np.int32(5)}], "scale": np.float32(2)}


def record(case):
    trees(case)
    entries(case)
    numbers(case)
    projected(case)
    helpers(case)


def trees(case):
    t = tree_utils
    two = {"tree_add": t.tree_add, "tree_sub": t.tree_sub, "tree_mul": t.tree_mul, "tree_div": t.tree_div,
           "tree_vdot": t.tree_vdot,
           "tree_add_scale": lambda a, b: t.tree_add_scale(a, 0.3, b),
           "tree_where": lambda a, b: t.tree_where(jnp.array([True, False, True]), a, b),
           "tree_update_moment": lambda a, b: t.tree_update_moment(a, b, 0.9, 2),
           "tree_update_moment_per_elem_norm": lambda a, b: t.tree_update_moment_per_elem_norm(a, b, 0.9, 2),
           "tree_update_infinity_moment": lambda a, b: t.tree_update_infinity_moment(a, b, 0.9, 1e-3)}
    one = {"tree_scale": lambda a: t.tree_scale(0.5, a), "tree_sum": t.tree_sum, "tree_max": t.tree_max,
           "tree_min": t.tree_min, "tree_norm": t.tree_norm, "tree_norm:1": lambda a: t.tree_norm(a, ord=1),
           "tree_norm:inf": lambda a: t.tree_norm(a, ord="inf"),
           "tree_norm:squared": lambda a: t.tree_norm(a, squared=True),
           "tree_clip": lambda a: t.tree_clip(a, -0.5, 0.25), "tree_cast": lambda a: t.tree_cast(a, jnp.bfloat16),
           "tree_full_like": lambda a: t.tree_full_like(a, 3), "tree_ones_like": t.tree_ones_like,
           "tree_zeros_like": t.tree_zeros_like, "tree_batch_shape": lambda a: t.tree_batch_shape(a, (2,)),
           "tree_bias_correction": lambda a: t.tree_bias_correction(a, 0.9, jnp.int32(3))}
    plain = ("tree_bias", "tree_cast", "tree_full", "tree_ones", "tree_zeros", "tree_max", "tree_min", "tree_batch", "tree_norm:inf")
    for name, f in two.items():
        case(f"optax.tree_utils.{name}", f, A, B)
    for name, f in one.items():
        case(f"optax.tree_utils.{name}", f, A, grad=not name.startswith(plain))
    for name in ("tree_conj", "tree_real"):
        case(f"optax.tree_utils.{name}", getattr(t, name), C, grad=False)
    case("optax.tree_utils.tree_vdot:complex", t.tree_vdot, C, jax.tree.map(lambda x: x * 1j + 1, C), grad=False)
    case("optax.tree_utils.tree_update_moment_per_elem_norm:complex",
         lambda c, b: t.tree_update_moment_per_elem_norm(c, b, 0.9, 2), C, B, grad=False)
    case("optax.tree_utils.tree_allclose", lambda a, b: [t.tree_allclose(a, b), t.tree_allclose(a, a)], A, B, grad=False)
    case("optax.tree_utils.tree_size", lambda a: jnp.int32(t.tree_size(a)), A, grad=False)
    case("optax.tree_utils.tree_cast_like", t.tree_cast_like, A, jax.tree.map(lambda x: np.float16(x), B), grad=False)
    case("optax.tree_utils.tree_dtype", lambda a: jnp.zeros(2, t.tree_dtype(a, "lowest")), {**A, "w": np.float16(A["w"])}, grad=False)
    case("optax.tree_utils.tree_split_key_like", lambda a: t.tree_unwrap_random_key_data(t.tree_split_key_like(jax.random.key(3), a)),
         A, covers=["optax.tree_utils.tree_split_key_like", "optax.tree_utils.tree_unwrap_random_key_data"], grad=False)
    case("optax.tree_utils.tree_random_like", lambda a: t.tree_random_like(jax.random.key(3), a), A, grad=False)


def entries(case):
    t = tree_utils
    case("optax.tree_utils.tree_get", lambda s: t.tree_get(s, "mu"), STATE, grad=False)
    case("optax.tree_utils.tree_get_all_with_path", lambda s: [v for _, v in t.tree_get_all_with_path(s, "count")], STATE, grad=False)
    case("optax.tree_utils.tree_set", lambda s: t.tree_set(s, count=jnp.int32(9)), STATE, grad=False)
    tx = optax.adam(0.1)
    case("optax.tree_utils.tree_map_params",
         lambda a: [jax.tree.leaves(optax.tree_map_params(tx, lambda v: v + 1, tx.init(a))),
                    jax.tree.leaves(optax.tree_map_params(tx, lambda v, p: v - p, tx.init(a), a, transform_non_params=lambda c: c + 7))],
         A, covers=["optax.tree_utils.tree_map_params", "optax.tree_map_params"], grad=False)


def numbers(case):
    small, spread = np.array([1e-4, -2e-4], np.float32), uniform(-2, 2, (4,))
    case("optax.safe_root_mean_squares", lambda x: optax.safe_root_mean_squares(x, 1e-2), spread)
    case("optax.safe_root_mean_squares:small", lambda x: optax.safe_root_mean_squares(x, 1e-2), small)
    case("optax.safe_int32_increment", lambda k: optax.safe_int32_increment(k), np.array([0, 2**31 - 1], np.int32))
    case("optax.update_moment_per_elem_norm", lambda a, b: optax.update_moment_per_elem_norm(a, b, 0.9, 2), C, B, grad=False)
    case("optax.update_infinity_moment", lambda a, b: optax.update_infinity_moment(a, b, 0.9, 1e-3), A, B, grad=False)


def projected(case):
    big = {"b": uniform(-2, 2, (3,), seed=5), "w": uniform(-2, 2, (2, 3), seed=6)}
    for name in ("non_negative", "simplex", "l1_sphere", "l1_ball", "l2_sphere", "l2_ball", "linf_ball"):
        case(f"optax.projections.projection_{name}", getattr(projections, f"projection_{name}"), big)
    case("optax.projections.projection_simplex:scale", lambda t: projections.projection_simplex(t, 2.5), big)
    case("optax.projections.projection_l1_ball:inside", lambda t: projections.projection_l1_ball(t, 50.0), big)
    case("optax.projections.projection_hypercube", lambda x: projections.projection_hypercube(x, 1.5), big["w"])
    case("optax.projections.projection_box", lambda t: projections.projection_box(t, {"b": -0.5, "w": -1.0}, {"b": 0.5, "w": 1.0}), big)
    case("optax.projections.projection_vector", projections.projection_vector, big, B)
    case("optax.projections.projection_hyperplane", lambda x, a: projections.projection_hyperplane(x, a, 0.5), big, B)
    case("optax.projections.projection_halfspace", lambda x, a: projections.projection_halfspace(x, a, -3.0), big, B)
    case("optax.projections.projection_halfspace:inside", lambda x, a: projections.projection_halfspace(x, a, 30.0), big, B)


def helpers(case):
    batch = {"b": uniform(-2, 2, (4, 3), seed=2), "w": uniform(-2, 2, (4, 2, 3), seed=3)}
    case("optax.per_example_global_norm_clip", lambda g: optax.per_example_global_norm_clip(jax.tree.leaves(g), 2.0), batch, grad=False)
    case("optax.per_example_layer_norm_clip",
         lambda g: optax.per_example_layer_norm_clip(jax.tree.leaves(g), 2.0, uniform=False), batch, grad=False)
    case("optax.scale_gradient", lambda t: optax.scale_gradient(jax.tree.map(jnp.sin, t), 0.3), A)
    case("optax.multi_normal", lambda m, s, x: (optax.multi_normal(m, s).log_prob(x), optax.multi_normal(m, s).sample((2,), jax.random.key(1))),
         A["b"], B["b"], uniform(-1, 1, (5, 3)))
    case("optax.skip_not_finite", _skipping(optax.skip_not_finite), A, _steps(np.nan), grad=False)
    case("optax.skip_large_updates", _skipping(lambda u, k, p: optax.skip_large_updates(u, k, p, 5.0)), A, _steps(30.0), grad=False)


def _steps(spoiled):
    grads = {"b": uniform(-1, 1, (4, 3), seed=2), "w": uniform(-1, 1, (4, 2, 3), seed=3)}
    grads["w"][1, 0, 0] = spoiled
    return grads


def _skipping(decide):
    def run(params, grads):
        tx = optax.MultiSteps(optax.sgd(0.1), 2, should_skip_update_fn=decide)
        state = tx.init(params)
        for i in range(4):
            updates, state = tx.update(jax.tree.map(lambda g: g[i], grads), state, params)
            params = optax.apply_updates(params, updates)
        return params
    return run
