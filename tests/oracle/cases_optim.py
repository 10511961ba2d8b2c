"""optax: five steps of every optimizer and transformation on fixed gradients.

Inputs: parameters and gradients (each leaf with the steps in front). Outputs: the updates of every
step (steps in front) and the parameters after them.
"""
import jax
import jax.numpy as jnp
import numpy as np
import optax

from oracle import uniform

STEPS = 5
PARAMS = {"b": uniform(-1, 1, (3,)), "w": uniform(-1, 1, (2, 3), seed=1)}
GRADS = {"b": uniform(-2, 2, (STEPS, 3), seed=2), "w": uniform(-2, 2, (STEPS, 2, 3), seed=3)}

OPTIMIZERS = {
    "adabelief": {}, "adadelta": {}, "adagrad": {}, "adam": {}, "adamax": {}, "adamaxw": {},
    "adamw": {}, "adan": {}, "amsgrad": {}, "fromage": {}, "lamb": {}, "lars": {}, "lion": {},
    "nadam": {}, "nadamw": {}, "novograd": {}, "optimistic_adam": {}, "optimistic_gradient_descent": {},
    "radam": {}, "rmsprop": {}, "rprop": {}, "sgd": {}, "sign_sgd": {}, "signum": {}, "sm3": {},
    "yogi": {}, "adafactor": {},
}
LEARNING_RATE = 0.1
VARIANTS = {
    "adam:nesterov": lambda: optax.adam(0.1, nesterov=True),
    "adam:options": lambda: optax.adam(0.1, b1=0.8, b2=0.95, eps=1e-4, eps_root=1e-6),
    "adam:schedule": lambda: optax.adam(optax.exponential_decay(0.1, 2, 0.5)),
    "adamw:decay": lambda: optax.adamw(0.1, weight_decay=0.1),
    "adamw:mask": lambda: optax.adamw(0.1, weight_decay=0.1, mask={"b": False, "w": True}),
    "sgd:momentum": lambda: optax.sgd(0.1, momentum=0.9),
    "sgd:nesterov": lambda: optax.sgd(0.1, momentum=0.9, nesterov=True),
    "sgd:schedule": lambda: optax.sgd(optax.linear_schedule(0.1, 0.0, 4)),
    "rmsprop:centered": lambda: optax.rmsprop(0.1, centered=True, momentum=0.9),
}
TRANSFORMS = {
    "adaptive_grad_clip": lambda: optax.adaptive_grad_clip(0.1),
    "add_decayed_weights": lambda: optax.add_decayed_weights(0.1),
    "apply_every": lambda: optax.apply_every(2),
    "centralize": lambda: optax.centralize(),
    "chain": lambda: optax.chain(optax.clip(0.5), optax.trace(0.9), optax.scale(-0.1)),
    "clip": lambda: optax.clip(0.5),
    "clip_by_block_rms": lambda: optax.clip_by_block_rms(0.5),
    "clip_by_global_norm": lambda: optax.clip_by_global_norm(1.0),
    "ema": lambda: optax.ema(0.9),
    "identity": lambda: optax.identity(),
    "keep_params_nonnegative": lambda: optax.keep_params_nonnegative(),
    "masked": lambda: optax.masked(optax.scale(-0.1), {"b": False, "w": True}),
    "named_chain": lambda: optax.named_chain(("a", optax.clip(0.5)), ("b", optax.scale(-0.1))),
    "normalize_by_update_norm": lambda: optax.normalize_by_update_norm(),
    "scale": lambda: optax.scale(-0.1),
    "scale_by_adam": lambda: optax.scale_by_adam(),
    "scale_by_adamax": lambda: optax.scale_by_adamax(),
    "scale_by_adan": lambda: optax.scale_by_adan(),
    "scale_by_adadelta": lambda: optax.scale_by_adadelta(),
    "scale_by_amsgrad": lambda: optax.scale_by_amsgrad(),
    "scale_by_belief": lambda: optax.scale_by_belief(),
    "scale_by_factored_rms": lambda: optax.scale_by_factored_rms(min_dim_size_to_factor=2),
    "scale_by_learning_rate": lambda: optax.scale_by_learning_rate(0.1),
    "scale_by_lion": lambda: optax.scale_by_lion(),
    "scale_by_novograd": lambda: optax.scale_by_novograd(),
    "scale_by_optimistic_gradient": lambda: optax.scale_by_optimistic_gradient(),
    "scale_by_param_block_norm": lambda: optax.scale_by_param_block_norm(),
    "scale_by_param_block_rms": lambda: optax.scale_by_param_block_rms(),
    "scale_by_radam": lambda: optax.scale_by_radam(),
    "scale_by_rms": lambda: optax.scale_by_rms(),
    "scale_by_rprop": lambda: optax.scale_by_rprop(0.1),
    "scale_by_rss": lambda: optax.scale_by_rss(),
    "scale_by_schedule": lambda: optax.scale_by_schedule(optax.linear_schedule(1.0, 0.0, 4)),
    "scale_by_sign": lambda: optax.scale_by_sign(),
    "scale_by_sm3": lambda: optax.scale_by_sm3(),
    "scale_by_stddev": lambda: optax.scale_by_stddev(),
    "scale_by_trust_ratio": lambda: optax.scale_by_trust_ratio(),
    "scale_by_yogi": lambda: optax.scale_by_yogi(),
    "set_to_zero": lambda: optax.set_to_zero(),
    "trace": lambda: optax.trace(0.9, nesterov=True),
    "zero_nans": lambda: optax.zero_nans(),
    "lookahead": None, "MultiSteps": lambda: optax.MultiSteps(optax.sgd(0.1), 2),
    "partition": lambda: optax.partition({"a": optax.sgd(0.1), "b": optax.adam(0.1)}, {"b": "a", "w": "b"}),
    "multi_transform": lambda: optax.multi_transform({"a": optax.sgd(0.1), "b": optax.adam(0.1)}, {"b": "a", "w": "b"}),
    "apply_if_finite": lambda: optax.apply_if_finite(optax.sgd(0.1), 2),
    "freeze": lambda: optax.freeze({"b": True, "w": False}),
    "flatten": lambda: optax.flatten(optax.chain(optax.clip_by_global_norm(1.0), optax.scale(-0.1))),
    "add_noise": lambda: optax.add_noise(0.1, 0.55, 3),
    "inject_hyperparams": lambda: optax.inject_hyperparams(optax.adam)(learning_rate=optax.linear_schedule(0.1, 0.0, 4)),
}


def trajectory(tx, params, grads):
    state = tx.init(params)
    updates = []
    for i in range(STEPS):
        u, state = tx.update(jax.tree.map(lambda g: g[i], grads), state, params)
        params = optax.apply_updates(params, u)
        updates.append(u)
    return jax.tree.map(lambda *us: jnp.stack(us), *updates), params


def record(case):
    for name, options in OPTIMIZERS.items():
        case(f"optax.{name}", lambda p, g, t=getattr(optax, name)(LEARNING_RATE, **options): trajectory(t, p, g),
             PARAMS, GRADS, grad=False)
    for name, make in {**VARIANTS, **TRANSFORMS}.items():
        if make:
            case(f"optax.{name}", lambda p, g, m=make: trajectory(m(), p, g), PARAMS, GRADS, grad=False)
    holed = jax.tree.map(np.copy, GRADS)
    holed["w"][1, 0, 0] = np.nan
    case("optax.zero_nans:nan", lambda p, g: trajectory(optax.chain(optax.zero_nans(), optax.sgd(0.1)), p, g), PARAMS, holed, grad=False)
    case("optax.apply_if_finite:nan", lambda p, g: trajectory(optax.apply_if_finite(optax.sgd(0.1), 2), p, g), PARAMS, holed, grad=False)
    helpers(case)


def helpers(case):
    first = jax.tree.map(lambda g: g[0], GRADS)
    case("optax.apply_updates", optax.apply_updates, PARAMS, first, grad=False)
    case("optax.incremental_update", lambda p, g: optax.incremental_update(p, g, 0.1), PARAMS, first, grad=False)
    case("optax.periodic_update", lambda p, g: optax.periodic_update(p, g, jnp.int32(4), 2), PARAMS, first, grad=False)
    case("optax.global_norm", optax.global_norm, PARAMS)
    case("optax.safe_norm", lambda v: optax.safe_norm(v, 1e-3), PARAMS["b"])
    case("optax.safe_increment", lambda k: optax.safe_increment(k), np.array([0, 2**31 - 1], np.int32))
    case("optax.bias_correction", lambda m: optax.bias_correction(m, 0.9, jnp.int32(3)), PARAMS, grad=False)
    case("optax.update_moment", lambda g, m: optax.update_moment(g, m, 0.9, 2), first, PARAMS, grad=False)
