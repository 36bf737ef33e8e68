"""The models of the benchmarks as a torch user writes them, channels first."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from benchmarks.networks.lenet import LENET

Shape = tuple[int, ...]

# --- LeNet-5 ------------------------------------------------------------------------------------------------


def lenet() -> nn.Sequential:
    """A module for every step."""
    return nn.Sequential(*LENET.torch(), nn.Softmax(dim=-1))


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


# --- data ---------------------------------------------------------------------------------------------------


def channels_first(images: Tensor) -> Tensor:
    """NHWC images as a torch user keeps them."""
    return images.permute(0, 3, 1, 2).contiguous()
