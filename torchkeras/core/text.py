"""What is done to texts, as bytes: what tf.strings and the layers that take texts share."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence

import numpy as np

_PUNCTUATION = string.punctuation.encode()


def mapped(function: Callable[[bytes], bytes], texts: np.ndarray) -> np.ndarray:
    """A function applied to each text of an array."""
    made = np.empty(texts.shape, dtype=object)
    made.reshape(-1)[:] = [function(text) for text in texts.reshape(-1)]
    return made


def without_punctuation(text: bytes) -> bytes:
    return text.translate(None, _PUNCTUATION)


def characters(text: bytes) -> list[bytes]:
    """The characters of a UTF-8 text; what is none becomes U+FFFD."""
    if text.isascii():
        return [text[i : i + 1] for i in range(len(text))]
    return [char.encode("utf-8", "replace") for char in text.decode("utf-8", "replace")]


def ngrams(
    tokens: Sequence[bytes],
    widths: Sequence[int],
    separator: bytes = b" ",
    pads: tuple[bytes, bytes] | None = None,
    padding_width: int = -1,
    preserve_short: bool = False,
) -> list[bytes]:
    """Runs of tokens, joined: all of the first width, then all of the next.

    Args:
        tokens: of one text.
        widths: how many tokens a run has.
        separator: what stands between them.
        pads: what a text is filled up with on either side.
        padding_width: how many of these; one less than the width unless given.
        preserve_short: a text shorter than every width gives one run of all its tokens.
    """
    found: list[bytes] = []
    for width in widths:
        padding = 0 if pads is None else (width - 1 if padding_width < 0 else min(padding_width, width - 1))
        whole = [pads[0]] * padding + list(tokens) + [pads[1]] * padding if pads else tokens
        if width == 1:
            found += whole
        else:
            found += [separator.join(whole[i : i + width]) for i in range(len(whole) - width + 1)]
    if preserve_short and not found and tokens:
        width = widths[0]
        padding = 0 if pads is None else (width - 1 if padding_width < 0 else min(padding_width, width - 1))
        whole = [pads[0]] * padding + list(tokens) + [pads[1]] * padding if pads else tokens
        found = [separator.join(whole)]
    return found
