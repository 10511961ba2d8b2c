"""Flax's side of startup: from the start of the process to the end of SimpleNet's first step.

Usage: python startup.py
"""
import json
import os
import time

import flax.linen as nn
import jax
import optax
from flax.training.train_state import TrainState


def seconds_since_start():
    with open("/proc/self/stat") as file:
        ticks = int(file.read().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")


class SimpleNet(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(64)(x))
        return nn.Dense(10)(x)


@jax.jit
def step(state, x, y):
    def loss_fn(params):
        return optax.squared_error(state.apply_fn({"params": params}, x), y).mean()

    loss, grads = jax.value_and_grad(loss_fn)(state.params)
    return state.apply_gradients(grads=grads), loss


def first_loss():
    model = SimpleNet()
    x = jax.random.normal(jax.random.key(1), (32, 8))
    y = jax.random.normal(jax.random.key(2), (32, 10))
    params = model.init(jax.random.key(0), x)["params"]
    state = TrainState.create(apply_fn=model.apply, params=params, tx=optax.adam(1e-3))
    return float(step(state, x, y)[1])


if __name__ == "__main__":
    loss = first_loss()
    print(json.dumps({"first_step_s": round(seconds_since_start(), 3), "loss": loss}))
