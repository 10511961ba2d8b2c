"""jax: callbacks into the host, checkify's errors, scopes that find mistakes."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import checkify, io_callback

from oracle import uniform


def record(case):
    callbacks(case)
    checks(case)
    scopes(case)


def _twice(x, method=None):
    result = jax.ShapeDtypeStruct(x.shape, x.dtype)
    return jax.pure_callback(lambda v: 2 * np.asarray(v), result, x, vmap_method=method)


def callbacks(case):
    x = uniform(-1, 1, (3,))
    case("jax.pure_callback", lambda v: _twice(v) + v, x, grad=False)

    # What the callback sees is a result: the shapes that each method gives it.
    def shapes(method):
        def see(a, b):
            return np.full(np.broadcast_shapes(np.shape(a), np.shape(b)), 10 * np.ndim(a) + np.ndim(b), np.int32)

        def f(a, b):
            return jax.pure_callback(see, jax.ShapeDtypeStruct((), jnp.int32), a, b, vmap_method=method)

        return jax.vmap(f, in_axes=(0, None))

    for method in ("sequential", "sequential_unrolled", "expand_dims", "broadcast_all", "legacy_vectorized"):
        case(f"jax.pure_callback:{method}", shapes(method), x, np.float32(1), grad=False)

    @jax.custom_jvp
    def twice(v):
        return _twice(v, "sequential")

    @twice.defjvp
    def _(primals, tangents):
        return twice(*primals), 2 * tangents[0]

    case("jax.pure_callback:custom_jvp", lambda v: jnp.sin(twice(v)), x)
    case("jax.pure_callback:scan", lambda v: lax.scan(lambda c, e: (_twice(c + e), c), np.float32(0), v), x,
         grad=False)

    def order(v):
        seen = []

        @jax.jit
        def f(v):
            def body(i, c):
                io_callback(lambda a: seen.append(int(a)), None, i, ordered=True)
                return c

            return lax.fori_loop(0, 4, body, v)

        f(v).block_until_ready()
        jax.effects_barrier()
        return np.array(seen, np.int32)

    case("jax.effects_barrier", order, x, grad=False)


def _text(message):
    return np.frombuffer((message or "").encode(), np.uint8).copy()


def _error(f, errors=checkify.all_checks):
    return lambda *args: _text(jax.jit(checkify.checkify(f, errors=errors))(*args)[0].get())


def checks(case):
    def record(name, f, *args, errors=checkify.all_checks):
        case(f"checkify:{name}", _error(f, errors), *args, covers=["checkify"], grad=False)

    def positive(x):
        checkify.check(x > 0, "{x} is not positive, {}", -x, x=x)
        return jnp.sqrt(x)

    minus, four = np.float32(-4), np.float32(4)
    record("user", positive, minus)
    record("none", positive, four)
    record("nan", lambda x: jnp.log(x) + 1, minus)
    record("not_asked", jnp.log, minus, errors=checkify.user_checks)
    record("div", lambda x: 1 / x, np.float32(0), errors=checkify.div_checks)
    record("scan", lambda xs: lax.scan(lambda c, x: (c, positive(x)), 0., xs)[1], np.array([1, -2, -3], np.float32))
    record("while", lambda x: lax.while_loop(lambda v: v < 9, lambda v: positive(v) ** 2 + 1, x), minus)
    record("cond", lambda x: lax.cond(x > 0, jnp.sqrt, positive, x), minus)
    record("vmap", jax.vmap(positive), np.array([4, -4, 9], np.float32))
    record("grad", jax.grad(positive), minus)
    each = np.array([-4, 4, -9], np.float32)
    case("checkify:batched",
         lambda x: _text(jax.vmap(checkify.checkify(positive))(x)[0].get()), each, covers=["checkify"], grad=False)
    # Linum's message goes on with the operation.
    case("checkify:index",
         lambda x, i: _text(_index_message(x, i)), uniform(-1, 1, (3, 2)), np.int32(5), covers=["checkify"],
         grad=False)


def _index_message(x, i):
    f = checkify.checkify(lambda x, i: lax.dynamic_slice(x, (i, 0), (1, 2)), errors=checkify.index_checks)
    return f(x, i)[0].get().split(". ")[0]


def scopes(case):
    x = uniform(1, 2, (3,))

    def within(scope, f):
        def run(v):
            with scope:
                try:
                    return np.int32(0) * np.int32(np.size(f(v)))
                except Exception:
                    return np.int32(1)

        return run

    def caught(name, make_scope, good, bad):
        case(f"jax.{name}", lambda v: np.stack([within(make_scope(), good)(v), within(make_scope(), bad)(v)]), x,
             grad=False)

    caught("debug_nans", lambda: jax.debug_nans(True), jnp.log, lambda v: jax.jit(jnp.log)(-v))
    caught("debug_infs", lambda: jax.debug_infs(True), jnp.exp, lambda v: jax.jit(jnp.exp)(1000 * v))
    kept = []
    leak = lambda v: jax.jit(lambda a: kept.append(a) or a)(v)
    for name in ("checking_leaks", "check_tracer_leaks"):
        scope = jax.checking_leaks if name == "checking_leaks" else lambda: jax.check_tracer_leaks(True)
        caught(name, scope, jax.jit(jnp.sin), leak)
    known = jax.jit(jnp.sin)
    known(x)
    caught("no_tracing", lambda: jax.no_tracing(True), known, lambda v: jax.jit(lambda a: a + 1)(v))
    caught("no_execution", lambda: jax.no_execution(True), lambda v: v, lambda v: jnp.sin(v))
