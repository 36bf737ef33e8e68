"""tf.nn: label sequences from scores."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.ops import ctc
from torchkeras.tensorflow.arguments import FLOATS, invalid, of_dtypes
from torchkeras.tensorflow.convert import made, tensor
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.sparse import SparseTensor


def _inputs(inputs: Any, sequence_length: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Scores with the batch first, and how many steps count."""
    scores = of_dtypes(inputs, FLOATS, "CTCDecoder").as_subclass(torch.Tensor)
    if scores.dim() != 3:
        invalid(f"inputs is not a 3-Tensor: shape {tuple(scores.shape)}", "CTCDecoder")
    lengths = tensor(sequence_length).to(scores.device, torch.int64)
    if lengths.shape != scores.shape[1:2]:
        invalid(f"sequence_length must have {scores.shape[1]} entries, got shape {tuple(lengths.shape)}", "CTCDecoder")
    if bool((lengths > scores.shape[0]).any()):
        invalid(f"sequence_length must not be greater than the {scores.shape[0]} steps", "CTCDecoder")
    return scores.transpose(0, 1), lengths


def _sparse(labels: torch.Tensor) -> Any:
    """Rows of labels, filled up with -1, as a sparse tensor."""
    kept = labels >= 0
    width = int(kept.sum(1).max()) if len(labels) else 0
    return SparseTensor(
        made(torch.nonzero(kept)),
        made(labels[kept].to(torch.int64)),
        made(torch.tensor([len(labels), width], dtype=torch.int64)),
    )


@operation("nn.ctc_greedy_decoder", "CTCGreedyDecoder")
def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> Any:
    """The likeliest class of each step, without repetitions and blanks.

    Args:
        inputs: (steps, batch, classes) logits.
        sequence_length: how many steps each sample has.
        merge_repeated: whether equal neighbours are one label.
        blank_index: the class that means no label, the last unless given; negative ones count from the end.

    Returns:
        A list with one sparse tensor of labels, and the negated sums of the greatest logits.
    """
    scores, lengths = _inputs(inputs, sequence_length)
    blank = scores.shape[-1] - 1 if blank_index is None else int(blank_index)
    labels, sums = ctc._greedy(scores, lengths, merge_repeated, blank)
    return [_sparse(labels[0])], made(sums)


@operation("nn.ctc_beam_search_decoder", "CTCBeamSearchDecoder")
def ctc_beam_search_decoder(inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1) -> Any:
    """The likeliest label sequences.

    Args:
        inputs: (steps, batch, classes) logits, the last class meaning no label.
        sequence_length: how many steps each sample has.
        beam_width: how many sequences are kept at each step.
        top_paths: how many sequences to give.

    Returns:
        A list of sparse tensors of labels, the likeliest first, and the logarithms of their probabilities.
    """
    scores, lengths = _inputs(inputs, sequence_length)
    labels, chances = ctc._beams(scores, lengths, beam_width, top_paths, scores.shape[-1] - 1)
    return [_sparse(path) for path in labels], made(chances)


__all__ = ["ctc_beam_search_decoder", "ctc_greedy_decoder"]
