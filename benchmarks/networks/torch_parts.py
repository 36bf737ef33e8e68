"""What the networks by hand are made of, beyond torch's own modules."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class Mean(nn.Module):
    """The mean over these dimensions."""

    def __init__(self, dims: tuple[int, ...]) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(self.dims)


class ResidualBlock(nn.Module):
    """Two convolutions around a shortcut, which is a convolution of its own where the width changes.

    Modules stand in the order in which Keras lists the layers: by their distance from the output.
    """

    def __init__(self, before: int, width: int) -> None:
        super().__init__()
        widened = before != width
        self.conv1 = nn.Conv2d(before, width, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.shortcut = nn.Conv2d(before, width, 1, bias=False) if widened else None
        self.norm2 = nn.BatchNorm2d(width)
        self.shortcut_norm = nn.BatchNorm2d(width) if widened else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = self.norm2(self.conv2(y))
        if self.shortcut is not None and self.shortcut_norm is not None:
            x = self.shortcut_norm(self.shortcut(x))
        return F.relu(y + x, inplace=True)


class Bottleneck(nn.Module):
    """Convolutions of 1, 3 and 1 around a shortcut, which is a convolution of its own where the width changes."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        widened = before != 4 * width
        self.conv1 = nn.Conv2d(before, width, 1, stride=stride, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.shortcut = nn.Conv2d(before, 4 * width, 1, stride=stride, bias=False) if widened else None
        self.norm3 = nn.BatchNorm2d(4 * width)
        self.shortcut_norm = nn.BatchNorm2d(4 * width) if widened else None

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.norm1(self.conv1(x)), inplace=True)
        y = F.relu(self.norm2(self.conv2(y)), inplace=True)
        y = self.norm3(self.conv3(y))
        if self.shortcut is not None and self.shortcut_norm is not None:
            x = self.shortcut_norm(self.shortcut(x))
        return F.relu(y + x, inplace=True)


class LastOfLSTM(nn.Module):
    """An LSTM's last output. Keras has one bias where torch has two, so the second is not trained."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, width, batch_first=True)
        self.lstm.bias_hh_l0.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        return self.lstm(x)[1][0][0]


class SelfAttention(nn.Module):
    """Attention of several heads with one multiplication for queries, keys and values."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.projections = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, length, width = x.shape
        q, k, v = self.projections(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        attended = F.scaled_dot_product_attention(q, k, v)
        return self.out(attended.transpose(1, 2).reshape(batch, length, width))


class TransformerBlock(nn.Module):
    """Attention, then two dense layers, each around a shortcut and normalised after it."""

    def __init__(self, width: int, heads: int, inner: int, epsilon: float) -> None:
        super().__init__()
        self.attention = SelfAttention(width, heads)
        self.norm1 = nn.LayerNorm(width, eps=epsilon)
        self.dense1 = nn.Linear(width, inner)
        self.dense2 = nn.Linear(inner, width)
        self.norm2 = nn.LayerNorm(width, eps=epsilon)

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm1(x + self.attention(x))
        return self.norm2(x + self.dense2(F.relu(self.dense1(x))))
