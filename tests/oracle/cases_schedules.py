"""optax schedules, at steps around their corners."""
import jax
import numpy as np
import optax

COUNTS = np.array([0, 1, 2, 3, 5, 8, 10, 11, 15, 20, 21, 40], np.int32)
SCHEDULES = {
    "constant_schedule": lambda: optax.constant_schedule(0.3),
    "cosine_decay_schedule": lambda: optax.cosine_decay_schedule(0.5, 20, alpha=0.1),
    "cosine_decay_schedule:exponent": lambda: optax.cosine_decay_schedule(0.5, 20, exponent=2.0),
    "cosine_onecycle_schedule": lambda: optax.cosine_onecycle_schedule(20, 0.5),
    "exponential_decay": lambda: optax.exponential_decay(0.5, 10, 0.5),
    "exponential_decay:staircase": lambda: optax.exponential_decay(0.5, 4, 0.5, transition_begin=2, staircase=True, end_value=0.1),
    "join_schedules": lambda: optax.join_schedules([optax.linear_schedule(0.0, 1.0, 5), optax.constant_schedule(0.7)], [8]),
    "linear_onecycle_schedule": lambda: optax.linear_onecycle_schedule(20, 0.5),
    "linear_schedule": lambda: optax.linear_schedule(0.5, 0.1, 10, transition_begin=2),
    "piecewise_constant_schedule": lambda: optax.piecewise_constant_schedule(0.5, {3: 0.5, 10: 0.1}),
    "piecewise_interpolate_schedule": lambda: optax.piecewise_interpolate_schedule("cosine", 0.5, {5: 0.5, 20: 0.1}),
    "polynomial_schedule": lambda: optax.polynomial_schedule(0.5, 0.1, 2.0, 10, transition_begin=1),
    "sgdr_schedule": lambda: optax.sgdr_schedule(
        [{"init_value": 0.0, "peak_value": 1.0, "decay_steps": 10, "warmup_steps": 3, "end_value": 0.1},
         {"init_value": 0.1, "peak_value": 0.5, "decay_steps": 12, "warmup_steps": 2, "end_value": 0.0}]),
    "warmup_constant_schedule": lambda: optax.warmup_constant_schedule(0.1, 0.5, 5),
    "warmup_cosine_decay_schedule": lambda: optax.warmup_cosine_decay_schedule(0.0, 0.5, 5, 20, 0.05),
    "warmup_exponential_decay_schedule": lambda: optax.warmup_exponential_decay_schedule(0.0, 0.5, 5, 4, 0.5),
}


def record(case):
    for name, make in SCHEDULES.items():
        case(f"optax.{name}", lambda counts, m=make: np.stack([np.asarray(m()(c), np.float32) for c in jax.numpy.asarray(counts)]),
             COUNTS, grad=False)
