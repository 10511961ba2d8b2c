"""flax.training."""
import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import linen as nn
from flax.training import common_utils, dynamic_scale, early_stopping, lr_schedule, train_state

from oracle import integers, uniform

STEPS = np.array([0, 1, 5, 10, 11, 20, 21, 35], np.int32)
SCHEDULES = {
    "constant": lambda: lr_schedule.create_constant_learning_rate_schedule(0.5, 10, warmup_length=2.0),
    "stepped": lambda: lr_schedule.create_stepped_learning_rate_schedule(0.5, 10, [[1, 0.1], [2.05, 0.01]], warmup_length=0.5),
    "cosine": lambda: lr_schedule.create_cosine_learning_rate_schedule(0.5, 10, 4, warmup_length=1.0),
}
PARAMS = {"bias": uniform(-1, 1, (2,)), "kernel": uniform(-1, 1, (3, 2), seed=1)}


def record(case):
    for name, make in SCHEDULES.items():
        case(f"training.lr_schedule.create_{name}_learning_rate_schedule",
             lambda steps, m=make: jnp.stack([jnp.float32(m()(s)) for s in steps]), STEPS, grad=False)
    case("training.common_utils.onehot", lambda l: common_utils.onehot(l, 4, 0.9, 0.1), integers(0, 4, (2, 3)), grad=False)
    case("training.common_utils.stack_forest", lambda a, b: common_utils.stack_forest([a, b]),
         PARAMS, jax.tree.map(lambda x: x * 2, PARAMS))
    case("training.train_state.TrainState", _train, PARAMS, uniform(-1, 1, (4, 3), seed=2), uniform(-1, 1, (4, 2), seed=3), grad=False)
    case("training.dynamic_scale.DynamicScale", _scaled, PARAMS,
         covers=["training.dynamic_scale.DynamicScale", "training.dynamic_scale.DynamicScaleResult"], grad=False)
    case("training.early_stopping.EarlyStopping", _stopping, np.array([3.0, 2.5, 2.45, 2.6, 2.7, 1.0], np.float32), grad=False)


def _train(params, x, y):
    model = nn.Dense(2)
    state = train_state.TrainState.create(apply_fn=model.apply, params=params, tx=optax.sgd(0.1, momentum=0.9))
    for _ in range(3):
        loss = lambda p: jnp.mean((state.apply_fn({"params": p}, x) - y) ** 2)
        state = state.apply_gradients(grads=jax.grad(loss)(state.params))
    return [jnp.int32(state.step), state.params]


def _scaled(params):
    scale = dynamic_scale.DynamicScale(growth_interval=2, scale=jnp.float32(1024))
    out = []
    for i in range(6):
        loss = lambda p: sum(jnp.sum(x ** 2) for x in jax.tree.leaves(p)) * (jnp.inf if i == 4 else 1.0)
        scale, finite, value, grads = scale.value_and_grad(loss)(params)
        out.append([jnp.float32(scale.scale), jnp.int32(scale.fin_steps), finite])
    return [out, grads]


def _stopping(metrics):
    stop, out = early_stopping.EarlyStopping(min_delta=0.1, patience=1), []
    for m in metrics:
        stop = stop.update(float(m))
        out.append([stop.has_improved, stop.should_stop, stop.patience_count])
    return jnp.asarray(out, jnp.int32)
