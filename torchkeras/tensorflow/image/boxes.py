"""tf.image: boxes, drawn, cut out and glimpsed. A box is (top, left, bottom, right), 1 being the whole image."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.seeds import unseeded
from torchkeras.tensorflow.arguments import invalid, refuse, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation

_COLOURS = (
    (1, 1, 0, 1), (0, 0, 1, 1), (1, 0, 0, 1), (0, 1, 0, 1), (0.5, 0, 0.5, 1), (0.5, 0.5, 0, 1), (0.5, 0, 0, 1),
    (0, 0, 0.5, 1), (0, 1, 1, 1), (1, 0, 1, 1),
)  # fmt: skip


@operation("image.draw_bounding_boxes", "DrawBoundingBoxesV2")
def draw_bounding_boxes(images: Any, boxes: Any, colors: Any, name: str | None = None) -> Any:
    """Images with the outlines of boxes.

    Args:
        images: (batch, height, width, channels), floats.
        boxes: (batch, boxes, 4).
        colors: one row of channels for each box in turn; TensorFlow's ten colours where it is None or empty.
    """
    x, found = tensor(images), tensor(boxes, torch.float32)
    if x.dtype not in (torch.float16, torch.float32):
        refuse(x, frozenset({torch.float16, torch.float32}), "DrawBoundingBoxes")
    if x.dim() != 4 or x.shape[-1] not in (1, 3, 4):
        invalid(
            f"images must be (batch, height, width, 1, 3 or 4 channels), got {list(x.shape)}", "DrawBoundingBoxesV2"
        )
    if found.dim() != 3 or found.shape[-1] != 4:
        invalid(f"boxes must be (batch, boxes, 4), got {list(found.shape)}", "DrawBoundingBoxesV2")
    height, width, depth = x.shape[1:]
    table = torch.tensor(_COLOURS) if colors is None else tensor(colors, torch.float32)
    if not table.numel():
        table = torch.tensor(_COLOURS)
    if colors is None and depth == 1:
        table = torch.ones_like(table)
    table = table[:, :depth].to(x.device, x.dtype)
    out = x.clone()
    for image, rows in zip(out, found.detach().cpu().tolist(), strict=True):
        for i, (top, left, bottom, right) in enumerate(rows):
            ends = (top * (height - 1), left * (width - 1), bottom * (height - 1), right * (width - 1))
            _outline(image, table[i % len(table)], *(int(n) for n in ends))
    return made(out)


def _outline(image: torch.Tensor, colour: torch.Tensor, top: int, left: int, bottom: int, right: int) -> None:
    height, width = image.shape[:2]
    if top > bottom or left > right or top >= height or bottom < 0 or left >= width or right < 0:
        return
    rows = slice(max(top, 0), min(bottom, height - 1) + 1)
    columns = slice(max(left, 0), min(right, width - 1) + 1)
    for row in (top, bottom):
        if 0 <= row < height:
            image[row, columns] = colour
    for column in (left, right):
        if 0 <= column < width:
            image[rows, column] = colour


@operation("image.crop_and_resize", "CropAndResize")
def crop_and_resize(
    image: Any,
    boxes: Any,
    box_indices: Any,
    crop_size: Any,
    method: str = "bilinear",
    extrapolation_value: float = 0.0,
    name: str | None = None,
) -> Any:
    """What is within boxes, each in one size.

    Args:
        image: (batch, height, width, channels).
        boxes: (boxes, 4); bottom may be above top, which mirrors.
        box_indices: from which image each box is.
        crop_size: height and width of the results.
        method: 'bilinear' or 'nearest'.
        extrapolation_value: what lies outside the images.
    """
    x, found, which = tensor(image), tensor(boxes, torch.float32), tensor(box_indices)
    size = sizes(crop_size)
    if x.dim() != 4:
        invalid(f"input image must be 4-D, got {list(x.shape)}", "CropAndResize")
    if found.dim() != 2 or found.shape[-1] != 4 or which.shape != found.shape[:1]:
        invalid(f"boxes must be (boxes, 4), box_indices (boxes,): {found.shape}, {which.shape}", "CropAndResize")
    if len(size) != 2 or min(size) < 1:
        invalid(f"crop_size must be two positive numbers, got {size}", "CropAndResize")
    if method not in ("bilinear", "nearest"):
        invalid(f"method must be 'bilinear' or 'nearest', got {method!r}", "CropAndResize")
    if which.numel() and (int(which.min()) < 0 or int(which.max()) >= len(x)):
        raise IndexError("box_index has values outside [0, batch_size)")
    x = x.float() if x.dtype is not torch.float32 else x
    rows = _places(found[:, 0], found[:, 2], size[0], x.shape[1])
    columns = _places(found[:, 1], found[:, 3], size[1], x.shape[2])
    return made(_sampled(x, which.long(), rows, columns, method, extrapolation_value))


def _places(low: torch.Tensor, high: torch.Tensor, count: int, length: int) -> torch.Tensor:
    """Where between the pixels of an axis the results are from: (boxes, count)."""
    if count == 1:
        return (0.5 * (low + high) * (length - 1))[:, None]
    steps = torch.arange(count, dtype=low.dtype, device=low.device)
    return low[:, None] * (length - 1) + steps * ((high - low) * (length - 1) / (count - 1))[:, None]


def _sampled(
    x: torch.Tensor, which: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor, method: str, outside: float
) -> torch.Tensor:
    height, width = x.shape[1:3]
    inside = ((rows >= 0) & (rows <= height - 1))[:, :, None] & ((columns >= 0) & (columns <= width - 1))[:, None]
    image = which[:, None, None]

    def at(row: torch.Tensor, column: torch.Tensor) -> torch.Tensor:
        r, c = row.clamp(0, height - 1).long(), column.clamp(0, width - 1).long()
        return x[image, r[:, :, None], c[:, None, :]]

    if method == "nearest":
        found = at(torch.floor(rows + 0.5), torch.floor(columns + 0.5))
    else:
        top, left = torch.floor(rows), torch.floor(columns)
        bottom, right = torch.ceil(rows), torch.ceil(columns)
        down, across = (rows - top)[:, :, None, None], (columns - left)[:, None, :, None]
        upper = at(top, left) + (at(top, right) - at(top, left)) * across
        lower = at(bottom, left) + (at(bottom, right) - at(bottom, left)) * across
        found = upper + (lower - upper) * down
    return torch.where(inside[..., None], found, torch.tensor(outside, dtype=found.dtype, device=found.device))


@operation("image.extract_glimpse", "ExtractGlimpse")
def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    noise: str = "uniform",
    name: str | None = None,
) -> Any:
    """A window of each image; what lies outside is noise.

    Args:
        input: (batch, height, width, channels), float32.
        size: of the window.
        offsets: (batch, 2): where its corner is; its middle, where they are centered and normalized.
        centered: whether offsets count from the images' middle, rather than from the corner.
        normalized: whether 1 is the whole image (half of it, where centered).
        noise: 'uniform', 'gaussian' or 'zero'.
    """
    x, where = tensor(input), tensor(offsets, torch.float32)
    window = sizes(size)
    if x.dim() != 4 or len(window) != 2:
        invalid(f"input must be 4-D and size two numbers: {list(x.shape)}, {window}", "ExtractGlimpse")
    if where.shape != (len(x), 2):
        invalid(f"offsets must be ({len(x)}, 2), got {list(where.shape)}", "ExtractGlimpse")
    height, width = x.shape[1:3]
    if noise == "zero":
        out = x.new_zeros((len(x), *window, x.shape[-1]))
    elif noise == "gaussian":
        out = x.new_empty((len(x), *window, x.shape[-1])).normal_(generator=unseeded(x.device))
        out = out * x.std(correction=0) + x.mean()
    elif noise == "uniform":
        out = x.new_empty((len(x), *window, x.shape[-1])).uniform_(generator=unseeded(x.device))
    else:
        raise ValueError(f"`noise` must be 'uniform', 'gaussian' or 'zero'. Received: noise={noise}")
    for i, pair in enumerate(where.tolist()):
        starts = []
        for n, part, offset in zip((height, width), window, pair, strict=True):
            if normalized:
                offset *= n
            if centered and normalized:  # only then, in TensorFlow, is it the window's middle that is meant
                offset = offset / 2 + n / 2 - part / 2
            elif centered:
                offset += n / 2
            starts.append(int(offset))
        inner = [
            (max(start, 0), min(start + part, n))
            for start, part, n in zip(starts, window, (height, width), strict=True)
        ]
        if all(a < b for a, b in inner):
            (top, bottom), (left, right) = inner
            out[i, top - starts[0] : bottom - starts[0], left - starts[1] : right - starts[1]] = x[
                i, top:bottom, left:right
            ]
    return made(out)


__all__ = ["crop_and_resize", "draw_bounding_boxes", "extract_glimpse"]
