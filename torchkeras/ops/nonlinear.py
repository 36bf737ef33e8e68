"""Activation functions, with the arguments and defaults of keras.ops (keras.activations has those of Keras 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.core.dtypes import torch_dtype
from torchkeras.ops.axes import reduced
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


@operation
def relu(x: Any) -> Tensor:
    """`max(x, 0)`."""
    return functional.relu(tensor(x))


@operation
def relu6(x: Any) -> Tensor:
    """`min(max(x, 0), 6)`."""
    return torch.clamp(tensor(x), 0, 6)


@operation
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """`x`, and `negative_slope * x` where that is negative."""
    x = tensor(x)
    return functional.leaky_relu(x if x.is_floating_point() else x.to(torch_dtype(None)), negative_slope)


@operation
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x`, and `alpha * (exp(x) - 1)` where it is negative."""
    return functional.elu(tensor(x), alpha)


@operation
def selu(x: Any) -> Tensor:
    """`elu` with the constants that keep mean and variance."""
    return functional.selu(tensor(x))


@operation
def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x`, and `alpha * (exp(x / alpha) - 1)` where it is negative."""
    return functional.celu(tensor(x), alpha)


@operation
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """`x * P(X <= x)` for a standard normal X; by the tanh formula unless told."""
    return functional.gelu(tensor(x), approximate="tanh" if approximate else "none")


@operation
def silu(x: Any) -> Tensor:
    """`x * sigmoid(x)`; also called swish."""
    return functional.silu(tensor(x))


@operation
def sigmoid(x: Any) -> Tensor:
    """`1 / (1 + exp(-x))`; the result remembers its logits for `binary_crossentropy`."""
    x = tensor(x)
    result = torch.sigmoid(x)
    result._keras_logits = x  # type: ignore[attr-defined]
    return result


@operation
def log_sigmoid(x: Any) -> Tensor:
    """`log(sigmoid(x))`."""
    return functional.logsigmoid(tensor(x))


@operation
def sparse_sigmoid(x: Any) -> Tensor:
    """0 up to -1, 1 from 1 on, a line between."""
    return torch.clamp((tensor(x) + 1) / 2, 0, 1)


@operation
def hard_sigmoid(x: Any) -> Tensor:
    """`relu6(x + 3) / 6`."""
    return functional.hardsigmoid(tensor(x))


@operation
def hard_silu(x: Any) -> Tensor:
    """`x * hard_sigmoid(x)`; also called hard_swish."""
    return functional.hardswish(tensor(x))


@operation
def hard_tanh(x: Any) -> Tensor:
    """`x`, held between -1 and 1."""
    return torch.clamp(tensor(x), -1, 1)


@operation
def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x`, and 0 where it is no farther from 0 than the threshold."""
    return functional.hardshrink(tensor(x), threshold)


@operation
def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x` moved towards 0 by the threshold."""
    return functional.softshrink(tensor(x), threshold)


@operation
def tanh_shrink(x: Any) -> Tensor:
    """`x - tanh(x)`."""
    return functional.tanhshrink(tensor(x))


@operation
def softplus(x: Any) -> Tensor:
    """`log(exp(x) + 1)`."""
    return functional.softplus(tensor(x), 1.0, 40.0)  # torch's own limit of 20 is too early for float64


@operation
def softsign(x: Any) -> Tensor:
    """`x / (|x| + 1)`."""
    return functional.softsign(tensor(x))


@operation
def sparse_plus(x: Any) -> Tensor:
    """0 up to -1, `x` from 1 on, `(x + 1)² / 4` between."""
    x = tensor(x)
    return torch.where(x >= 1, x, torch.square(torch.clamp(x, -1, 1) + 1) / 4)


@operation
def squareplus(x: Any, b: float = 4) -> Tensor:
    """`(x + sqrt(x² + b)) / 2`."""
    x = tensor(x)
    return (x + torch.sqrt(torch.square(x) + b)) / 2


@operation
def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half of the axis times the sigmoid of the second."""
    x = tensor(x)
    if x.shape[axis] % 2:
        raise ValueError(f"axis size must be divisible by 2. Received: x.shape={tuple(x.shape)} with axis={axis}")
    return functional.glu(x, axis)


@operation
def softmax(x: Any, axis: int | Sequence[int] | None = -1) -> Tensor:
    """Probabilities: `exp(x)` divided by its sum along the axis, along several, or of all.

    Along one axis the result remembers its logits for the crossentropies.
    """
    x = tensor(x)
    if isinstance(axis, int):
        result = torch.softmax(x, axis)
        result._keras_logits = x  # type: ignore[attr-defined]
        return result
    return torch.exp(_log_softmax(x, reduced(axis, x.dim())))


@operation
def log_softmax(x: Any, axis: int | Sequence[int] | None = -1) -> Tensor:
    """`log(softmax(x))`."""
    x = tensor(x)
    return torch.log_softmax(x, axis) if isinstance(axis, int) else _log_softmax(x, reduced(axis, x.dim()))


def _log_softmax(x: Tensor, axes: tuple[int, ...]) -> Tensor:
    return x - torch.logsumexp(x, axes, keepdim=True)


@operation
def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The nearest point to `x` whose values along the axis are probabilities; many of them are 0."""
    x = tensor(x)
    descending = torch.sort(x, axis, descending=True)[0]
    sums = torch.cumsum(descending, axis) - 1
    counts = torch.arange(1, x.shape[axis] + 1, dtype=x.dtype, device=x.device)
    counts = counts.reshape([-1 if i == axis % x.dim() else 1 for i in range(x.dim())])
    kept = torch.sum(descending * counts > sums, axis, keepdim=True)
    return torch.relu(x - torch.gather(sums, axis, kept - 1) / kept)
