"""Integer labels: are they within the classes there are?"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def check_labels(y_true: Any, classes: int, name: str | None = None, ignore_class: int | None = None) -> None:
    """Raises ValueError for a label outside [0, classes).

    It reads the values, so it belongs before training, not into a step on a GPU.

    Args:
        y_true: an array, a list or a tensor.
        classes: how many there are: the size of the predictions' last axis.
        name: of the output layer, for the message.
        ignore_class: a label that stands for no class.
    """
    if isinstance(y_true, Tensor):
        y_true = y_true.detach()
        labels = (y_true.float() if y_true.dtype == torch.bfloat16 else y_true).cpu().numpy()
    else:
        labels = np.asarray(y_true)
    if not labels.size or (labels.min() >= 0 and labels.max() < classes):
        return
    wrong = ~((labels >= 0) & (labels < classes))
    if ignore_class is not None:
        wrong &= labels != ignore_class
    if not wrong.any():
        return
    label = labels[wrong].flat[0].item()
    text = int(label) if float(label).is_integer() else label
    whose = f"output layer {name!r}" if name else "predictions"
    raise ValueError(
        f"Received a label value of {text} which is outside the valid range of [0, {classes}): the {whose} "
        f"{'has' if name else 'have'} {classes} classes, numbered from 0. Give the last layer as many units as there "
        f"are classes, or number the labels from 0."
    )
