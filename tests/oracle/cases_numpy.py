"""jax.numpy."""
import jax.numpy as jnp
import numpy as np

from oracle import booleans, complexes, integers, uniform

# name: where the function is smooth and defined
UNARY = {
    "abs": (-2, 2), "absolute": (-2, 2), "acos": (-0.9, 0.9), "acosh": (1.1, 3), "arccos": (-0.9, 0.9),
    "arccosh": (1.1, 3), "arcsin": (-0.9, 0.9), "arcsinh": (-2, 2), "arctan": (-2, 2),
    "arctanh": (-0.9, 0.9), "asin": (-0.9, 0.9), "asinh": (-2, 2), "atan": (-2, 2),
    "atanh": (-0.9, 0.9), "around": (-2, 2), "cbrt": (0.2, 2), "ceil": (-2, 2), "cos": (-2, 2),
    "cosh": (-2, 2), "deg2rad": (-90, 90), "degrees": (-2, 2), "exp": (-2, 2), "exp2": (-2, 2),
    "expm1": (-1, 1), "fabs": (-2, 2), "floor": (-2, 2), "log": (0.2, 3), "log10": (0.2, 3),
    "log1p": (-0.5, 2), "log2": (0.2, 3), "negative": (-2, 2), "positive": (-2, 2),
    "rad2deg": (-2, 2), "radians": (-90, 90), "reciprocal": (0.5, 2), "rint": (-2, 2),
    "round": (-2, 2), "sign": (-2, 2), "sin": (-2, 2), "sinc": (-2, 2), "sinh": (-2, 2),
    "sqrt": (0.2, 3), "square": (-2, 2), "tan": (-1, 1), "tanh": (-2, 2), "trunc": (-2, 2),
}
BINARY = {
    "add": (-2, 2), "arctan2": (0.3, 2), "atan2": (0.3, 2), "copysign": (0.3, 2), "divide": (0.5, 2),
    "float_power": (0.3, 2), "floor_divide": (0.5, 3), "fmax": (-2, 2), "fmin": (-2, 2),
    "fmod": (0.5, 3), "heaviside": (-2, 2), "hypot": (0.3, 2), "logaddexp": (-2, 2),
    "logaddexp2": (-2, 2), "maximum": (-2, 2), "minimum": (-2, 2), "mod": (0.5, 3),
    "multiply": (-2, 2), "nextafter": (-2, 2), "pow": (0.3, 2), "power": (0.3, 2),
    "remainder": (0.5, 3), "subtract": (-2, 2), "true_divide": (0.5, 2),
}
COMPARE = ["equal", "greater", "greater_equal", "less", "less_equal", "not_equal"]
INTEGER = ["bitwise_and", "bitwise_or", "bitwise_xor", "floor_divide", "gcd", "lcm", "remainder"]
SHIFTS = ["bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift"]
LOGICAL = ["logical_and", "logical_or", "logical_xor"]
REDUCTIONS = ["amax", "amin", "max", "mean", "min", "prod", "ptp", "std", "sum", "var", "median"]
NAN_REDUCTIONS = ["nanmax", "nanmean", "nanmin", "nanprod", "nanstd", "nansum", "nanvar", "nanmedian"]
SPECIAL_VALUES = np.array([[1, np.inf, -np.inf], [np.nan, -0.0, 2]], np.float32)


def record(case):
    elementwise(case)
    reductions(case)
    creation(case)
    shapes(case)
    joining(case)
    indexing(case)
    sorting(case)
    products(case)
    polynomials(case)
    linalg(case)
    dtypes(case)
    functional(case)


def elementwise(case):
    for name, (low, high) in UNARY.items():
        case(f"numpy.{name}", getattr(jnp, name), uniform(low, high))
    for name, (low, high) in BINARY.items():
        case(f"numpy.{name}", getattr(jnp, name), uniform(low, high), uniform(low, high, seed=1),
             grad=name not in ("nextafter", "copysign", "heaviside"))
    for name in COMPARE:
        case(f"numpy.{name}", getattr(jnp, name), integers(0, 3), integers(0, 3, seed=1))
    for name in INTEGER:
        case(f"numpy.{name}:int", getattr(jnp, name), integers(-40, 40), integers(1, 40, seed=1))
    for name in SHIFTS:
        case(f"numpy.{name}", getattr(jnp, name), integers(-4000, 4000), integers(0, 9, seed=1))
    for name in LOGICAL:
        case(f"numpy.{name}", getattr(jnp, name), booleans(), booleans(seed=1))
    for name in ("bitwise_invert", "bitwise_not", "invert", "bitwise_count"):
        case(f"numpy.{name}", getattr(jnp, name), integers(-4000, 4000))
    case("numpy.logical_not", jnp.logical_not, integers(0, 2))
    for name in ("isfinite", "isinf", "isnan", "isneginf", "isposinf", "signbit", "nan_to_num"):
        case(f"numpy.{name}", getattr(jnp, name), SPECIAL_VALUES, grad=False)
    for name in ("angle", "conj", "conjugate", "imag", "real", "iscomplex", "isreal"):
        case(f"numpy.{name}", getattr(jnp, name), complexes(), grad=name in ("conj", "real", "imag"))
    x, y = uniform(-2, 2), uniform(-2, 2, seed=1)
    case("numpy.add:broadcast", jnp.add, x, uniform(-2, 2, (3,)))
    case("numpy.add:promote", jnp.add, integers(-9, 9), y)
    case("numpy.true_divide:int", jnp.true_divide, integers(-9, 9), integers(1, 9, seed=1))
    case("numpy.floor_divide:signs", jnp.floor_divide, uniform(-3, 3), uniform(0.5, 2, seed=1), grad=False)
    case("numpy.remainder:signs", jnp.remainder, uniform(-3, 3), uniform(0.5, 2, seed=1), grad=False)
    case("numpy.clip", lambda v: jnp.clip(v, -1, 0.5), x)
    case("numpy.clip:low", lambda v: jnp.clip(v, min=-0.5), x)
    case("numpy.where", lambda w, a, b: jnp.where(w, a, b), booleans(), x, y)
    case("numpy.where:scalar", lambda w, a: jnp.where(w, a, 0.0), booleans(), x)
    case("numpy.select", lambda a, b: jnp.select([a > 1, a < 0], [a, b], 7.0), x, y)
    case("numpy.round:decimals", lambda v: jnp.round(v, 1), x, grad=False)
    case("numpy.divmod", jnp.divmod, uniform(0.5, 5), uniform(0.5, 2, seed=1), grad=False)
    case("numpy.frexp", jnp.frexp, uniform(0.1, 9), grad=False)
    case("numpy.ldexp", jnp.ldexp, x, integers(-3, 3), grad=False)
    case("numpy.modf", jnp.modf, x, grad=False)
    case("numpy.allclose", lambda a, b: jnp.allclose(a, b), x, x + np.float32(1e-7), grad=False)
    case("numpy.isclose", lambda a, b: jnp.isclose(a, b), x, x * (1 + 1e-5 * (booleans())), grad=False)
    case("numpy.array_equal", jnp.array_equal, x, x, grad=False)
    case("numpy.array_equiv", jnp.array_equiv, x, y, grad=False)
    case("numpy.i0", jnp.i0, x, grad=False)
    case("numpy.interp", lambda v: jnp.interp(v, jnp.array([-2.0, 0, 2]), jnp.array([1.0, 3, 0])), x)


def reductions(case):
    x = uniform(-2, 2, (2, 3, 4))
    k = integers(-9, 9, (2, 3))
    holes = np.where(np.arange(24).reshape(2, 3, 4) % 5 == 1, np.nan, x).astype(np.float32)
    for name in REDUCTIONS:
        f = getattr(jnp, name)
        case(f"numpy.{name}", f, x)
        case(f"numpy.{name}:axis", lambda v, f=f: f(v, axis=-1), x)
    for name in ("max", "mean", "sum", "var"):
        f = getattr(jnp, name)
        case(f"numpy.{name}:keepdims", lambda v, f=f: f(v, axis=(0, 2), keepdims=True), x)
    for name in NAN_REDUCTIONS:
        f = getattr(jnp, name)
        case(f"numpy.{name}", lambda v, f=f: f(v, axis=-1), holes, grad=False)
    for name in ("sum", "prod", "max", "mean"):
        case(f"numpy.{name}:int", getattr(jnp, name), k)
    case("numpy.sum:bool", lambda b: jnp.sum(b, axis=1), booleans())
    case("numpy.sum:where", lambda v, w: jnp.sum(v, axis=1, where=w), uniform(-2, 2), booleans())
    case("numpy.mean:where", lambda v, w: jnp.mean(v, where=w), uniform(-2, 2), booleans())
    case("numpy.var:ddof", lambda v: jnp.var(v, axis=0, ddof=1), x)
    case("numpy.std:ddof", lambda v: jnp.std(v, axis=1, ddof=1), x)
    case("numpy.all", lambda b: jnp.all(b, axis=1), booleans())
    case("numpy.any", lambda b: jnp.any(b, axis=0), booleans())
    case("numpy.count_nonzero", lambda b: jnp.count_nonzero(b, axis=1), booleans())
    case("numpy.average", lambda v, w: jnp.average(v, axis=1, weights=w), uniform(-2, 2), uniform(0.5, 1.5, seed=1))
    case("numpy.argmax", lambda v: jnp.argmax(v, axis=1), x)
    case("numpy.argmax:flat", jnp.argmax, x)
    case("numpy.argmin", lambda v: jnp.argmin(v, axis=0), x)
    case("numpy.nanargmax", lambda v: jnp.nanargmax(v, axis=1), holes[..., 0], grad=False)
    case("numpy.nanargmin", lambda v: jnp.nanargmin(v, axis=1), holes[..., 0], grad=False)
    for name in ("cumsum", "cumprod"):
        f = getattr(jnp, name)
        case(f"numpy.{name}", lambda v, f=f: f(v, axis=1), x)
        case(f"numpy.{name}:flat", f, uniform(-2, 2))
    for name in ("cumulative_sum", "cumulative_prod"):
        case(f"numpy.{name}", lambda v, f=getattr(jnp, name): f(v, axis=1), x)
    for name in ("nancumsum", "nancumprod"):
        case(f"numpy.{name}", lambda v, f=getattr(jnp, name): f(v, axis=2), holes, grad=False)
    case("numpy.quantile", lambda v: jnp.quantile(v, 0.3, axis=1), x)
    case("numpy.percentile", lambda v: jnp.percentile(v, 30, axis=1), x)
    case("numpy.diff", lambda v: jnp.diff(v, axis=1), x)
    case("numpy.ediff1d", jnp.ediff1d, x)
    case("numpy.trapezoid", lambda v: jnp.trapezoid(v, axis=1), x)
    case("numpy.gradient", lambda v: jnp.gradient(v, axis=2), x)
    case("numpy.cov", jnp.cov, uniform(-2, 2, (2, 5)))
    case("numpy.corrcoef", jnp.corrcoef, uniform(-2, 2, (2, 5)))
    case("numpy.nanquantile", lambda v: jnp.nanquantile(v, jnp.array([0.2, 0.7]), axis=2), holes, grad=False)
    case("numpy.nanpercentile", lambda v: jnp.nanpercentile(v, 40, keepdims=True), holes, grad=False)
    for method in ("lower", "higher", "nearest", "midpoint", "inverted_cdf"):
        case(f"numpy.quantile:{method}",
             lambda v, m=method: jnp.quantile(v, jnp.array([0.1, 0.55, 1.0]), axis=(0, 2), method=m), x, grad=False)
    case("numpy.quantile:weights",
         lambda v, w: jnp.quantile(v, 0.4, axis=1, method="inverted_cdf", weights=w, keepdims=True),
         uniform(-2, 2, (3, 5)), uniform(0.1, 1, (3, 5), seed=1), grad=False)
    case("numpy.median:nan", lambda v: jnp.median(v, axis=1), holes, grad=False)
    case("numpy.unwrap", lambda v: jnp.unwrap(v), uniform(-3, 3, (7,)))
    case("numpy.unwrap:period", lambda v: jnp.unwrap(v, period=4), integers(0, 9, (7,)))
    case("numpy.diff:ends", lambda v: jnp.diff(v, 2, prepend=1.0, append=0.5), uniform(-2, 2))
    case("numpy.gradient:uneven", lambda v: jnp.gradient(v, jnp.array([0.0, 1, 3, 4])), uniform(-2, 2, (4,)))
    case("numpy.trapezoid:x", lambda v, t: jnp.trapezoid(v, t), uniform(-2, 2, (5,)), uniform(0, 1, (5,), seed=1))
    case("numpy.interp:period", lambda v: jnp.interp(v, jnp.array([3.0, 0.5, 1]), jnp.array([1.0, 3, 0]), period=4),
         uniform(-2, 9), grad=False)
    case("numpy.histogram", lambda v: jnp.histogram(v, 5), x, grad=False)
    case("numpy.histogram:density",
         lambda v, w: jnp.histogram(v, 4, range=(-1, 2), weights=w, density=True), x[0], np.abs(x[1]), grad=False)
    case("numpy.histogram_bin_edges", lambda v: jnp.histogram_bin_edges(v, 5), x, grad=False)
    case("numpy.histogram2d", lambda a, b: jnp.histogram2d(a, b, bins=[3, jnp.array([-2.0, 0, 1, 2])]), x[0, 0], x[1, 1],
         grad=False)
    case("numpy.histogramdd", lambda v: jnp.histogramdd(v, 3, density=True), uniform(-2, 2, (9, 2)), grad=False)
    case("numpy.cov:weights", lambda v, w, k: jnp.cov(v, rowvar=False, fweights=k, aweights=w), uniform(-2, 2, (5, 2)),
         uniform(0.1, 1, (5,)), integers(1, 4, (5,)))
    case("numpy.cov:complex", jnp.cov, complexes((2, 4)), grad=False)
    case("numpy.cumulative_sum:initial", lambda k: jnp.cumulative_sum(k, include_initial=True),
         integers(0, 9, (4,), dtype=np.int8))
    case("numpy.bincount:weights", lambda v, w: jnp.bincount(v, w, length=4), integers(0, 5, (9,)), uniform(0, 1, (9,)))
    case("numpy.bincount", lambda v: jnp.bincount(v, length=6), integers(0, 5, (9,)))


def creation(case):
    x = uniform(-2, 2)
    for name in ("ones", "zeros"):
        case(f"numpy.{name}", lambda f=getattr(jnp, name): f((2, 3)))
        case(f"numpy.{name}:dtype", lambda f=getattr(jnp, name): f((2,), jnp.int32))
    for name in ("ones_like", "zeros_like"):
        case(f"numpy.{name}", getattr(jnp, name), x, grad=False)
    case("numpy.full", lambda: jnp.full((2, 3), 1.5))
    case("numpy.full_like", lambda v: jnp.full_like(v, 2), x, grad=False)
    case("numpy.empty", lambda: jnp.empty((2, 3)))
    case("numpy.empty_like", jnp.empty_like, x, grad=False)
    case("numpy.arange", lambda: jnp.arange(5))
    case("numpy.arange:step", lambda: jnp.arange(1.0, 3.0, 0.25))
    case("numpy.arange:range", lambda: jnp.arange(2, 11, 3))
    case("numpy.linspace", lambda: jnp.linspace(-1.0, 2.0, 7))
    case("numpy.linspace:open", lambda: jnp.linspace(0.0, 1.0, 5, endpoint=False))
    case("numpy.logspace", lambda: jnp.logspace(0.0, 2.0, 5))
    case("numpy.geomspace", lambda: jnp.geomspace(1.0, 8.0, 4))
    case("numpy.eye", lambda: jnp.eye(3))
    case("numpy.eye:offset", lambda: jnp.eye(2, 4, 1))
    case("numpy.identity", lambda: jnp.identity(3))
    case("numpy.tri", lambda: jnp.tri(3, 4, -1))
    case("numpy.indices", lambda: jnp.indices((2, 3)))
    case("numpy.meshgrid", jnp.meshgrid, uniform(-2, 2, (2,)), uniform(-2, 2, (3,)))
    case("numpy.meshgrid:ij", lambda a, b: jnp.meshgrid(a, b, indexing="ij"), uniform(-2, 2, (2,)),
         uniform(-2, 2, (3,)))
    case("numpy.array", lambda v: jnp.array(v), x, grad=False)
    case("numpy.asarray", lambda v: jnp.asarray(v), x, grad=False)
    case("numpy.copy", jnp.copy, x)
    case("numpy.vander", lambda v: jnp.vander(v, 3), uniform(-2, 2, (4,)))
    for name in ("bartlett", "blackman", "hamming", "hanning"):
        case(f"numpy.{name}", lambda f=getattr(jnp, name): f(6))
    case("numpy.kaiser", lambda: jnp.kaiser(6, 2.0))
    case("numpy.diag_indices", lambda: jnp.diag_indices(3))
    case("numpy.tril_indices", lambda: jnp.tril_indices(3))
    x = uniform(-2, 2, (3, 4))
    case("numpy.tril_indices_from", lambda v: jnp.tril_indices_from(v, 1), x, grad=False)
    case("numpy.triu_indices_from", lambda v: jnp.triu_indices_from(v), x, grad=False)
    case("numpy.diag_indices_from", lambda v: jnp.diag_indices_from(v), x[:, :3], grad=False)
    case("numpy.mask_indices", lambda: jnp.mask_indices(3, jnp.triu, 1))
    case("numpy.ix_", lambda a, b: jnp.ix_(a, b), integers(0, 5, (2,)), integers(0, 5, (3,)))
    case("numpy.fill_diagonal", lambda v, w: jnp.fill_diagonal(v, w, inplace=False), x, uniform(0, 1, (2,)))
    case("numpy.spacing", jnp.spacing, uniform(-2, 2), grad=False)
    case("numpy.triu_indices", lambda: jnp.triu_indices(3, 1))


def shapes(case):
    x, z = uniform(-2, 2), uniform(-2, 2, (2, 3, 4))
    for name in ("fliplr", "flipud", "ravel", "transpose", "atleast_3d", "matrix_transpose"):
        case(f"numpy.{name}", getattr(jnp, name), z)
    case("numpy.atleast_1d", jnp.atleast_1d, np.float32(3))
    case("numpy.atleast_2d", jnp.atleast_2d, x[0])
    case("numpy.transpose:axes", lambda v: jnp.transpose(v, (1, 2, 0)), z)
    case("numpy.permute_dims", lambda v: jnp.permute_dims(v, (1, 2, 0)), z)
    case("numpy.flip", lambda v: jnp.flip(v, (0, 2)), z)
    case("numpy.flip:all", jnp.flip, z)
    case("numpy.rot90", jnp.rot90, z)
    case("numpy.reshape", lambda v: jnp.reshape(v, (4, -1)), z)
    case("numpy.squeeze", jnp.squeeze, uniform(-2, 2, (1, 3, 1)))
    case("numpy.squeeze:axis", lambda v: jnp.squeeze(v, -1), uniform(-2, 2, (1, 3, 1)))
    case("numpy.expand_dims", lambda v: jnp.expand_dims(v, (0, -1)), x)
    case("numpy.moveaxis", lambda v: jnp.moveaxis(v, 0, -1), z)
    case("numpy.moveaxis:several", lambda v: jnp.moveaxis(v, (0, 1), (2, 0)), z)
    case("numpy.rollaxis", lambda v: jnp.rollaxis(v, 2), z)
    case("numpy.swapaxes", lambda v: jnp.swapaxes(v, 0, 2), z)
    case("numpy.broadcast_to", lambda v: jnp.broadcast_to(v, (2, 2, 3)), x)
    case("numpy.broadcast_arrays", lambda a, b: jnp.broadcast_arrays(a, b), x, uniform(-2, 2, (3,)))
    case("numpy.broadcast_shapes", lambda: np.array(jnp.broadcast_shapes((2, 1), (3,)), np.int32))
    case("numpy.tile", lambda v: jnp.tile(v, (2, 1, 2)), x)
    case("numpy.repeat", lambda v: jnp.repeat(v, 2, axis=1), x)
    case("numpy.repeat:flat", lambda v: jnp.repeat(v, 3), x)
    case("numpy.roll", lambda v: jnp.roll(v, 2, axis=1), z)
    case("numpy.roll:flat", lambda v: jnp.roll(v, -3), x)
    case("numpy.pad", lambda v: jnp.pad(v, ((1, 2), (0, 1))), x)
    case("numpy.pad:value", lambda v: jnp.pad(v, 1, constant_values=2.5), x)
    for mode in ("edge", "reflect", "symmetric", "wrap"):
        case(f"numpy.pad:{mode}", lambda v, m=mode: jnp.pad(v, ((1, 1), (2, 1)), mode=m), x)
    case("numpy.pad:reflect_far", lambda v: jnp.pad(v, ((3, 4), (0, 7)), mode="reflect"), x)
    case("numpy.pad:reflect_odd", lambda v: jnp.pad(v, ((0, 2), (4, 1)), mode="reflect", reflect_type="odd"), x)
    case("numpy.pad:ramp", lambda v: jnp.pad(v, 2, mode="linear_ramp", end_values=(1.0, -1.0)), x)
    case("numpy.pad:ends", lambda v: jnp.pad(v, ((1, 2), (2, 0)), constant_values=((1, 2), (3, 4))), x)
    for mode in ("maximum", "minimum", "mean", "median"):
        case(f"numpy.pad:{mode}", lambda v, m=mode: jnp.pad(v, ((1, 0), (2, 1)), mode=m, stat_length=2), x)
    case("numpy.pad:mean_int", lambda v: jnp.pad(v, 1, mode="mean"), integers(0, 9))
    case("numpy.resize", lambda v: jnp.resize(v, (3, 3)), x)
    for name, k in (("tril", -1), ("triu", 1)):
        case(f"numpy.{name}", getattr(jnp, name), z)
        case(f"numpy.{name}:k", lambda v, f=getattr(jnp, name), k=k: f(v, k), z)
    case("numpy.diag", jnp.diag, x[0])
    case("numpy.diag:extract", lambda v: jnp.diag(v, 1), z[0])
    case("numpy.diagflat", jnp.diagflat, x)
    case("numpy.diagonal", lambda v: jnp.diagonal(v, 0, 1, 2), z)
    case("numpy.trace", lambda v: jnp.trace(v, 0, 1, 2), z)
    case("numpy.ndim", lambda v: np.int32(jnp.ndim(v)), z, grad=False)
    case("numpy.shape", lambda v: np.array(jnp.shape(v), np.int32), z, grad=False)
    case("numpy.size", lambda v: np.int32(jnp.size(v)), z, grad=False)


def joining(case):
    x, y = uniform(-2, 2), uniform(-2, 2, seed=1)
    for name in ("column_stack", "dstack", "hstack", "stack", "vstack", "concatenate", "concat"):
        case(f"numpy.{name}", lambda a, b, f=getattr(jnp, name): f([a, b]), x, y)
    case("numpy.concatenate:axis", lambda a, b: jnp.concatenate([a, b], axis=-1), x, integers(0, 9))
    case("numpy.stack:axis", lambda a, b: jnp.stack([a, b], axis=-1), x, y)
    case("numpy.append", lambda a, b: jnp.append(a, b, axis=0), x, y)
    case("numpy.block", lambda a, b: jnp.block([[a, b], [b, a]]), x, y)
    z = uniform(-2, 2, (2, 6, 2))
    case("numpy.split", lambda v: jnp.split(v, 3, axis=1), z)
    case("numpy.split:at", lambda v: jnp.split(v, [1, 4], axis=1), z)
    case("numpy.array_split", lambda v: jnp.array_split(v, 4, axis=1), z)
    case("numpy.hsplit", lambda v: jnp.hsplit(v, 2), z)
    case("numpy.vsplit", lambda v: jnp.vsplit(v, 2), z)
    case("numpy.dsplit", lambda v: jnp.dsplit(v, 2), z)
    case("numpy.insert", lambda v, w: jnp.insert(v, np.array([0, 2]), w, axis=1), x, uniform(0, 1, (2, 2)))
    case("numpy.delete", lambda v: jnp.delete(v, np.array([0, 2]), axis=1), x)
    case("numpy.delete:flat", lambda v: jnp.delete(v, -2), x)
    case("numpy.trim_zeros", lambda: jnp.trim_zeros(jnp.array([0, 0, 1.5, 0, 2, 0])))
    case("numpy.unstack", lambda v: jnp.unstack(v, axis=1), x)


def indexing(case):
    x = uniform(-2, 2, (4, 5))
    i = np.array([[0, 3], [2, -1]], np.int32)
    case("numpy.take", lambda v, i: jnp.take(v, i, axis=0), x, i)
    case("numpy.take:flat", lambda v, i: jnp.take(v, i), x, i)
    case("numpy.take:clip", lambda v, i: jnp.take(v, i, axis=1, mode="clip"), x,
         np.array([0, 9, 2], np.int32))
    case("numpy.take:fill", lambda v, i: jnp.take(v, i, axis=1), x, np.array([0, 9, 2], np.int32))
    case("numpy.take_along_axis", lambda v, i: jnp.take_along_axis(v, i, axis=1), x,
         integers(0, 5, (4, 2)))
    case("numpy.put_along_axis",
         lambda v, i, u: jnp.put_along_axis(v, i, u, axis=1, inplace=False), x,
         np.array([[0], [1], [2], [3]], np.int32), uniform(-1, 1, (4, 1)))
    case("numpy.choose", lambda a, b, c: jnp.choose(a, [b, c]), integers(0, 2), uniform(-2, 2),
         uniform(-2, 2, seed=1))
    case("numpy.searchsorted", jnp.searchsorted, np.array([1, 2, 2, 4], np.float32),
         np.array([0, 2, 3, 9], np.float32), grad=False)
    case("numpy.digitize", jnp.digitize, uniform(0, 5), np.array([1, 2, 4], np.float32), grad=False)
    case("numpy.unravel_index", lambda k: jnp.unravel_index(k, (3, 4)), integers(0, 12))
    case("numpy.ravel_multi_index",
         lambda a, b: jnp.ravel_multi_index((a, b), (3, 4), mode="clip"), integers(0, 3), integers(0, 4, seed=1))
    case("numpy.nonzero", lambda v: jnp.nonzero(v, size=4, fill_value=0), booleans())
    case("numpy.flatnonzero", lambda v: jnp.flatnonzero(v, size=4, fill_value=0), booleans())
    case("numpy.argwhere", lambda v: jnp.argwhere(v, size=4, fill_value=0), booleans())
    case("numpy.unique", lambda v: jnp.unique(v, size=4, fill_value=0), integers(0, 4, (9,)))
    many, few = integers(0, 4, (9,)), integers(2, 8, (5,))
    for name in ("unique_all", "unique_counts", "unique_inverse", "unique_values"):
        case(f"numpy.{name}", lambda v, f=getattr(jnp, name): f(v, size=5), many)
    case("numpy.unique:axis", lambda v: jnp.unique(v, axis=1, size=3), np.array([[1, 0, 1, 0], [2, 3, 2, 1]], np.int32))
    case("numpy.unique:known", lambda: jnp.unique(jnp.array([3.0, np.nan, 1, np.nan, 3]), return_counts=True))
    case("numpy.union1d", lambda a, b: jnp.union1d(a, b, size=10), many, few)
    case("numpy.intersect1d", lambda a, b: jnp.intersect1d(a, b, size=4), many, few)
    case("numpy.intersect1d:indices", lambda a, b: jnp.intersect1d(a, b, size=2, return_indices=True), many, few)
    case("numpy.setdiff1d", lambda a, b: jnp.setdiff1d(a, b, size=4, fill_value=-1), many, few)
    case("numpy.setxor1d", lambda a, b: jnp.setxor1d(a, b, size=7), many, few)
    case("numpy.put", lambda v, i, u: jnp.put(v, i, u, inplace=False), x, i, uniform(-1, 1, (2,)))
    case("numpy.place", lambda v, w, u: jnp.place(v, w, u, inplace=False), x, booleans((4, 5)), uniform(-1, 1, (3,)),
         grad=False)
    case("numpy.compress", lambda v: jnp.compress(np.array([True, False, True]), v, axis=1), x)
    case("numpy.extract", lambda w, v: jnp.extract(w, v, size=9, fill_value=7), booleans((4, 5)), x)
    case("numpy.packbits", jnp.packbits, booleans((11,)))
    case("numpy.packbits:little", lambda v: jnp.packbits(v, axis=0, bitorder="little"), booleans((9, 2)))
    case("numpy.unpackbits", jnp.unpackbits, integers(0, 256, (2, 2), dtype=np.uint8))
    case("numpy.unpackbits:count", lambda v: jnp.unpackbits(v, axis=1, count=11, bitorder="little"),
         integers(0, 256, (2, 1), dtype=np.uint8))
    case("numpy.searchsorted:right", lambda a, v: jnp.searchsorted(a, v, side="right"), np.array([1, 2, 2, 4], np.float32),
         np.array([[0, 2, np.nan], [4, 9, 1]], np.float32), grad=False)
    case("numpy.digitize:descending", lambda v: jnp.digitize(v, jnp.array([4.0, 2, 1]), right=True), uniform(0, 5),
         grad=False)
    case("numpy.isin", lambda a, b: jnp.isin(a, b), integers(0, 6), integers(0, 6, (2,)))


def sorting(case):
    x = uniform(-2, 2, (3, 5))
    k = integers(0, 3, (3, 5))
    case("numpy.sort", jnp.sort, x)
    case("numpy.sort:axis", lambda v: jnp.sort(v, axis=0), x)
    case("numpy.sort:descending", lambda v: jnp.sort(v, descending=True), x)
    case("numpy.argsort", jnp.argsort, k)
    case("numpy.argsort:axis", lambda v: jnp.argsort(v, axis=0), x)
    case("numpy.lexsort", lambda a, b: jnp.lexsort((a, b)), k, x)
    case("numpy.argsort:descending", lambda v: jnp.argsort(v, descending=True), k)
    case("numpy.sort_complex", jnp.sort_complex, complexes((5,)), grad=False)
    case("numpy.partition", lambda v: jnp.sort(jnp.partition(v, 2)[:, :3]), x)
    case("numpy.argpartition", lambda v: jnp.sort(jnp.argpartition(v, 2)[:, :3]), x)


def products(case):
    a, b = uniform(-1, 1, (2, 3)), uniform(-1, 1, (3, 4), seed=1)
    v, w = uniform(-1, 1, (3,)), uniform(-1, 1, (3,), seed=1)
    s, t = uniform(-1, 1, (2, 4, 3)), uniform(-1, 1, (2, 3, 5))
    case("numpy.dot", jnp.dot, a, b)
    case("numpy.dot:vector", jnp.dot, a, v)
    case("numpy.matmul", jnp.matmul, a, b)
    case("numpy.matmul:batch", jnp.matmul, s, t)
    case("numpy.matmul:broadcast", jnp.matmul, s, b)
    case("numpy.matmul:vector", jnp.matmul, v, b)
    case("numpy.inner", jnp.inner, a, s)
    case("numpy.outer", jnp.outer, v, w)
    case("numpy.vdot", jnp.vdot, a, a + 1)
    case("numpy.vdot:complex", jnp.vdot, complexes(), complexes(seed=1))
    case("numpy.vecdot", jnp.vecdot, a, v)
    case("numpy.matvec", jnp.matvec, a, v)
    case("numpy.vecmat", jnp.vecmat, v, b)
    case("numpy.kron", jnp.kron, a, uniform(-1, 1, (2, 2)))
    case("numpy.cross", jnp.cross, v, w)
    case("numpy.tensordot", lambda x, y: jnp.tensordot(x, y, 1), a, b)
    case("numpy.tensordot:axes", lambda x, y: jnp.tensordot(x, y, ((0, 2), (0, 1))), s, t)
    case("numpy.convolve", jnp.convolve, v, uniform(-1, 1, (2,)))
    case("numpy.correlate", jnp.correlate, uniform(-1, 1, (5,)), uniform(-1, 1, (2,)))
    case("numpy.polyval", jnp.polyval, v, w)
    for name, spec in (("matmul", "ij,jk->ik"), ("implicit", "ij,jk"), ("outer", "ij,jk->ijk"),
                       ("sum", "ij,jk->")):
        case(f"numpy.einsum:{name}", lambda x, y, s=spec: jnp.einsum(s, x, y), a, b)
    case("numpy.einsum:batch", lambda x, y: jnp.einsum("bij,bjk->bki", x, y), s, t)
    case("numpy.einsum:ellipsis", lambda x, y: jnp.einsum("...ij,...jk->...ik", x, y), s, t)
    case("numpy.einsum:diagonal", lambda x: jnp.einsum("ii->i", x), uniform(-1, 1, (3, 3)))
    case("numpy.einsum:three", lambda x, y, z: jnp.einsum("ij,jk,k->i", x, y, z), a, b,
         uniform(-1, 1, (4,)))
    case("numpy.convolve:same", lambda p, q: jnp.convolve(p, q, mode="same"), uniform(-1, 1, (2,)), uniform(-1, 1, (5,)))
    case("numpy.correlate:full", lambda p, q: jnp.correlate(p, q, mode="full"), complexes((3,)), complexes((5,), seed=1),
         grad=False)
    case("numpy.cross:plane", lambda p, q: jnp.cross(p, q, axis=0), uniform(-1, 1, (3, 2)), uniform(-1, 1, (3, 2), seed=1))
    case("numpy.einsum:repeated", lambda x: jnp.einsum("iij->ji", x), uniform(-1, 1, (3, 3, 2)))
    case("numpy.einsum:ones", lambda x, y: jnp.einsum("ij,ij->j", x, y), uniform(-1, 1, (2, 1)), a)
    case("numpy.einsum:five", lambda *xs: jnp.einsum("ab,bc,cd,de,ea->bd", *xs), *[uniform(-1, 1, (2, 2), seed=i) for i in range(5)])
    case("numpy.einsum_path",
         lambda *xs: np.array(jnp.einsum_path("ij,jk,kl,l->i", *xs)[0], np.int32), np.ones((9, 8), np.float32),
         np.ones((8, 7), np.float32), np.ones((7, 6), np.float32), np.ones(6, np.float32), grad=False)
    case("numpy.dot:half", lambda x, y: jnp.dot(x, y, preferred_element_type=jnp.float32), a.astype(np.float16),
         b.astype(np.float16), grad=False)


def polynomials(case):
    p, q = uniform(-1, 1, (4,)), uniform(0.5, 1, (2,), seed=1)
    for name in ("polyadd", "polysub", "polymul", "polydiv"):
        case(f"numpy.{name}", getattr(jnp, name), p, q)
    case("numpy.poly", jnp.poly, q)
    case("numpy.polyder", lambda v: jnp.polyder(v, 2), p)
    case("numpy.polyint", lambda v: jnp.polyint(v, 2, jnp.array([1.0, 2])), p)


def linalg(case):
    a, v, w = uniform(-1, 1, (2, 3)), uniform(-1, 1, (3,)), uniform(-1, 1, (3,), seed=1)
    case("numpy.linalg.norm", jnp.linalg.norm, a)
    case("numpy.linalg.norm:axis", lambda x: jnp.linalg.norm(x, axis=1), a)
    case("numpy.linalg.norm:one", lambda x: jnp.linalg.norm(x, 1, axis=1), a)
    case("numpy.linalg.norm:inf", lambda x: jnp.linalg.norm(x, np.inf), v)
    case("numpy.linalg.vector_norm", lambda x: jnp.linalg.vector_norm(x, axis=0), a)
    case("numpy.linalg.qr", jnp.linalg.qr, uniform(-1, 1, (4, 3)))
    definite = np.float32(a.T @ a + np.eye(3))
    case("numpy.linalg.cholesky", jnp.linalg.cholesky, definite)
    case("numpy.linalg.det", jnp.linalg.det, definite)
    case("numpy.linalg.inv", jnp.linalg.inv, definite)
    case("numpy.linalg.solve", jnp.linalg.solve, definite, v)
    many = np.float32(uniform(-1, 1, (2, 4, 4)) + 2 * np.eye(4))
    case("numpy.linalg.norm:matrix_one", lambda x: jnp.linalg.norm(x, 1), a)
    case("numpy.linalg.norm:matrix_inf", lambda x: jnp.linalg.norm(x, -np.inf, keepdims=True), a)
    case("numpy.linalg.norm:three", lambda x: jnp.linalg.norm(x, 3, axis=0), a)
    case("numpy.linalg.matrix_norm", jnp.linalg.matrix_norm, many)
    case("numpy.linalg.qr:wide", jnp.linalg.qr, uniform(-1, 1, (2, 3)))
    case("numpy.linalg.qr:complete", lambda x: jnp.linalg.qr(x, mode="complete"), uniform(-1, 1, (3, 2)), grad=False)
    case("numpy.linalg.qr:complex", jnp.linalg.qr, complexes((3, 2)), grad=False)
    case("numpy.linalg.qr:batch", jnp.linalg.qr, many)
    case("numpy.linalg.cholesky:upper", lambda x: jnp.linalg.cholesky(x, upper=True), definite)
    case("numpy.linalg.det:four", jnp.linalg.det, many)
    case("numpy.linalg.slogdet", lambda x: tuple(jnp.linalg.slogdet(x)), many)
    case("numpy.linalg.inv:batch", jnp.linalg.inv, many)
    case("numpy.linalg.solve:batch", jnp.linalg.solve, many, uniform(-1, 1, (4, 2)))
    case("numpy.linalg.matrix_power", lambda x: jnp.linalg.matrix_power(x, 5), definite / 4)
    case("numpy.linalg.matrix_power:negative", lambda x: jnp.linalg.matrix_power(x, -2), definite)
    case("numpy.linalg.multi_dot", lambda x, y, z: jnp.linalg.multi_dot([x, y, z]), a, definite, v)
    case("numpy.linalg.tensorinv", lambda x: jnp.linalg.tensorinv(x), np.float32(many[0].reshape(2, 2, 2, 2)))
    case("numpy.linalg.tensorsolve", jnp.linalg.tensorsolve, np.float32(many[0].reshape(2, 2, 4)), uniform(-1, 1, (2, 2)))
    case("numpy.linalg.cross", jnp.linalg.cross, v, w)
    case("numpy.linalg.outer", jnp.linalg.outer, v, w)
    case("numpy.linalg.vecdot", jnp.linalg.vecdot, a, v)
    case("numpy.linalg.matmul", jnp.linalg.matmul, a, definite)
    case("numpy.linalg.tensordot", lambda x, y: jnp.linalg.tensordot(x, y, axes=1), a, definite)
    case("numpy.linalg.diagonal", lambda x: jnp.linalg.diagonal(x, offset=1), many)
    case("numpy.linalg.trace", lambda x: jnp.linalg.trace(x), many)
    case("numpy.linalg.matrix_transpose", jnp.linalg.matrix_transpose, many)


def dtypes(case):
    x = uniform(-2, 2)
    case("numpy.astype", lambda v: jnp.astype(v, jnp.int32), x)
    case("numpy.result_type", lambda a, b: jnp.zeros((), jnp.result_type(a, b)), integers(0, 3), x, grad=False)
    case("numpy.promote_types", lambda: jnp.zeros((), jnp.promote_types(jnp.int32, jnp.bfloat16)))
    case("numpy.issubdtype",
         lambda: np.array([jnp.issubdtype(jnp.float32, jnp.floating), jnp.issubdtype(jnp.int32, jnp.floating)]))
    case("numpy.iscomplexobj", lambda v: np.bool_(jnp.iscomplexobj(v)), complexes(), grad=False)
    case("numpy.isrealobj", lambda v: np.bool_(jnp.isrealobj(v)), complexes(), grad=False)
    case("numpy.isscalar", lambda: np.array([jnp.isscalar(1.5), jnp.isscalar(np.ones(2))]))
    case("numpy.can_cast", lambda: np.array([jnp.can_cast(jnp.int32, jnp.float64), jnp.can_cast(jnp.int32, jnp.float32),
                                             jnp.can_cast(jnp.int8, jnp.bfloat16), jnp.can_cast(jnp.float32, jnp.int32)]))
    case("numpy.isdtype", lambda: np.array([jnp.isdtype(jnp.bfloat16, "real floating"), jnp.isdtype(jnp.int8, "numeric"),
                                            jnp.isdtype(jnp.int8, "unsigned integer")]))


def functional(case):
    x = uniform(-2, 2, (2, 3, 4))
    case("numpy.apply_along_axis", lambda v: jnp.apply_along_axis(lambda r: r[:2] * r.sum(), 1, v), x)
    case("numpy.apply_over_axes", lambda v: jnp.apply_over_axes(jnp.sum, v, [0, 2]), x)
    case("numpy.fromfunction", lambda: jnp.fromfunction(lambda i, j: 10 * i + j, (2, 3)))
    case("numpy.piecewise", lambda v: jnp.piecewise(v, [v < -1, v > 1], [jnp.sin, 2.0, lambda t: t * t]), x)
    case("numpy.vectorize", lambda a, b: jnp.vectorize(jnp.dot, signature="(n,m),(m)->(n)")(a, b), x, uniform(-1, 1, (2, 1, 4)))
    case("numpy.vectorize:scalars", lambda a, b: jnp.vectorize(lambda s, t: s * t + s)(a, b), x, uniform(-1, 1, (3, 1)))
