"""optax.contrib, and transformations with arguments or states of their own kind."""
import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax import contrib

from cases_optim import GRADS, PARAMS, STEPS
from oracle import complexes, uniform

CONTRIB = {
    "acprop": lambda: contrib.acprop(0.1), "ademamix": lambda: contrib.ademamix(0.1),
    "adopt": lambda: contrib.adopt(0.1), "cocob": lambda: contrib.cocob(),
    "dadapt_adamw": lambda: contrib.dadapt_adamw(weight_decay=0.01),
    "dog": lambda: contrib.dog(), "dog:distance": lambda: contrib.dog(0.5, init_step=("distance", 0.1), weight_decay=0.1),
    "dog:learning_rate": lambda: contrib.dog(init_step=("learning_rate", 0.1)),
    "dowg": lambda: contrib.dowg(), "madgrad": lambda: contrib.madgrad(0.1, weight_decay=0.01),
    "mechanize": lambda: contrib.mechanize(optax.sgd(0.1)), "muon": lambda: contrib.muon(0.1),
    "normalize": lambda: contrib.normalize(),
    "prodigy": lambda: contrib.prodigy(weight_decay=0.01),
    "prodigy:safeguard": lambda: contrib.prodigy(0.5, safeguard_warmup=True),
    "sam": lambda: contrib.sam(optax.sgd(0.1), optax.chain(contrib.normalize(), optax.sgd(0.05))),
    "sam:keep": lambda: contrib.sam(optax.sgd(0.1), optax.sgd(0.05, momentum=0.9), sync_period=3, reset_state=False),
    "schedule_free": lambda: contrib.schedule_free(optax.sgd(0.1), 0.1),
    "schedule_free_adamw": lambda: contrib.schedule_free_adamw(0.1, warmup_steps=3),
    "schedule_free_sgd": lambda: contrib.schedule_free_sgd(0.1, weight_decay=0.01),
    "simplified_ademamix": lambda: contrib.simplified_ademamix(0.1, alpha=2.0),
    "scale_by_acprop": lambda: contrib.scale_by_acprop(), "scale_by_ademamix": lambda: contrib.scale_by_ademamix(),
    "scale_by_adopt": lambda: contrib.scale_by_adopt(nesterov=True), "scale_by_cocob": lambda: contrib.scale_by_cocob(),
    "scale_by_madgrad": lambda: contrib.scale_by_madgrad(0.1),
    "scale_by_simplified_ademamix": lambda: contrib.scale_by_simplified_ademamix(),
    "reduce_on_plateau": lambda: contrib.reduce_on_plateau(patience=2, factor=0.5, rtol=0.3, cooldown=1),
    "momo": lambda: contrib.momo(0.1), "momo:adapt": lambda: contrib.momo(0.1, adapt_lower_bound=True, weight_decay=0.01),
    "momo_adam": lambda: contrib.momo_adam(), "momo_adam:adapt": lambda: contrib.momo_adam(adapt_lower_bound=True, weight_decay=0.01),
    "sophia": lambda: contrib.sophia(0.1, update_interval=2),
    "hutchinson_estimator_diag_hessian": lambda: contrib.hutchinson_estimator_diag_hessian(jax.random.PRNGKey(2)),
}
OTHERS = {
    "conditionally_mask": lambda: optax.conditionally_mask(optax.sgd(0.1, momentum=0.9), lambda step: step % 2 == 0),
    "conditionally_transform": lambda: optax.conditionally_transform(optax.sgd(0.1, momentum=0.9), lambda step: step % 2 == 0),
    "inject_stateful_hyperparams": lambda: optax.inject_stateful_hyperparams(optax.sgd)(learning_rate=optax.linear_schedule(0.1, 0.0, 4)),
    "noisy_sgd": lambda: optax.noisy_sgd(0.1, key=5), "optimistic_adam_v2": lambda: optax.optimistic_adam_v2(0.1),
    "polyak_sgd": lambda: optax.polyak_sgd(), "scale_by_polyak": lambda: optax.scale_by_polyak(variant="sps+"),
    "scale_by_distance_over_gradients": lambda: optax.scale_by_distance_over_gradients(),
    "selective_transform": lambda: optax.transforms.selective_transform(optax.sgd(0.1), freeze_mask={"b": True, "w": False}),
    "stateless": lambda: optax.stateless(lambda u, p: jax.tree.map(lambda a, b: a + 0.1 * b, u, p)),
    "stateless_with_tree_map": lambda: optax.stateless_with_tree_map(lambda u, p: u - 0.1 * p),
}
ROLES = {  # types whose C++ forms the case of a function uses
    "conditionally_mask": ["GradientTransformationExtraArgs", "with_extra_args_support", "TransformUpdateExtraArgsFn"],
    "inject_stateful_hyperparams": ["WrappedSchedule", "ScalarOrSchedule", "Schedule"],
    "selective_transform": ["MaskOrFn"],
    "stateless": ["GradientTransformation", "TransformInitFn", "TransformUpdateFn", "Params", "Updates", "init_empty_state"],
}
VALUED = ("momo", "polyak", "scale_by_polyak", "reduce_on_plateau")


def loss_of(params):
    return sum(jnp.sum(x ** 4 + x ** 2) for x in jax.tree.leaves(params))


def trajectory(name, tx, params, grads):
    state, updates = tx.init(params), []
    for i in range(STEPS):
        extra = {}
        if name.startswith(VALUED):
            extra = {"value": loss_of(params)}
        if name.startswith(("sophia", "hutchinson")):
            extra = {"obj_fn": loss_of}
        u, state = tx.update(jax.tree.map(lambda g: g[i], grads), state, params, **extra)
        params = optax.apply_updates(params, u)
        updates.append(u)
    return jax.tree.map(lambda *us: jnp.stack(us), *updates), params


def record(case):
    for prefix, table in (("optax.contrib.", CONTRIB), ("optax.", OTHERS)):
        for name, make in table.items():
            covers = [prefix + name.split(":")[0]] + ["optax." + r for r in ROLES.get(name, [])]
            case(prefix + name, lambda p, g, n=name, m=make: trajectory(n, m(), p, g), PARAMS, GRADS, covers=covers, grad=False)
    states(case)
    matrices(case)
    batches(case)


def states(case):
    def eval_params(p, g):
        tx = contrib.schedule_free_sgd(0.1)
        _, state = tx.update(jax.tree.map(lambda x: x[0], g), tx.init(p), p)
        return contrib.schedule_free_eval_params(state, p)
    case("optax.contrib.schedule_free_eval_params", eval_params, PARAMS, GRADS, grad=False)

    def lookahead(p, g):
        tx = optax.lookahead(optax.sgd(0.1, momentum=0.9), 2, 0.5, reset_state=True)
        params = optax.LookaheadParams.init_synced(p)
        state = tx.init(params)
        for i in range(STEPS):
            u, state = tx.update(jax.tree.map(lambda x: x[i], g), state, params)
            params = optax.apply_updates(params, u)
        return [params.fast, params.slow]
    case("optax.lookahead", lookahead, PARAMS, GRADS, covers=["optax.lookahead", "optax.LookaheadParams"], grad=False)

    def measured(make):
        def run(p, g):
            tx = make()
            state = tx.init(p)
            for i in range(STEPS):
                u, state = tx.update(jax.tree.map(lambda x: x[i], g), state, p)
            return u, jax.tree.leaves(state)
        return run
    norm = optax.tree_utils.tree_norm
    case("optax.snapshot", measured(lambda: optax.snapshot("norm", norm)), PARAMS, GRADS, grad=False)
    case("optax.monitor", measured(lambda: optax.monitor({"ema": optax.measure_with_ema(norm, 0.9), "norm": norm})),
         PARAMS, GRADS, covers=["optax.monitor", "optax.measure_with_ema"], grad=False)
    case("optax.ApplyEvery", measured(lambda: optax.apply_every(2)), PARAMS, GRADS, grad=False)

    def split(p, g):
        tx = contrib.split_real_and_imaginary(optax.adam(0.1))
        u, _ = tx.update(g, tx.init(p), p)
        return u
    complex_params = {"b": complexes((3,)), "w": uniform(-1, 1, (2,))}
    complex_grads = {"b": complexes((3,), seed=3), "w": uniform(-1, 1, (2,), seed=3)}
    case("optax.contrib.split_real_and_imaginary", split, complex_params, complex_grads, grad=False)

    def opaque(p, g):
        tx = contrib.sam(optax.sgd(0.1), optax.sgd(0.05), sync_period=3, opaque_mode=True)
        u, _ = tx.update(jax.tree.map(lambda x: x[0], g), tx.init(p), p, grad_fn=lambda q, i: jax.grad(loss_of)(q))
        return u
    case("optax.contrib.sam:opaque", opaque, PARAMS, GRADS, grad=False)


def matrices(case):
    square = {"w": uniform(-1, 1, (4, 3)), "v": uniform(-1, 1, (2, 5), seed=1)}
    cube = {"k": uniform(-1, 1, (2, 3, 4))}
    grads = lambda tree: {k: uniform(-1, 1, (STEPS, *v.shape), seed=8) for k, v in tree.items()}
    run = lambda make: lambda p, g: trajectory("muon", make(), p, g)
    plain = contrib.MuonDimensionNumbers()
    whole = lambda u: jax.tree.map(lambda _: plain, u)
    for kind in ("frobenius", "aol", "schatten"):
        name = "optax.contrib.scale_by_muon" + ("" if kind == "frobenius" else f":{kind}")
        case(name, run(lambda kind=kind: contrib.scale_by_muon(preconditioning=kind, weight_dimension_numbers=whole)),
             square, grads(square), grad=False)
    case("optax.contrib.muon:adaptive", run(lambda: contrib.muon(0.1, adaptive=True, nesterov=False, consistent_rms=0.2)),
         square, grads(square), grad=False)
    dims = {"k": contrib.MuonDimensionNumbers((0, 1), (2,))}
    case("optax.contrib.MuonDimensionNumbers", run(lambda: contrib.muon(0.1, muon_weight_dimension_numbers=dims)),
         cube, grads(cube), grad=False)


def batches(case):
    grads = {"b": uniform(-2, 2, (4, 3), seed=2), "w": uniform(-2, 2, (4, 2, 3), seed=3)}

    def run(make):
        def f(p, g):
            tx = make()
            u, state = tx.update(g, tx.init(p), p)
            v, _ = tx.update(g, state, p)
            return [u, v]
        return f
    case("optax.contrib.differentially_private_aggregate",
         run(lambda: contrib.differentially_private_aggregate(2.0, 0.5, key=jax.random.key(4))), PARAMS, grads, grad=False)
    case("optax.contrib.dpsgd", run(lambda: contrib.dpsgd(0.1, 2.0, 0.5, seed=4, momentum=0.9)), PARAMS, grads, grad=False)
