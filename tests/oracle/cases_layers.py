"""flax.linen layers: init with a seed, apply, and the gradients of parameters and inputs."""
import functools

import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from layer import layer
from oracle import integers, uniform


def record(case):
    dense(case)
    convolutions(case)
    norms(case)
    wrappers(case)
    eight_bits(case)
    stochastic(case)


def dense(case):
    x = uniform(-1, 1, (2, 3, 4))
    layer(case, "Dense", nn.Dense(5), x)
    layer(case, "Dense:no_bias", nn.Dense(5, use_bias=False), x)
    layer(case, "DenseGeneral", nn.DenseGeneral((2, 3), axis=(-2, -1)), x)
    layer(case, "DenseGeneral:batch", nn.DenseGeneral(5, axis=-1, batch_dims=(0,)), x)
    layer(case, "Einsum", nn.Einsum((4, 5), "abc,cd->abd"), x)
    layer(case, "Embed", nn.Embed(6, 3), integers(0, 6, (2, 4)))
    layer(case, "Dense:bfloat16", nn.Dense(5, dtype=jnp.bfloat16), x)
    embed = nn.Embed(6, 3)
    table = embed.init(jax.random.PRNGKey(0), integers(0, 6, (2, 4)))
    case("linen.Embed:attend", lambda v, q: embed.apply(v, q, method="attend"), table, uniform(-1, 1, (2, 3)))
    layer(case, "PReLU", nn.PReLU(), x)
    case("linen.BatchApply", lambda v: nn.BatchApply(lambda rows: jnp.cumsum(rows, 0))(v), x)


def convolutions(case):
    x = uniform(-1, 1, (2, 5, 6, 2))
    layer(case, "Conv", nn.Conv(3, (3, 3)), x)
    layer(case, "Conv:strides", nn.Conv(3, (3, 2), strides=(2, 1), padding="VALID", use_bias=False), x)
    layer(case, "Conv:groups", nn.Conv(4, (3, 3), feature_group_count=2, kernel_dilation=2), x)
    layer(case, "Conv:circular", nn.Conv(3, (3, 3), padding="CIRCULAR"), x)
    layer(case, "Conv:reflect", nn.Conv(3, (3, 3), padding="REFLECT"), x)
    layer(case, "Conv:causal", nn.Conv(3, (3,), padding="CAUSAL"), x[0])
    layer(case, "Conv:padding", nn.Conv(3, (2, 3), padding=((1, 0), (2, 1))), x)
    layer(case, "ConvTranspose", nn.ConvTranspose(3, (3, 3), strides=(2, 2)), x)
    layer(case, "Conv:input_dilation", nn.Conv(2, (2,), input_dilation=2, padding=1), x[0])
    layer(case, "Conv:mask", nn.Conv(2, (3,), mask=np.array([1, 0, 1], np.float32)[:, None, None] * np.ones((3, 2, 2), np.float32)), x[0])
    layer(case, "Conv:bfloat16", nn.Conv(3, (3, 3), dtype=jnp.bfloat16), x)
    layer(case, "ConvTranspose:circular", nn.ConvTranspose(3, (3, 3), strides=(2, 1), padding="CIRCULAR"), x)
    layer(case, "ConvTranspose:transpose_kernel",
          nn.ConvTranspose(3, (4,), strides=(3,), padding="CIRCULAR", transpose_kernel=True), x[0])
    layer(case, "ConvTranspose:padding", nn.ConvTranspose(3, (3, 2), padding=((1, 2), (0, 1)), kernel_dilation=(1, 2)), x)
    layer(case, "ConvLocal", nn.ConvLocal(2, (2, 2), padding="VALID"), x[:, :3, :3])


def norms(case):
    x = uniform(-1, 2, (2, 3, 4))
    layer(case, "LayerNorm", nn.LayerNorm(), x)
    layer(case, "LayerNorm:options", nn.LayerNorm(epsilon=1e-3, use_bias=False, use_fast_variance=False, reduction_axes=(-2, -1)), x)
    layer(case, "RMSNorm", nn.RMSNorm(), x)
    layer(case, "GroupNorm", nn.GroupNorm(num_groups=2), x)
    layer(case, "GroupNorm:group_size", nn.GroupNorm(num_groups=None, group_size=2, reduction_axes=(-1,)), x)
    layer(case, "InstanceNorm", nn.InstanceNorm(), x)
    layer(case, "BatchNorm", nn.BatchNorm(use_running_average=True), x)
    norm = nn.BatchNorm(use_running_average=False, momentum=0.9)
    variables = norm.init(jax.random.PRNGKey(0), x)
    case("linen.BatchNorm:training", lambda v, a: norm.apply(v, a, mutable=["batch_stats"]), variables, x)
    mask = np.array([[[True], [True], [False]], [[True], [False], [True]]])
    case("linen.BatchNorm:mask", lambda v, a, m: norm.apply(v, a, mask=m, mutable=["batch_stats"]), variables, x, mask)
    over_axis = nn.BatchNorm(use_running_average=False, axis_name="batch")
    case("linen.BatchNorm:axis_name",
         lambda v, a: jax.vmap(lambda b: over_axis.apply(v, b, mutable=["batch_stats"]), axis_name="batch")(a), variables, x)
    rows = nn.LayerNorm(reduction_axes=(1, 2))
    case("linen.LayerNorm:mask", lambda v, a, m: rows.apply(v, a, mask=m), rows.init(jax.random.PRNGKey(0), x), x, mask)
    layer(case, "LayerNorm:bfloat16", nn.LayerNorm(dtype=jnp.bfloat16, param_dtype=jnp.bfloat16), x)


def wrappers(case):
    x = uniform(-1, 2, (2, 3, 4))
    layer(case, "WeightNorm", nn.WeightNorm(nn.Dense(3)), x)
    layer(case, "WeightNorm:all", nn.WeightNorm(nn.Conv(3, (2,)), use_scale=False, feature_axes=None, variable_filter=None), x)
    norm = nn.SpectralNorm(nn.Dense(3), n_steps=2)
    variables = norm.init(jax.random.PRNGKey(0), x, update_stats=False)
    case("linen.SpectralNorm:init", lambda k: norm.init(k, x, update_stats=False), np.array([0, 0], np.uint32))
    case("linen.SpectralNorm", lambda v, a: norm.apply(v, a, update_stats=False), variables, x)
    case("linen.SpectralNorm:training",
         lambda v, a: norm.apply(v, a, update_stats=True, mutable=["batch_stats"]), variables, x)


def eight_bits(case):
    x = uniform(-1, 1, (2, 3, 4))
    for name in ("Fp8DotGeneralOp", "Fp8DirectDotGeneralOp", "NANOOFp8DotGeneralOp"):
        op = functools.partial(getattr(nn, name), amax_history_length=3)
        covers = [f"linen.{name}"] + (["linen.Fp8DotGeneral"] if name == "Fp8DirectDotGeneralOp" else [])
        layer(case, name, nn.Dense(5, dot_general_cls=op), x, covers=covers)
    einsum = nn.Fp8Einsum(amax_history_length=3)
    kernel = uniform(-1, 1, (4, 5))
    variables = einsum.init(jax.random.PRNGKey(0), "abc,cd->abd", x, kernel, preferred_element_type=jnp.float32)
    case("linen.Fp8Einsum",
         lambda v, a, b: einsum.apply(v, "abc,cd->abd", a, b, preferred_element_type=jnp.float32), variables, x, kernel)


def stochastic(case):
    x, key = uniform(-1, 1, (4, 5)), np.array([0, 3], np.uint32)
    case("linen.Dropout", lambda k, v: nn.Dropout(0.4).apply({}, v, deterministic=False, rngs={"dropout": k}), key, x)
    case("linen.Dropout:broadcast",
         lambda k, v: nn.Dropout(0.4, broadcast_dims=(0,), deterministic=False).apply({}, v, rngs={"dropout": k}), key, x)
    case("linen.Dropout:deterministic", lambda v: nn.Dropout(0.4, deterministic=True).apply({}, v), x)
