"""jax.lax.linalg, what of jax.numpy.linalg is made of it, polyfit and roots.

Singular and eigenvectors are determined up to a sign or a phase, which implementations of LAPACK
choose as they like: the cases compare what is the same for each choice.
"""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax, random

from oracle import complexes, integers, uniform

la = lax.linalg


def record(case):
    spectra(case)
    factors(case)
    forms(case)
    doubles(case)
    complex_doubles(case)
    numpy_spectra(case)
    least_squares(case)
    polynomials(case)
    case("random.multivariate_normal:eigh", lambda k, c: random.multivariate_normal(k, jnp.zeros(2), c, (3,), method="eigh"),
         random.PRNGKey(0), definite(2), grad=False)
    case("random.multivariate_normal:svd", lambda k, c: random.multivariate_normal(k, jnp.ones(2), c, (3,), method="svd"),
         random.PRNGKey(1), definite(2), grad=False)


def definite(n):
    x = uniform(-1, 1, (n, n), seed=5)
    return x @ x.T + np.eye(n, dtype=np.float32)


def adjoint(x):
    return jnp.conj(jnp.swapaxes(x, -1, -2))


def from_eigh(w, v):
    return w, (v * jnp.exp(w)[..., None, :]) @ adjoint(v)


def from_svd(u, s, vh):
    return s, (u * jnp.exp(-s)[..., None, :]) @ vh


def spectra(case):
    square, stack = uniform(-1, 1, (3, 3)), uniform(-1, 1, (2, 3, 3))
    eigh = lambda x, **kw: from_eigh(*la.eigh(x, **kw)[::-1])
    case("lax.linalg.eigh", eigh, square)
    case("lax.linalg.eigh:upper", lambda x: eigh(x, lower=False, symmetrize_input=False), square, grad=False)
    case("lax.linalg.eigh:complex", eigh, complexes((3, 3)))
    case("lax.linalg.eigh:nan", lambda x: la.eigh(x), np.stack([np.full((2, 2), np.nan, np.float32), np.eye(2, dtype=np.float32)]),
         grad=False)

    def eig(x):
        w, vl, vr = la.eig(x, enable_eigvec_derivs=True)
        return w, jnp.abs(vl), jnp.abs(vr)

    case("lax.linalg.eig", eig, uniform(-1, 1, (4, 4)))
    case("lax.linalg.eig:complex", eig, complexes((3, 3)))
    case("lax.linalg.eig:values", lambda x: la.eig(x, compute_left_eigenvectors=False, compute_right_eigenvectors=False), stack)
    case("lax.linalg.eig:left", lambda x: [jnp.abs(v) for v in la.eig(x, compute_right_eigenvectors=False)], square, grad=False)

    def schur(x):
        t, q = la.schur(x)
        return jnp.abs(jnp.diagonal(t, axis1=-2, axis2=-1)), q @ t @ adjoint(q), q @ adjoint(q)

    case("lax.linalg.schur", schur, stack, grad=False)
    case("lax.linalg.schur:complex", schur, complexes((3, 3)), grad=False)
    case("lax.linalg.schur:form", lambda x: jnp.abs(jnp.diagonal(la.schur(x, compute_schur_vectors=False)[0])), square, grad=False)
    svd = lambda x: from_svd(*la.svd(x, full_matrices=False))
    case("lax.linalg.svd", svd, square)
    case("lax.linalg.svd:tall", svd, uniform(-1, 1, (2, 4, 2)))
    case("lax.linalg.svd:wide", svd, complexes((2, 3)))
    case("lax.linalg.svd:values", lambda x: la.svd(x, compute_uv=False), complexes((3, 2)))

    def full(x, **kw):
        u, s, vh = la.svd(x, **kw)
        k = s.shape[-1]
        return s, (u[..., :k] * s[..., None, :]) @ vh[..., :k, :], u @ adjoint(u), vh @ adjoint(vh)

    case("lax.linalg.svd:full", full, uniform(-1, 1, (2, 4)), grad=False)
    case("lax.linalg.svd:qr", lambda x: full(x, algorithm=la.SvdAlgorithm.QR), complexes((4, 2)), grad=False,
         covers=["lax.linalg.svd", "lax.linalg.SvdAlgorithm"])
    case("lax.linalg.svd:empty", la.svd, np.zeros((3, 0), np.float32), grad=False)
    case("lax.linalg.qdwh", lambda x: la.qdwh(x), uniform(-1, 1, (4, 3)), grad=False)
    case("lax.linalg.qdwh:complex", lambda x: la.qdwh(x), complexes((3, 3)), grad=False)


def factors(case):
    square, tall, wide = uniform(-1, 1, (2, 3, 3)), uniform(-1, 1, (4, 2)), uniform(-1, 1, (2, 4))
    for name, x in (("", square), (":tall", tall), (":wide", wide), (":complex", complexes((3, 3)))):
        case("lax.linalg.lu" + name, la.lu, x)
    case("lax.linalg.lu:singular", la.lu, np.ones((2, 2), np.float32), grad=False)
    case("lax.linalg.lu_pivots_to_permutation", lambda p: la.lu_pivots_to_permutation(p, 5),
         np.array([[4, 2, 3], [1, 1, 2]], np.int32))
    for name, x in (("", square), (":tall", tall), (":wide", wide), (":complex", complexes((4, 2)))):
        case("lax.linalg.qr" + name, la.qr, x)
    case("lax.linalg.qr:reduced", lambda x: la.qr(x, full_matrices=False), complexes((4, 2)))
    case("lax.linalg.qr:pivoting", lambda x: la.qr(x, pivoting=True), uniform(-1, 1, (4, 3)))
    a, taus = uniform(-1, 1, (2, 4, 3)), uniform(-1, 1, (2, 2))
    case("lax.linalg.householder_product", la.householder_product, a, taus, grad=False)
    case("lax.linalg.householder_product:complex", la.householder_product, complexes((3, 2)), complexes((2,)), grad=False)
    case("lax.linalg.ormqr", la.ormqr, a, taus, uniform(-1, 1, (2, 4, 2)), grad=False)
    case("lax.linalg.ormqr:right", lambda *x: la.ormqr(*x, left=False, transpose=True), complexes((3, 2)), complexes((2,)),
         complexes((2, 3)), grad=False)
    case("lax.linalg.cholesky", la.cholesky, definite(3))
    case("lax.linalg.triangular_solve", lambda x, b: la.triangular_solve(x, b, left_side=True, lower=True), definite(3), tall[:3])


def forms(case):
    square = uniform(-1, 1, (4, 4))
    case("lax.linalg.hessenberg", la.hessenberg, uniform(-1, 1, (2, 4, 4)), grad=False)
    case("lax.linalg.hessenberg:complex", la.hessenberg, complexes((3, 3)), grad=False)
    case("lax.linalg.tridiagonal", la.tridiagonal, square, grad=False)
    case("lax.linalg.tridiagonal:upper", lambda x: la.tridiagonal(x, lower=False), complexes((3, 3)), grad=False)
    dl, d, du = uniform(-1, 1, (4,)), uniform(3, 4, (4,)), uniform(-1, 1, (4,), seed=1)
    dl[0] = du[3] = 0
    case("lax.linalg.tridiagonal_solve", la.tridiagonal_solve, dl, d, du, uniform(-1, 1, (4, 2)))
    case("lax.linalg.cholesky_update", la.cholesky_update, np.linalg.cholesky(definite(3)).T, uniform(-1, 1, (3,)), grad=False)
    case("lax.linalg.symmetric_product", lambda a, c: la.symmetric_product(a, c, alpha=2.0, beta=0.5, symmetrize_output=True),
         uniform(-1, 1, (3, 2)), definite(3), grad=False)


def doubles(case):
    parts = lambda z: (jnp.real(z), jnp.imag(z))
    with jax.enable_x64(True):
        x = uniform(-1, 1, (3, 3), dtype=np.float64)
        case("lax.linalg.eigh:float64", lambda a: from_eigh(*la.eigh(a)[::-1]), x)
        case("lax.linalg.eig:float64",
             lambda a: parts(la.eig(a, compute_left_eigenvectors=False, compute_right_eigenvectors=False)[0]), x)
        case("lax.linalg.svd:float64", lambda a: from_svd(*la.svd(a, full_matrices=False)), x)
        case("lax.linalg.lu:float64", la.lu, x)
        case("lax.linalg.qr:float64", la.qr, x)
        case("lax.linalg.hessenberg:float64", la.hessenberg, x, grad=False)
        case("numpy.linalg.pinv:float64", jnp.linalg.pinv, x[:, :2])
        case("lax.linalg.qr:complex128",
             lambda a, b: [p for z in la.qr(lax.complex(a, b)) for p in parts(z)], x, uniform(-1, 1, (3, 3), seed=1, dtype=np.float64))


def complex_doubles(case):
    """complex128, as its parts: safetensors have no such numbers."""
    def parts(z):
        return (jnp.real(z), jnp.imag(z)) if jnp.iscomplexobj(z) else (z,)

    def of_parts(f):
        return lambda a, b: [p for z in f(lax.complex(a, b)) for p in parts(z)]

    def schur(x):
        t, q = la.schur(x)
        return jnp.abs(jnp.diagonal(t)), q @ t @ adjoint(q), q @ adjoint(q)

    def eig(x):
        w, vl, vr = la.eig(x, enable_eigvec_derivs=True)
        return w, jnp.abs(vl), jnp.abs(vr)

    with jax.enable_x64(True):
        x = uniform(-1, 1, (3, 3), dtype=np.float64), uniform(-1, 1, (3, 3), seed=1, dtype=np.float64)
        tall = tuple(p[:, :2] for p in x)
        case("lax.linalg.eigh:complex128", of_parts(lambda z: from_eigh(*la.eigh(z)[::-1])), *x)
        case("lax.linalg.eig:complex128", of_parts(eig), *x)
        case("lax.linalg.schur:complex128", of_parts(schur), *x, grad=False)
        case("lax.linalg.svd:complex128", of_parts(lambda z: from_svd(*la.svd(z, full_matrices=False))), *tall)
        case("lax.linalg.lu:complex128",
             lambda a, b: [*parts((f := la.lu(lax.complex(a, b)))[0]), f[2]], *x)
        case("lax.linalg.cholesky:complex128",
             of_parts(lambda z: [la.cholesky(z @ adjoint(z) + jnp.eye(3))]), *x)


def numpy_spectra(case):
    square, many = uniform(-1, 1, (3, 3)), uniform(-1, 1, (2, 3, 3))
    case("numpy.linalg.eig", lambda x: [jnp.linalg.eig(x)[0], jnp.abs(jnp.linalg.eig(x)[1])], square, grad=False)
    case("numpy.linalg.eigvals", jnp.linalg.eigvals, many)
    case("numpy.linalg.eigh", lambda x: from_eigh(*jnp.linalg.eigh(x)), many)
    case("numpy.linalg.eigh:int", lambda x: from_eigh(*jnp.linalg.eigh(x)), integers(-4, 5, (3, 3)))
    case("numpy.linalg.eigh:upper", lambda x: from_eigh(*jnp.linalg.eigh(x, UPLO="U", symmetrize_input=False)), square, grad=False)
    case("numpy.linalg.eigvalsh", jnp.linalg.eigvalsh, complexes((3, 3)))
    case("numpy.linalg.svd", lambda x: from_svd(*jnp.linalg.svd(x, full_matrices=False)), many[:, :2])
    case("numpy.linalg.svd:hermitian", lambda x: from_svd(*jnp.linalg.svd(x + x.T, hermitian=True)), square)
    case("numpy.linalg.svd:hermitian_values", lambda x: jnp.linalg.svd(x + x.T, hermitian=True, compute_uv=False), square)
    case("numpy.linalg.svdvals", jnp.linalg.svdvals, many)
    for name, order in (("two", 2), ("minus_two", -2), ("nuc", "nuc")):
        case(f"numpy.linalg.norm:{name}", lambda x, o=order: jnp.linalg.norm(x, o), square)
    case("numpy.linalg.norm:two_axes", lambda x: jnp.linalg.norm(x, 2, axis=(2, 0), keepdims=True), many)
    case("numpy.linalg.matrix_norm:nuc", lambda x: jnp.linalg.matrix_norm(x, ord="nuc"), many)
    case("numpy.linalg.qr:raw", lambda x: jnp.linalg.qr(x, mode="raw"), complexes((4, 3)), grad=False)
    case("numpy.linalg.qr:r", lambda x: jnp.linalg.qr(x, mode="r"), uniform(-1, 1, (2, 4)))
    case("numpy.linalg.qr:complete_tall", lambda x: jnp.linalg.qr(x, mode="complete"), uniform(-1, 1, (2, 4, 2)))
    case("numpy.linalg.det:stack", jnp.linalg.det, uniform(-1, 1, (2, 4, 4)))
    case("numpy.linalg.slogdet:complex", lambda x: tuple(jnp.linalg.slogdet(x)), complexes((4, 4)))
    case("numpy.linalg.solve:complex", jnp.linalg.solve, complexes((3, 3)), complexes((3, 2)))


def least_squares(case):
    square, tall = uniform(-1, 1, (3, 3)), uniform(-1, 1, (4, 2))
    for name, p in (("", None), (":minus_two", -2), (":one", 1), (":fro", "fro"), (":nuc", "nuc"), (":inf", np.inf)):
        case("numpy.linalg.cond" + name, lambda x, o=p: jnp.linalg.cond(x, o), square)
    case("numpy.linalg.cond:tall", jnp.linalg.cond, uniform(-1, 1, (2, 4, 2)))
    case("numpy.linalg.cond:singular", lambda x: jnp.linalg.cond(x, "fro"), np.zeros((2, 2), np.float32), grad=False)
    outer = tall @ tall.T
    case("numpy.linalg.matrix_rank", jnp.linalg.matrix_rank, np.stack([outer, np.eye(4, dtype=np.float32)]), grad=False)
    case("numpy.linalg.matrix_rank:hermitian", lambda x: jnp.linalg.matrix_rank(x, hermitian=True), outer, grad=False)
    case("numpy.linalg.matrix_rank:rtol", lambda x: jnp.linalg.matrix_rank(x, 0.5), square, grad=False)
    case("numpy.linalg.matrix_rank:vector", jnp.linalg.matrix_rank, np.zeros(3, np.float32), grad=False)
    case("numpy.linalg.pinv", jnp.linalg.pinv, tall)
    case("numpy.linalg.pinv:wide", jnp.linalg.pinv, uniform(-1, 1, (2, 2, 4)))
    case("numpy.linalg.pinv:complex", jnp.linalg.pinv, complexes((3, 2)))
    case("numpy.linalg.pinv:hermitian", lambda x: jnp.linalg.pinv(x, hermitian=True), outer, grad=False)
    case("numpy.linalg.pinv:rtol", lambda x: jnp.linalg.pinv(x, 0.9), square, grad=False)
    lstsq = jnp.linalg.lstsq
    case("numpy.linalg.lstsq", lstsq, tall, uniform(-1, 1, (4,)))
    case("numpy.linalg.lstsq:columns", lstsq, tall, uniform(-1, 1, (4, 3)))
    case("numpy.linalg.lstsq:wide", lstsq, tall.T, uniform(-1, 1, (2,)))
    case("numpy.linalg.lstsq:rcond", lambda a, b: lstsq(a, b, rcond=0.99), tall, uniform(-1, 1, (4,)), grad=False)
    case("numpy.linalg.lstsq:numpy_resid", lambda a, b: lstsq(a, b, numpy_resid=True), tall.T, uniform(-1, 1, (2,)), grad=False)


def polynomials(case):
    x, y, w = uniform(-1, 1, (6,)), uniform(-1, 1, (6,), seed=1), uniform(0.5, 2, (6,), seed=2)
    case("numpy.polyfit", lambda a, b: jnp.polyfit(a, b, 2), x, y)
    case("numpy.polyfit:columns", lambda a, b: jnp.polyfit(a, b, 1), x, uniform(-1, 1, (6, 2)))
    case("numpy.polyfit:weights", lambda a, b, c: jnp.polyfit(a, b, 2, w=c), x, y, w)
    case("numpy.polyfit:full", lambda a, b: jnp.polyfit(a, b, 2, full=True), x, y, grad=False)
    case("numpy.polyfit:cov", lambda a, b: jnp.polyfit(a, b, 2, cov=True), x, y, grad=False)
    case("numpy.polyfit:unscaled", lambda a, b: jnp.polyfit(a, b, 1, cov="unscaled"), x, uniform(-1, 1, (6, 2)), grad=False)
    p = np.array([0, 1, -2.5, 0.5, 1], np.float32)
    case("numpy.roots", jnp.roots, p, grad=False)
    case("numpy.roots:no_strip", lambda v: jnp.roots(v, strip_zeros=False), p, grad=False)
    case("numpy.roots:derivative", lambda v: jnp.roots(v, strip_zeros=False), p[1:])
    case("numpy.roots:constant", jnp.roots, np.ones(1, np.float32), grad=False)
    case("numpy.poly:matrix", jnp.poly, uniform(-1, 1, (3, 3)), grad=False)
