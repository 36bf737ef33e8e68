"""Sums and rows of all processes, as tensors through which gradients run."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as functional

from torchkeras.core.replicas import Replicas
from torchkeras.tensorflow.convert import any_tensor, made, operand, tensor
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.string_tensor import StringTensor

#: What gloo and NCCL both add up; other whole numbers are added up as int64.
_SUMMED = (torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int32, torch.int64)


def summed(replicas: Replicas, value: Any, mean: bool = False) -> Any:
    """The sum or mean of the values of all, in each: a tf.Tensor.

    Args:
        replicas: the processes.
        value: a tensor of the same shape and dtype in all.
        mean: whether to divide by their number.
    """
    if replicas.size == 1:
        return any_tensor(value)
    plain = _numbers(value, "added up")
    return made(_Summed.apply(plain, replicas, mean))


def joined(replicas: Replicas, value: Any, axis: int) -> Any:
    """The values of all one after the other along an axis, in which they may differ: a tf.Tensor."""
    if replicas.size == 1:
        return any_tensor(value)
    if isinstance(value, StringTensor):
        return StringTensor(np.concatenate(replicas.gather(value._array), axis))
    plain = _numbers(value, "put one after the other")
    if not plain.dim():
        raise ValueError("Values without an axis cannot be put one after the other: give them one by tf.reshape.")
    axis = axis % plain.dim() if -plain.dim() <= axis < plain.dim() else axis
    shapes = replicas.gather((tuple(plain.shape), str(plain.dtype)))
    alike = {(shape[:axis], shape[axis + 1 :], dtype) for shape, dtype in shapes}
    if axis >= plain.dim() or axis < 0 or len(alike) > 1:
        raise ValueError(
            f"Values are put together along axis {axis}, and must be of one shape but for that axis. "
            f"Received, by process: {', '.join(f'{shape} of {dtype}' for shape, dtype in shapes)}."
        )
    return made(_Joined.apply(plain, replicas, axis, [shape[axis] for shape, _ in shapes]))


def _numbers(value: Any, what: str) -> torch.Tensor:
    if isinstance(value, (StringTensor, CompositeTensor)):
        raise TypeError(f"Only dense tensors of numbers can be {what}. Received: {value!r}")
    found = tensor(value)
    if type(value) is not torch.Tensor and operand(value) is value:
        found = found.view_as(found)  # a tf.Tensor of its own, whatever becomes of the result
    return found


class _Summed(torch.autograd.Function):
    """The sum over all: each one's gradient is the sum of all gradients, as each value went into all results."""

    @staticmethod
    def forward(ctx: Any, value: torch.Tensor, replicas: Replicas, mean: bool) -> torch.Tensor:
        ctx.replicas, ctx.mean = replicas, mean
        return _sum(value, replicas, mean)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        return _Summed.apply(gradients[0], ctx.replicas, ctx.mean), None, None


def _sum(value: torch.Tensor, replicas: Replicas, mean: bool) -> torch.Tensor:
    if value.is_complex():
        return torch.view_as_complex(_sum(torch.view_as_real(value), replicas, mean))
    total = value.detach().clone(memory_format=torch.contiguous_format)
    if total.dtype not in _SUMMED:
        total = total.to(torch.int64)
    replicas.add_up([total])
    if not mean:
        return total.to(value.dtype)
    if value.is_floating_point():
        return (total / replicas.size).to(value.dtype)
    return total.double() / replicas.size  # as in TensorFlow


class _Joined(torch.autograd.Function):
    """The values of all along an axis: the gradient of a value is the sum of all gradients of its rows."""

    @staticmethod
    def forward(ctx: Any, value: torch.Tensor, replicas: Replicas, axis: int, sizes: list[int]) -> torch.Tensor:
        ctx.replicas, ctx.axis, ctx.sizes = replicas, axis, sizes
        rows = value.detach().movedim(axis, 0)
        padded = functional.pad(rows, (0, 0) * (rows.dim() - 1) + (0, max(sizes) - rows.shape[0]))
        # Bytes: not every way of sending knows every dtype.
        flat = padded.contiguous().reshape(-1).view(torch.uint8)
        found = replicas.stacked(flat).view(value.dtype).reshape(replicas.size, *padded.shape)
        parts = [part[:size] for part, size in zip(found, sizes, strict=True)]
        return torch.cat(parts).movedim(0, axis).contiguous()

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        start = sum(ctx.sizes[: ctx.replicas.rank])
        total = _Summed.apply(gradients[0], ctx.replicas, False)
        return total.narrow(ctx.axis, start, ctx.sizes[ctx.replicas.rank]), None, None, None


__all__ = ["joined", "summed"]
