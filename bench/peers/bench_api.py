"""JAX's side of bench_api: the same names and work; prints {name: nanoseconds} as one JSON object.

Usage: python bench_api.py [regular expression of the names to run]
"""
import json
import operator
import re
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

CASES = {}


def case(name):
    def register(make):
        CASES[name] = make
    return register


def many(name, sizes):
    def register(make):
        for size in sizes:
            label = "/num_args:" if "pruned" not in name else "/"
            CASES[f"{name}{label}{size}"] = lambda size=size: make(size)
    return register


def scalars(n):
    return [jax.device_put(i) for i in range(n)]


@case("eager_unary_dispatch")
def _():
    a = jax.device_put(1)
    return lambda: lax.neg(a)


@case("eager_binary_dispatch")
def _():
    a, b = scalars(2)
    return lambda: lax.add(a, b)


@case("jit_trivial_dispatch")
def _():
    a, b = scalars(2)
    f = jax.jit(lambda a, b: (b, a))
    return lambda: f(a, b)


@case("jit_simple_dispatch")
def _():
    a, b = scalars(2)
    f = jax.jit(operator.add)
    return lambda: f(a, b)


@case("jit_simple")
def _():
    a, b = scalars(2)
    f = jax.jit(operator.add)
    return lambda: f(a, b).block_until_ready()


@case("jit_small_matmul")
def _():
    x = jax.device_put(np.random.uniform(size=(2, 2)).astype(np.float32))
    f = jax.jit(lambda x: jnp.dot(x, x))
    return lambda: f(x).block_until_ready()


@case("jit_big_matmul")
def _():
    x = jax.device_put(np.random.uniform(size=(100, 100)).astype(np.float32))
    f = jax.jit(lambda x: jnp.dot(x, x))
    return lambda: f(x).block_until_ready()


@many("jit_simple_many_args_dispatch", (10, 100, 1000, 2000))
def _(n):
    args = scalars(n)
    f = jax.jit(sum)
    return lambda: f(args)


@many("jit_simple_many_args", (10, 100, 1000, 2000))
def _(n):
    args = scalars(n)
    f = jax.jit(sum)
    return lambda: f(args).block_until_ready()


@many("jit_simple_pruned_args_dispatch", (10, 100, 1000, 2000))
def _(n):
    args = scalars(n)
    f = jax.jit(lambda xs: xs[0] + 1)
    return lambda: f(args)


@many("device_put_from_numpy_array", (1, 10, 100, 1000))
def _(n):
    x = [np.array(1, np.int32)] * n
    return lambda: jax.block_until_ready(jax.device_put(x))


@case("bench_slicing_compilation")
def _():
    x = jnp.arange(3)
    return lambda: jax.jit(lambda x: (x[0], x[1], x[2])).lower(x).compile()


def chain(n):
    def f(x):
        for _ in range(n):
            x = jnp.sin(x)
        return x
    return f


def retraced(f, *args):
    """Traces and lowers anew each time: jit remembers functions by identity."""
    return lambda: jax.jit(lambda *xs: f(*xs)).trace(*args).lower()


for size in (10, 100, 1000, 10000):
    CASES[f"chain_trace/{size}"] = lambda size=size: retraced(chain(size), 1.0)


def step_case(layers, heads, width, vocabulary, length, batch):
    import optax
    sys.path.insert(0, str(__import__("pathlib").Path(__file__).parents[2] / "tests" / "oracle"))
    from workloads import Gpt
    model = Gpt(layers, heads, width, vocabulary, length)
    tx = optax.adamw(1e-3) if layers > 4 else optax.adam(1e-3)
    tokens = jax.ShapeDtypeStruct((batch, length), np.int32)
    params = jax.eval_shape(lambda: model.init(jax.random.key(0), jnp.zeros((batch, length), np.int32))["params"])
    state = jax.eval_shape(tx.init, params)

    def step(params, state, x, y):
        def loss_fn(p):
            logits = model.apply({"params": p}, x)
            return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
        loss, grads = jax.value_and_grad(loss_fn)(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss
    return retraced(step, params, state, tokens, tokens)


CASES["gpt_trace_lower"] = lambda: step_case(4, 8, 256, 1000, 128, 8)
CASES["gpt2_trace_lower"] = lambda: step_case(12, 12, 768, 50257, 1024, 8)


def nanoseconds(call, seconds=0.5):
    """The mean, as Google Benchmark takes it: enough calls to last this long."""
    def timed(count):
        start = time.perf_counter()
        for _ in range(count):
            result = call()
        if not hasattr(result, "as_text"):
            jax.block_until_ready(result)
        return time.perf_counter() - start

    call()
    count = 1
    while (took := timed(count)) < seconds:
        count = min(count * 10, max(count + 1, int(count * seconds * 1.2 / max(took, 1e-6))))
    return took / count * 1e9


if __name__ == "__main__":
    wanted = re.compile(sys.argv[1] if len(sys.argv) > 1 else ".")
    print(json.dumps({name: nanoseconds(make()) for name, make in CASES.items() if wanted.search(name)}))
