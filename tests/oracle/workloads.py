"""The networks of bench/workloads.h, in Flax."""
from typing import Sequence

import flax.linen as nn


class SimpleNet(nn.Module):
    widths: Sequence[int] = (64, 10)

    @nn.compact
    def __call__(self, x):
        x = nn.relu(nn.Dense(self.widths[0])(x))
        return nn.Dense(self.widths[1])(x)


class Mlp(nn.Module):
    widths: Sequence[int] = (512, 512, 10)

    @nn.compact
    def __call__(self, x):
        for width in self.widths[:-1]:
            x = nn.relu(nn.Dense(width)(x))
        return nn.Dense(self.widths[-1])(x)


class Cnn(nn.Module):
    widths: Sequence[int] = (32, 64)
    hidden: int = 256
    classes: int = 10

    @nn.compact
    def __call__(self, x):
        for width in self.widths:
            x = nn.avg_pool(nn.relu(nn.Conv(width, (3, 3))(x)), (2, 2), (2, 2))
        x = nn.relu(nn.Dense(self.hidden)(x.reshape((x.shape[0], -1))))
        return nn.Dense(self.classes)(x)


class BasicBlock(nn.Module):
    width: int
    stride: int

    @nn.compact
    def __call__(self, x):
        norm = lambda y: nn.BatchNorm(use_running_average=False)(y)
        y = nn.Conv(self.width, (3, 3), (self.stride,) * 2, use_bias=False)(x)
        y = norm(nn.Conv(self.width, (3, 3), use_bias=False)(nn.relu(norm(y))))
        if x.shape != y.shape:
            x = norm(nn.Conv(self.width, (1, 1), (self.stride,) * 2, use_bias=False)(x))
        return nn.relu(x + y)


class ResNet(nn.Module):
    widths: Sequence[int] = (64, 128, 256, 512)
    blocks: int = 2
    classes: int = 10

    @nn.compact
    def __call__(self, x):
        x = nn.Conv(self.widths[0], (3, 3), use_bias=False)(x)
        x = nn.relu(nn.BatchNorm(use_running_average=False)(x))
        for stage, width in enumerate(self.widths):
            for block in range(self.blocks):
                x = BasicBlock(width, 2 if stage and not block else 1)(x)
        return nn.Dense(self.classes)(x.mean((1, 2)))


class Block(nn.Module):
    heads: int

    @nn.compact
    def __call__(self, x, mask):
        width = x.shape[-1]
        y = nn.LayerNorm()(x)
        x = x + nn.MultiHeadDotProductAttention(self.heads)(y, y, mask=mask)
        y = nn.gelu(nn.Dense(4 * width)(nn.LayerNorm()(x)))
        return x + nn.Dense(width)(y)


class Gpt(nn.Module):
    layers: int = 4
    heads: int = 8
    width: int = 256
    vocabulary: int = 1000
    length: int = 128

    @nn.compact
    def __call__(self, tokens):
        positions = self.param("pos", nn.initializers.normal(0.02), (self.length, self.width))
        x = nn.Embed(self.vocabulary, self.width)(tokens) + positions
        mask = nn.make_causal_mask(tokens)
        for _ in range(self.layers):
            x = Block(self.heads)(x, mask)
        return nn.Dense(self.vocabulary)(nn.LayerNorm()(x))
