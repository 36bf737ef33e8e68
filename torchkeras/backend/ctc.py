"""Connectionist temporal classification, with the last class as the one that means no label."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.core.config import epsilon
from torchkeras.ops import ctc
from torchkeras.ops.promotion import tensor


@backend_function()
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Tensor:
    """The loss of each sample, (samples, 1).

    Args:
        y_true: (samples, greatest length) labels.
        y_pred: (samples, steps, classes) probabilities.
        input_length: (samples, 1): how many steps each has.
        label_length: (samples, 1): how many labels each has.
    """
    output = tensor(y_pred)
    scores = torch.log_softmax(torch.log(output + epsilon()), -1).transpose(0, 1)
    steps, lengths = (tensor(n).reshape(-1).to(torch.int64) for n in (input_length, label_length))
    labels = tensor(y_true).to(torch.int64)
    return F.ctc_loss(scores, labels, steps, lengths, output.shape[-1] - 1, reduction="none").unsqueeze(1)


@backend_function()
def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Tensor], Tensor]:
    """The likeliest labels of each sample, filled up with -1, and their scores.

    Args:
        y_pred: (samples, steps, classes) probabilities.
        input_length: (samples,): how many steps each has.
        greedy: take the likeliest class of each step; else search with beams.
        beam_width: how many beams.
        top_paths: how many results the beam search gives.

    Returns:
        A list of (samples, steps) labels, and (samples, paths) scores: the negated sum of the greatest logarithms
        (greedy), or the logarithms of the probabilities.
    """
    scores = torch.log(tensor(y_pred) + epsilon())
    lengths = tensor(input_length).reshape(-1)
    labels, found = ctc.ctc_decode(
        scores,
        lengths,
        strategy="greedy" if greedy else "beam_search",
        beam_width=beam_width,
        top_paths=1 if greedy else top_paths,
        mask_index=scores.shape[-1] - 1,
    )
    return [path if greedy else _merged(path) for path in labels.to(torch.int64)], found


def _merged(labels: Tensor) -> Tensor:
    """Equal neighbours as one: TensorFlow's beam search of old does this to its results, even across no label."""
    kept = labels >= 0
    kept[:, 1:] &= labels[:, 1:] != labels[:, :-1]
    order = torch.argsort((~kept).to(torch.uint8), dim=1, stable=True)
    return torch.where(kept, labels, -1).gather(1, order)
