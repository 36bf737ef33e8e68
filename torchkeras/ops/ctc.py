"""Connectionist temporal classification: sequences of labels from longer sequences of scores."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import floating, result_type, tensor


@operation
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Tensor:
    """The negative logarithm of each label sequence's probability.

    Args:
        target: (batch, greatest length) labels.
        output: (batch, steps, classes) logits.
        target_length: how many labels each sample has.
        output_length: how many steps each sample has.
        mask_index: the class that means no label.
    """
    logits, labels = floating(output), tensor(target).to(torch.int64)
    if labels.dim() != 2:
        raise ValueError(
            f"Targets `target` are expected to be a tensor of shape `(batch_size, max_length)` in integer format. "
            f"Received: target.shape={tuple(labels.shape)}"
        )
    if logits.dim() != 3:
        raise ValueError(
            f"Logits `output` are expected to be a tensor of shape `(batch_size, max_length, num_classes)`. "
            f"Received: output.shape={tuple(logits.shape)}"
        )
    wanted = result_type(logits.dtype, torch.float32)
    scores = torch.log_softmax(logits.to(wanted), -1).transpose(0, 1)
    steps, lengths = (tensor(n).to(torch.int64) for n in (output_length, target_length))
    return functional.ctc_loss(scores, labels, steps, lengths, mask_index, reduction="none")


@operation
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Tensor, Tensor]:
    """The likeliest label sequences, filled up with -1, and their scores.

    Args:
        inputs: (batch, steps, classes) logits.
        sequence_lengths: how many steps each sample has.
        strategy: 'greedy', the likeliest class of each step, or 'beam_search'.
        beam_width: how many sequences the beam search keeps at each step.
        top_paths: how many it gives.
        merge_repeated: whether equal neighbours are one label.
        mask_index: the class that means no label.

    Returns:
        (paths, batch, steps) labels; and the negated sum of the greatest logits (greedy), or the logarithms of the
        probabilities (beam search).
    """
    logits = floating(inputs)
    logits = logits.to(result_type(logits.dtype, torch.float32))
    lengths = tensor(sequence_lengths).to(logits.device, torch.int64)
    if strategy == "greedy":
        return _greedy(logits, lengths, merge_repeated, mask_index)
    if strategy == "beam_search":
        return _beams(logits, lengths, beam_width, top_paths, mask_index % logits.shape[-1])
    raise ValueError(f"Invalid strategy {strategy}. Supported values are 'greedy' and 'beam_search'.")


def _greedy(logits: Tensor, lengths: Tensor, merge_repeated: bool, mask_index: int) -> tuple[Tensor, Tensor]:
    best, labels = torch.max(logits, -1)
    steps = torch.arange(labels.shape[1], device=labels.device)
    inside = steps < lengths[:, None]
    kept = inside & (labels != mask_index % logits.shape[-1])
    if merge_repeated:
        kept[:, 1:] &= labels[:, 1:] != labels[:, :-1]
    # What is kept moves to the front, in order.
    order = torch.argsort((~kept).to(torch.uint8), dim=1, stable=True)
    labels = torch.where(kept, labels, -1).gather(1, order)
    scores = -torch.where(inside, best, 0).sum(1, keepdim=True)
    return labels[None].to(torch.int32), scores


def _beams(logits: Tensor, lengths: Tensor, width: int, paths: int, mask_index: int) -> tuple[Tensor, Tensor]:
    batch, steps, _ = logits.shape
    found = torch.full((paths, batch, steps), -1, dtype=torch.int32)
    scores = torch.full((batch, paths), -math.inf, dtype=logits.dtype)
    log_probabilities = torch.log_softmax(logits, -1).detach().cpu()
    for i, length in enumerate(lengths.tolist()):
        best = _search(log_probabilities[i, :length].tolist(), width, mask_index)[:paths]
        if len(best) < paths:
            raise ValueError(f"Less leaves in the beam search than requested: {len(best)} for top_paths={paths}.")
        for place, (labels, score) in enumerate(best):
            found[place, i, : len(labels)] = torch.tensor(labels, dtype=torch.int32)
            scores[i, place] = score
    return found.to(logits.device), scores.to(logits.device)


def _search(steps: list[list[float]], width: int, mask_index: int) -> list[tuple[tuple[int, ...], float]]:
    """Label sequences and log probabilities, the likeliest first: those that end in no label and in one apart."""
    none = -math.inf
    beams: dict[tuple[int, ...], tuple[float, float]] = {(): (0.0, none)}
    for scores in steps:
        grown: dict[tuple[int, ...], tuple[float, float]] = {}

        def add(labels: tuple[int, ...], blank: float, label: float, grown: Any = grown) -> None:
            known = grown.get(labels, (none, none))
            grown[labels] = (_log_add(known[0], blank), _log_add(known[1], label))

        for labels, (blank, label) in beams.items():
            total = _log_add(blank, label)
            add(labels, total + scores[mask_index], none)
            for new, score in enumerate(scores):
                if new == mask_index:
                    continue
                if labels and new == labels[-1]:  # the same label goes on, or comes again behind a blank
                    add(labels, none, label + score)
                    add((*labels, new), none, blank + score)
                else:
                    add((*labels, new), none, total + score)
        ranked = sorted(grown.items(), key=lambda beam: -_log_add(*beam[1]))
        beams = dict(ranked[:width])
    return [(labels, _log_add(*ends)) for labels, ends in beams.items()]


def _log_add(a: float, b: float) -> float:
    high, low = max(a, b), min(a, b)
    return high if low == -math.inf else high + math.log1p(math.exp(low - high))
