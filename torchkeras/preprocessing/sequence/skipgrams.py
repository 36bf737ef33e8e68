"""Pairs of words that stand near one another, for word embeddings."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np


def make_sampling_table(size: int, sampling_factor: float = 1e-5) -> np.ndarray:
    """With which probability to keep the word of each rank, where word frequencies follow Zipf's law.

    Args:
        size: the number of words.
        sampling_factor: as in word2vec; the larger, the more is kept.
    """
    gamma = 0.577
    rank = np.arange(size)
    rank[0] = 1
    inverse = rank * (np.log(rank) + gamma) + 0.5 - 1.0 / (12.0 * rank)
    kept = sampling_factor * inverse
    table: np.ndarray = np.minimum(1.0, kept / np.sqrt(kept))
    return table


def skipgrams(
    sequence: Sequence[int],
    vocabulary_size: int,
    window_size: int = 4,
    negative_samples: float = 1.0,
    shuffle: bool = True,
    categorical: bool = False,
    sampling_table: Any = None,
    seed: int | None = None,
) -> tuple[list[list[int]], list[Any]]:
    """Pairs (word, word near it), labelled 1, and pairs with a word drawn at random, labelled 0.

    Args:
        sequence: word numbers; 0 is no word.
        vocabulary_size: one more than the largest number.
        window_size: how near is near.
        negative_samples: how many random pairs for each true one.
        shuffle: mix the pairs.
        categorical: labels are [0, 1] and [1, 0] instead.
        sampling_table: the probability to keep each word; see `make_sampling_table`.
        seed: of the mixing.
    """
    couples: list[list[int]] = []
    for i, word in enumerate(sequence):
        if not word or (sampling_table is not None and sampling_table[word] < random.random()):
            continue
        near = range(max(0, i - window_size), min(len(sequence), i + window_size + 1))
        couples += [[word, sequence[j]] for j in near if j != i and sequence[j]]
    positive: Any = [0, 1] if categorical else 1
    negative: Any = [1, 0] if categorical else 0
    labels = [positive] * len(couples)
    if negative_samples > 0 and couples:
        count = int(len(labels) * negative_samples)
        words = [couple[0] for couple in couples]
        random.shuffle(words)
        couples += [[words[i % len(words)], random.randint(1, int(vocabulary_size - 1))] for i in range(count)]
        labels += [negative] * count
    if shuffle:
        seed = random.randint(0, 10_000_000) if seed is None else seed
        for mixed in (couples, labels):
            random.seed(seed)
            random.shuffle(mixed)
    return couples, labels
