"""Records whole training runs of Flax: parameters at init (a sample of each) and 100 losses.

The data are random numbers of a key, made anew by the test; the order is jax.random.permutation.
"""
import json

import jax
import jax.numpy as jnp
import numpy as np
import optax
from safetensors.numpy import save_file

import oracle
from workloads import Cnn, SimpleNet

OUT = oracle.OUT.parent / "curves"
STEPS, BATCH, EXAMPLES = 100, 64, 512
SEED = {"init": 0, "data": 1, "order": 2}


def regression(key):
    """Inputs, and a smooth function of them as targets."""
    kx, kw = jax.random.split(key)
    x = jax.random.normal(kx, (EXAMPLES, 16))
    return x, jnp.tanh(x @ (jax.random.normal(kw, (16, 10)) * 0.5))


def images(key):
    """Pictures of a square on faint noise; its place is the label. Dim ones cannot be told apart.

    Chosen for a well-conditioned curve: moving every initial parameter by 3e-7 of itself moves the
    losses by 4e-6 of themselves, so that a larger difference is one of the algorithm.
    """
    kx, ky, kb = jax.random.split(key, 3)
    y = jax.random.randint(ky, (EXAMPLES,), 0, 10)
    row, column = (y // 5 * 14)[:, None, None], (y % 5 * 5)[:, None, None]
    i, j = jnp.arange(28)[None, :, None], jnp.arange(28)[None, None, :]
    inside = (i >= row) & (i < row + 8) & (j >= column) & (j < column + 8)
    brightness = jax.random.uniform(kb, (EXAMPLES, 1, 1))
    return (jax.random.uniform(kx, (EXAMPLES, 28, 28)) * 0.1 + brightness * inside)[..., None], y


def mse(prediction, target):
    return jnp.mean((prediction - target) ** 2)


def cross_entropy(logits, labels):
    return optax.softmax_cross_entropy_with_integer_labels(logits, labels).mean()


RUNS = {"simple_net": (SimpleNet(), regression, mse), "cnn": (Cnn(), images, cross_entropy)}


def train(network, make_data, loss_fn):
    x, y = make_data(jax.random.PRNGKey(SEED["data"]))
    params = network.init(jax.random.PRNGKey(SEED["init"]), x[:1])["params"]
    tx = optax.adam(1e-3)
    first, state, losses = params, tx.init(params), []

    @jax.jit
    def step(params, state, x, y):
        loss, grads = jax.value_and_grad(lambda p: loss_fn(network.apply({"params": p}, x), y))(params)
        updates, state = tx.update(grads, state, params)
        return optax.apply_updates(params, updates), state, loss

    per_epoch = EXAMPLES // BATCH
    for i in range(STEPS):
        if i % per_epoch == 0:
            key = jax.random.fold_in(jax.random.PRNGKey(SEED["order"]), i // per_epoch)
            order = jax.random.permutation(key, EXAMPLES)
        rows = order[i % per_epoch * BATCH:][:BATCH]
        params, state, loss = step(params, state, x[rows], y[rows])
        losses.append(loss)
    return first, np.array(losses, np.float32)


def sample(x):
    """Every k-th element, 256 or a few more."""
    return np.ascontiguousarray(np.asarray(x).reshape(-1)[:: max(1, x.size // 256)])


def main():
    oracle.check_versions()
    OUT.mkdir(exist_ok=True)
    recipe = json.dumps({"steps": STEPS, "batch": BATCH, "examples": EXAMPLES, "seed": SEED})
    for name, run in RUNS.items():
        params, losses = train(*run)
        leaves = jax.tree_util.tree_leaves_with_path(params)
        tensors = {"params/" + "/".join(k.key for k in path): sample(x) for path, x in leaves}
        save_file({**tensors, "losses": losses}, OUT / f"{name}.safetensors", {"recipe": recipe})
        print(f"{name}: loss {losses[0]:.4f} to {losses[-1]:.4f}")


if __name__ == "__main__":
    main()
