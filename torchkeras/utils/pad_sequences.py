"""Sequences of many lengths as one array."""

from __future__ import annotations

from typing import Any

import numpy as np


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """An array (samples, maxlen) in which short sequences are filled up and long ones cut.

    Args:
        sequences: a list of lists.
        maxlen: the length; that of the longest unless given.
        dtype: of the array; `object` for strings of any length.
        padding: 'pre' or 'post': fill up in front or behind.
        truncating: 'pre' or 'post': cut off in front or behind.
        value: what to fill with.

    Example: `pad_sequences([[1, 2], [3]], maxlen=3)` is `[[0, 1, 2], [0, 0, 3]]`.
    """
    if not hasattr(sequences, "__len__"):
        raise ValueError(f"`sequences` must be iterable. Received: {type(sequences).__name__}")
    for name, given in (("Padding", padding), ("Truncating", truncating)):
        if given not in ("pre", "post"):
            raise ValueError(f'{name} type "{given}" not understood: expected "pre" or "post".')
    lengths = [_length(sequence) for sequence in sequences]
    longest = max(lengths, default=0) if maxlen is None else maxlen
    if isinstance(value, str) and np.dtype(dtype).kind not in "OU":
        raise ValueError(
            f"`dtype` {dtype} is not compatible with `value`'s type: {type(value)}\n"
            f"You should set `dtype=object` for variable length strings."
        )
    first = next((s for s, n in zip(sequences, lengths) if n), ())
    inner = np.asarray(first).shape[1:]
    result: np.ndarray = np.full((len(lengths), longest, *inner), value, dtype=dtype)
    for row, sequence, length in zip(result, sequences, lengths):
        if not length:
            continue
        kept = np.asarray(sequence[-longest:] if truncating == "pre" else sequence[:longest], dtype=dtype)
        if kept.shape[1:] != inner:
            raise ValueError(
                f"Shape of sample {kept.shape[1:]} of a sequence is different from expected shape {inner}, which is "
                f"that of the first sequence."
            )
        if padding == "post":
            row[: len(kept)] = kept
        elif len(kept):
            row[-len(kept) :] = kept
    return result


def _length(sequence: Any) -> int:
    try:
        return len(sequence)
    except TypeError as error:
        raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {sequence}") from error
