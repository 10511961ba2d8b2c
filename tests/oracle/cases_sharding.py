"""jax.sharding on a CPU that counts as eight devices: splits, constraints, shard_map, pmap."""
import os

os.environ["XLA_FLAGS"] = os.environ.get("XLA_FLAGS", "") + " --xla_force_host_platform_device_count=8"

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.sharding import AxisType, NamedSharding, PartitionSpec as P

from oracle import uniform


def _mesh(shape, names):
    return jax.make_mesh(shape, names, axis_types=(AxisType.Auto,) * len(shape))


def record(case):
    mesh = _mesh((4, 2), ("data", "model"))
    arrays(case, mesh)
    constraints(case, mesh)
    maps(case, mesh)
    some_axes(case, mesh)
    collectives(case)
    pmaps(case)


def _parts(x):
    """What each device holds, in the mesh's order."""
    devices = list(x.sharding.mesh.devices.flat)
    shards = {s.device: np.asarray(s.data) for s in x.addressable_shards}
    return np.stack([shards[d] for d in devices])


def arrays(case, mesh):
    x = uniform(-1, 1, (8, 4))
    both = NamedSharding(mesh, P("data", "model"))
    case("jax.NamedSharding", lambda v: _parts(jax.device_put(v, both)), x, grad=False,
         covers=["jax.NamedSharding", "jax.P", "jax.Shard", "jax.device_put", "jax.Device", "jax.make_mesh"])
    case("jax.P:two_axes",
         lambda v: _parts(jax.device_put(v, NamedSharding(mesh, P(("model", "data"))))), x, grad=False,
         covers=["jax.P"])
    case("jax.P:replicated", lambda v: _parts(jax.device_put(v, NamedSharding(mesh, P(None, "model")))), x,
         grad=False, covers=["jax.P"])
    case("jax.Array", lambda v: jnp.tanh(jax.device_put(v, both)) * 2 + 1, x, grad=False)
    case("jax.reshard",
         lambda v: _parts(jax.device_put(jax.device_put(v, both), NamedSharding(mesh, P("model")))), x,
         grad=False)
    case("jax.make_array_from_callback",
         lambda v: _parts(jax.make_array_from_callback(v.shape, both, lambda i: np.asarray(v)[i])), x, grad=False)
    case("jax.make_array_from_process_local_data",
         lambda v: _parts(jax.make_array_from_process_local_data(both, np.asarray(v))), x, grad=False)
    one = NamedSharding(_mesh((8,), ("i",)), P("i"))

    def from_parts(v):
        parts = [jax.device_put(v[i:i + 1], d) for i, d in enumerate(one.mesh.devices.flat)]
        return jax.make_array_from_single_device_arrays(v.shape, one, parts) * 2

    case("jax.make_array_from_single_device_arrays", from_parts, x, grad=False)


def constraints(case, mesh):
    x, w = uniform(-1, 1, (8, 4)), uniform(-1, 1, (4, 6), seed=1)

    def f(v, w):
        v = lax.with_sharding_constraint(jnp.sin(v), NamedSharding(mesh, P("data")))
        return lax.with_sharding_constraint(v @ w, NamedSharding(mesh, P("data", "model")))

    case("lax.with_sharding_constraint", jax.jit(f), x, w)

    def under_mesh(v):
        with jax.set_mesh(mesh):
            return jax.jit(lambda v: lax.with_sharding_constraint(jnp.exp(v) * 2, P("data")))(v)

    case("jax.set_mesh", under_mesh, x, grad=False)


def maps(case, mesh):
    x, w = uniform(-1, 1, (8, 4)), uniform(-1, 1, (4, 6), seed=1)

    def partial_products(v, w):
        return lax.psum(jnp.sin(v @ w), "model") * lax.axis_index("data")

    case("jax.shard_map", jax.shard_map(partial_products, mesh=mesh, in_specs=(P("data", "model"), P("model")),
                                        out_specs=P("data")), x, w)

    def normalized(v):
        return v / jnp.sqrt(lax.pmean(jnp.mean(v * v), "data"))

    split = jax.shard_map(normalized, mesh=mesh, in_specs=P("data"), out_specs=P("data"))
    case("jax.shard_map:grad", jax.grad(lambda v: jnp.sum(jnp.cos(split(v)))), x, covers=["jax.shard_map"])
    case("jax.shard_map:vmap", jax.vmap(split), uniform(-1, 1, (3, 8, 4)), covers=["jax.shard_map"])
    with jax.set_mesh(jax.make_mesh((8,), ("i",), axis_types=(jax.sharding.AxisType.Explicit,))):
        case("jax.smap", lambda v: jax.smap(lambda y: y - lax.pmean(y, "i"), in_axes=0, out_axes=0,
                                            axis_name="i")(jax.reshard(v, P("i"))), x, grad=False)


def some_axes(case, mesh):
    """vmap over mesh axes, and shard_map over some of them."""
    x, w = uniform(-1, 1, (4, 8)), uniform(-1, 1, (8, 6), seed=1)

    def constrained(v):
        return lax.with_sharding_constraint(jnp.sin(v), NamedSharding(mesh, P("model")))

    case("jax.vmap:spmd_axis_name", jax.jit(jax.vmap(constrained, spmd_axis_name="data")), x, covers=["jax.vmap"])
    normalized = jax.shard_map(lambda v: v / jnp.sqrt(lax.pmean(jnp.mean(v * v), "model")), mesh=mesh,
                               in_specs=P("model"), out_specs=P("model"))
    case("jax.shard_map:spmd_axis_name", jax.jit(jax.vmap(normalized, spmd_axis_name="data")), x,
         covers=["jax.shard_map", "jax.vmap"])

    def layer(v, w):
        w = lax.with_sharding_constraint(w, NamedSharding(mesh, P(None, "model")))
        return jnp.tanh(v @ w) * lax.pmean(jnp.sum(v), "data") + lax.axis_index("data")

    partly = jax.shard_map(layer, mesh=mesh, in_specs=(P("data"), P()), out_specs=P("data"), axis_names={"data"})
    case("jax.shard_map:axis_names", jax.jit(partly), x, w, covers=["jax.shard_map"])


def collectives(case):
    mesh = _mesh((4,), ("i",))
    x = uniform(-1, 1, (8, 4))

    def over(f, out):
        return jax.shard_map(f, mesh=mesh, in_specs=P("i"), out_specs=out, check_vma=False)

    named = [
        ("psum", lambda v: lax.psum(jnp.sin(v), "i"), P()),
        ("pmax", lambda v: lax.pmax(v, "i"), P()),
        ("pmin", lambda v: lax.pmin(v, "i"), P()),
        ("all_gather", lambda v: lax.all_gather(v * v, "i", axis=1), P()),
        ("psum_scatter", lambda v: lax.psum_scatter(jnp.sin(v), "i", scatter_dimension=1, tiled=True), P(None, "i")),
        ("all_to_all", lambda v: lax.all_to_all(v * v, "i", 1, 0, tiled=True), P(None, "i")),
        ("ppermute", lambda v: lax.ppermute(v * v, "i", [(0, 1), (1, 3), (3, 0)]), P("i")),
    ]
    for name, f, out in named:
        case(f"lax.{name}:devices", over(f, out), x, grad=name not in ("pmax", "pmin"), covers=[f"lax.{name}"])


def pmaps(case):
    x = uniform(-1, 1, (8, 3))

    def step(v, w):
        return v * lax.psum(jnp.sin(v), "batch") + w, lax.pmean(v, "batch")

    case("jax.pmap", jax.pmap(step, axis_name="batch", in_axes=(0, None)), x, uniform(-1, 1, (3,), seed=1),
         grad=False)
    case("jax.pmap:axes", jax.pmap(lambda v: jnp.cumsum(v), in_axes=1, out_axes=1), uniform(-1, 1, (3, 8)),
         grad=False, covers=["jax.pmap"])
