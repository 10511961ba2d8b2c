"""jax.scipy.special: integrals, hypergeometric functions, harmonics, and complex arguments."""
import jax
import numpy as np
from jax.scipy import special

from oracle import complexes, uniform


def record(case):
    integrals(case)
    hypergeometric(case)
    complex_arguments(case)

    n, m = np.array([0, 1, 2, 3, 4, 4]), np.array([0, -1, 1, -3, 0, 4])
    theta, phi = uniform(0.2, 2.9, (6,)), uniform(0, 6, (6,), seed=1)
    case("special.sph_harm_y", lambda a, b: special.sph_harm_y(n, m, a, b, n_max=4), theta, phi)
    case("special.sph_harm_y:clipped", lambda l, k, a, b: special.sph_harm_y(l, k, a, b, n_max=3),
         n, np.array([0, -1, 1, -3, 0, 2]), theta, phi)


def integrals(case):
    inf = np.inf
    x = np.array([0.05, 0.7, 1.5, 3, 6, 12, 25, 50, 80], np.float32)
    case("special.expi", special.expi, x)
    case("special.expi:negative", special.expi, -x)
    case("special.exp1", special.exp1, x)
    for n in (0, 1, 2, 5, 40, 6000):
        case(f"special.expn:{n}", lambda v, n=n: special.expn(n, v), x)
    case("special.expn", special.expn, np.array([0, 1, 2, 3, -1], np.int32),
         np.array([-1, 0, 0.5, 2, 0.3], np.float32), grad=False)

    x = np.array([-50, -10, -5, -2, 0.3, 3, 7, 20, 2e9], np.float32)
    case("special.sici", special.sici, x)
    case("special.sici:edges", special.sici, np.array([0, inf, -inf], np.float32), grad=False)
    x = np.array([-9, -3, -1, -0.2, 0, 0.5, 1.7, 4.2, 8], np.float32)
    case("special.fresnel", special.fresnel, x)
    case("special.fresnel:edges", special.fresnel, np.array([inf, -inf, 1e5], np.float32), grad=False)
    case("special.fresnel:bfloat16", special.fresnel, np.array([-1, 0.5, 2.5], jax.numpy.bfloat16),
         grad=False)
    case("special.spence", special.spence, np.array([0.05, 0.4, 0.7], np.float32))
    # Above 1 the gradients of jax are NaN, but for scalars above 2.
    case("special.spence:above_one", special.spence, np.array([1, 1.2, 1.8, 2.5, 9], np.float32),
         grad=False)
    case("special.spence:scalar", special.spence, np.float32(3))
    case("special.spence:edges", special.spence, np.array([-1, 0], np.float32), grad=False)
    h, a = uniform(-3, 3, (4, 5)), uniform(-4, 4, (4, 5), seed=1)
    case("special.owens_t", special.owens_t, h, a)
    case("special.owens_t:edges", special.owens_t, np.array([0, 1, -0.5, np.nan], np.float32),
         np.array([0.5, 1, -2, 1], np.float32), grad=False)


def hypergeometric(case):
    a, b, c = uniform(0.5, 3), uniform(0.5, 3, seed=1), uniform(2.5, 4, seed=2)
    case("special.hyp1f1", special.hyp1f1, a, b, uniform(0.1, 5, seed=3))
    case("special.hyp1f1:edges", special.hyp1f1, np.array([0, 2, 1, 0, 2], np.float32),
         np.array([1, 2, 0, 0, 150], np.float32), np.array([3, 1, 1, 1, 120], np.float32), grad=False)
    case("special.hyp2f1", special.hyp2f1, a, b, c, uniform(0.05, 0.8, seed=3))
    # Each way there is to compute it.
    a = [0, 1, 1, 2, 2, 0.5, 0.5, 1, -3, 2, 1, 2, 0.5, -2, 1.5]
    b = [1, 1, 1, 1, 1, 0.25, 0.25, 2, 1.5, -2, 1, 1.5, 0.5, -4, 2.5]
    c = [2, 0, -1, 1, 2, 2, 1.75, 1.5, 2, 1, 2, 6.5, 3, -5, 2.25]
    x = [0.5, 0.5, 0.5, 0.5, 0.5, 1, 0.95, 0.3, 0.7, 0.95, 0.95, 0.93, 0.97, 0.5, -0.4]
    case("special.hyp2f1:ways", special.hyp2f1, *(np.array(v, np.float32) for v in (a, b, c, x)),
         grad=False)


def complex_arguments(case):
    z, w = complexes((3, 4)), complexes((3, 4), seed=1)
    case("special.wofz", special.wofz, z)
    case("special.wofz:real", special.wofz, uniform(-2, 2))
    case("special.gamma:complex", special.gamma, z)
    far = np.array([0.4 - 3j, -1.5 + 0.1j, -2.3 - 0.2j, 5 + 1j, -0.5 + 0j, -3 + 2j], np.complex64)
    case("special.loggamma:complex", special.loggamma, far, grad=False)
    case("special.gamma:poles", special.gamma, np.array([0, -1, -2.5], np.complex64), grad=False)
    for name in ("erfcx", "expit", "logit", "logsumexp", "softmax", "log_softmax"):
        case(f"special.{name}:complex", getattr(special, name), z)
    for name in ("xlogy", "xlog1py", "boxcox", "boxcox1p"):
        case(f"special.{name}:complex", getattr(special, name), z, w)
