"""Areas under the curves that AUC knows, from counts at falling thresholds."""

from __future__ import annotations

import torch
from torch import Tensor

from torchkeras.metrics.confusion import ratio
from torchkeras.metrics.count import divide_no_nan

#: The names that AUC takes, and the ones it keeps.
CURVES = {"ROC": "ROC", "roc": "ROC", "PR": "PR", "pr": "PR"} | dict.fromkeys(
    ("PR_GAIN", "PRGAIN", "pr_gain", "prgain"), "PR_GAIN"
)
SUMMATIONS = {key: name for name in ("interpolation", "majoring", "minoring") for key in (name, name.capitalize())}


def area(curve: str, summation: str, tp: Tensor, tn: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
    """The area, per label if the counts have a second axis; thresholds run along the first."""
    if curve == "PR" and summation == "interpolation":
        return interpolated_precision_area(tp, fp, fn)
    if curve == "ROC":
        x, y = ratio(fp, tn), ratio(tp, fn)
    elif curve == "PR":
        x, y = ratio(tp, fn), ratio(tp, fp)
    else:
        x, y = gains(tp, tn, fp, fn)
    left, right = y[:-1], y[1:]
    if summation == "interpolation":
        heights = (left + right) / 2.0
    else:
        heights = torch.minimum(left, right) if summation == "minoring" else torch.maximum(left, right)
    return ((x[:-1] - x[1:]) * heights).sum(0)


def interpolated_precision_area(tp: Tensor, fp: Tensor, fn: Tensor) -> Tensor:
    """The area under the precision-recall curve after Davis and Goadrich (2006).

    Between two thresholds true positives and predicted positives p = tp + fp go in a straight line, precision does
    not: with slope s = dtp / dp its integral is s * (dtp + (tp - s * p) * log(p_before / p)), over all positives.
    """
    positives = tp + fp
    tp_step = tp[:-1] - tp[1:]
    slope = divide_no_nan(tp_step, (positives[:-1] - positives[1:]).clamp_min(0))
    intercept = tp[1:] - slope * positives[1:]
    empty = (positives[:-1] <= 0) | (positives[1:] <= 0)
    growth = (positives[:-1] / positives[1:]).masked_fill(empty, 1.0)
    increments = slope * (tp_step + intercept * torch.log(growth))
    return divide_no_nan(increments, (tp[1:] + fn[1:]).clamp_min(0)).sum(0)


def gains(tp: Tensor, tn: Tensor, fp: Tensor, fn: Tensor) -> tuple[Tensor, Tensor]:
    """Recall gain and precision gain (Flach and Kull 2015), 0 and 1 where there are no true positives."""
    odds = divide_no_nan(tp + fn, fp + tn)
    none = tp == 0
    recall = (1.0 - odds * fn / tp).masked_fill(none, 0.0)
    precision = (1.0 - odds * fp / tp).masked_fill(none, 1.0)
    return recall.clamp_min(0.0), precision
