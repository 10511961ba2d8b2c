"""jax.lax: operations that make, rearrange, index, sort and reduce arrays."""
import jax.numpy as jnp
import numpy as np
from jax import lax

from oracle import booleans, complexes, integers, uniform


def record(case):
    shapes(case)
    indexing(case)
    gather_scatter(case)
    sorting(case)
    reductions(case)
    windows(case)


def shapes(case):
    x, y = uniform(-2, 2), uniform(-2, 2, seed=1)
    z = uniform(-2, 2, (2, 3, 4))
    case("lax.broadcast", lambda v: lax.broadcast(v, (4, 2)), x)
    case("lax.broadcast_in_dim", lambda v: lax.broadcast_in_dim(v, (2, 4, 3), (0, 2)), x)
    case("lax.broadcast_in_dim:ones", lambda v: lax.broadcast_in_dim(v, (2, 3), (0, 1)),
         uniform(-2, 2, (1, 3)))
    case("lax.broadcast_to_rank", lambda v: lax.broadcast_to_rank(v, 4), x)
    case("lax.broadcasted_iota", lambda: lax.broadcasted_iota(jnp.int32, (2, 3), 1))
    case("lax.collapse", lambda v: lax.collapse(v, 1, 3), z)
    case("lax.concatenate", lambda a, b: lax.concatenate([a, b], 1), x, uniform(-2, 2, (2, 2)))
    case("lax.expand_dims", lambda v: lax.expand_dims(v, (0, 2)), x)
    case("lax.full", lambda: lax.full((2, 3), 1.5))
    case("lax.full:dtype", lambda: lax.full((2,), 3, jnp.float16))
    case("lax.full_like", lambda v: lax.full_like(v, 2), x, grad=False)
    case("lax.iota", lambda: lax.iota(jnp.float32, 5))
    case("lax.pad", lambda v, p: lax.pad(v, p, [(1, 2, 0), (0, 1, 2)]), x, np.float32(0.5))
    case("lax.pad:negative", lambda v, p: lax.pad(v, p, [(-1, 0, 0), (2, -1, 1)]), x, np.float32(0.5))
    case("lax.broadcast_like", lambda v: lax.broadcast_like(v, np.zeros((4, 2, 3), np.float32)), x)
    case("lax.empty", lambda: lax.full_like(lax.empty((2, 3), np.float16), 1))
    case("lax.dtype", lambda v: np.zeros((), lax.dtype(v)), integers(0, 9), grad=False)
    case("lax.shape_as_value", lambda: lax.shape_as_value((2, 3, 5)))
    case("lax.reshape", lambda v: lax.reshape(v, (4, 6)), z)
    case("lax.reshape:dimensions", lambda v: lax.reshape(v, (6,), dimensions=(1, 0)), x)
    case("lax.rev", lambda v: lax.rev(v, (0, 2)), z)
    case("lax.slice", lambda v: lax.slice(v, (0, 1, 0), (2, 3, 4), (1, 1, 2)), z)
    case("lax.split", lambda v: lax.split(v, (1, 3), axis=2), z)
    case("lax.squeeze", lambda v: lax.squeeze(v, (0, 2)), uniform(-2, 2, (1, 3, 1, 2)))
    case("lax.stack", lambda a, b: lax.stack([a, b], 1), x, y)
    case("lax.tile", lambda v: lax.tile(v, (2, 3)), x)
    case("lax.transpose", lambda v: lax.transpose(v, (2, 0, 1)), z)
    case("lax.unstack", lambda v: lax.unstack(v, 1), x)
    case("lax.optimization_barrier", lambda a, b: lax.optimization_barrier((a, b)), x, y)
    case("lax.broadcast_shapes", lambda: np.array(lax.broadcast_shapes((2, 1), (3,)), np.int32))
    case("lax.padtype_to_pads",
         lambda: np.array(lax.padtype_to_pads((5, 6), (3, 3), (2, 2), "SAME"), np.int32))


def indexing(case):
    z = uniform(-2, 2, (3, 4, 2))
    update = uniform(-1, 1, (2, 2, 1), seed=3)
    i, j, k = np.int32(1), np.int32(3), np.int32(-1)
    case("lax.dynamic_slice", lambda v, *s: lax.dynamic_slice(v, s, (2, 2, 1)), z, i, j, k)
    case("lax.dynamic_slice_in_dim", lambda v, s: lax.dynamic_slice_in_dim(v, s, 2, axis=1), z, i)
    case("lax.dynamic_index_in_dim", lambda v, s: lax.dynamic_index_in_dim(v, s, 1, keepdims=False), z, i)
    case("lax.dynamic_update_slice", lambda v, u, *s: lax.dynamic_update_slice(v, u, s), z, update, i, j, k)
    case("lax.dynamic_update_slice_in_dim",
         lambda v, u, s: lax.dynamic_update_slice_in_dim(v, u, s, axis=1), z, uniform(-1, 1, (3, 2, 2)), i)
    case("lax.dynamic_update_index_in_dim",
         lambda v, u, s: lax.dynamic_update_index_in_dim(v, u, s, axis=1), z, uniform(-1, 1, (3, 2)), i)
    case("lax.index_in_dim", lambda v: lax.index_in_dim(v, 2, axis=1), z)
    case("lax.index_take", lambda v, a, b: lax.index_take(v, (a, b), (0, 1)), z,
         np.array([0, 2], np.int32), np.array([3, 1], np.int32))
    case("lax.slice_in_dim", lambda v: lax.slice_in_dim(v, 1, -1, 2, axis=1), uniform(-2, 2, (2, 6)))


def gather_scatter(case):
    x = uniform(-2, 2, (5, 3))
    rows = np.array([[0], [4], [2], [4]], np.int32)
    outside = np.array([[1], [7], [-1], [4]], np.int32)
    numbers = lax.GatherDimensionNumbers(offset_dims=(1,), collapsed_slice_dims=(0,),
                                         start_index_map=(0,))
    covers = ["lax.gather", "lax.GatherDimensionNumbers"]
    case("lax.gather", lambda v, i: lax.gather(v, i, numbers, (1, 3)), x, rows, covers=covers)
    for mode in ("clip", "fill"):
        case(f"lax.gather:{mode}", lambda v, i, m=mode: lax.gather(v, i, numbers, (1, 3), mode=m), x,
             outside, covers=["lax.gather", "lax.GatherScatterMode"])
    windowed = lax.GatherDimensionNumbers(offset_dims=(1, 2), collapsed_slice_dims=(),
                                          start_index_map=(0, 1))
    case("lax.gather:windows", lambda v, i: lax.gather(v, i, windowed, (2, 2)), x,
         np.array([[0, 1], [3, 0]], np.int32))
    batched = lax.GatherDimensionNumbers(offset_dims=(), collapsed_slice_dims=(1,), start_index_map=(1,),
                                         operand_batching_dims=(0,), start_indices_batching_dims=(0,))
    case("lax.gather:batching", lambda v, i: lax.gather(v, i, batched, (1, 1)), x[:4],
         np.array([[0], [2], [1], [1]], np.int32))

    into = lax.ScatterDimensionNumbers(update_window_dims=(1,), inserted_window_dims=(0,),
                                       scatter_dims_to_operand_dims=(0,))
    updates = uniform(0.5, 1.5, (4, 3), seed=2)
    distinct = np.array([[0], [4], [2], [1]], np.int32)
    covers = ["lax.ScatterDimensionNumbers"]
    case("lax.scatter", lambda v, i, u: lax.scatter(v, i, u, into, unique_indices=True), x, distinct,
         updates, covers=["lax.scatter"] + covers)
    case("lax.scatter:out_of_bounds", lambda v, i, u: lax.scatter(v, i, u, into), x, outside, updates)
    case("lax.scatter_add", lambda v, i, u: lax.scatter_add(v, i, u, into), x, rows, updates)
    case("lax.scatter_sub", lambda v, i, u: lax.scatter_sub(v, i, u, into), x, rows, updates)
    case("lax.scatter_mul", lambda v, i, u: lax.scatter_mul(v, i, u, into, unique_indices=True), x,
         distinct, updates)
    case("lax.scatter_min", lambda v, i, u: lax.scatter_min(v, i, u, into), x, rows, updates)
    case("lax.scatter_max", lambda v, i, u: lax.scatter_max(v, i, u, into), x, rows, updates)
    case("lax.scatter_apply",
         lambda v, i: lax.scatter_apply(v, i, jnp.sin, into, update_shape=(4, 3), unique_indices=True),
         x, distinct, grad=False)
    case("lax.scatter_add:clip", lambda v, i, u: lax.scatter_add(v, i, u, into, mode="clip"), x,
         outside, updates)


def sorting(case):
    x = uniform(-2, 2, (3, 5))
    keys = integers(0, 3, (3, 5))
    case("lax.sort", lambda v: lax.sort(v, dimension=1), x)
    case("lax.sort:axis", lambda v: lax.sort(v, dimension=0), x)
    case("lax.sort:two_keys", lambda k, v: lax.sort((k, v), dimension=1, num_keys=2), keys, x)
    case("lax.sort:nan", lambda v: lax.sort(v), np.array([2, np.nan, -0.0, 0, -np.inf], np.float32),
         grad=False)
    case("lax.sort_key_val", lambda k, v: lax.sort_key_val(k, v), keys, x)
    case("lax.top_k", lambda v: lax.top_k(v, 2), x)
    case("lax.approx_max_k", lambda v: lax.approx_max_k(v, 2), x)
    case("lax.approx_min_k", lambda v: lax.approx_min_k(v, 2), x)
    case("lax.argmax", lambda v: lax.argmax(v, 1, jnp.int32), x)
    case("lax.argmin", lambda v: lax.argmin(v, 0, jnp.int32), x)
    case("lax.argmax:ties", lambda v: lax.argmax(v, 1, jnp.int32), keys)


def reductions(case):
    x = uniform(-2, 2, (2, 3, 4))
    k = integers(-9, 9, (2, 3))
    for name in ("max", "min", "prod", "sum"):
        f = getattr(lax, f"reduce_{name}")
        case(f"lax.reduce_{name}", lambda v, f=f: f(v, (0, 2)), x)
    case("lax.reduce_sum:int", lambda v: lax.reduce_sum(v, (1,)), k)
    case("lax.reduce_max:ties", lambda v: lax.reduce_max(v, (1,)), k.astype(np.float32) % 3)
    case("lax.reduce_and", lambda v: lax.reduce_and(v, (1,)), booleans())
    case("lax.reduce_or", lambda v: lax.reduce_or(v, (1,)), booleans())
    case("lax.reduce_xor", lambda v: lax.reduce_xor(v, (1,)), k)
    case("lax.reduce_sum:complex", lambda v: lax.reduce_sum(v, (0,)), complexes())
    case("lax.reduce", lambda v: lax.reduce(v, 0.0, lax.add, (1,)), x)
    case("lax.reduce:custom",
         lambda v, w: lax.reduce((v, w), (np.float32(1), np.float32(0)),
                                 lambda a, b: (a[0] * b[0], a[1] + b[1]), (0,)),
         uniform(0.5, 1.5), uniform(-2, 2, seed=1), grad=False)
    for name in ("cumlogsumexp", "cummax", "cummin", "cumprod", "cumsum"):
        f = getattr(lax, name)
        case(f"lax.{name}", lambda v, f=f: f(v, axis=1), x)
        case(f"lax.{name}:reverse", lambda v, f=f: f(v, axis=2, reverse=True), x)


def windows(case):
    x = uniform(-2, 2, (1, 5, 6, 2))
    window, strides = (1, 2, 3, 1), (1, 2, 1, 1)
    for kind, init, op in (("sum", 0.0, lax.add), ("max", -np.inf, lax.max), ("min", np.inf, lax.min)):
        case(f"lax.reduce_window:{kind}",
             lambda v, i=init, o=op: lax.reduce_window(v, i, o, window, strides, "SAME"), x)
    case("lax.reduce_window:dilated",
         lambda v: lax.reduce_window(v, 0.0, lax.add, window, (1, 1, 1, 1), "VALID",
                                     window_dilation=(1, 2, 1, 1)), x)
    case("lax.reduce_window:padding",
         lambda v: lax.reduce_window(v, -np.inf, lax.max, (2, 2), (2, 2), ((1, 0), (0, 1))),
         x[0, :, :, 0])
    case("lax.reduce_window_shape_tuple",
         lambda: np.array(lax.reduce_window_shape_tuple((5, 6), (2, 3), (2, 1), ((0, 1), (1, 1))), np.int32))
