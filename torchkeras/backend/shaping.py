"""Other shapes of the same values: reshaping, joining, repeating, padding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.core.config import check_data_format
from torchkeras.graph.keras_tensor import KerasTensor, any_symbolic
from torchkeras.ops import image_resize
from torchkeras.ops.creation import sizes
from torchkeras.ops.promotion import tensor


def _counts(values: Any) -> list[int]:
    """Sizes, or numbers of repeats, from numbers, tensors, or a tensor of them."""
    if isinstance(values, Tensor):
        values = values.tolist()
    return [int(value) for value in (values if isinstance(values, (list, tuple)) else [values])]


def reshape(x: Any, shape: Any) -> Tensor:
    """`x` in another shape; -1 for the size that the others leave."""
    return _reshape(x, _without_symbols(shape))


@backend_function("tf.reshape")
def _reshape(x: Any, shape: Any) -> Tensor:
    return tensor(x).reshape(_counts(shape))


def _without_symbols(shape: Any) -> Any:
    """A shape with one symbolic size, as `K.shape(x)[0]`, with -1 for it: the others leave no choice."""
    if not any_symbolic(shape):
        return shape
    found = (
        [-1 if isinstance(size, KerasTensor) else size for size in shape] if isinstance(shape, (list, tuple)) else []
    )
    if found.count(-1) != 1:
        raise ValueError(
            f"A symbolic shape may have one size that is not known yet. Reshape within a layer's `call` or a Lambda. "
            f"Received: shape={shape}"
        )
    return found


@backend_function("tf.compat.v1.transpose")
def permute_dimensions(x: Any, pattern: Sequence[int]) -> Tensor:
    """`x` with its axes in another order."""
    return tensor(x).permute(tuple(_counts(pattern)))


@backend_function("tf.compat.v1.transpose")
def transpose(x: Any) -> Tensor:
    """`x` with its axes in the opposite order."""
    x = tensor(x)
    return x.permute(tuple(reversed(range(x.dim()))))


@backend_function("tf.reshape")
def flatten(x: Any) -> Tensor:
    """All values along one axis."""
    return tensor(x).reshape(-1)


@backend_function()
def batch_flatten(x: Any) -> Tensor:
    """The values of each sample along one axis."""
    x = tensor(x)
    return x.reshape(-1, math.prod(x.shape[1:]))


@backend_function("tf.expand_dims")
def expand_dims(x: Any, axis: int = -1) -> Tensor:
    """`x` with an axis of size 1 at `axis`."""
    return tensor(x).unsqueeze(axis)


@backend_function("tf.compat.v1.squeeze")
def squeeze(x: Any, axis: int) -> Tensor:
    """`x` without the axis, whose size is 1."""
    x = tensor(x)
    if x.shape[axis] != 1:
        raise ValueError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {x.shape[axis]}")
    return torch.squeeze(x, axis)


@backend_function("tf.concat")
def concatenate(tensors: Sequence[Any], axis: int = -1) -> Tensor:
    """The tensors one behind the other along an axis."""
    return torch.cat([tensor(x) for x in tensors], axis)


@backend_function("tf.stack")
def stack(x: Sequence[Any], axis: int = 0) -> Tensor:
    """Tensors of one shape along a new axis."""
    return torch.stack([tensor(one) for one in x], axis)


@backend_function("tf.tile")
def tile(x: Any, n: Any) -> Tensor:
    """`x` repeated as a whole: how often, for each axis."""
    x = tensor(x)
    counts = _counts(n)
    if len(counts) != x.dim():
        raise ValueError(f"`n` must have a number for each of the {x.dim()} axes of `x`. Received: n={n}")
    return x.repeat(counts)


@backend_function()
def repeat(x: Any, n: int) -> Tensor:
    """(samples, features) as (samples, n, features)."""
    x = tensor(x)
    if x.dim() != 2:
        raise ValueError(f"`repeat` takes a tensor of 2 axes. Received: shape={tuple(x.shape)}")
    return x.unsqueeze(1).repeat(1, int(n), 1)


@backend_function()
def repeat_elements(x: Any, rep: int, axis: int) -> Tensor:
    """Each entry along the axis `rep` times, as NumPy's repeat."""
    return tensor(x).repeat_interleave(int(rep), axis)


@backend_function("tf.reverse")
def reverse(x: Any, axes: Any) -> Tensor:
    """`x` from the end to the start along the axes."""
    return tensor(x).flip(_counts(axes))


@backend_function("tf.compat.v1.gather")
def gather(reference: Any, indices: Any) -> Tensor:
    """The entries of `reference` along its first axis at these indices."""
    table, places = tensor(reference), tensor(indices)
    return table[places.to(torch.int64)]


@backend_function("tf.one_hot")
def one_hot(indices: Any, num_classes: int) -> Tensor:
    """A new last axis with a 1 where the index says, as floats; zeros for an index out of range."""
    places = tensor(indices)
    return (places.unsqueeze(-1) == torch.arange(num_classes, device=places.device)).float()


# --- padding and resizing ---


@backend_function("tf.compat.v1.pad")
def temporal_padding(x: Any, padding: tuple[int, int] = (1, 1)) -> Tensor:
    """(samples, steps, features) with zeros before and behind the steps."""
    return F.pad(tensor(x), (0, 0, *_counts(padding)))


@backend_function("tf.compat.v1.pad")
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: str | None = None) -> Tensor:
    """Images with zeros around: ((top, bottom), (left, right))."""
    return _padded(x, padding, data_format)


@backend_function("tf.compat.v1.pad")
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None) -> Tensor:
    """Volumes with zeros around, for each of the three axes."""
    return _padded(x, padding, data_format)


def _padded(x: Any, padding: Any, data_format: str | None) -> Tensor:
    ends = [size for pair in reversed([_counts(pair) for pair in padding]) for size in pair]
    last = check_data_format(data_format) == "channels_last"
    return F.pad(tensor(x), [0, 0, *ends] if last else ends)


@backend_function("tf.image.resize")
def resize_images(
    x: Any, height_factor: int, width_factor: int, data_format: str, interpolation: str = "nearest"
) -> Tensor:
    """Images as many times as high and wide."""
    x = tensor(x)
    last = check_data_format(data_format) == "channels_last"
    height, width = x.shape[1:3] if last else x.shape[2:4]
    size = height * height_factor, width * width_factor
    return image_resize.resize(x, size, interpolation, channels_last=last)


@backend_function()
def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str) -> Tensor:
    """Volumes as many times as deep, high and wide, by repeating their values."""
    x = tensor(x)
    first = 1 if check_data_format(data_format) == "channels_last" else 2
    for axis, factor in enumerate(sizes((depth_factor, height_factor, width_factor)), start=first):
        x = x.repeat_interleave(factor, axis)
    return x
