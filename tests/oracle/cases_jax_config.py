"""jax: devices, settings, scopes, and functions of trees and programs."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import integers, uniform


def record(case):
    devices(case)
    transfers(case)
    scopes(case)
    settings(case)
    functions(case)


def devices(case):
    count = lambda f: lambda: np.int32(f())
    # The tests may have several virtual devices.
    case("jax.devices", lambda: np.array([len(jax.devices()) == jax.device_count(), jax.devices()[0].id == 0]))
    case("jax.local_devices", lambda: np.array([jax.local_devices() == jax.devices()]))
    case("jax.device_count", lambda: np.array([jax.device_count() > 0, jax.device_count("cpu") > 0]))
    case("jax.local_device_count", lambda: np.array([jax.local_device_count() == jax.device_count()]))
    case("jax.process_count", count(jax.process_count))
    case("jax.process_index", count(jax.process_index))
    case("jax.process_indices", lambda: np.array(list(jax.process_indices()), np.int32))
    case("jax.host_count", count(jax.host_count))
    case("jax.host_id", count(jax.host_id))
    case("jax.host_ids", lambda: np.array(list(jax.host_ids()), np.int32))
    case("jax.Device", lambda: np.array([jax.devices()[0].id, jax.devices()[0].process_index], np.int32))
    case("jax.default_backend", lambda: np.frombuffer(jax.default_backend().encode(), np.uint8))
    parts = ("devices" if "device info" in jax.print_environment_info(return_string=True) else "",)
    case("jax.print_environment_info", lambda: np.array([bool(p) for p in parts]))


def transfers(case):
    x = uniform(-1, 1)
    case("jax.device_put", lambda v: {"a": jax.device_put(v, jax.devices()[0]) * 2, "b": jax.device_put(v)}, x)
    case("jax.device_get", lambda v: jax.device_get({"a": v, "b": v + 1}), x, grad=False)
    case("jax.block_until_ready", lambda v: jax.block_until_ready({"a": v * 2}), x, grad=False)
    case("jax.copy_to_host_async", lambda v: jax.copy_to_host_async([v * 2]), x, grad=False)
    case("jax.Array", lambda v: np.array([*v.shape, v.ndim, v.size, v.nbytes], np.int32), x, grad=False)

    def on_default(v):
        with jax.default_device(jax.devices()[0]):
            return jnp.sin(v)

    case("jax.default_device", on_default, x, grad=False)


def scopes(case):
    x = uniform(-1, 1)

    def named(v):
        with jax.named_scope("wave"):
            return jnp.sin(v) * v

    case("jax.named_scope", named, x)
    case("jax.named_call", jax.named_call(lambda v: jnp.sin(v) * v, name="wave"), x)

    def evaluated(v):
        with jax.ensure_compile_time_eval():
            positive = jnp.sin(3.0) > 0
        return jnp.sin(v) if positive else jnp.cos(v)

    case("jax.ensure_compile_time_eval", jax.jit(evaluated), x)

    def within(scope):
        def f(v):
            with scope(True):
                return jax.jit(lambda a: jnp.sin(a) * a)(v)
        return f

    for name in ("log_compiles", "explain_cache_misses", "enable_checks"):
        case(f"jax.{name}", within(getattr(jax, name)), x, grad=False)

    def cleared(v):
        traces = []

        @jax.jit
        def f(a):
            traces.append(1)
            return jnp.sin(a)

        f(v), f(v), jax.clear_caches(), f(v)
        return np.int32(len(traces))

    case("jax.clear_caches", cleared, x, grad=False)


def settings(case):
    x, w = uniform(-1, 1), uniform(-1, 1, (3, 2))

    def highest(a, b):
        with jax.default_matmul_precision("float32"):
            return a @ b

    case("jax.default_matmul_precision", highest, x, w)

    def raises(f):
        try:
            f()
        except (TypeError, ValueError):
            return True
        return False

    def strict(a):
        i = jnp.ones((2, 3), jnp.int32)
        with jax.numpy_dtype_promotion("strict"):
            return np.array([raises(lambda: a + i), raises(lambda: a + 2), raises(lambda: i + 2),
                             raises(lambda: i + 0.5), raises(lambda: a + True), raises(lambda: a > i)])

    case("jax.numpy_dtype_promotion", strict, x, grad=False)

    def rank(a):
        with jax.numpy_rank_promotion("raise"):
            return np.array([raises(lambda: a + a[0]), raises(lambda: a + 1), raises(lambda: a + a)])

    case("jax.numpy_rank_promotion", rank, x, grad=False)


def functions(case):
    x, w = uniform(-1, 1), uniform(-1, 1, (3, 2))

    def forward_and_back(a, b):
        fwd, bwd = jax.fwd_and_bwd(lambda p, q: jnp.sin(p @ q), argnums=(0, 1))
        y, residuals = fwd(a, b)
        return [y, *bwd(residuals, jnp.cos(y))]

    case("jax.fwd_and_bwd", forward_and_back, x, w)
    v = integers(-9, 9, (6, 4))
    case("jax.ds", lambda a, i: a[jax.ds(i, 3)], v, np.int32(2))
    case("jax.ds:end", lambda a, i: a[jax.ds(i, 3), 1], v, np.int32(5))
    case("jax.typeof", lambda a: np.frombuffer(jax.typeof(a).str_short(short_dtypes=True).encode(), np.uint8), x,
         grad=False)
    case("jax.tree.reduce_associative",
         lambda a: jax.tree.reduce_associative(lambda p, q: p - q, [a, a * 2, {"k": a * 3}, a * 4, a * 5]), x)
