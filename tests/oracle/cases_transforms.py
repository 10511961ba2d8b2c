"""jax: transforms and trees. Each case returns what the transform gives."""
import jax
import jax.numpy as jnp
import numpy as np

from oracle import uniform


def _f(x):
    return jnp.sum(jnp.sin(x) * x * x)


def _g(x):
    return jnp.sin(x) * jnp.cumsum(x)


def record(case):
    derivatives(case)
    compositions(case)
    custom(case)
    trees(case)


def derivatives(case):
    x, t = uniform(-1, 1, (3,)), uniform(-1, 1, (3,), seed=1)
    case("jax.grad", jax.grad(_f), x)
    case("jax.value_and_grad", jax.value_and_grad(_f), x)
    case("jax.value_and_grad:aux", jax.value_and_grad(lambda v: (_f(v), v * 2), has_aux=True), x)
    case("jax.grad:argnums", jax.grad(lambda a, b: jnp.sum(a * a * b), argnums=(0, 1)), x, t)
    case("jax.jvp", lambda v, u: jax.jvp(_g, (v,), (u,)), x, t)
    case("jax.vjp", lambda v, u: jax.vjp(_g, v)[1](u), x, t)
    case("jax.linearize", lambda v, u: jax.linearize(_g, v)[1](u), x, t)
    case("jax.linear_transpose", lambda u: jax.linear_transpose(lambda a: a * 3.0 + a[::-1], u)(u), t)
    case("jax.hessian", jax.hessian(_f), x)
    case("jax.jacfwd", jax.jacfwd(_g), x)
    case("jax.jacrev", jax.jacrev(_g), x)
    case("jax.jacobian", jax.jacobian(_g), x)
    case("jax.checkpoint", jax.grad(jax.checkpoint(_f)), x)
    case("jax.remat", jax.grad(jax.remat(_f)), x)


def compositions(case):
    x, xs = uniform(-1, 1, (3,)), uniform(-1, 1, (4, 3))
    case("jax.jit", jax.jit(_g), x)
    case("jax.vmap", jax.vmap(_g), xs)
    case("jax.vmap:axes", jax.vmap(lambda a, b: a * b, in_axes=(0, None), out_axes=1), xs, x)
    case("jax.vmap:grad_jit", jax.vmap(jax.grad(jax.jit(_f))), xs, covers=["jax.vmap", "jax.grad"])
    case("jax.grad:grad", jax.grad(lambda v: jnp.sum(jax.grad(_f)(v) ** 2)), x)
    case("jax.jit:vmap_jvp", jax.jit(jax.vmap(lambda v: jax.jvp(_g, (v,), (v,)))), xs,
         covers=["jax.jit"])
    case("jax.vmap:vmap", jax.vmap(jax.vmap(lambda a: jnp.sin(a) * 2)), xs)
    case("jax.eval_shape", lambda v: np.array(jax.eval_shape(_g, v).shape, np.int32), x, grad=False)


@jax.custom_jvp
def _log1pexp(x):
    return jnp.log(1.0 + jnp.exp(x))


@_log1pexp.defjvp
def _log1pexp_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    return _log1pexp(x), (1.0 - 1.0 / (1.0 + jnp.exp(x))) * t


@jax.custom_vjp
def _clip_gradient(x):
    return x * 2.0


_clip_gradient.defvjp(lambda x: (x * 2.0, x), lambda x, g: (jnp.clip(g, -0.9, 0.9) * x,))


def custom(case):
    x = uniform(-1, 1, (3,))
    case("jax.custom_jvp", _log1pexp, x)
    case("jax.custom_vjp", _clip_gradient, x)

    @jax.custom_gradient
    def tripled(v):
        return v * v, lambda g: g * 3.0
    case("jax.custom_gradient", tripled, x)


def trees(case):
    a = {"w": uniform(-1, 1), "b": [uniform(-1, 1, (3,)), uniform(-1, 1, (2,))]}
    b = jax.tree.map(lambda v: v + 1, a)
    case("jax.tree.map", lambda s, t: jax.tree.map(lambda u, v: u * v, s, t), a, b)
    case("jax.tree.leaves", jax.tree.leaves, a)
    case("jax.tree.flatten", lambda t: jax.tree.flatten(t)[0], a)
    case("jax.tree.unflatten",
         lambda t: jax.tree.unflatten(jax.tree.structure(t), [v * 2 for v in jax.tree.leaves(t)]), a,
         covers=["jax.tree.unflatten", "jax.tree.structure"])
    case("jax.tree.reduce", lambda t: jax.tree.reduce(lambda s, v: s + v.sum(), t, jnp.float32(0)), a)
    case("jax.tree.all", lambda t: np.bool_(jax.tree.all(t)), {"a": np.bool_(True), "b": np.bool_(True)},
         grad=False)
    case("jax.tree.transpose",
         lambda t: jax.tree.transpose(jax.tree.structure({"w": 0, "b": [0, 0]}), jax.tree.structure([0, 0]), t),
         jax.tree.map(lambda v: [v, v + 1], a))
    case("jax.tree.broadcast", lambda t: jax.tree.broadcast([t["w"], t["b"][0]], [{"x": 0, "y": 0}, 0]), a)
    case("jax.tree.map_with_path",
         lambda t: jax.tree.map_with_path(lambda p, v: v * len(p), t), a)
    case("jax.tree.leaves_with_path",
         lambda t: [v * len(p) for p, v in jax.tree.leaves_with_path(t)], a)
    case("jax.tree.flatten_with_path",
         lambda t: [v * len(p) for p, v in jax.tree.flatten_with_path(t)[0]], a)
