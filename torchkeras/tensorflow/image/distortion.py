"""tf.image: parts of images chosen by chance, with bounding boxes to be kept in view."""

from __future__ import annotations

import math
from typing import Any

import torch

from torchkeras.tensorflow.arguments import invalid, sizes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.image.chance import Chance
from torchkeras.tensorflow.operation import operation


@operation("image.sample_distorted_bounding_box", "SampleDistortedBoundingBoxV2")
def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: int = 0,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """A part of an image that shows enough of one of its boxes.

    Args:
        image_size: height, width and channels.
        bounding_boxes: (1, boxes, 4), as (top, left, bottom, right) between 0 and 1.
        seed: makes the parts reproducible; 0 for none.
        min_object_covered: how much of a box the part must show.
        aspect_ratio_range: bounds of width / height, (0.75, 1.33) unless given.
        area_range: bounds of its share of the image, (0.05, 1) unless given.
        max_attempts: how often to try, 100 times unless given; after that it is the whole image.
        use_image_if_no_bounding_boxes: take the whole image as the box where there are none.

    Returns:
        `begin` and `size` for tf.slice, and the part as a box of shape (1, 1, 4).
    """
    chance = Chance("sample_distorted_bounding_box", seed or None)
    return _sampled(
        image_size, bounding_boxes, chance, min_object_covered, aspect_ratio_range, area_range, max_attempts,
        use_image_if_no_bounding_boxes,
    )  # fmt: skip


@operation("image.stateless_sample_distorted_bounding_box", "StatelessSampleDistortedBoundingBox")
def stateless_sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: int | None = None,
    use_image_if_no_bounding_boxes: bool | None = None,
    name: str | None = None,
) -> Any:
    """`sample_distorted_bounding_box` by a seed of two integers."""
    chance = Chance("sample_distorted_bounding_box", seed, stateless=True)
    return _sampled(
        image_size, bounding_boxes, chance, min_object_covered, aspect_ratio_range, area_range, max_attempts,
        use_image_if_no_bounding_boxes,
    )  # fmt: skip


def _sampled(
    image_size: Any, boxes: Any, chance: Chance, least: Any, ratios: Any, areas: Any, attempts: Any, whole: Any
) -> Any:
    dtype = tensor(image_size).dtype
    height, width = sizes(image_size)[:2]
    found = tensor(boxes, torch.float32)
    if found.dim() != 3 or found.shape[-1] != 4:
        invalid(f"bounding_boxes must be (1, boxes, 4), got {list(found.shape)}", "SampleDistortedBoundingBoxV2")
    rows = found.reshape(-1, 4).tolist()
    if not rows and not whole:
        invalid(
            "No bounding boxes provided as input. Pass `use_image_if_no_bounding_boxes=True` for the whole image.",
            "SampleDistortedBoundingBoxV2",
        )
    part = _searched(
        height,
        width,
        rows or [[0.0, 0.0, 1.0, 1.0]],
        chance,
        float(tensor(least)),
        tuple(ratios or (0.75, 1.33)),
        tuple(areas or (0.05, 1.0)),
        100 if attempts is None else attempts,
    )
    top, left, rows_of, columns = part or (0, 0, height, width)
    box = [top / height, left / width, (top + rows_of) / height, (left + columns) / width]
    return (
        made(torch.tensor([top, left, 0], dtype=dtype)),
        made(torch.tensor([rows_of, columns, -1], dtype=dtype)),
        made(torch.tensor(box).reshape(1, 1, 4)),
    )


def _searched(
    height: int, width: int, boxes: list[list[float]], chance: Chance, least: float, ratios: Any, areas: Any, tries: int
) -> tuple[int, int, int, int] | None:
    for _ in range(tries):
        ratio = chance.uniform(*ratios)
        area = chance.uniform(*areas) * height * width
        rows, columns = round(math.sqrt(area / ratio)), round(math.sqrt(area * ratio))
        if not (0 < rows <= height and 0 < columns <= width):
            continue
        top, left = chance.integer(height - rows + 1), chance.integer(width - columns + 1)
        if any(_covered(box, top, left, rows, columns, height, width) >= least for box in boxes):
            return top, left, rows, columns
    return None


def _covered(box: list[float], top: int, left: int, rows: int, columns: int, height: int, width: int) -> float:
    """How much of a box is within a part."""
    first, start, last, end = box[0] * height, box[1] * width, box[2] * height, box[3] * width
    area = (last - first) * (end - start)
    inside = max(0.0, min(last, top + rows) - max(first, top)) * max(0.0, min(end, left + columns) - max(start, left))
    return inside / area if area > 0 else 0.0


__all__ = ["sample_distorted_bounding_box", "stateless_sample_distorted_bounding_box"]
