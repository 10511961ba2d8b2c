"""jax.scipy.special."""
import numpy as np
from jax.scipy import special

from oracle import integers, uniform

# name: where the function is smooth and defined, for each argument
FUNCTIONS = {
    "beta": [(0.5, 3), (0.5, 3)], "betaln": [(0.5, 20), (0.5, 20)], "boxcox": [(0.5, 3), (-1, 2)],
    "boxcox1p": [(-0.5, 3), (-1, 2)], "dawsn": [(-9, 9)], "digamma": [(0.3, 4)], "entr": [(0.1, 2)],
    "erf": [(-2, 2)], "erfc": [(-2, 2)], "erfcx": [(-2, 12)], "erfinv": [(-0.9, 0.9)],
    "expit": [(-3, 3)], "factorial": [(0, 5)], "gamma": [(0.3, 4)], "gammaln": [(0.3, 4)],
    "i0": [(-2, 2)], "i0e": [(-2, 2)], "i1": [(-2, 2)], "i1e": [(-2, 2)], "kl_div": [(0.1, 2), (0.1, 2)],
    "log_ndtr": [(-14, 7)], "loggamma": [(0.3, 4)], "logit": [(0.1, 0.9)], "ndtr": [(-3, 3)],
    "ndtri": [(0.01, 0.99)], "poch": [(0.5, 3), (0.5, 3)], "rel_entr": [(0.1, 2), (0.1, 2)],
    "xlog1py": [(-2, 2), (-0.5, 2)], "xlogy": [(-2, 2), (0.2, 2)], "zeta": [(1.5, 4), (0.5, 3)],
    "logsumexp": [(-2, 2)], "softmax": [(-2, 2)], "log_softmax": [(-2, 2)],
}


def record(case):
    for name, ranges in FUNCTIONS.items():
        args = [uniform(low, high, (3, 4), seed=i) for i, (low, high) in enumerate(ranges)]
        case(f"special.{name}", getattr(special, name), *args)
    edges(case)

    a, b, x = uniform(0.5, 3), uniform(0.5, 3, seed=1), uniform(0.1, 0.9, seed=2)
    case("special.betainc", special.betainc, a, b, x, grad=False)
    case("special.gammainc", special.gammainc, a, b, grad=False)
    case("special.gammaincc", special.gammaincc, a, b, grad=False)
    case("special.gammasgn", special.gammasgn,
         np.array([-2.5, -2, -1.5, -0.0, 0, 3, np.nan], np.float32), grad=False)
    case("special.polygamma", lambda v: special.polygamma(2, v), a)
    case("special.multigammaln", lambda v: special.multigammaln(v, 3), uniform(2, 5))
    case("special.comb", special.comb, integers(3, 9), integers(0, 4, seed=1), grad=False)
    case("special.comb:repetition", lambda n, k: special.comb(n, k, repetition=True), integers(3, 9),
         integers(0, 4, seed=1), grad=False)
    case("special.bernoulli", lambda: special.bernoulli(12))
    case("special.bessel_jn", lambda v: special.bessel_jn(v, v=3), uniform(0.5, 5, (4,)))


def edges(case):
    inf, nan = np.inf, np.nan
    case("special.xlogy:zero", special.xlogy, np.zeros(3, np.float32), np.array([0, 2, nan], np.float32),
         grad=False)
    case("special.entr:edges", special.entr, np.array([0, -1, 1, inf], np.float32), grad=False)
    case("special.rel_entr:edges", special.rel_entr, np.array([0, 0, -1, 1, 1], np.float32),
         np.array([0, 2, 1, 0, -1], np.float32), grad=False)
    case("special.ndtri:edges", special.ndtri, np.array([0, 1e-10, 0.5, 1], np.float32), grad=False)
    case("special.ndtr:tails", special.ndtr, np.array([-12, -5, 5, 12], np.float32), grad=False)
    case("special.factorial:negative", special.factorial, np.array([-1, 0, 3], np.float32), grad=False)
    case("special.expit:int", special.expit, integers(-3, 3), grad=False)
