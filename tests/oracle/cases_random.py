"""jax.random: bits exactly, distributions within float32's rounding."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import random

from oracle import uniform

SHAPE = (3, 5)
# name: what f takes besides the key (shape apart)
DISTRIBUTIONS = {
    "normal": {}, "uniform": {}, "gumbel": {}, "exponential": {}, "laplace": {}, "logistic": {},
    "cauchy": {}, "rayleigh": {"scale": 1.5}, "maxwell": {}, "double_sided_maxwell": {"loc": 0.5, "scale": 2.0},
    "pareto": {"b": 2.0}, "weibull_min": {"scale": 1.5, "concentration": 2.0}, "lognormal": {"sigma": 0.5},
    "triangular": {"left": -1.0, "mode": 0.5, "right": 2.0}, "wald": {"mean": 1.5},
    "gamma": {"a": 2.5}, "loggamma": {"a": 0.7}, "beta": {"a": 2.0, "b": 0.7}, "chisquare": {"df": 3.0},
    "t": {"df": 4.0}, "f": {"dfnum": 3.0, "dfden": 5.0}, "generalized_normal": {"p": 1.5},
    "geometric": {"p": 0.3}, "poisson": {"lam": 3.5}, "rademacher": {},
}


def record(case):
    keys(case)
    bits(case)
    distributions(case)
    sampling(case)


def _key():
    return np.array([0, 42], np.uint32)


def keys(case):
    case("random.PRNGKey", lambda: random.PRNGKey(42))
    case("random.PRNGKey:negative", lambda: random.PRNGKey(-7))
    case("random.key", lambda: random.key(42))
    case("random.key_data", lambda: random.key_data(random.key(3)))
    case("random.wrap_key_data", lambda k: random.wrap_key_data(k), _key())
    case("random.clone", lambda k: random.clone(random.wrap_key_data(k)), _key())
    case("random.key_impl", lambda k: np.frombuffer(str(random.key_impl(k)).encode(), np.uint8).copy(), _key())
    case("random.split", random.split, _key())
    case("random.split:many", lambda k: random.split(k, 5), _key())
    case("random.split:shape", lambda k: random.split(k, (2, 3)), _key())
    case("random.fold_in", lambda k: random.fold_in(k, 7), _key())
    case("random.fold_in:large", lambda k: random.fold_in(k, 2**32 - 5), _key())
    case("random.split:vmap", lambda k: jax.vmap(random.split)(random.split(k, 3)), _key())


def bits(case):
    for dtype in ("uint8", "uint16", "uint32"):
        case(f"random.bits:{dtype}", lambda k, d=dtype: random.bits(k, (7,), d), _key())
    case("random.bits:matrix", lambda k: random.bits(k, (2, 3)), _key())
    case("random.bits:scalar", lambda k: random.bits(k), _key())
    case("random.bits:vmap", lambda k: jax.vmap(lambda s: random.bits(s, (3,)))(random.split(k, 2)), _key())
    with jax.enable_x64(True):
        case("random.bits:uint64", lambda k: random.bits(k, (3,), "uint64"), _key())
        case("random.uniform:float64", lambda k: random.uniform(k, (3,), "float64"), _key())
        case("random.normal:float64", lambda k: random.normal(k, (3,), "float64"), _key())
    for dtype in ("float16", "bfloat16"):
        case(f"random.uniform:{dtype}", lambda k, d=dtype: random.uniform(k, (5,), d), _key())
        case(f"random.normal:{dtype}", lambda k, d=dtype: random.normal(k, (5,), d), _key())


def distributions(case):
    for name, options in DISTRIBUTIONS.items():
        case(f"random.{name}", lambda k, f=getattr(random, name), o=options: f(k, shape=SHAPE, **o), _key())
    case("random.uniform:range", lambda k: random.uniform(k, SHAPE, minval=-2.0, maxval=3.0), _key())
    case("random.normal:complex", lambda k: random.normal(k, (3,), jnp.complex64), _key())
    case("random.truncated_normal", lambda k: random.truncated_normal(k, -2.0, 2.0, SHAPE), _key())
    case("random.truncated_normal:one_sided", lambda k: random.truncated_normal(k, 0.5, jnp.inf, SHAPE), _key())
    case("random.bernoulli", lambda k: random.bernoulli(k, 0.3, SHAPE), _key())
    case("random.bernoulli:array", lambda k, p: random.bernoulli(k, p), _key(), uniform(0.1, 0.9))
    case("random.randint", lambda k: random.randint(k, SHAPE, -5, 17), _key())
    case("random.randint:int8", lambda k: random.randint(k, (6,), 0, 100, jnp.int8), _key())
    case("random.randint:uint32", lambda k: random.randint(k, (6,), 0, jnp.uint32(4_000_000_000), jnp.uint32), _key())
    case("random.binomial", lambda k: random.binomial(k, 10.0, 0.3, SHAPE), _key())
    case("random.dirichlet", lambda k, a: random.dirichlet(k, a, (2,)), _key(), uniform(0.5, 3, (4,)), grad=False)
    case("random.gamma:grad", lambda k, a: random.gamma(k, a), _key(), uniform(0.5, 3, (4,)))
    case("random.ball", lambda k: random.ball(k, 3, shape=(4,)), _key())
    case("random.multivariate_normal",
         lambda k, m: random.multivariate_normal(k, m, jnp.array([[2.0, 0.5], [0.5, 1.0]]), (3,)), _key(),
         uniform(-1, 1, (2,)), grad=False)
    case("random.orthogonal", lambda k: random.orthogonal(k, 3), _key())


def sampling(case):
    logits = uniform(-2, 2, (3, 5))
    x = uniform(-2, 2, (6, 2))
    case("random.categorical", random.categorical, _key(), logits)
    case("random.categorical:axis", lambda k, l: random.categorical(k, l, axis=0), _key(), logits)
    case("random.categorical:shape", lambda k, l: random.categorical(k, l, shape=(4, 3)), _key(), logits)
    case("random.permutation", lambda k: random.permutation(k, 10), _key())
    case("random.permutation:rows", random.permutation, _key(), x, grad=False)
    case("random.permutation:independent", lambda k, v: random.permutation(k, v, axis=0, independent=True),
         _key(), x, grad=False)
    case("random.choice", lambda k: random.choice(k, 10, (4,)), _key())
    case("random.choice:without_replacement", lambda k: random.choice(k, 10, (4,), replace=False), _key())
    case("random.choice:weights", lambda k, p: random.choice(k, 4, (6,), p=p), _key(),
         np.array([0.1, 0.2, 0.3, 0.4], np.float32), grad=False)
    case("random.choice:weights_without_replacement",
         lambda k, p: random.choice(k, 4, (3,), replace=False, p=p), _key(),
         np.array([0.1, 0.2, 0.3, 0.4], np.float32), grad=False)
    case("random.choice:rows", lambda k, v: random.choice(k, v, (3,)), _key(), x, grad=False)
    case("random.multinomial", lambda k: random.multinomial(k, 20, jnp.array([0.2, 0.3, 0.5]), shape=(2, 3)), _key())
