"""Texts as lists of words, and words as numbers by hashing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

#: What is taken out of texts unless told otherwise: punctuation, tabs and line breaks, but no apostrophes.
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text.

    Args:
        input_text: the text.
        filters: characters that are no part of words.
        lower: make letters small.
        split: what stands between words.
    """
    text = input_text.lower() if lower else input_text
    text = text.translate({ord(character): split for character in filters})
    return [word for word in text.split(split) if word]


def one_hot(
    input_text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Any] | None = None,
) -> list[int]:
    """The words of a text as numbers from 1 to n - 1, by Python's `hash`: they differ from one process to the next."""
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)


def hashing_trick(
    text: str,
    n: int,
    hash_function: Any = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Any] | None = None,
) -> list[int]:
    """The words of a text as numbers from 1 to n - 1; different words may get the same.

    Args:
        text: the text.
        n: one more than the largest number.
        hash_function: from a word to an integer. Python's `hash` by default, which differs from one process to the
            next; 'md5' does not.
        analyzer: from a text to its words; `text_to_word_sequence` by default.
    """
    number = _md5 if hash_function == "md5" else hash_function or hash
    words = text_to_word_sequence(text, filters, lower, split) if analyzer is None else analyzer(text)
    return [number(word) % (n - 1) + 1 for word in words]


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode()).hexdigest(), 16)
