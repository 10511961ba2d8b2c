"""Writes tests/tabulate/*.txt: what flax.linen.tabulate prints for two models."""
import pathlib

import flax.linen as nn
import jax
import jax.numpy as jnp

OUT = pathlib.Path(__file__).parent.parent / "tabulate"
KEY = jax.random.PRNGKey(0)


class Mlp(nn.Module):
    @nn.compact
    def __call__(self, x):
        x = nn.Dense(4)(x)
        return nn.Dense(2)(x)


class Norm(nn.Module):
    @nn.compact
    def __call__(self, x):
        for name in ("mean", "var"):
            self.variable("batch_stats", name, lambda: jnp.zeros(x.shape[-1:]))
        self.param("bias", nn.initializers.zeros, x.shape[-1:])
        return x * self.param("scale", nn.initializers.ones, x.shape[-1:])


class Block(nn.Module):
    @nn.compact
    def __call__(self, x, train: bool):
        x = Norm()(nn.Dense(8)(x))
        return jnp.maximum(x, 0.0) if train else x


class Net(nn.Module):
    @nn.compact
    def __call__(self, x):
        for _ in range(2):
            x = Block()(x, True)
        head = nn.Dense(300, name="head")
        scale = self.param("scale", nn.initializers.ones, (2, 300))
        return {"logits": head(x) * scale.sum(0), "pair": (x, head(x))}


def write(name, model, x, **options):
    text = model.tabulate(KEY, x, **options)
    # Flax lists the collections in a set's order, which changes from run to run; ours are sorted.
    if "batch_stats" in text and text.index("batch_stats") > text.index("params"):
        raise SystemExit("run again with another PYTHONHASHSEED: the collections are not sorted")
    (OUT / name).write_text(text)


def main():
    plain = {"color_system": None, "force_terminal": False}
    OUT.mkdir(exist_ok=True)
    write("mlp.txt", Mlp(), jnp.zeros((16, 9)))
    image = jnp.zeros((2, 8, 8, 3))
    write("net.txt", Net(), image)
    write("net_plain.txt", Net(), image, console_kwargs={"width": 120, **plain})
    write("net_depth_1.txt", Net(), image, depth=1, show_repeated=True, console_kwargs={"width": 150, **plain})


if __name__ == "__main__":
    main()
