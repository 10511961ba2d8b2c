"""flax.linen: attention, recurrent layers, the module system."""
import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np

from layer import layer
from oracle import uniform


def record(case):
    attention_functions(case)
    attention(case)
    attention_options(case)
    recurrent(case)
    rnn_options(case)
    modules(case)
    module_methods(case)
    functions(case)
    lifted_loops(case)
    lifted_calls(case)
    lifted_derivatives(case)


def attention_functions(case):
    q, k, v = (uniform(-1, 1, (2, 3, 2, 4), seed=s) for s in range(3))
    bias = uniform(-1, 1, (2, 2, 3, 3))
    mask = nn.make_causal_mask(np.ones((2, 3), np.float32))
    case("linen.dot_product_attention", nn.dot_product_attention, q, k, v)
    case("linen.dot_product_attention:mask", lambda a, b, c, m: nn.dot_product_attention(a, b, c, mask=m), q, k, v, mask != 0)
    case("linen.dot_product_attention:bias", lambda a, b, c, d: nn.dot_product_attention(a, b, c, bias=d), q, k, v, bias)
    case("linen.dot_product_attention_weights", nn.dot_product_attention_weights, q, k)
    tokens = np.array([[1, 2, 0], [3, 0, 0]], np.int32)
    case("linen.make_causal_mask", nn.make_causal_mask, tokens)
    case("linen.make_attention_mask", lambda t: nn.make_attention_mask(t > 0, t > 0), tokens)
    case("linen.combine_masks", lambda t: nn.combine_masks(nn.make_causal_mask(t), nn.make_attention_mask(t > 0, t > 0)), tokens)


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


def attention_options(case):
    x, key = uniform(-1, 1, (2, 3, 4)), np.array([0, 1], np.uint32)
    covers = ["linen.MultiHeadDotProductAttention"]
    layer(case, "MultiHeadDotProductAttention:normalize_qk", nn.MultiHeadDotProductAttention(2, normalize_qk=True, use_bias=False), x, covers=covers)
    decoder = nn.MultiHeadDotProductAttention(2, decode=True)
    variables = decoder.init(jax.random.PRNGKey(0), x)
    case("linen.MultiHeadDotProductAttention:decode", lambda v, a: decoder.apply(v, a, mutable=["cache"]), variables, x[:, :1], covers=covers, grad=False)
    for name, broadcast in (("dropout", True), ("dropout_each", False)):
        noisy = nn.MultiHeadDotProductAttention(2, dropout_rate=0.4, broadcast_dropout=broadcast, deterministic=False)
        params = noisy.init({"params": key, "dropout": key}, x)
        case(f"linen.MultiHeadDotProductAttention:{name}", lambda v, a, k, m=noisy: m.apply(v, a, rngs={"dropout": k}), params, x, key, covers=covers)
    attend = nn.SelfAttention(2)
    variables = attend.init(jax.random.PRNGKey(0), x)
    case("linen.SelfAttention:sow_weights",
         lambda v, a: attend.apply(v, a, sow_weights=True, mutable=["intermediates"]), variables, x, covers=["linen.SelfAttention"])


def recurrent(case):
    x = uniform(-1, 1, (2, 4, 3))
    for name in ("LSTMCell", "OptimizedLSTMCell", "SimpleCell", "GRUCell", "MGUCell"):
        cell = getattr(nn, name)
        layer(case, name, nn.RNN(cell(5)), x, covers=[f"linen.{name}", "linen.RNN"])


class MakesRnns(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.RNN(nn.SimpleCell(3))(x)
        x = nn.Bidirectional(nn.RNN(nn.SimpleCell(2)), nn.RNN(nn.GRUCell(2)))(x)
        return nn.Sequential([nn.Dense(3), nn.tanh, nn.Dense(2)])(x)


def rnn_options(case):
    x, lengths = uniform(-1, 1, (2, 4, 3)), np.array([2, 4], np.int32)
    layer(case, "ConvLSTMCell", nn.RNN(nn.ConvLSTMCell(2, kernel_size=(3, 2))), uniform(-1, 1, (2, 3, 4, 3, 1)), covers=["linen.ConvLSTMCell", "linen.RNN"])
    layer(case, "Bidirectional", nn.Bidirectional(nn.RNN(nn.LSTMCell(2)), nn.RNN(nn.GRUCell(2))), x)
    layer(case, "RNN:inside", MakesRnns(), x, covers=["linen.RNN", "linen.Bidirectional", "linen.Sequential"])
    layer(case, "SimpleCell:residual", nn.RNN(nn.SimpleCell(3, residual=True)), x, covers=["linen.SimpleCell"])
    layer(case, "MGUCell:no_reset", nn.RNN(nn.MGUCell(3, reset_gate=False)), x, covers=["linen.MGUCell"])
    rnn = nn.RNN(nn.GRUCell(3))
    variables = rnn.init(jax.random.PRNGKey(0), x)
    case("linen.RNN:seq_lengths", lambda v, a, n: rnn.apply(v, a, seq_lengths=n, return_carry=True), variables, x, lengths)
    case("linen.RNN:reverse", lambda v, a, n: rnn.apply(v, a, seq_lengths=n, reverse=True, keep_order=True), variables, x, lengths)
    case("linen.RNN:time_major", lambda v, a: rnn.apply(v, a, time_major=True, reverse=True, return_carry=True), variables, x)
    cell = nn.LSTMCell(4, carry_init=nn.initializers.normal(1.0))
    case("linen.RNNCellBase", lambda k: list(cell.initialize_carry(k, (2, 3))), np.array([0, 3], np.uint32))


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


def text(s):
    """A text as numbers, for the fixture."""
    return np.frombuffer(s.encode(), np.uint8)


class Looks(nn.Module):
    """What a module can ask about its variables."""
    @nn.compact
    def __call__(self, x):
        x = nn.Dense(2, name="first")(x)
        self.put_variable("extra", "x", x)
        known = [self.has_variable("params", "first"), self.has_variable("params", "second"),
                 self.is_mutable_collection("params"), self.is_mutable_collection("extra"),
                 self.is_mutable_collection("state"), self.has_rng("params"), self.has_rng("noise"),
                 self.is_initializing()]
        kernel = self.get_variable("params", "first")["kernel"]
        return jnp.array(known), kernel, self.variables["params"]


class Perturbs(nn.Module):
    @nn.compact
    def __call__(self, x):
        return jnp.square(self.perturb("h", nn.Dense(2)(x)))


class AutoEncoder(nn.Module):
    def setup(self):
        self.encoder = nn.Dense(2)
        self.decoder = nn.Dense(3)

    def __call__(self, x):
        return self.decoder(nn.tanh(self.encoder(x)))

    def encode(self, x):
        return self.encoder(x)


class Where(nn.Module):
    @nn.compact
    def __call__(self, x):
        return text("/".join(self.path))


class Holds(nn.Module):
    @nn.compact
    def __call__(self, x):
        return Where(name="inner")(x)


def module_methods(case):
    x, key = uniform(-1, 1, (2, 3)), np.array([0, 0], np.uint32)
    looks = Looks()
    variables = looks.init(key, x)
    case("Module.has_variable", lambda v, a: looks.apply(v, a, mutable=["extra"]), variables, x, grad=False,
         covers=["Module.has_variable", "Module.get_variable", "Module.put_variable", "Module.variables",
                 "Module.is_mutable_collection", "Module.has_rng", "Module.is_initializing"])
    perturbs = Perturbs()
    case("Module.perturb", perturbs.apply, perturbs.init(key, x), x)
    model = AutoEncoder()
    variables = model.init(key, x)
    case("Module.bind", lambda v, a: model.bind(v).encode(a), variables, x)

    def unbound(v, a):
        encoder, its = model.bind(v).encoder.unbind()
        return encoder.apply(its, a), its
    case("Module.unbind", unbound, variables, x)
    case("Module.clone", lambda v, a: model.clone().apply(v, a), variables, x, covers=["Module.clone", "Module.copy"])
    shape = jax.ShapeDtypeStruct((2, 3), jnp.float32)
    case("Module.lazy_init", lambda k: model.lazy_init(k, shape), key, grad=False)
    case("Module.path", lambda a: Holds().apply({}, a), x, grad=False)
    paths = AutoEncoder().module_paths(jax.random.PRNGKey(0), x)
    case("Module.module_paths", lambda a: text("\n".join(f"{p}:{type(m).__name__}" for p, m in sorted(paths.items()))), x, grad=False)
    plain = {"width": 80, "color_system": None, "force_terminal": False}
    table = model.tabulate(jax.random.PRNGKey(0), x, console_kwargs=plain)
    case("Module.tabulate", lambda a: text(table), x, grad=False, covers=["Module.tabulate", "linen.tabulate"])


class Lora(nn.Module):
    features: int

    @nn.compact
    def __call__(self, x):
        inner = nn.Dense(self.features)
        nn.share_scope(self, inner)
        a = self.param("A", nn.initializers.normal(1.0), (x.shape[-1], 1))
        b = self.param("B", nn.initializers.normal(1.0), (1, self.features))
        return inner(x) + x @ a @ b


class HasLora(nn.Module):
    @nn.compact
    def __call__(self, x):
        return Lora(2)(x)


class NameScopes(nn.Module):
    @nn.compact
    def __call__(self, x):
        return self.down(self.up(x))

    @nn.compact_name_scope
    def up(self, x):
        return nn.Dense(3)(x) * self.param("scale", nn.initializers.normal(1.0), (3,))

    @nn.compact_name_scope
    def down(self, x):
        return nn.Dense(2)(x)


class Helpers(nn.Module):
    @nn.nowrap
    def dense(self, features):
        return nn.Dense(features)

    @nn.named_call
    def head(self, x):
        return self.dense(2)(x)

    @nn.compact
    def __call__(self, x):
        return self.head(nn.relu(self.dense(3)(x)))


def frozen_dict(a, b):
    frozen = nn.FrozenDict({"params": {"w": a}, "state": {"n": b}})
    rest, params = frozen.pop("params")
    return frozen.copy({"cache": {"k": a}}), rest, params


def functions(case):
    x, key = uniform(-1, 1, (2, 3)), np.array([0, 0], np.uint32)
    model = AutoEncoder()
    variables = model.init(key, x)
    encode = lambda m, a: m.encode(a)
    case("linen.apply", nn.apply(encode, model), variables, x)
    case("linen.init", nn.init(encode, model), key, x, grad=False)
    case("linen.init_with_output", nn.init_with_output(encode, model), key, x, grad=False)
    layer(case, "share_scope", HasLora(), x)
    layer(case, "compact_name_scope", NameScopes(), x)
    layer(case, "named_call", Helpers(), x, covers=["linen.named_call", "linen.nowrap"])
    case("linen.FrozenDict", lambda a, b: flax.core.unfreeze(frozen_dict(a, b)[0]), x, key[:1], grad=False)
    case("linen.FrozenDict:pop", lambda a, b: [flax.core.unfreeze(t) for t in frozen_dict(a, b)[1:]], x, key[:1], grad=False)

    def doubled(next_fun, args, kwargs, context):
        result = next_fun(*args, **kwargs)
        return result * 2 if context.module.name == "encoder" else result

    def intercepted(v, a):
        with nn.intercept_methods(doubled):
            return model.apply(v, a)
    case("linen.intercept_methods", intercepted, variables, x)

    def without_names(v, a):
        nn.disable_named_call()
        y = model.apply(v, a)
        nn.enable_named_call()
        with nn.override_named_call(False):
            return y + model.apply(v, a)
    case("linen.override_named_call", without_names, variables, x,
         covers=["linen.override_named_call", "linen.disable_named_call", "linen.enable_named_call"])
    case("linen.DenyList", lambda v, a: Compact().apply(v, a, mutable=nn.DenyList(["params", "intermediates"])),
         Compact().init(key, x), x, grad=False)
    case("linen.merge_param", lambda a: a * nn.merge_param("factor", None, 3.0), x)


class Step(nn.Module):
    @nn.compact
    def __call__(self, carry, x):
        y = nn.Dense(2)(jnp.concatenate([carry, x], -1))
        return y, y


class Loop(nn.Module):
    @nn.compact
    def __call__(self, xs):
        step = nn.scan(Step, variable_broadcast="params", split_rngs={"params": False}, in_axes=1, out_axes=1)
        return step()(jnp.zeros((xs.shape[0], 2)), xs)


class Block(nn.Module):
    @nn.compact
    def __call__(self, x, _):
        x = nn.Dense(x.shape[-1])(x)
        return nn.Dropout(0.5, deterministic=False)(jnp.tanh(x)), None


class Deep(nn.Module):
    @nn.compact
    def __call__(self, x):
        split = {"params": True, "dropout": True}
        return nn.scan(Block, variable_axes={"params": 0}, split_rngs=split, length=3)()(x, None)[0]


class Counts(nn.Module):
    @nn.compact
    def __call__(self, xs):
        count = self.variable("state", "count", lambda: jnp.zeros(()))

        def body(m, carry, x):
            seen = m.variable("state", "count", lambda: jnp.zeros(()))
            seen.value += x.sum()
            return carry, x * seen.value
        if self.is_initializing():
            return xs
        return nn.scan(body, variable_carry="state")(self, (), xs)[1]


class Ensemble(nn.Module):
    shared: bool = False

    @nn.compact
    def __call__(self, x):
        axes, split = {"params": None if self.shared else 0}, {"params": not self.shared}
        return nn.vmap(nn.Dense, variable_axes=axes, split_rngs=split)(4)(x)


class Doubles(nn.Module):
    @nn.compact
    def __call__(self, x):
        self.variable("state", "turns", lambda: jnp.zeros(()))
        layer = nn.Dense(2, name="layer")
        layer(x)

        def body(m, c):
            turns = m.variable("state", "turns", lambda: jnp.zeros(()))
            turns.value += 1
            return c * 2
        if self.is_initializing():
            return x
        return nn.while_loop(lambda m, c: c.max() < 10, body, self, x, carry_variables="state")


def lifted_loops(case):
    xs, key = uniform(-1, 1, (2, 4, 3)), np.array([0, 0], np.uint32)
    layer(case, "scan", Loop(), xs)
    deep, x = Deep(), uniform(-1, 1, (2, 3))
    made = deep.init({"params": key, "dropout": key}, x)
    case("linen.scan:layers/init", lambda k: deep.init({"params": k, "dropout": k}, x), key, grad=False)
    case("linen.scan:layers", lambda v, a, k: deep.apply(v, a, rngs={"dropout": k}), made, x, key)
    case("linen.scan:carry", lambda v, a: Counts().apply(v, a, mutable=["state"]), Counts().init(key, x), x)
    layer(case, "vmap", Ensemble(), x)
    layer(case, "vmap:shared", Ensemble(shared=True), x, covers=["linen.vmap"])
    case("linen.while_loop", lambda v, a: Doubles().apply(v, a, mutable=["state"]), Doubles().init(key, uniform(1, 2, (2, 3))), uniform(1, 2, (2, 3)), grad=False)


class Transformed(nn.Module):
    how: str

    @nn.compact
    def __call__(self, x):
        dense = {"jit": nn.jit(nn.Dense), "fold_rngs": nn.fold_rngs(nn.Dense), "remat": nn.remat(nn.Dense),
                 "checkpoint": nn.checkpoint(nn.Dense)}[self.how]
        x = dense(3)(x)
        return dense(2)(jnp.tanh(x))


class Chooses(nn.Module):
    @nn.compact
    def __call__(self, pred, x):
        layer = nn.Dense(2, name="layer")
        return nn.cond(pred, lambda m, a: m(a), lambda m, a: -m(a), layer, x)


class Switches(nn.Module):
    @nn.compact
    def __call__(self, index, x):
        layer = nn.Dense(2, name="layer")
        branches = [lambda m, a, s=s: s * m(a) for s in (1.0, 2.0, 3.0)]
        return nn.switch(index, branches, layer, x)


class Transposed(nn.Module):
    @nn.compact
    def __call__(self, x):
        turned = lambda variables: jax.tree.map(lambda a: a.T, variables)
        return nn.map_variables(nn.Dense, "params", turned, turned, init=True)(2)(x)


class DeepDense(nn.Module):
    @nn.compact
    def __call__(self, x):
        return nn.remat_scan(nn.Dense, lengths=(2, 3))(3)(x)


def lifted_calls(case):
    x = uniform(-1, 1, (2, 3))
    layer(case, "remat_scan", DeepDense(), x)
    for how in ("jit", "fold_rngs", "remat", "checkpoint"):
        layer(case, how, Transformed(how), x)
    for name, model, choice in (("cond", Chooses(), np.array(False)), ("switch", Switches(), np.array(2, np.int32))):
        variables = model.init(jax.random.PRNGKey(0), choice, x)
        case(f"linen.{name}/init", lambda k, m=model, c=choice: m.init(k, c, x), np.array([0, 0], np.uint32))
        case(f"linen.{name}", model.apply, variables, choice, x)
    layer(case, "map_variables", Transposed(), x)


class Vjp(nn.Module):
    @nn.compact
    def __call__(self, x):
        layer = nn.Dense(2, name="layer")
        y, pull_back = nn.vjp(lambda m, a: jnp.tanh(m(a)), layer, x)
        params, dx = pull_back(jnp.ones_like(y))
        return y, params, dx


class Grad(nn.Module):
    @nn.compact
    def __call__(self, x):
        layer = nn.Dense(2, name="layer")
        loss = lambda m, a: jnp.square(m(a)).sum()
        value, (dx,) = nn.value_and_grad(loss, layer, x)
        (same,) = nn.grad(loss, layer, x)
        return value, dx, same


class Jvp(nn.Module):
    @nn.compact
    def __call__(self, x):
        layer = nn.Dense(2, name="layer")
        layer(x)
        tangents = jax.tree.map(jnp.ones_like, layer.variables["params"])
        return nn.jvp(lambda m, a: jnp.tanh(m(a)), layer, (x,), (jnp.ones_like(x),), {"params": tangents})


class Clipped(nn.Module):
    @nn.compact
    def __call__(self, x):
        def forward(m, a):
            return nn.vjp(lambda m, a: jnp.tanh(m(a)), m, a)

        def backward(pull_back, ct):
            params, dx = pull_back(jnp.clip(ct, -0.7, 0.7))
            return jax.tree.map(jnp.sign, params), dx
        layer = nn.Dense(2, name="layer")
        return nn.custom_vjp(lambda m, a: jnp.tanh(m(a)), forward_fn=forward, backward_fn=backward)(layer, x)


def lifted_derivatives(case):
    x = uniform(-1, 1, (2, 3))
    layer(case, "vjp", Vjp(), x)
    layer(case, "value_and_grad", Grad(), x, covers=["linen.value_and_grad", "linen.grad"])
    layer(case, "jvp", Jvp(), x)
    layer(case, "custom_vjp", Clipped(), x)
