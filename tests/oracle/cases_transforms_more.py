"""jax: named axes under vmap, policies of checkpoint, looking at functions without running them."""
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.ad_checkpoint import checkpoint_name

from oracle import uniform


def record(case):
    collectives(case)
    exchanges(case)
    checkpoints(case)
    offloading(case)
    abstract(case)


def _named(f):
    return jax.vmap(f, axis_name="i")


def collectives(case):
    x = uniform(-1, 1, (4, 3))
    case("lax.psum", _named(lambda v: v * lax.psum(jnp.sin(v), "i")), x)
    case("lax.psum:count", _named(lambda v: v / lax.psum(1, "i")), x)
    case("lax.pmean", _named(lambda v: v - lax.pmean(v, "i")), x)
    case("lax.pmax", _named(lambda v: lax.pmax(v, "i")), x, grad=False)
    case("lax.pmin", _named(lambda v: lax.pmin(v, "i")), x, grad=False)
    case("lax.axis_index", _named(lambda v: v * lax.axis_index("i")), x)
    case("lax.axis_size", _named(lambda v: v * lax.axis_size("i")), x)
    case("lax.psum:grad_inside", _named(jax.grad(lambda v: lax.psum(jnp.sum(v * v), "i"))), x)
    case("lax.psum:nested",
         jax.vmap(jax.vmap(lambda v: lax.psum(v, "i") * lax.psum(v, "j"), axis_name="j"), axis_name="i"), x)


def exchanges(case):
    x, square = uniform(-1, 1, (3, 2)), uniform(-1, 1, (3, 3, 2))
    case("lax.all_gather", _named(lambda v: lax.all_gather(jnp.sin(v), "i", axis=1)), x)
    case("lax.all_gather:tiled", _named(lambda v: lax.all_gather(v, "i", tiled=True)), x)
    case("lax.psum_scatter", _named(lambda v: lax.psum_scatter(v * v, "i")), square)
    case("lax.psum_scatter:tiled", _named(lambda v: lax.psum_scatter(v, "i", tiled=True)),
         uniform(-1, 1, (2, 4)))
    case("lax.all_to_all", _named(lambda v: lax.all_to_all(v, "i", 0, 1)), square)
    case("lax.all_to_all:tiled", _named(lambda v: lax.all_to_all(v, "i", 1, 0, tiled=True)),
         uniform(-1, 1, (2, 3, 4)))
    case("lax.pswapaxes", _named(lambda v: lax.pswapaxes(v, "i", 0)), square)
    case("lax.ppermute", _named(lambda v: lax.ppermute(v, "i", [(0, 2), (1, 0), (2, 1)])), x)
    case("lax.pshuffle", _named(lambda v: lax.pshuffle(v, "i", [2, 0, 1])), x)


def checkpoints(case):
    x, w = uniform(-1, 1, (3,)), uniform(-1, 1, (3, 3), seed=1)

    def f(v, w):
        return jnp.sum(jnp.sin(jnp.exp(w @ jnp.sin(w @ v))))

    policy = jax.checkpoint_policies.dots_saveable
    case("jax.checkpoint:dots", jax.grad(jax.checkpoint(f, policy=policy), argnums=(0, 1)), x, w)

    def body(c, v):
        return jax.checkpoint(lambda a, b: jnp.sin(a * b) + a)(c, v), c

    case("jax.checkpoint:scan", lambda c, v: lax.scan(body, c, v), np.float32(0.5), x)


def offloading(case):
    """The gradient, and of each residual that waits in the host's memory the size."""
    x = uniform(0, 1, (4,))
    policy = jax.checkpoint_policies.save_and_offload_only_these_names(
        names_which_can_be_saved=["a"], names_which_can_be_offloaded=["b"],
        offload_src="device", offload_dst="pinned_host")

    def f(v):
        a = checkpoint_name(jnp.sin(v), "a")
        return jnp.sum(jnp.cos(checkpoint_name(jnp.exp(a), "b") * a))

    def steps(v):
        def step(c, u):
            b = checkpoint_name(jnp.exp(c * u), "b")
            return jnp.sin(b), jnp.cos(b)
        last, rest = lax.scan(step, jnp.float32(0.5), v)
        return jnp.sin(last) + jnp.sum(rest)

    def waiting(g):
        def run(v):
            _, back = jax.vjp(g, v)
            leaves = [leaf for leaf in jax.tree.leaves(back) if leaf.sharding.memory_kind == "pinned_host"]
            return back(jnp.float32(1))[0], np.array([leaf.size for leaf in leaves], np.int32)
        return run

    for name, g in (("", f), ("_scan", steps)):
        g = jax.checkpoint(g, policy=policy)
        case(f"jax.checkpoint:offload{name}", waiting(g), x, grad=False)
        case(f"jax.checkpoint:offload{name}_jit", waiting(jax.jit(g)), x, grad=False)


def abstract(case):
    x = uniform(-1, 1, (3,))
    case("jax.ShapeDtypeStruct",
         lambda v: np.array(jax.eval_shape(lambda a: jnp.outer(a, a), jax.ShapeDtypeStruct((3,), jnp.float32)).shape,
                            np.int32), x, grad=False)

    def without_jit(v):
        with jax.disable_jit():
            return jax.jit(lambda a: jnp.sin(a) * a)(v)

    case("jax.disable_jit", without_jit, x)
    case("jax.make_jaxpr", lambda v: np.int32(len(jax.make_jaxpr(lambda a: jnp.sin(a) * a)(v).eqns)), x,
         grad=False)
