"""Variables to train, and gradients for them."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras.core.layout import LINEAR, convolution
from torchkeras.core.variable import Variable

NAMES = ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Ftrl", "Lion", "Adafactor",
         "Lamb", "Muon", "ScheduleFreeAdamW")  # fmt: skip


class Net(nn.Module):
    """A convolution and a linear layer, with Variables that show their weights in Keras's layout."""

    def __init__(self, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 3, dtype=dtype).to(memory_format=torch.channels_last)
        self.linear = nn.Linear(3, 4, dtype=dtype)

    def variables(self) -> list[Variable]:
        return [
            Variable.bind(self, ("conv", "weight"), convolution(2), "conv/kernel"),
            Variable.bind(self, ("conv", "bias"), name="conv/bias"),
            Variable.bind(self, ("linear", "weight"), LINEAR, "dense/kernel"),
            Variable.bind(self, ("linear", "bias"), name="dense/bias"),
        ]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.conv(x).mean((2, 3)))

    def backward(self, seed: int = 0) -> None:
        """Leaves gradients on the parameters."""
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(5, 2, 6, 6, generator=generator).to(self.linear.weight.dtype)
        self.zero_grad()
        self(x).square().sum().backward()


def net(seed: int = 0, dtype: torch.dtype = torch.float32) -> Net:
    torch.manual_seed(seed)
    return Net(dtype)


def values(variables: list[Variable]) -> list[np.ndarray]:
    return [variable.numpy() for variable in variables]


def keras_gradients(variables: list[Variable]) -> list[torch.Tensor]:
    return [variable.grad.clone() for variable in variables]


class NoReading(TorchDispatchMode):
    """Fails if a tensor's value is read back, as `item()` and `bool()` do."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        assert "_local_scalar_dense" not in str(function), "a value was read back"
        return function(*args, **(kwargs or {}))
