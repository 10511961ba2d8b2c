"""jax: closure_convert, symbolic zeros of custom derivatives, aux of jacobians, map in batches."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import uniform


def record(case):
    custom(case)
    jacobians(case)
    maps(case)


def ten_times(f, x):
    """f(x), whose derivatives, also by what f captured, are ten times the true ones."""
    g, hoisted = jax.closure_convert(f, x)

    @jax.custom_vjp
    def run(x, *hoisted):
        return g(x, *hoisted)

    def fwd(x, *hoisted):
        return run(x, *hoisted), (x, hoisted)

    def bwd(at, ct):
        x, hoisted = at
        return tuple(10 * d for d in jax.vjp(g, x, *hoisted)[1](ct))

    run.defvjp(fwd, bwd)
    return run(x, *hoisted)


def custom(case):
    x, w = uniform(-1, 1, (3,)), uniform(-1, 1, (3,), seed=1)
    case("jax.closure_convert", jax.grad(lambda w, x: jnp.sum(ten_times(lambda v: jnp.sin(v) * w, x)), argnums=(0, 1)),
         w, x)

    product = jax.custom_jvp(lambda a, b: a * b)

    def rule(primals, tangents):
        (a, b), (da, db) = primals, tangents
        zero = jax.custom_derivatives.SymbolicZero
        terms = [t for t in (None if type(da) is zero else 10 * da * b, None if type(db) is zero else 100 * a * db)
                 if t is not None]
        return a * b, sum(terms)

    product.defjvp(rule, symbolic_zeros=True)
    case("jax.custom_jvp:symbolic_zeros", lambda a, b: (jax.grad(lambda v: jnp.sum(product(v, b)))(a),
                                                        jax.grad(lambda v: jnp.sum(product(a, v)))(b)), x, w,
         grad=False)

    scales = jax.custom_vjp(lambda a, b: (2 * a, 3 * b))

    def fwd(a, b):
        return (2 * a.value, 3 * b.value), (a.perturbed, b.perturbed)

    def bwd(perturbed, cts):
        zero = jax.custom_derivatives.SymbolicZero
        return tuple(jnp.full((3,), 7.0) if type(c) is zero else c * (k if p else 1000)
                     for c, k, p in zip(cts, (20, 30), perturbed))

    scales.defvjp(fwd, bwd, symbolic_zeros=True)
    case("jax.custom_vjp:symbolic_zeros", lambda a, b: (jax.grad(lambda v: jnp.sum(scales(v, b)[0]))(a),
                                                        jax.grad(lambda u, v: jnp.sum(scales(u, v)[1]), (0, 1))(a, b)),
         x, w, grad=False)


def jacobians(case):
    x = uniform(-1, 1, (3,))

    def f(v):
        return jnp.sin(v) * v[0], {"cos": jnp.cos(v), "sum": jnp.sum(v)}

    case("jax.jacfwd:has_aux", jax.jacfwd(f, has_aux=True), x)
    case("jax.jacrev:has_aux", jax.jacrev(f, has_aux=True), x)
    case("jax.hessian:has_aux", jax.hessian(lambda v: (jnp.sum(v ** 3), v * 2), has_aux=True), x)


def maps(case):
    x = uniform(-1, 1, (7, 3))
    for size in (1, 3, 7, 9):
        case(f"lax.map:batch_size_{size}", lambda v: lax.map(lambda r: jnp.sin(r) * jnp.sum(r), v, batch_size=size), x)
    xs, c = uniform(-1, 1, (6, 2)), uniform(-1, 1, (2,), seed=2)
    case("lax.scan:unroll", lambda c, v: lax.scan(lambda a, b: (jnp.tanh(a * b), a), c, v, unroll=4), c, xs)
    case("lax.scan:reverse_unroll", lambda c, v: lax.scan(lambda a, b: (jnp.tanh(a * b), a), c, v, reverse=True,
                                                          unroll=3), c, xs)
