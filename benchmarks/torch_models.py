"""The models of the benchmarks as a torch user writes them, channels first; and weights from Keras put into them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Shape = tuple[int, ...]

# --- LeNet-5 ------------------------------------------------------------------------------------------------

#: What Flatten sees in LeNet: height, width, channels. torch flattens the channels first.
LENET_FLATTENED = (5, 5, 16)


def lenet() -> nn.Sequential:
    """A module for every step."""
    return nn.Sequential(*lenet_to_logits(), nn.Softmax(dim=-1))


def lenet_to_logits() -> nn.Sequential:
    """As one trains it: torch's loss wants what comes before the softmax."""
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(),
        nn.Linear(120, 84), nn.ReLU(),
        nn.Linear(84, 10),
    )  # fmt: skip


class LeNet(nn.Module):
    """The same with the functions called in `forward`, which spares the calls of modules without weights."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.out = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(x.flatten(1)))
        return F.softmax(self.out(F.relu(self.fc2(x))), dim=-1)


# --- others to train ----------------------------------------------------------------------------------------

CNN_FLATTENED = (6, 6, 32)


def mlp_to_logits() -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(784, 300), nn.ReLU(),
        nn.Linear(300, 100), nn.ReLU(),
        nn.Linear(100, 10),
    )  # fmt: skip


def cnn_to_logits() -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(1152, 256), nn.ReLU(),
        nn.Linear(256, 100),
    )  # fmt: skip


# --- two hundred layers -------------------------------------------------------------------------------------

WIDTH = 64
MAP = (16, 16, 16)
BLOCKS = 28  # of seven layers each


def dense_stack() -> nn.Sequential:
    return nn.Sequential(*[step for _ in range(200) for step in (nn.Linear(WIDTH, WIDTH), nn.ReLU())])


class Block(nn.Module):
    """Convolution, normalisation, twice, around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels, eps=1e-3)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels, eps=1e-3)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        y = self.relu(self.norm1(self.conv1(x)))
        return self.relu(self.norm2(self.conv2(y)) + x)


def residual_stack() -> nn.Sequential:
    return nn.Sequential(*[Block(MAP[-1]) for _ in range(BLOCKS)])


# --- weights ------------------------------------------------------------------------------------------------


def load_weights(module: nn.Module, weights: Iterable[Any], flattened: tuple[int, int, int] | None = None) -> None:
    """Puts weights in Keras's order and shapes into the torch modules that stand in the same order.

    `flattened` is the map that a Flatten makes a vector of: the rows of the first Linear follow torch's order of it.
    """
    values = iter(weights)
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            places: list[Any] = [part.weight, part.bias, part.running_mean, part.running_var]
        elif isinstance(part, (nn.Linear, nn.Conv2d)):
            places = [part.weight] if part.bias is None else [part.weight, part.bias]
        else:
            continue
        for place in places:
            value = torch.as_tensor(next(values))
            if isinstance(part, nn.Conv2d) and place is part.weight:
                value = value.permute(3, 2, 0, 1)
            elif isinstance(part, nn.Linear) and place is part.weight:
                if flattened is not None:
                    value = value.reshape(*flattened, -1).permute(2, 0, 1, 3).flatten(0, 2)
                    flattened = None
                value = value.T
            with torch.no_grad():
                place.copy_(value)
    if next(values, None) is not None:
        raise ValueError("more weights than the modules have places for")


def channels_first(images: Tensor) -> Tensor:
    """NHWC images as a torch user keeps them."""
    return images.permute(0, 3, 1, 2).contiguous()
