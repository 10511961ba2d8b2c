"""flax.linen layers: init with a seed, apply, and the gradients of parameters and inputs."""
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from oracle import integers, uniform


def record(case):
    dense(case)
    convolutions(case)
    norms(case)
    attention(case)
    stochastic(case)
    recurrent(case)
    modules(case)


def layer(case, name, module, *inputs, covers=None):
    """Two cases: NAME:init gives the variables of seed 0, NAME the output from variables and inputs."""
    covers = covers or [f"linen.{name.split(':')[0].split('/')[0]}"]
    made = module.init(jax.random.PRNGKey(0), *inputs)
    case(f"linen.{name}/init", lambda k: module.init(k, *inputs), np.array([0, 0], np.uint32), covers=covers)
    # Away from the zeros and ones that initializers give, or a missing bias would not be seen.
    moved = jax.tree.map(lambda v: v + uniform(0.1, 0.3, v.shape).astype(v.dtype), made)
    case(f"linen.{name}/apply", lambda v, *xs: module.apply(v, *xs), moved, *inputs, covers=covers)


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
    layer(case, "ConvLocal", nn.ConvLocal(2, (2, 2), padding="VALID"), x[:, :3, :3])


def norms(case):
    x = uniform(-1, 2, (2, 3, 4))
    layer(case, "LayerNorm", nn.LayerNorm(), x)
    layer(case, "LayerNorm:options", nn.LayerNorm(epsilon=1e-3, use_bias=False, use_fast_variance=False, reduction_axes=(-2, -1)), x)
    layer(case, "RMSNorm", nn.RMSNorm(), x)
    layer(case, "GroupNorm", nn.GroupNorm(num_groups=2), x)
    layer(case, "InstanceNorm", nn.InstanceNorm(), x)
    layer(case, "BatchNorm", nn.BatchNorm(use_running_average=True), x)
    norm = nn.BatchNorm(use_running_average=False, momentum=0.9)
    variables = norm.init(jax.random.PRNGKey(0), x)
    case("linen.BatchNorm:training", lambda v, a: norm.apply(v, a, mutable=["batch_stats"]), variables, x)


def attention(case):
    x = uniform(-1, 1, (2, 3, 4))
    y = uniform(-1, 1, (2, 5, 4))
    covers = ["linen.MultiHeadDotProductAttention"]
    layer(case, "MultiHeadDotProductAttention", nn.MultiHeadDotProductAttention(2), x)
    layer(case, "MultiHeadDotProductAttention:cross", nn.MultiHeadDotProductAttention(2, qkv_features=6, out_features=3), x, y, covers=covers)
    attend = nn.MultiHeadDotProductAttention(2)
    variables = attend.init(jax.random.PRNGKey(0), x)
    mask = nn.make_causal_mask(np.ones((2, 3)))
    case("linen.MultiHeadDotProductAttention:mask", lambda v, a: attend.apply(v, a, a, mask=mask), variables, x)
    layer(case, "MultiHeadAttention", nn.MultiHeadAttention(2), x)
    layer(case, "SelfAttention", nn.SelfAttention(2), x)


def stochastic(case):
    x, key = uniform(-1, 1, (4, 5)), np.array([0, 3], np.uint32)
    case("linen.Dropout", lambda k, v: nn.Dropout(0.4).apply({}, v, deterministic=False, rngs={"dropout": k}), key, x)
    case("linen.Dropout:broadcast",
         lambda k, v: nn.Dropout(0.4, broadcast_dims=(0,), deterministic=False).apply({}, v, rngs={"dropout": k}), key, x)
    case("linen.Dropout:deterministic", lambda v: nn.Dropout(0.4, deterministic=True).apply({}, v), x)


def recurrent(case):
    x = uniform(-1, 1, (2, 4, 3))
    for name in ("LSTMCell", "OptimizedLSTMCell", "SimpleCell", "GRUCell", "MGUCell"):
        cell = getattr(nn, name)
        layer(case, name, nn.RNN(cell(5)), x, covers=[f"linen.{name}", "linen.RNN"])


class Compact(nn.Module):
    @nn.compact
    def __call__(self, x):
        scale = self.param("scale", nn.initializers.normal(0.5), (x.shape[-1],))
        count = self.variable("state", "count", lambda: jnp.zeros((), jnp.int32))
        if not self.is_initializing():
            count.value += 1
        x = nn.Dense(4)(x * scale)
        self.sow("intermediates", "hidden", x)
        return nn.Dense(2, name="head")(nn.relu(x))


class Setup(nn.Module):
    def setup(self):
        self.first = nn.Dense(4)
        self.second = nn.Dense(2)

    def __call__(self, x):
        return self.second(nn.tanh(self.first(x)))


class Shared(nn.Module):
    @nn.compact
    def __call__(self, x):
        layer = nn.Dense(3)
        return layer(nn.relu(layer(x)))


class Noisy(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Dense(4)(x)
        x = nn.Dropout(0.5, deterministic=False)(x)
        return x + jax.random.normal(self.make_rng("noise"), x.shape)


def modules(case):
    x, key = uniform(-1, 1, (2, 3)), np.array([0, 0], np.uint32)
    layer(case, "Sequential", nn.Sequential([nn.Dense(4), nn.relu, nn.Dense(2)]), x)
    layer(case, "Module:setup", Setup(), x, covers=["linen.Module", "Module.setup"])
    layer(case, "Module:shared", Shared(), x, covers=["linen.Module"])
    model = Compact()
    variables = model.init(key, x)
    case("Module.init", lambda k, v: model.init(k, v), key, x, grad=False,
         covers=["Module.init", "Module.param", "linen.compact", "linen.Module", "Module.is_initializing"])
    case("Module.init_with_output", lambda k, v: model.init_with_output(k, v), key, x, grad=False)
    case("Module.apply", lambda v, a: model.apply(v, a, mutable=["state", "intermediates"]), variables, x, grad=False,
         covers=["Module.apply", "Module.sow", "Module.variable", "linen.Variable"])
    noisy = Noisy()
    params = noisy.init({"params": key, "dropout": key, "noise": key}, x)
    case("Module.make_rng", lambda v, a, k, n: noisy.apply(v, a, rngs={"dropout": k, "noise": n}), params, x,
         np.array([0, 1], np.uint32), np.array([0, 2], np.uint32), grad=False, covers=["Module.make_rng"])
