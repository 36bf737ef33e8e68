"""Texts taken apart, and runs of their parts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from torchkeras.core import text as kernels
from torchkeras.tensorflow.dispatch import bound, handles
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import one_text, text_result, text_rows, texts

_SPACES = re.compile(rb"[ \t\n\v\f\r]+")


@operation("strings.split", "StringSplitV2")
def split(input: Any, sep: Any = None, maxsplit: int = -1, name: str | None = None) -> Any:
    """The parts of each text: a vector for a single text, else a RaggedTensor.

    Args:
        sep: what separates them; any amount of white space unless given.
        maxsplit: how often to split at most; the rest stays in one piece.
    """
    found = texts(input, "StringSplitV2")
    between = b"" if sep is None else one_text(sep, "sep")
    most = -1 if maxsplit is None or int(maxsplit) < 0 else int(maxsplit)
    if between or most < 0:
        parts = [text.split(between or None, most) for text in found.reshape(-1)]
    else:
        parts = [_words(text, most) for text in found.reshape(-1)]
    return text_rows(parts, found.shape)


def _words(text: bytes, most: int) -> list[bytes]:
    """At most so many words, and the rest: even one that is empty, as in TensorFlow."""
    if not most:
        return [text]
    rest = text.lstrip()
    parts: list[bytes] = []
    while rest and len(parts) < most:
        word, *after = _SPACES.split(rest, maxsplit=1)
        parts.append(word)
        rest = after[0] if after else b""
    return [*parts, rest] if len(parts) == most else parts


@operation("strings.bytes_split", "StringSplit")
def bytes_split(input: Any, name: str | None = None) -> Any:
    """The bytes of each text, one by one."""
    found = texts(input, "StringSplit")
    return text_rows([[text[i : i + 1] for i in range(len(text))] for text in found.reshape(-1)], found.shape)


@operation("strings.ngrams", "StringNGrams")
def ngrams(
    data: Any,
    ngram_width: int | list[int] | tuple[int, ...],
    separator: Any = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
    name: str | None = None,
) -> Any:
    """Runs of words along the last axis, joined.

    Args:
        data: words in rows: a tensor, or a RaggedTensor.
        ngram_width: how many words a run has; several for runs of several lengths.
        separator: what stands between the words.
        pad_values: fills rows up at both ends: a text, or two for left and right.
        padding_width: how many of these; one less than the width unless given.
        preserve_short_sequences: a row too short for any run gives one of all its words.
    """
    found = texts(data, "StringNGrams")
    if not found.ndim:
        raise ValueError("Data must have rank>0")
    widths, pads, padding = _checked(ngram_width, pad_values, padding_width)
    between = one_text(separator, "separator")
    made_rows = [
        kernels.ngrams(row, widths, between, pads, padding, preserve_short_sequences)
        for row in found.reshape(math.prod(found.shape[:-1]), found.shape[-1]).tolist()
    ]
    flat = [run for row in made_rows for run in row]
    width = len(made_rows[0]) if made_rows else 0
    return text_result(flat, (*found.shape[:-1], width))


@handles("ragged", "strings.ngrams")
def _ngrams_of_rows(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    given = bound(function, args, kwargs)
    data = given["data"]
    if hasattr(data.values, "with_values") or len(data.values.shape) > 1:
        return data.with_values(function(**given | {"data": data.values}))
    parts = [function(**given | {"data": row})._array.tolist() for row in data]
    return text_rows(parts, (len(parts),))


def _checked(
    ngram_width: Any, pad_values: Any, padding_width: int | None
) -> tuple[list[int], tuple[bytes, bytes] | None, int]:
    if pad_values is None:
        pads = None
    elif isinstance(pad_values, (list, tuple)):
        pads = (one_text(pad_values[0], "pad_values"), one_text(pad_values[1], "pad_values"))
    elif isinstance(pad_values, (str, bytes)):
        pads = (one_text(pad_values, "pad_values"), one_text(pad_values, "pad_values"))
    else:
        raise TypeError("pad_values must be a string, tuple of strings, or None.")
    if padding_width is not None and pads is None:
        raise ValueError("pad_values must be provided if padding_width is set.")
    if padding_width is not None and padding_width < 1:
        raise ValueError(f"padding_width must be greater than 0. Got {padding_width}")
    widths = list(ngram_width) if isinstance(ngram_width, (list, tuple)) else [ngram_width]
    if min(widths) < 1:
        raise ValueError(f"All ngram_widths must be greater than 0. Got {ngram_width}")
    return widths, pads, -1 if padding_width is None else padding_width


__all__ = ["bytes_split", "ngrams", "split"]
