"""The axes a layer normalizes over, and how to bring them where torch's kernels expect them."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.layout import Layout


class Reshaped(Layout):
    """The same values in the same order, in another shape for Keras than for torch."""

    def __init__(self, keras_shape: tuple[int, ...], torch_shape: tuple[int, ...]) -> None:
        self.keras_shape, self.torch_shape = keras_shape, torch_shape

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor.view(self.keras_shape)

    def to_torch(self, tensor: Tensor) -> Tensor:
        return tensor.reshape(self.torch_shape)


def axis_argument(axis: Any, layer_name: str) -> Any:
    """An `axis` argument as an int or a list of ints; TypeError for anything else."""
    if isinstance(axis, (list, tuple)) and all(isinstance(one, int) for one in axis):
        return list(axis)
    if isinstance(axis, int):
        return axis
    raise TypeError(
        f"Expected an int or a list/tuple of ints for the argument 'axis' of layer {layer_name!r}, "
        f"but received: {axis!r}"
    )


def axis_setting(axis: Any) -> Any:
    """The `axis` attribute for a config: tracked lists become plain ones."""
    return list(axis) if isinstance(axis, list) else axis


def resolve_axes(axis: Any, rank: int, layer_name: str) -> list[int]:
    """Non-negative axes, in the order given; ValueError for those an input of this rank does not have."""
    given = axis if isinstance(axis, list) else [axis]
    axes = [one + rank if one < 0 else one for one in given]
    if not axes or any(not 0 <= one < rank for one in axes):
        raise ValueError(
            f"Invalid value for the `axis` argument of layer {layer_name!r}. Expected 0 <= axis < inputs.rank "
            f"(with inputs.rank={rank}). Received: axis={axis}"
        )
    if len(set(axes)) != len(axes):
        raise ValueError(f"Duplicate axis in the `axis` argument of layer {layer_name!r}. Received: axis={axis}")
    return axes


def sizes_along(axes: list[int], shape: Any, layer_name: str) -> list[int]:
    """The sizes of these axes; ValueError where one is unknown."""
    sizes = [shape[axis] for axis in axes]
    if None in sizes:
        raise ValueError(
            f"Layer {layer_name!r} needs to know the size of the axes it normalizes. Received an input of shape "
            f"{tuple(shape)} and axis={axes}."
        )
    return [int(size) for size in sizes]


def moved(axes: list[int], rank: int, start: int) -> tuple[tuple[int, ...] | None, tuple[int, ...] | None]:
    """The permutation that brings `axes` to position `start`, the others in order around them, and its inverse.

    (None, None) where they are there already.
    """
    others = [axis for axis in range(rank) if axis not in axes]
    order = (*others[:start], *axes, *others[start:])
    if order == tuple(range(rank)):
        return None, None
    return order, tuple(order.index(axis) for axis in range(rank))
