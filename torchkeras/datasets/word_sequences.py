"""Texts as lists of word numbers: what imdb and reuters do to them when they are loaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass
class Texts:
    """Texts one after the other in one array, with the length of each."""

    words: np.ndarray
    lengths: np.ndarray

    @classmethod
    def of_lists(cls, lists: Any) -> Texts:
        """From an array of lists of integers."""
        lengths = np.fromiter(map(len, lists), np.int64, len(lists))
        flat = (word for text in lists for word in text)
        return cls(np.fromiter(flat, np.int64, int(lengths.sum())), lengths)

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def starts(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.lengths)[:-1]]).astype(np.int64)

    def take(self, order: np.ndarray) -> Texts:
        """These texts, in this order."""
        starts, lengths = self.starts[order], self.lengths[order]
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths, lengths)
        return Texts(self.words[np.repeat(starts, lengths) + within], lengths)

    def marked(self, start_char: int | None, index_from: int | None) -> Texts:
        """Words moved up by `index_from`, and each text begun with `start_char`."""
        if start_char is not None:
            moved = np.insert(self.words + (index_from or 0), self.starts, start_char)
            return Texts(moved, self.lengths + 1)
        return Texts(self.words + index_from, self.lengths) if index_from else self

    def limited(self, num_words: int | None, skip_top: int, oov_char: int | None) -> Texts:
        """Words outside `skip_top` to `num_words` replaced by `oov_char`, or left out if that is None.

        Without `num_words` the limit is the largest number there is, which is itself left out: so Keras has it.
        """
        limit = num_words or int(self.words.max())
        kept = (self.words >= skip_top) & (self.words < limit)
        if oov_char is not None:
            return Texts(np.where(kept, self.words, oov_char), self.lengths)
        counts = np.zeros(len(self) + 1, np.int64)
        np.cumsum(np.add.reduceat(np.append(kept, False), self.starts) * (self.lengths > 0), out=counts[1:])
        return Texts(self.words[kept], np.diff(counts))

    def lists(self) -> np.ndarray:
        """An array of lists of Python integers."""
        words, ends = self.words.tolist(), np.cumsum(self.lengths).tolist()
        result = np.empty(len(self), object)
        start = 0
        for place, end in enumerate(ends):
            result[place] = words[start:end]
            start = end
        return result


def shuffled(texts: Texts, labels: np.ndarray, rng: np.random.RandomState) -> tuple[Texts, np.ndarray]:
    """Texts and labels in the order that Keras gives them."""
    indices = np.arange(len(texts))
    rng.shuffle(indices)
    return texts.take(indices), labels[indices]


def shorter_than(texts: Texts, labels: np.ndarray, maxlen: int | None) -> tuple[Texts, np.ndarray]:
    """Only the texts shorter than `maxlen`, and their labels."""
    if not maxlen:
        return texts, labels
    kept = np.flatnonzero(texts.lengths < maxlen)
    if not len(kept):
        raise ValueError(
            f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was kept. Increase maxlen."
        )
    return texts.take(kept), labels[kept]


def older_num_words(num_words: int | None, others: dict[str, Any]) -> int | None:
    """`num_words`, or what came under its first name, `nb_words`."""
    num_words = others.pop("nb_words", num_words)
    if others:
        raise TypeError(f"Unrecognized keyword arguments: {others}.")
    return num_words


def read_word_index(path: str) -> dict[str, int]:
    """A dict from words to numbers, from a JSON file."""
    with open(path, encoding="utf-8") as file:
        index: dict[str, int] = json.load(file)
    return index
