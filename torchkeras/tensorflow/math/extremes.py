"""Where the largest and smallest elements are."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from torchkeras.tensorflow.arguments import FLOATS, REAL, axis_of, invalid, of_dtypes, plain_dtype, size
from torchkeras.tensorflow.convert import made, operand, tensor
from torchkeras.tensorflow.dtypes import torch_of
from torchkeras.tensorflow.operation import operation

_PLACES = frozenset({torch.int16, torch.uint16, torch.int32, torch.int64})


def _place(value: Any, axis: Any, output_type: Any, kernel: str, largest: bool) -> Any:
    x = operand(value)
    if plain_dtype(x) is torch.bool:
        x = x.to(torch.uint8)
    wanted = torch_of(output_type)
    if wanted not in _PLACES:
        invalid(
            f"Value for attr 'output_type' of {output_type} is not in the list: int16, uint16, int32, int64", kernel
        )
    axis = axis_of(0 if axis is None else axis, x.dim(), kernel)
    if x.size(axis) == 0:
        invalid(f"Reduction axis {axis} is empty in shape {list(x.size())}", kernel)
    if plain_dtype(x).is_floating_point:  # TensorFlow passes over what is not a number, where torch stops at it
        end = float("inf")
        x = torch.nan_to_num(x, nan=-end if largest else end, posinf=end, neginf=-end)
    found = torch.argmax(x, axis) if largest else torch.argmin(x, axis)
    return made(found if wanted is torch.int64 else found.to(wanted))


@operation("math.argmax", "ArgMax")
def argmax(input: Any, axis: Any = None, output_type: Any = torch.int64, name: str | None = None) -> Any:
    """The place of the largest element along an axis, the first one unless given; of equal ones the first."""
    return _place(input, axis, output_type, "ArgMax", True)


@operation("math.argmin", "ArgMin")
def argmin(input: Any, axis: Any = None, output_type: Any = torch.int64, name: str | None = None) -> Any:
    """The place of the smallest element along an axis, the first one unless given; of equal ones the first."""
    return _place(input, axis, output_type, "ArgMin", False)


class TopKV2(NamedTuple):
    """What `top_k` gives."""

    values: Any
    indices: Any


def largest(x: torch.Tensor, k: int, axis: int = -1, descending: bool = True) -> tuple[torch.Tensor, torch.Tensor]:
    """The k largest and their places; of equal ones the first come first, which torch.topk does not promise."""
    values, places = torch.sort(x, dim=axis, descending=descending, stable=True)
    return values.narrow(axis, 0, k), places.narrow(axis, 0, k)


@operation("math.top_k", "TopKV2")
def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: Any = torch.int32, name: str | None = None
) -> TopKV2:
    """The k largest elements of each last axis, the largest first, and where they stand."""
    x = tensor(of_dtypes(input, REAL, "TopKV2"))
    k = size(k)
    if not x.dim():
        invalid("input must be >= 1-D, got shape []", "TopKV2")
    if not 0 <= k <= x.shape[-1]:
        invalid(f"input must have at least k columns. Had {x.shape[-1]}, needed {k}", "TopKV2")
    values, places = largest(x, k)
    return TopKV2(made(values.contiguous().clone()), made(places.to(torch_of(index_type))))


def _approximate(
    operand: Any, k: Any, reduction_dimension: int, aggregate_to_topk: bool, descending: bool
) -> tuple[Any, Any]:
    x = tensor(of_dtypes(operand, FLOATS, "ApproxTopK"))
    axis = axis_of(reduction_dimension, x.dim(), "ApproxTopK")
    if size(k) > x.shape[axis]:
        invalid(f"input must have at least {k} elements along axis {axis}, got {x.shape[axis]}", "ApproxTopK")
    values, places = largest(x, size(k), axis, descending)
    return made(values.clone()), made(places.to(torch.int32))


@operation("math.approx_max_k", "ApproxTopK")
def approx_max_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The k largest elements along an axis and their places; exact here."""
    return _approximate(operand, k, reduction_dimension, aggregate_to_topk, True)


@operation("math.approx_min_k", "ApproxTopK")
def approx_min_k(
    operand: Any,
    k: Any,
    reduction_dimension: int = -1,
    recall_target: float = 0.95,
    reduction_input_size_override: int = -1,
    aggregate_to_topk: bool = True,
    name: str | None = None,
) -> tuple[Any, Any]:
    """The k smallest elements along an axis and their places; exact here."""
    return _approximate(operand, k, reduction_dimension, aggregate_to_topk, False)


@operation("compat.v1.math.in_top_k", "InTopKV2")
def in_top_k(targets: Any, predictions: Any, k: Any, name: str | None = None) -> Any:
    """Whether each target's prediction is among its row's k highest; ties count as among them."""
    scores = tensor(of_dtypes(predictions, frozenset({torch.float32}), "InTopKV2"))
    wanted = tensor(of_dtypes(targets, frozenset({torch.int32, torch.int64}), "InTopKV2"))
    if scores.dim() != 2 or wanted.dim() != 1:
        invalid("predictions must be 2-dimensional and targets 1-dimensional", "InTopKV2")
    if scores.shape[0] != wanted.shape[0]:
        invalid(
            f"First dimension of predictions {scores.shape[0]} must match length of targets {wanted.shape[0]}",
            "InTopKV2",
        )
    within = (wanted >= 0) & (wanted < scores.shape[1])
    own = scores.gather(1, torch.where(within, wanted, 0).long().unsqueeze(1))
    above = (scores > own).sum(1)
    finite = torch.isfinite(own.squeeze(1)) & torch.isfinite(scores).all(1)
    return made(within & finite & (above < size(k)))


@operation("math.invert_permutation", "InvertPermutation")
def invert_permutation(x: Any, name: str | None = None) -> Any:
    """The permutation that undoes one."""
    order = tensor(of_dtypes(x, frozenset({torch.int32, torch.int64}), "InvertPermutation"))
    if order.dim() != 1:
        invalid("invert_permutation expects a 1D vector", "InvertPermutation")
    places = torch.argsort(order)
    if not torch.equal(order[places].long(), torch.arange(len(order), device=order.device)):
        invalid(f"{order.tolist()} is not a permutation of 0 to {len(order) - 1}", "InvertPermutation")
    return made(places.to(order.dtype))


__all__ = ["TopKV2", "approx_max_k", "approx_min_k", "argmax", "argmin", "in_top_k", "invert_permutation", "top_k"]
