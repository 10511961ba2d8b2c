"""Records what the pinned jax, flax and optax compute, as fixtures for tests/parity.

An area is one file of cases, tests/parity/<area>.safetensors. A case is a function, its inputs, its
outputs and, where it is differentiable, the vector-Jacobian product with a fixed cotangent. The
tensors are numbered and stored once however often they occur; the metadata entry "cases" says, as
JSON, which case uses which: {"name", "covers", "in", "out", "ct", "grad"}, where a tree of arrays is
written with its tensors' numbers as leaves. "ct" and "grad" are flat, null where there is none.
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import save

OUT = pathlib.Path(__file__).parent.parent / "parity"
PINNED = {"jax": "0.10.2", "flax": "0.12.8", "optax": "0.2.8"}


def uniform(low, high, shape=(2, 3), seed=0, dtype=np.float32):
    """Reproducible numbers: the inputs of nearly all cases."""
    return np.random.default_rng([seed, *shape]).uniform(low, high, shape).astype(dtype)


def integers(low, high, shape=(2, 3), seed=0, dtype=np.int32):
    return np.random.default_rng([seed, *shape]).integers(low, high, shape).astype(dtype)


def booleans(shape=(2, 3), seed=0):
    return np.random.default_rng([seed, *shape]).integers(0, 2, shape).astype(bool)


def complexes(shape=(2, 3), seed=0):
    return (uniform(-2, 2, shape, seed) + 1j * uniform(-2, 2, shape, seed + 100)).astype(np.complex64)


def _cotangent(x):
    """Depends on shape and type alone, so that it is stored once."""
    if jnp.iscomplexobj(x):
        return complexes(x.shape, seed=7)
    return uniform(0.5, 1.5, x.shape, seed=7).astype(x.dtype)


def _inexact(x):
    return jnp.issubdtype(jnp.result_type(x), jnp.inexact)


def _key_data(x):
    typed = isinstance(x, jax.Array) and jnp.issubdtype(x.dtype, jax.dtypes.prng_key)
    return jax.random.key_data(x) if typed else x


class Area:
    def __init__(self, name):
        self.name, self.cases, self.tensors, self._ids = name, [], {}, {}

    def case(self, name, f, *args, covers=None, grad=True):
        """Records f(*args). `name` is the public name, with ":variant" if there are several."""
        if any(c["name"] == name for c in self.cases):
            raise ValueError(f"{self.name}: two cases are named {name}")
        args = jax.tree.map(jnp.asarray, args)
        out, ct, grads = f(*args), None, None
        if grad:
            out, ct, grads = self._differentiate(f, args)
        record = {"name": name, "covers": covers or [name.split(":")[0]],
                  "in": self._tree(list(args)), "out": self._tree(out)}
        if grads and any(g is not None for g in grads):
            record["ct"] = [None if c is None else self._tensor(c) for c in ct]
            record["grad"] = [None if g is None else self._tensor(g) for g in grads]
        self.cases.append(record)

    def write(self):
        OUT.mkdir(exist_ok=True)
        index = json.dumps(self.cases, separators=(",", ":"))
        data = save({str(i): t for i, t in self.tensors.items()}, {"cases": index})
        (OUT / f"{self.name}.safetensors").write_bytes(data)
        print(f"{self.name}: {len(self.cases)} cases, {len(data) / 1e3:.0f} kB")

    def _differentiate(self, f, args):
        leaves, structure = jax.tree.flatten(args)
        moving = [i for i, x in enumerate(leaves) if _inexact(x)]

        def of_moving(*values):
            full = list(leaves)
            for i, v in zip(moving, values):
                full[i] = v
            return jax.tree.map(_key_data, f(*jax.tree.unflatten(structure, full)))

        if not moving:
            return f(*args), None, None
        out, pull_back = jax.vjp(of_moving, *[leaves[i] for i in moving])
        flat, out_structure = jax.tree.flatten(out)
        ct = [_cotangent(x) if _inexact(x) else None for x in flat]
        if all(c is None for c in ct):
            return out, None, None
        zeros = [np.zeros(x.shape, jax.dtypes.float0) if c is None else c for x, c in zip(flat, ct)]
        grads = [None] * len(leaves)
        for i, g in zip(moving, pull_back(jax.tree.unflatten(out_structure, zeros))):
            grads[i] = g
        return out, ct, grads

    def _tree(self, x):
        if x is None:
            return None
        if isinstance(x, dict):
            return {k: self._tree(x[k]) for k in sorted(x)}
        if isinstance(x, (list, tuple)):
            return [self._tree(e) for e in x]
        return self._tensor(x)

    def _tensor(self, x):
        x = np.ascontiguousarray(np.asarray(_key_data(x))).reshape(np.shape(_key_data(x)))
        key = (x.dtype.name, x.shape, x.tobytes())
        if key not in self._ids:
            self._ids[key] = len(self._ids)
            self.tensors[self._ids[key]] = x
        return self._ids[key]


def check_versions():
    import flax
    import optax
    for module in (jax, flax, optax):
        if module.__version__ != PINNED[module.__name__]:
            raise SystemExit(f"{module.__name__} is {module.__version__}; the fixtures are made with "
                             f"{PINNED[module.__name__]} (tests/oracle/requirements.txt)")
