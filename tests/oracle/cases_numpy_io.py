"""jax.numpy: arrays as text, from bytes and text, in NumPy's files; functions of single elements."""
import io
import tempfile

import jax.numpy as jnp
import numpy as np

from oracle import integers, uniform


def record(case):
    printing(case)
    memory(case)
    files(case)
    ufuncs(case)


def _text(s):
    """A text as bytes, since fixtures hold arrays."""
    return np.frombuffer(s.replace("array(", "Array(").encode(), np.uint8)


def printing(case):
    x = uniform(-3, 3)
    # Of NumPy's arrays: of JAX's these functions print every element with eight digits.
    case("numpy.array_repr", lambda v: _text(jnp.array_repr(np.asarray(v[0]))), x, grad=False)
    case("numpy.array_repr:int64", lambda: _text(jnp.array_repr(np.arange(3))))
    case("numpy.array_str", lambda v: _text(jnp.array_str(np.asarray(v))), x, grad=False)
    case("numpy.array_str:options",
         lambda v: _text(jnp.array_str(np.asarray(v * 1e-3), max_line_width=20, precision=3, suppress_small=True)), x,
         grad=False)

    def in_scope(v):
        with jnp.printoptions(precision=2, threshold=4, edgeitems=1):
            return _text(str(v))

    case("numpy.printoptions", in_scope, x, grad=False)

    def set_for_all(v):
        with jnp.printoptions():
            jnp.set_printoptions(precision=3)
            return _text(str(v))

    case("numpy.set_printoptions", set_for_all, x, grad=False)

    def options():
        o = jnp.get_printoptions()
        return np.array([o["precision"], o["threshold"], o["edgeitems"], o["linewidth"], o["suppress"]],
                        np.int32)

    case("numpy.get_printoptions", options)


def memory(case):
    data = integers(0, 256, (24,), dtype=np.uint8)
    case("numpy.frombuffer", lambda v: jnp.frombuffer(np.asarray(v).tobytes(), np.int16), data)
    case("numpy.frombuffer:part",
         lambda v: jnp.frombuffer(np.asarray(v).tobytes(), np.uint32, count=3, offset=4), data)
    case("numpy.fromstring", lambda: jnp.fromstring("1 2.5\n-3e1", sep=" ", dtype=np.float32))
    case("numpy.fromstring:int", lambda: jnp.fromstring("1, 2,3", sep=",", dtype=np.int32, count=2))
    case("numpy.from_dlpack", lambda v: jnp.from_dlpack(np.array(v)), uniform(-1, 1), grad=False)


def files(case):
    x, y = uniform(-1, 1), integers(-9, 9, (4,))

    def saved(v):
        file = io.BytesIO()
        jnp.save(file, v)
        return np.frombuffer(file.getvalue(), np.uint8)

    case("numpy.save", saved, x, grad=False)
    case("numpy.save:bfloat16", lambda v: saved(v.astype(jnp.bfloat16)), x, grad=False)
    case("numpy.save:scalar", saved, np.float32(1.5), grad=False)

    def read_back(v):
        file = io.BytesIO(saved(v).tobytes())
        return jnp.load(file)

    case("numpy.load", read_back, x, grad=False)
    case("numpy.load:bfloat16", lambda v: read_back(v.astype(jnp.bfloat16)), x, grad=False)

    def zipped(a, b):
        with tempfile.TemporaryDirectory() as folder:
            jnp.savez(f"{folder}/two", np.asarray(a), named=np.asarray(b))
            with jnp.load(f"{folder}/two.npz") as read:
                return [read["arr_0"], read["named"]]

    case("numpy.savez", zipped, x, y, grad=False)


def ufuncs(case):
    x, v = integers(-9, 9, (2, 3)), integers(-9, 9, (5,))
    sub = jnp.frompyfunc(lambda a, b: a - b, nin=2, nout=1)
    name = "numpy.frompyfunc"
    case(name, lambda a, b: sub(a, b), uniform(-1, 1), uniform(-1, 1, (3,)))
    case(f"{name}:reduce", lambda a: sub.reduce(a, axis=1), x)
    case(f"{name}:reduce_all", lambda a: sub.reduce(a, axis=None, keepdims=True), x)
    case(f"{name}:reduce_where", lambda a: sub.reduce(a, axis=0, initial=3, where=a > 0), x)
    case(f"{name}:accumulate", lambda a: sub.accumulate(a, axis=1), x)
    case(f"{name}:outer", lambda a, b: sub.outer(a, b), v, x)
    case(f"{name}:at", lambda a, b: sub.at(a, jnp.array([1, 3, 1]), b, inplace=False), v, v[:3])
    case(f"{name}:reduceat", lambda a: sub.reduceat(a, jnp.array([0, 3, 1])), v)
    summed = jnp.frompyfunc(lambda a, b: a + b * a, nin=2, nout=1, identity=1)
    case(f"{name}:identity", lambda a: summed.reduce(a), uniform(-1, 1))
