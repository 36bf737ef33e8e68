"""tf.image: of boxes that overlap, the best.

The search is a loop over boxes, on the CPU; what it finds is numbers of boxes.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import torch

from torchkeras.tensorflow.arguments import invalid, size
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


def _overlaps(boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of each pair; corners may be given in any order."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    area = np.prod(high - low, axis=1)
    sides = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
    common = np.prod(np.maximum(sides, 0), axis=2)
    union = area[:, None] + area[None] - common
    valid = (area[:, None] > 0) & (area[None] > 0)
    return np.where(valid, common / np.where(valid, union, 1), 0)


def _greedy(overlaps: np.ndarray, scores: np.ndarray, most: int, threshold: float, least: float) -> list[int]:
    """The numbers of the boxes to keep, the best first."""
    kept: list[int] = []
    for i in np.argsort(-scores, kind="stable"):
        if len(kept) >= most or not scores[i] > least:
            break
        if not kept or not (overlaps[i, kept] > threshold).any():
            kept.append(int(i))
    return kept


def _soft(
    overlaps: np.ndarray, scores: np.ndarray, most: int, least: float, sigma: float
) -> tuple[list[int], list[float]]:
    """As `_greedy`, where any overlap lessens a score rather than dropping the box (Bodla et al., 2017)."""
    left = {i: float(s) for i, s in enumerate(scores) if s > least}
    kept: list[int] = []
    found: list[float] = []
    while left and len(kept) < most:
        best = max(left, key=lambda i: (left[i], -i))
        score = left.pop(best)
        kept.append(best)
        found.append(score)
        for i in list(left):
            left[i] *= math.exp(-0.5 / sigma * overlaps[best, i] ** 2)
            if not left[i] > least:
                del left[i]
    return kept, found


def _arrays(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray, torch.device]:
    found, values = tensor(boxes, torch.float32), tensor(scores, torch.float32)
    if found.dim() != 2 or found.shape[1] != 4:
        invalid(f"boxes must be (boxes, 4), got {list(found.shape)}", "NonMaxSuppressionV3")
    if values.shape != found.shape[:1]:
        invalid(f"scores has incompatible shape: {list(values.shape)}", "NonMaxSuppressionV3")
    return found.detach().cpu().numpy(), values.detach().cpu().numpy(), found.device


def _check(iou_threshold: Any) -> float:
    found = float(tensor(iou_threshold)) if isinstance(iou_threshold, torch.Tensor) else float(iou_threshold)
    if not 0 <= found <= 1:
        invalid(f"iou_threshold must be in [0, 1], got {found}", "NonMaxSuppressionV3")
    return found


def _numbers(kept: Any, device: torch.device) -> Any:
    return made(torch.tensor(kept, dtype=torch.int32, device=device))


@operation("image.non_max_suppression", "NonMaxSuppressionV3")
def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Any:
    """The numbers of the best boxes, without those that overlap a better one.

    Args:
        boxes: (boxes, 4): two opposite corners each.
        scores: how good each is.
        max_output_size: how many to keep at most.
        iou_threshold: from what intersection over union on two boxes are the same.
        score_threshold: boxes must be better than this.
    """
    found, values, device = _arrays(boxes, scores)
    kept = _greedy(_overlaps(found), values, size(max_output_size), _check(iou_threshold), float(score_threshold))
    return _numbers(kept, device)


@operation("image.non_max_suppression_with_scores", "NonMaxSuppressionV5")
def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: float = 0.0,
    name: str | None = None,
) -> Any:
    """As `non_max_suppression`, with the scores.

    With a `soft_nms_sigma` overlaps lessen the scores of boxes, and `iou_threshold` drops none.
    """
    found, values, device = _arrays(boxes, scores)
    overlaps, most, threshold = _overlaps(found), size(max_output_size), _check(iou_threshold)
    if soft_nms_sigma > 0:
        kept, left = _soft(overlaps, values, most, float(score_threshold), soft_nms_sigma)
    else:
        kept = _greedy(overlaps, values, most, threshold, float(score_threshold))
        left = [float(values[i]) for i in kept]
    return _numbers(kept, device), made(torch.tensor(left, dtype=torch.float32, device=device))


@operation("image.non_max_suppression_overlaps", "NonMaxSuppressionWithOverlaps")
def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Any:
    """As `non_max_suppression`, given the overlap of each pair."""
    matrix, values = tensor(overlaps, torch.float32), tensor(scores, torch.float32)
    if matrix.shape != (len(values), len(values)):
        invalid(f"overlaps must be square, got {list(matrix.shape)}", "NonMaxSuppressionWithOverlaps")
    kept = _greedy(
        matrix.detach().cpu().numpy(),
        values.detach().cpu().numpy(),
        size(max_output_size),
        float(overlap_threshold),
        float(score_threshold),
    )
    return _numbers(kept, matrix.device)


@operation("image.non_max_suppression_padded", "NonMaxSuppressionPadded")
def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
    sorted_input: bool = False,
    canonicalized_coordinates: bool = False,
    tile_size: int = 512,
) -> Any:
    """As `non_max_suppression`, for one set of boxes or a batch: numbers, filled up with zeros, and how many count."""
    found, values = tensor(boxes, torch.float32), tensor(scores, torch.float32)
    most, threshold = size(max_output_size), _check(iou_threshold)
    lead = values.shape[:-1]
    rows = []
    for group, good in zip(found.reshape(-1, *found.shape[-2:]), values.reshape(-1, values.shape[-1]), strict=True):
        one, two, _ = _arrays(group, good)
        rows.append(_greedy(_overlaps(one), two, most, threshold, float(score_threshold)))
    length = most if pad_to_max_output_size or lead else max(map(len, rows))
    table = torch.tensor([row + [0] * (length - len(row)) for row in rows], dtype=torch.int32, device=found.device)
    counts = torch.tensor([len(row) for row in rows], dtype=torch.int32, device=found.device)
    return made(table.reshape(*lead, length)), made(counts.reshape(lead))


class CombinedNonMaxSuppression(NamedTuple):
    """What `combined_non_max_suppression` gives."""

    nmsed_boxes: Any
    nmsed_scores: Any
    nmsed_classes: Any
    valid_detections: Any


@operation("image.combined_non_max_suppression", "CombinedNonMaxSuppression")
def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """`non_max_suppression` for each class, then the best of all classes.

    Args:
        boxes: (batch, boxes, classes or 1, 4).
        scores: (batch, boxes, classes).
        max_output_size_per_class: how many to keep of a class.
        max_total_size: how many to keep of an image.
        iou_threshold: from what intersection over union on two boxes are the same.
        score_threshold: boxes must be better than this.
        pad_per_class: fill up to `max_output_size_per_class` times the classes, if that is less than `max_total_size`.
        clip_boxes: keep the boxes within 0 and 1.

    Returns:
        Boxes, scores and classes, the best first, filled up with zeros, and how many count.
    """
    found, values = tensor(boxes, torch.float32), tensor(scores, torch.float32)
    if found.dim() != 4 or values.dim() != 3 or found.shape[2] not in (1, values.shape[2]):
        invalid(
            f"boxes must be (batch, boxes, classes or 1, 4) and scores (batch, boxes, classes): {list(found.shape)}, "
            f"{list(values.shape)}",
            "CombinedNonMaxSuppression",
        )
    each, total, threshold = size(max_output_size_per_class), size(max_total_size), _check(iou_threshold)
    classes = values.shape[2]
    length = min(total, each * classes) if pad_per_class else total
    out = [np.zeros((len(found), length, 4), np.float32), *(np.zeros((len(found), length), np.float32) for _ in "ab")]
    counts = []
    for b, (group, good) in enumerate(zip(found.detach().cpu().numpy(), values.detach().cpu().numpy(), strict=True)):
        picked: list[tuple[float, int, int]] = []
        for c in range(classes):
            own = group[:, c if group.shape[1] > 1 else 0]
            kept = _greedy(_overlaps(own), good[:, c], each, threshold, float(score_threshold))
            picked += [(float(good[i, c]), c, i) for i in kept]
        picked = sorted(picked, key=lambda item: -item[0])[:length]
        counts.append(len(picked))
        for n, (score, c, i) in enumerate(picked):
            box = group[i, c if group.shape[1] > 1 else 0]
            out[0][b, n] = np.clip(box, 0, 1) if clip_boxes else box
            out[1][b, n], out[2][b, n] = score, c
    results = [made(torch.from_numpy(array).to(found.device)) for array in out]
    return CombinedNonMaxSuppression(results[0], results[1], results[2], _numbers(counts, found.device))


__all__ = [
    "combined_non_max_suppression", "non_max_suppression", "non_max_suppression_overlaps",
    "non_max_suppression_padded", "non_max_suppression_with_scores",
]  # fmt: skip
