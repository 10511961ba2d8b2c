"""StableHLO text as jax.jit(f).lower(...).as_text() gives it, with what f gives for the arguments.

The text is the case's first input, as bytes; the others are the leaves of f's arguments.
"""
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import integers, uniform


def record(case):
    functions(case)
    models(case)


def stored(case, name, f, *args, **options):
    text = jax.jit(f, **options).lower(*args).as_text()
    leaves, structure = jax.tree.flatten(args)

    def run(_, *values):
        out = jax.tree.leaves(f(*jax.tree.unflatten(structure, values)))
        return out[0] if len(out) == 1 else out

    case(f"stablehlo:{name}", run, np.frombuffer(text.encode(), np.uint8), *leaves, covers=[], grad=False)


def functions(case):
    x, y = uniform(-1, 1, (2, 3)), uniform(-1, 1, (3, 2), seed=1)
    stored(case, "matmul", lambda a, b: jnp.sin(a @ b), x, y)
    stored(case, "tree", lambda t: {"sum": t["a"] + t["b"][0], "n": t["b"][1] * 2}, {"a": x, "b": [x, np.int32(3)]})
    stored(case, "donated", lambda a: a * 2, x, donate_argnums=0)
    stored(case, "kept", lambda a, b: a + 1, x, y, keep_unused=True)
    stored(case, "dtypes", lambda h, n, b, c: (h * h, n << 1, ~b, c * 1j), jnp.asarray(x, jnp.bfloat16),
           integers(0, 9, dtype=np.uint8), x > 0, (x + 1j * x).astype(np.complex64))
    stored(case, "sort", lambda a: (jnp.sort(a, axis=1), jnp.argmax(a)), x)
    stored(case, "scan", lambda c, xs: lax.scan(lambda c, v: (jnp.tanh(c * v), c), c, xs), x[:, 0], y)
    stored(case, "while", lambda a: lax.while_loop(lambda v: jnp.sum(v) < 100, lambda v: v * 2 + 1, a), x)
    stored(case, "random", lambda key, a: a + jax.random.normal(key, a.shape), jax.random.PRNGKey(3), x)
    stored(case, "grad", jax.grad(lambda w, a: jnp.sum(jnp.exp(a @ w))), y, x)


class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Conv(4, (3, 3))(x))
        x = nn.max_pool(x, (2, 2), (2, 2))
        x = nn.BatchNorm(use_running_average=True)(x)
        return nn.log_softmax(nn.Dense(5)(x.reshape(x.shape[0], -1)))


class Block(nn.Module):
    @nn.compact
    def __call__(self, tokens):
        x = nn.Embed(11, 8)(tokens)
        x = x + nn.SelfAttention(num_heads=2)(nn.LayerNorm()(x), nn.make_causal_mask(tokens))
        return nn.Dense(11)(x)


def models(case):
    for name, model, x in [("flax_convolutions", Net(), uniform(-1, 1, (2, 8, 8, 1))),
                           ("flax_attention", Block(), integers(0, 11, (2, 5)))]:
        variables = model.init(jax.random.key(0), x)
        stored(case, name, model.apply, variables, x)
