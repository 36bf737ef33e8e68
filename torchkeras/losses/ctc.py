"""CTC, for sequences of labels that are shorter than the sequence of predictions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.losses.inputs import loss_function
from torchkeras.losses.wrapper import LossFunctionWrapper

_BLANK = 0  # no label, and what fills up the targets


@loss_function()
def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """The connectionist temporal classification loss of each sequence.

    torch reads the lengths of the targets back from a GPU, so a CUDA graph cannot hold it.

    Args:
        y_true: labels from 1 on, of shape (batch, most labels), filled up with 0.
        y_pred: logits of shape (batch, time, classes), class 0 being the blank.
    """
    if y_true.ndim != 2:
        raise ValueError(
            f"Targets `y_true` are expected to be a tensor of shape `(batch_size, max_length)` in integer format. "
            f"Received: y_true.shape={tuple(y_true.shape)}"
        )
    if y_pred.ndim != 3:
        raise ValueError(
            f"Logits `y_pred` are expected to be a tensor of shape `(batch_size, max_length, num_classes)`. "
            f"Received: y_pred.shape={tuple(y_pred.shape)}"
        )
    if y_pred.dtype in (torch.float16, torch.bfloat16):
        y_pred = y_pred.to(torch.float32)
    labels = y_true.to(torch.int64)
    label_lengths = torch.sum(labels != _BLANK, -1)
    lengths = torch.full_like(label_lengths, y_pred.shape[1])
    scores = torch.log_softmax(y_pred, -1).transpose(0, 1)
    return functional.ctc_loss(scores, labels, lengths, label_lengths, blank=_BLANK, reduction="none")


class CTC(LossFunctionWrapper):
    """The connectionist temporal classification loss."""

    capturable = False

    def __init__(self, reduction: str | None = "auto", name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(ctc, reduction, name, dtype)
