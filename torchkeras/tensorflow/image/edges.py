"""tf.image: differences between neighbours, and patches."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras.ops.windows import missing
from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation

_SOBEL = ((-1, -2, -1), (0, 0, 0), (1, 2, 1))


@operation("image.sobel_edges", "SobelEdges")
def sobel_edges(image: Any) -> Any:
    """How much each value changes downwards and across, along a new last axis; edges are mirrored."""
    x = tensor(image)
    if x.dim() != 4:
        invalid(f"Images must be (batch, height, width, channels), got shape {list(x.shape)}", "MirrorPad")
    batch, height, width, channels = x.shape
    down = torch.tensor(_SOBEL, dtype=x.dtype, device=x.device)
    kernels = torch.stack([down, down.T])[:, None]
    padded = functional.pad(x.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="reflect")
    edges = functional.conv2d(padded.reshape(batch * channels, 1, height + 2, width + 2), kernels)
    return made(edges.reshape(batch, channels, 2, height, width).permute(0, 3, 4, 1, 2).contiguous())


@operation("image.image_gradients", "ImageGradients")
def image_gradients(image: Any) -> Any:
    """The differences to the pixel below and to the one on the right, 0 at the end."""
    x = tensor(image)
    if x.dim() != 4:
        raise ValueError(f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {tuple(x.shape)}.")
    down = functional.pad(x[:, 1:] - x[:, :-1], (0, 0, 0, 0, 0, 1))
    across = functional.pad(x[:, :, 1:] - x[:, :, :-1], (0, 0, 0, 1))
    return made(down), made(across)


@operation("image.extract_patches", "ExtractImagePatches")
def extract_patches(images: Any, sizes: Any, strides: Any, rates: Any, padding: str, name: str | None = None) -> Any:
    """The patches of images, each laid out along the channels.

    Args:
        images: (batch, height, width, channels).
        sizes: of a patch, as [1, rows, columns, 1].
        strides: how far apart they start, likewise.
        rates: how far apart their values are, likewise.
        padding: 'VALID' or 'SAME'.
    """
    x = tensor(images)
    if x.dim() != 4:
        invalid(f"input must be 4-dimensional, got shape {list(x.shape)}", "ExtractImagePatches")
    window, stride, dilation = (_inner(v, n) for v, n in ((sizes, "ksizes"), (strides, "strides"), (rates, "rates")))
    if padding == "SAME":
        pairs = missing(x.shape[1:3], window, stride, dilation)
        x = functional.pad(x, [0, 0, *(n for pair in reversed(pairs) for n in pair)])
    elif padding != "VALID":
        invalid(f'Value for attr \'padding\' of "{padding}" is not "SAME" or "VALID"', "ExtractImagePatches")
    for axis, (k, s, d) in enumerate(zip(window, stride, dilation, strict=True), start=1):
        x = x.unfold(axis, (k - 1) * d + 1, s)[..., ::d]
    # (batch, rows, columns, channels, *sizes): in a patch the channels come last.
    return made(x.movedim(3, -1).flatten(3))


def _inner(value: Any, name: str) -> list[int]:
    found = sizes(value)
    if len(found) != 4 or found[0] != 1 or found[3] != 1:
        invalid(f"{name} must be four numbers, 1 for batch and channels. Received: {found}", "ExtractImagePatches")
    return found[1:3]


__all__ = ["extract_patches", "image_gradients", "sobel_edges"]
