"""Whole small networks: the variables of a seed, the loss, and the gradients of all parameters."""
import jax
import numpy as np
import optax

from oracle import integers, uniform
from workloads import Cnn, Gpt, Mlp, ResNet, SimpleNet

KEY = np.array([0, 0], np.uint32)


def record(case):
    image, labels = uniform(0, 1, (2, 8, 8, 1)), integers(0, 3, (2,))
    model(case, "SimpleNet", SimpleNet(widths=(6, 3)), uniform(-1, 1, (4, 5)), integers(0, 3, (4,)))
    model(case, "Mlp", Mlp(widths=(6, 5, 3)), uniform(-1, 1, (4, 7)), integers(0, 3, (4,)))
    model(case, "Cnn", Cnn(widths=(3, 4), hidden=6, classes=3), image, labels)
    model(case, "ResNet", ResNet(widths=(4, 6), blocks=1, classes=3), uniform(0, 1, (2, 8, 8, 3)), labels)
    model(case, "Gpt", Gpt(layers=2, heads=2, width=8, vocabulary=11, length=5), integers(0, 11, (2, 5)),
          integers(0, 11, (2, 5), seed=1))


def model(case, name, network, x, y):
    covers = ["linen.Module", "Module.init", "Module.apply"]
    variables = network.init(KEY, x)
    case(f"model.{name}/init", lambda k: network.init(k, x), KEY, covers=covers, grad=False)

    def loss(params, rest, x, y):
        logits = network.apply({"params": params, **rest}, x, mutable=["batch_stats"])[0]
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()
    rest = {k: v for k, v in variables.items() if k != "params"}
    case(f"model.{name}/loss_and_gradient", jax.value_and_grad(loss), variables["params"], rest, x, y,
         covers=covers, grad=False)
