"""jax.lax: ragged products, random bits, precision and accuracy, composites, branches by platform."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import integers, uniform


def record(case):
    ragged(case)
    generators(case)
    precision(case)
    structure(case)


def ragged(case):
    sizes = np.array([2, 0, 1], np.int32)
    case("lax.ragged_dot", lax.ragged_dot, uniform(-1, 1, (4, 3)), uniform(-1, 1, (3, 3, 2)), sizes)
    case("lax.ragged_dot:preferred",
         lambda x, y, s: lax.ragged_dot(x, y, s, preferred_element_type=jnp.int32),
         integers(-9, 9, (4, 3), dtype=np.int8), integers(-9, 9, (3, 3, 2), dtype=np.int8), sizes)
    covers = ["lax.ragged_dot_general", "lax.RaggedDotDimensionNumbers"]
    numbers = lax.RaggedDotDimensionNumbers
    free = numbers((([3], [1]), ([0], [2])), [2], [0])
    case("lax.ragged_dot_general:free",
         lambda x, y, s: lax.ragged_dot_general(x, y, s, free), uniform(-1, 1, (2, 2, 4, 3)),
         uniform(-1, 1, (3, 3, 2, 5)), sizes, covers=covers)
    outer = np.array([[[2, 0, 1], [1, 1, 1]], [[0, 4, 0], [1, 0, 2]]], np.int32)
    case("lax.ragged_dot_general:each", lambda x, y, s: lax.ragged_dot_general(x, y, s, free),
         uniform(-1, 1, (2, 2, 4, 3)), uniform(-1, 1, (3, 3, 2, 5)), outer, covers=covers)
    contracted = numbers((([2], [1]), ([0], [0])), [2], [])
    case("lax.ragged_dot_general:contracted",
         lambda x, y, s: lax.ragged_dot_general(x, y, s, contracted), uniform(-1, 1, (2, 3, 4)),
         uniform(-1, 1, (2, 4, 5)), sizes, covers=covers, grad=False)
    batch = numbers((([2], [1]), ([0], [0])), [0], [])
    case("lax.ragged_dot_general:batch", lambda x, y, s: lax.ragged_dot_general(x, y, s, batch),
         uniform(-1, 1, (3, 2, 4)), uniform(-1, 1, (3, 4, 5)), sizes, covers=covers, grad=False)


def generators(case):
    key = np.array([1, 2, 3, 4], np.uint32)
    covers = ["lax.rng_bit_generator", "lax.RandomAlgorithm"]
    for name, algorithm in (("default", lax.RandomAlgorithm.RNG_DEFAULT),
                            ("threefry", lax.RandomAlgorithm.RNG_THREE_FRY),
                            ("philox", lax.RandomAlgorithm.RNG_PHILOX)):
        case(f"lax.rng_bit_generator:{name}",
             lambda k, a=algorithm: lax.rng_bit_generator(k, (3, 5), algorithm=a), key, covers=covers)
    for dtype in (np.uint8, np.uint16):
        case(f"lax.rng_bit_generator:{np.dtype(dtype).name}",
             lambda k, d=dtype: lax.rng_bit_generator(k, (7,), d), key, covers=covers)

    def in_bounds(a, b):
        x = lax.rng_uniform(a, b, (100,))
        return (x >= a) & (x < b)

    case("lax.rng_uniform", in_bounds, np.float32(2), np.float32(3), grad=False)


def precision(case):
    x, y = uniform(-1, 1, (3, 4)), uniform(-1, 1, (4, 2))
    with_preset = lambda preset: lambda a, b: lax.dot_general(a, b, (((1,), (0,)), ((), ())), precision=preset)
    covers = ["lax.DotAlgorithmPreset", "lax.DotAlgorithm", "lax.PrecisionLike"]
    for name in ("F32_F32_F32", "F16_F16_F16", "BF16_BF16_F32", "DEFAULT"):
        case(f"lax.DotAlgorithmPreset:{name}", with_preset(lax.DotAlgorithmPreset[name]), x, y, covers=covers)
    case("lax.PrecisionLike:name", with_preset("highest"), x, y, covers=["lax.PrecisionLike"])
    case("lax.DotAlgorithm", lambda: np.array([
        f.num_primitive_operations for f in (lax.DotAlgorithm(np.float32, np.float32, np.float32),
                                             lax.DotAlgorithm(np.float32, np.float32, np.float32, 1, 1, 3))],
        np.int32))
    case("lax.AccuracyMode", lambda v: lax.exp(v, accuracy=lax.AccuracyMode.HIGHEST), x)
    case("lax.AccuracyMode:default", lambda v: lax.tanh(v, accuracy=lax.AccuracyMode.DEFAULT), x)

    def refuses(**tolerance):
        try:
            lax.Tolerance(**tolerance)
        except ValueError:
            return True
        return False

    case("lax.Tolerance", lambda: np.array([refuses(), refuses(rtol=-1), refuses(ulps=2)]))
    e4m3 = lambda seed: jnp.asarray(uniform(-2, 2, (2, 4, 8), seed), jnp.float8_e4m3fn)
    scale = np.exp2(np.round(uniform(-1, 2, (2, 4, 2)))).astype(np.float32)

    def scaled(a, b, s, t):
        a, b = a.astype(jnp.float8_e4m3fn), b.astype(jnp.float8_e4m3fn)
        s, t = s.astype(jnp.bfloat16), t.astype(jnp.bfloat16)
        return lax.scaled_dot(a, b.swapaxes(1, 2), lhs_scale=s, rhs_scale=t.swapaxes(1, 2),
                              preferred_element_type=jnp.float32)

    case("lax.scaled_dot", scaled, np.asarray(e4m3(0), np.float32), np.asarray(e4m3(1), np.float32), scale,
         scale[::-1].copy(), grad=False)
    case("lax.scaled_dot:plain", lambda a, b: lax.scaled_dot(a, b), x, y, grad=False)


def structure(case):
    x = uniform(-1, 1)
    tangent = lax.composite(lambda v: lax.sin(v) / lax.cos(v), name="my.tangent", version=1)
    case("lax.composite", tangent, x, grad=False)
    branches = dict(cpu=lambda v: jnp.sin(v) * 2, tpu=lambda v: jnp.cos(v))
    case("lax.platform_dependent", lambda v: lax.platform_dependent(v, **branches), x)
    case("lax.platform_dependent:default",
         lambda v: lax.platform_dependent(v, tpu=jnp.cos, default=lambda w: jnp.sin(w) * w), x)
    case("lax.stage", lambda v: v * lax.stage(2.0), x)

    def sunk(v):
        lax.dce_sink(jnp.sin(v))
        return v * 2

    case("lax.dce_sink", lambda v: np.int32(len(jax.make_jaxpr(sunk)(v).eqns)), x, grad=False)
