"""jax.lax, elementwise: arithmetic, special functions, comparisons, bits, conversions."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import booleans, complexes, integers, uniform

# name: where the function is smooth and defined
UNARY = {
    "abs": (-2, 2), "acos": (-0.9, 0.9), "acosh": (1.1, 3), "asin": (-0.9, 0.9), "asinh": (-2, 2),
    "atan": (-2, 2), "atanh": (-0.9, 0.9), "bessel_i0e": (-2, 2), "bessel_i1e": (-2, 2),
    "cbrt": (0.2, 2), "ceil": (-2, 2), "cos": (-2, 2), "cosh": (-2, 2), "digamma": (0.3, 4),
    "erf": (-2, 2), "erf_inv": (-0.9, 0.9), "erfc": (-2, 2), "exp": (-2, 2), "exp2": (-2, 2),
    "expm1": (-1, 1), "floor": (-2, 2), "lgamma": (0.3, 4), "log": (0.2, 3), "log1p": (-0.5, 2),
    "logistic": (-3, 3), "neg": (-2, 2), "reciprocal": (0.5, 2), "round": (-2, 2),
    "rsqrt": (0.3, 3), "sign": (-2, 2), "sin": (-2, 2), "sinh": (-2, 2), "sqrt": (0.2, 3),
    "square": (-2, 2), "stop_gradient": (-2, 2), "tan": (-1, 1), "tanh": (-2, 2),
}
COMPLEX_UNARY = ["abs", "conj", "cos", "exp", "imag", "log", "neg", "real", "sin", "sqrt", "square",
                 "tanh"]
BINARY = {
    "add": (-2, 2), "atan2": (0.3, 2), "div": (0.5, 2), "max": (-2, 2), "min": (-2, 2),
    "mul": (-2, 2), "nextafter": (-2, 2), "pow": (0.3, 2), "rem": (0.5, 3), "sub": (-2, 2),
    "igamma": (0.5, 3), "igammac": (0.5, 3),
}
COMPARE = ["eq", "ge", "gt", "le", "lt", "ne"]
INTEGER_BINARY = ["add", "bitwise_and", "bitwise_or", "bitwise_xor", "div", "max", "min", "mul",
                  "rem", "sub"]
SHIFTS = ["shift_left", "shift_right_arithmetic", "shift_right_logical"]
INTEGER_UNARY = ["abs", "bitwise_not", "clz", "neg", "population_count", "sign"]


def record(case):
    for name, (low, high) in UNARY.items():
        case(f"lax.{name}", getattr(lax, name), uniform(low, high))
    for name in COMPLEX_UNARY:
        covers = [f"lax.{name}"]
        case(f"lax.{name}:complex", getattr(lax, name), complexes(), covers=covers)
    for name, (low, high) in BINARY.items():
        differentiable = name not in ("nextafter", "igamma", "igammac")
        case(f"lax.{name}", getattr(lax, name), uniform(low, high), uniform(low, high, seed=1),
             grad=differentiable)
    for name in COMPARE:
        case(f"lax.{name}", getattr(lax, name), integers(0, 3), integers(0, 3, seed=1))
    for name in INTEGER_BINARY:
        case(f"lax.{name}:int", getattr(lax, name), integers(-40, 40),
             integers(1, 40, seed=1), covers=[f"lax.{name}"])
    for name in SHIFTS:
        case(f"lax.{name}", getattr(lax, name), integers(-4000, 4000), integers(0, 9, seed=1))
    for name in INTEGER_UNARY:
        case(f"lax.{name}:int", getattr(lax, name), integers(-4000, 4000), covers=[f"lax.{name}"])

    x, y = uniform(-2, 2), uniform(-2, 2, seed=1)
    case("lax.add:complex", lax.add, complexes(), complexes(seed=1))
    case("lax.mul:complex", lax.mul, complexes(), complexes(seed=1))
    case("lax.div:complex", lax.div, complexes(), complexes(seed=1))
    case("lax.complex", lax.complex, x, y)
    case("lax.bitwise_and:bool", lax.bitwise_and, booleans(), booleans(seed=1))
    case("lax.bitwise_not:bool", lax.bitwise_not, booleans())
    case("lax.is_finite", lax.is_finite, np.array([1, np.inf, -np.inf, np.nan], np.float32))
    case("lax.integer_pow", lambda v: lax.integer_pow(v, 3), x)
    case("lax.integer_pow:negative", lambda v: lax.integer_pow(v, -2), uniform(0.5, 2))
    case("lax.pow:int", lambda v: lax.pow(v, 2), x)
    case("lax.round:even", lambda v: lax.round(v, lax.RoundingMethod.TO_NEAREST_EVEN),
         np.array([0.5, 1.5, 2.5, -0.5, 2.6], np.float32), covers=["lax.round", "lax.RoundingMethod"])
    case("lax.clamp", lambda v: lax.clamp(-1.0, v, 0.5), x)
    case("lax.clamp:arrays", lax.clamp, uniform(-2, -1), x, uniform(0, 1, seed=2))
    case("lax.select", lax.select, booleans(), x, y)
    case("lax.select_n", lambda w, a, b, c: lax.select_n(w, a, b, c), integers(0, 3), x, y,
         uniform(-2, 2, seed=2))
    case("lax.nextafter:zero", lax.nextafter, np.zeros(2, np.float32),
         np.array([1, -1], np.float32), grad=False)
    case("lax.erf_inv:tails", lax.erf_inv, np.array([-0.999, 0.99999, 0.0], np.float32))
    case("lax.tanh:large", lax.tanh, np.array([-30, -9, 9, 30], np.float32))
    case("lax.log1p:small", lax.log1p, np.array([1e-7, -1e-7, 0], np.float32))
    case("lax.polygamma", lambda v: lax.polygamma(jnp.full_like(v, 2.0), v), uniform(0.5, 3),
         grad=False)
    case("lax.zeta", lax.zeta, uniform(1.5, 4), uniform(0.5, 3, seed=1), grad=False)
    case("lax.betainc", lax.betainc, uniform(0.5, 3), uniform(0.5, 3, seed=1),
         uniform(0.1, 0.9, seed=2), grad=False)
    case("lax.igamma_grad_a", lax.igamma_grad_a, uniform(0.5, 3), uniform(0.5, 3, seed=1), grad=False)
    case("lax.random_gamma_grad", lax.random_gamma_grad, uniform(0.5, 3), uniform(0.5, 3, seed=1),
         grad=False)
    case("lax.mulhi", lax.mulhi, integers(-2**31, 2**31 - 1), integers(-2**31, 2**31 - 1, seed=1))

    conversions(case)


def conversions(case):
    x = uniform(-2, 2)
    for name in ("float16", "bfloat16", "int32", "bool", "complex64", "uint8", "int8"):
        source = uniform(0, 100) if name == "uint8" else x
        case(f"lax.convert_element_type:{name}",
             lambda v, d=name: lax.convert_element_type(v, jnp.dtype(d)), source)
    case("lax.convert_element_type:int_to_float",
         lambda v: lax.convert_element_type(v, jnp.float32), integers(-9, 9))
    case("lax.bitcast_convert_type", lambda v: lax.bitcast_convert_type(v, jnp.uint32), x, grad=False)
    case("lax.bitcast_convert_type:narrower", lambda v: lax.bitcast_convert_type(v, jnp.uint16), x,
         grad=False)
    case("lax.reduce_precision", lambda v: lax.reduce_precision(v, 5, 10), x)
    for name in ("float16", "bfloat16"):
        low = jnp.asarray(x).astype(name)
        case(f"lax.exp:{name}", lax.exp, low, grad=False)
        case(f"lax.mul:{name}", lax.mul, low, low, grad=False)
    with jax.enable_x64(True):
        wide = uniform(-2, 2, dtype=np.float64)
        case("lax.sin:float64", lax.sin, wide)
        case("lax.exp:float64", lax.exp, wide)
        case("lax.logistic:float64", lax.logistic, wide)
        case("lax.mul:int64", lax.mul, integers(-2**40, 2**40, dtype=np.int64),
             integers(-9, 9, seed=1, dtype=np.int64))
        case("lax.convert_element_type:float64",
             lambda v: lax.convert_element_type(v, jnp.float64), x)
