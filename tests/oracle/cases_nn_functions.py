"""jax.nn and the functions of flax.linen: activations, attention, pooling."""
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from oracle import uniform

ACTIVATIONS = ["celu", "elu", "gelu", "glu", "hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh",
               "leaky_relu", "log_sigmoid", "log_softmax", "relu", "relu6", "selu", "sigmoid", "silu",
               "soft_sign", "softmax", "softplus", "standardize", "swish", "tanh"]
JAX_ONLY = ["identity", "log1mexp", "mish", "sparse_plus", "sparse_sigmoid", "squareplus"]


def record(case):
    activations(case)
    attention(case)
    scaled_products(case)
    pooling(case)


def activations(case):
    x = np.concatenate([uniform(-4, 4, (2, 4)), uniform(-30, 30, (1, 4)), uniform(5.5, 7, (1, 4))])
    for name in ACTIVATIONS:
        assert getattr(nn, name) is getattr(jax.nn, name)
        case(f"jax.nn.{name}", getattr(jax.nn, name), x, covers=[f"jax.nn.{name}", f"linen.{name}"])
    for name in JAX_ONLY:
        source = uniform(0.2, 3) if name == "log1mexp" else x
        case(f"jax.nn.{name}", getattr(jax.nn, name), source)
    case("jax.nn.standardize:normalize", lambda v: nn.normalize(v, axis=0), x, covers=["linen.normalize"])
    case("jax.nn.relu:zero", jax.nn.relu, np.array([0.0, -0.0, 1.0], np.float32))
    case("jax.nn.gelu:exact", lambda v: jax.nn.gelu(v, approximate=False), x)
    case("jax.nn.elu:alpha", lambda v: jax.nn.elu(v, 0.5), x)
    case("jax.nn.celu:alpha", lambda v: jax.nn.celu(v, 0.5), x)
    case("jax.nn.leaky_relu:slope", lambda v: jax.nn.leaky_relu(v, 0.2), x)
    case("jax.nn.softmax:axis", lambda v: jax.nn.softmax(v, axis=0), x)
    case("jax.nn.softmax:where", lambda v, w: jax.nn.softmax(v, where=w), uniform(-2, 2),
         np.array([[True, True, False], [False, True, True]]))
    case("jax.nn.log_softmax:axis", lambda v: jax.nn.log_softmax(v, axis=0), x)
    case("jax.nn.logsumexp", jax.nn.logsumexp, x, covers=["jax.nn.logsumexp", "linen.logsumexp"])
    case("jax.nn.logsumexp:axis", lambda v: jax.nn.logsumexp(v, axis=1, keepdims=True), x)
    case("jax.nn.logsumexp:weights", lambda v, w: jax.nn.logsumexp(v, axis=1, b=w, return_sign=True), x, uniform(-2, 2, x.shape))
    case("jax.nn.log_softmax:where", lambda v, w: jax.nn.log_softmax(v, where=w), uniform(-2, 2),
         np.array([[True, True, False], [False, True, True]]), grad=False)
    case("jax.nn.standardize:stable", lambda v: jax.nn.standardize(v, axis=(0, 1), epsilon=1e-3, algorithm="stable"), x)
    case("jax.nn.relu6:ends", jax.nn.relu6, np.array([-1.0, 0.0, 3.0, 6.0, 7.0], np.float32))
    case("jax.nn.squareplus:b", lambda v: jax.nn.squareplus(v, 2.0), x)
    case("jax.nn.gelu:bfloat16", lambda v: jax.nn.gelu(v), x.astype(jnp.bfloat16))
    case("jax.nn.logmeanexp", lambda v: jax.nn.logmeanexp(v, axis=1), x)
    case("jax.nn.one_hot", lambda k: jax.nn.one_hot(k, 4), np.array([[0, 3], [-1, 7]], np.int32),
         covers=["jax.nn.one_hot", "linen.one_hot"])
    case("jax.nn.one_hot:axis", lambda k: jax.nn.one_hot(k, 4, axis=0, dtype=jnp.int32), np.array([0, 3], np.int32))


def attention(case):
    q, k, v = (uniform(-1, 1, (2, 3, 2, 4), seed=s) for s in range(3))
    case("jax.nn.dot_product_attention", jax.nn.dot_product_attention, q, k, v)
    case("jax.nn.dot_product_attention:causal", lambda a, b, c: jax.nn.dot_product_attention(a, b, c, is_causal=True), q, k, v)
    bias, mask = uniform(-1, 1, (2, 2, 3, 3)), uniform(-1, 1, (1, 1, 3, 3)) > -0.5
    case("jax.nn.dot_product_attention:bias",
         lambda a, b, c, d, m: jax.nn.dot_product_attention(a, b, c, d, m, scale=0.3), q, k, v, bias, mask)
    lengths = np.array([2, 3], np.int32)
    case("jax.nn.dot_product_attention:lengths",
         lambda a, b, c, n: jax.nn.dot_product_attention(a, b, c, query_seq_lengths=n, key_value_seq_lengths=n), q, k, v, lengths)
    case("jax.nn.dot_product_attention:window",
         lambda a, b, c: jax.nn.dot_product_attention(a, b, c, local_window_size=(1, 0)), q, k, v)
    wide = uniform(-1, 1, (2, 3, 4, 4))
    case("jax.nn.dot_product_attention:grouped",
         lambda a, b, c: jax.nn.dot_product_attention(a, b, c, return_residual=True), wide, k, v)


def scaled_product(a, b, a_scales, b_scales, preferred_element_type=jnp.float32):
    """What jax documents scaled_matmul to be: it runs on GPUs only."""
    each = [jnp.repeat(s.astype(jnp.float32), x.shape[-1] // s.shape[-1], axis=-1) for x, s in ((a, a_scales), (b, b_scales))]
    product = jnp.einsum("BMK,BNK->BMN", a.astype(jnp.float32) * each[0], b.astype(jnp.float32) * each[1])
    return product.astype(preferred_element_type)


def scaled_products(case):
    a, b = uniform(-1, 1, (2, 3, 4)), uniform(-1, 1, (2, 5, 4))
    case("jax.nn.scaled_matmul", scaled_product, a, b, uniform(0.5, 2, (2, 3, 2)), uniform(0.5, 2, (2, 5, 2)))
    from jax._src.cudnn import scaled_matmul_stablehlo
    scaled_matmul_stablehlo.scaled_matmul_wrapper = scaled_product
    covers = ["jax.nn.scaled_dot_general", "jax.nn.get_scaled_dot_general_config"]
    dims = (((2,), (2,)), ((0,), (0,)))
    for mode, shapes in (("mxfp8", ((1, 32, 32), (1, 32, 32))), ("nvfp4", ((2, 3, 16), (2, 2, 16)))):
        configs = [jax.nn.get_scaled_dot_general_config(mode, *([jnp.array([0.5], jnp.float32)] if mode == "nvfp4" else []))] * 3
        case(f"jax.nn.scaled_dot_general:{mode}",
             lambda l, r, c=configs: jax.nn.scaled_dot_general(l, r, dims, configs=c),
             uniform(-1, 1, shapes[0]), uniform(-1, 1, shapes[1], seed=1), covers=covers)
    case("jax.nn.scaled_dot_general", lambda l, r: jax.nn.scaled_dot_general(l, r, dims), a, b, covers=covers[:1])


def pooling(case):
    x = uniform(-2, 2, (2, 5, 6, 3))
    for name in ("avg_pool", "max_pool"):
        f = getattr(nn, name)
        case(f"linen.{name}", lambda v, f=f: f(v, (2, 2), (2, 2)), x)
        case(f"linen.{name}:same", lambda v, f=f: f(v, (3, 2), (2, 1), "SAME"), x)
        case(f"linen.{name}:one_dimension", lambda v, f=f: f(v, (2,), (1,)), x[0])
    case("linen.min_pool", lambda v: nn.pooling.min_pool(v, (2, 2), (2, 2)), x, covers=[])
    case("linen.avg_pool:exclude_pad", lambda v: nn.avg_pool(v, (3, 3), (2, 2), "SAME", count_include_pad=False), x)
    case("linen.max_pool:padding", lambda v: nn.max_pool(v, (2, 2), (2, 2), ((1, 0), (0, 1))), x)
    case("linen.pool", lambda v: nn.pool(v, 0.0, jax.lax.add, (2, 2), (1, 1), "VALID"), x)
