"""jax.lax: operations with bodies, and the random bits below jax.random."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import uniform


def record(case):
    loops(case)
    branches(case)
    scans(case)
    collectives(case)
    case("lax.associative_scan", lambda v: lax.associative_scan(jnp.multiply, v), uniform(0.5, 1.5, (5, 2)))
    case("lax.associative_scan:reverse", lambda v: lax.associative_scan(jnp.add, v, reverse=True, axis=1),
         uniform(0.5, 1.5, (2, 6)))
    case("lax.map", lambda v: lax.map(lambda r: jnp.sin(r) * r.sum(), v), uniform(-2, 2))
    case("lax.custom_linear_solve", _solve_diagonal, uniform(0.5, 1.5, (3,)), uniform(-1, 1, (3,), seed=1))
    case("lax.custom_root", _square_root, np.float32(2.5))


def _solve_diagonal(diagonal, b):
    return lax.custom_linear_solve(lambda x: diagonal * x, b, solve=lambda _, y: y / diagonal,
                                   transpose_solve=lambda _, y: y / diagonal, symmetric=True)


def _square_root(a):
    newton = lambda f, x0: lax.fori_loop(0, 20, lambda _, x: x - f(x) / (2 * x), x0)
    return lax.custom_root(lambda x: x * x - a, jnp.float32(1.0), newton,
                           lambda g, y: y / g(jnp.float32(1.0)))


def collectives(case):
    x, square = uniform(-1, 1, (4, 3)), uniform(-1, 1, (4, 4, 2))
    over = lambda f: jax.vmap(f, axis_name="batch")
    for name in ("psum", "pmean", "pmax", "pmin"):
        case(f"lax.{name}", over(lambda v, f=getattr(lax, name): f(v * v, "batch") * v), x,
             grad=name in ("psum", "pmean"))
    case("lax.all_gather", over(lambda v: lax.all_gather(v, "batch") * v), x)
    case("lax.all_gather:tiled", over(lambda v: lax.all_gather(v, "batch", tiled=True)), x)
    case("lax.psum_scatter", over(lambda v: lax.psum_scatter(v, "batch")), square)
    case("lax.all_to_all", over(lambda v: lax.all_to_all(v, "batch", 0, 1)), square)
    case("lax.pswapaxes", over(lambda v: lax.pswapaxes(v, "batch", 0)), square)
    case("lax.ppermute", over(lambda v: lax.ppermute(v, "batch", [(0, 1), (1, 2), (2, 3), (3, 0)])), x)
    case("lax.pshuffle", over(lambda v: lax.pshuffle(v, "batch", [2, 0, 3, 1])), x)
    case("lax.axis_index", over(lambda v: v * lax.axis_index("batch")), x)
    case("lax.axis_size", over(lambda v: v * lax.axis_size("batch")), x)


def loops(case):
    x = uniform(-1, 1, (3,))
    case("lax.fori_loop", lambda v: lax.fori_loop(0, 4, lambda i, c: jnp.sin(c) + i * 0.1, v), x)
    case("lax.while_loop",
         lambda v: lax.while_loop(lambda c: c[0] < 5, lambda c: (c[0] + 1, c[1] * 1.5), (0, v)), x,
         grad=False)
    case("lax.while_loop:jvp",
         lambda v, t: jax.jvp(lambda u: lax.while_loop(lambda c: c.sum() < 10, lambda c: c * 1.5, u),
                              (v,), (t,)), uniform(0.5, 1, (3,)), x, grad=False, covers=["lax.while_loop"])
    case("lax.while_loop:vmap",
         lambda v: jax.vmap(lambda u: lax.while_loop(lambda c: c < 10, lambda c: c * 1.5, u))(v),
         uniform(0.5, 9, (4,)), grad=False, covers=["lax.while_loop"])


def branches(case):
    x = uniform(-1, 1, (3,))
    for name, flag in (("true", True), ("false", False)):
        case(f"lax.cond:{name}", lambda p, v: lax.cond(p, jnp.sin, lambda u: u * u, v), np.bool_(flag), x)
    for i in (-1, 1, 5):
        case(f"lax.switch:{i}",
             lambda k, v: lax.switch(k, [jnp.sin, jnp.cos, lambda u: u * 3.0], v), np.int32(i), x)
    case("lax.cond:vmap",
         lambda p, v: jax.vmap(lambda q, u: lax.cond(q > 0, jnp.sin, lambda w: w * w, u))(p, v), x,
         uniform(-1, 1, (3, 2)))
    # The branch not taken has an infinite derivative at 0.
    case("lax.cond:vmap_root",
         lambda v, w: jax.vmap(lambda u: lax.cond(u > 0, lambda t: jnp.sqrt(t) * w, lambda t: t * t, u))(v),
         np.array([4, 0, -1], np.float32), np.float32(3))
    case("lax.switch:vmap",
         lambda k, v: jax.vmap(lambda i, u: lax.switch(i, [jnp.sin, jnp.log, lax.reciprocal], u))(k, v),
         np.array([2, 0, 1, -1, 7], np.int32), np.array([2, 0, 3, 0, 4], np.float32))


def scans(case):
    xs, w = uniform(-1, 1, (5, 3)), uniform(-1, 1, (3, 3), seed=1)

    def run(c, xs, w, **options):
        def step(carry, x):
            h = jnp.tanh(carry @ w + x)
            return h, h * 2
        return lax.scan(step, c, xs, **options)

    c = uniform(-1, 1, (3,), seed=2)
    case("lax.scan", run, c, xs, w)
    case("lax.scan:reverse", lambda *a: run(*a, reverse=True), c, xs, w)
    case("lax.scan:unroll", lambda *a: run(*a, unroll=2), c, xs, w)
    case("lax.scan:length",
         lambda v: lax.scan(lambda s, _: (s * 0.5 + v, s.sum()), v, None, length=4), c)
    case("lax.scan:vmap", lambda c, xs, w: jax.vmap(run, (None, 0, None))(c, xs, w), c,
         uniform(-1, 1, (2, 4, 3)), w)
    case("lax.scan:nested", _nested, c, uniform(-1, 1, (3, 2, 3)))
    case("lax.scan:integer_carry",
         lambda v: lax.scan(lambda s, x: ((s[0] + 1, s[1] + x * s[0]), s[0]), (0, v[0] * 0), v), xs)


def _nested(c, xs):
    def inner(h, x):
        return jnp.sin(h + x), h
    def outer(h, x):
        h, ys = lax.scan(inner, h, x)
        return h, ys.sum(0)
    return lax.scan(outer, c, xs)
