"""tf.nn: connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import torch
from torch.nn import functional

from torchkeras.tensorflow.arguments import FLOATS, of_dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation


@operation("nn.ctc_loss", "CTCLoss")
def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Any:
    """The negative logarithm of each label sequence's probability.

    Args:
        labels: (batch, greatest length) numbers of classes.
        logits: (steps, batch, classes), or the batch first where `logits_time_major` is False.
        label_length: how many labels each sample has.
        logit_length: how many steps each sample has.
        logits_time_major: see `logits`.
        unique: not needed here.
        blank_index: the class that means no label, 0 unless given; negative ones count from the end.
    """
    scores = of_dtypes(logits, FLOATS, "CTCLoss").as_subclass(torch.Tensor)
    if scores.dim() != 3:
        raise ValueError(f"`logits` must have 3 axes. Received: logits.shape={tuple(scores.shape)}")
    if label_length is None:
        raise ValueError("`label_length` is needed with labels that are a dense tensor.")
    if not logits_time_major:
        scores = scores.transpose(0, 1)
    blank = 0 if blank_index is None else int(blank_index)
    blank += scores.shape[-1] if blank < 0 else 0
    wanted, steps, lengths = (tensor(v).long() for v in (labels, logit_length, label_length))
    found = functional.ctc_loss(torch.log_softmax(scores, -1), wanted, steps, lengths, blank, reduction="none")
    return made(found)


@operation("nn.collapse_repeated", "CollapseRepeated")
def collapse_repeated(labels: Any, seq_length: Any, name: str | None = None) -> Any:
    """Label sequences with equal neighbours made one, filled up with zeros, and their lengths."""
    x, lengths = tensor(labels), tensor(seq_length)
    steps = torch.arange(x.shape[1], device=x.device)
    kept = steps < lengths.to(x.device)[:, None]
    kept[:, 1:] &= x[:, 1:] != x[:, :-1]
    order = torch.argsort((~kept).to(torch.uint8), dim=1, stable=True)
    counts = kept.sum(1)
    moved = torch.where(kept, x, 0).gather(1, order)
    return made(moved[:, : int(counts.max()) if len(counts) else 0].clone()), made(counts.to(lengths.dtype))


__all__ = ["collapse_repeated", "ctc_loss"]
