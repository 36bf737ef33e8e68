"""Made texts: word numbers spread as words are (Zipf's law), among them words that tell the label."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from torchkeras.datasets.word_sequences import Texts

Labelled = tuple[Texts, np.ndarray]

REVIEW_WORDS = 88584
NEWS_WORDS = 30979

# How many newswires of the training set have each topic.
_TOPIC_COUNTS = (
    55, 432, 74, 3159, 1949, 17, 48, 16, 139, 101, 124, 390, 49, 172, 26, 20, 444, 39, 66, 549, 269, 100, 15, 41, 62,
    92, 24, 15, 48, 19, 45, 39, 32, 11, 50, 10, 49, 19, 19, 24, 36, 30, 13, 21, 12, 18,
)  # fmt: skip


@dataclass(frozen=True)
class _Lengths:
    """Lengths of texts: log-normal within bounds."""

    median: float
    spread: float
    least: int
    most: int

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        drawn = np.exp(rng.normal(np.log(self.median), self.spread, count))
        return np.clip(drawn, self.least, self.most).astype(np.int64)


# Less the word that begins a text, which is added when it is loaded.
_REVIEWS = _Lengths(median=180, spread=0.75, least=10, most=2493)
_NEWS = _Lengths(median=95, spread=0.9, least=12, most=2375)


def reviews(train: int, test: int) -> tuple[Labelled, Labelled]:
    """Film reviews: every ninth word is one that favourable reviews use four times as often, or the reverse."""
    tellers = np.arange(24, 24 + 2 * 160).reshape(-1, 2).T  # numbers of words: frequent ones, in turn
    return (
        _reviews(train, tellers, np.random.default_rng([40, 0])),
        _reviews(test, tellers, np.random.default_rng([40, 1])),
    )


def _reviews(count: int, tellers: np.ndarray, rng: np.random.Generator) -> Labelled:
    labels = rng.permutation(np.arange(count, dtype=np.int64) % 2)
    texts = _words(_REVIEWS.draw(count, rng), REVIEW_WORDS, rng)
    return _told(texts, labels, tellers, share=1 / 9, loyalty=0.8, rng=rng), labels


def newswires(count: int) -> Labelled:
    """Newswires: every seventh word is one of a dozen of its topic."""
    rng = np.random.default_rng(50)
    shares = np.array(_TOPIC_COUNTS) / sum(_TOPIC_COUNTS)
    labels = rng.choice(len(shares), size=count, p=shares).astype(np.int64)
    tellers = 30 + np.arange(len(shares) * 12).reshape(12, -1).T
    texts = _words(_NEWS.draw(count, rng), NEWS_WORDS, rng)
    return _told(texts, labels, tellers, share=1 / 7, loyalty=0.9, rng=rng), labels


def _words(lengths: np.ndarray, vocabulary: int, rng: np.random.Generator) -> Texts:
    # The share of the n most frequent words grows as log(n): so exp() of an even spread has it.
    spread = rng.random(int(lengths.sum()), dtype=np.float32)
    words = np.exp(spread * np.float32(np.log(vocabulary + 1))).astype(np.int64)
    return Texts(np.clip(words, 1, vocabulary), lengths)


def _told(
    texts: Texts, labels: np.ndarray, tellers: np.ndarray, share: float, loyalty: float, rng: np.random.Generator
) -> Texts:
    """Texts in which some words are replaced by ones that tell the label.

    Args:
        texts: the texts.
        labels: of the texts.
        tellers: (labels, words): numbers of words for each label.
        share: how many words are replaced.
        loyalty: how many of these are the label's own; the others are of any label.
        rng: where the choices come from.
    """
    places = np.flatnonzero(rng.random(len(texts.words), dtype=np.float32) < share)
    own = np.repeat(labels, texts.lengths)[places]
    any_label = rng.integers(len(tellers), size=len(places))
    # Of two labels, `any` is half the time the label itself; the loyalty is to come out all the same.
    faithful = (loyalty - 1 / len(tellers)) / (1 - 1 / len(tellers))
    chosen = np.where(rng.random(len(places)) < faithful, own, any_label)
    texts.words[places] = tellers[chosen, rng.integers(tellers.shape[1], size=len(places))]
    return texts


# --- words --------------------------------------------------------------------------------------------------

_FIRST_WORDS = (
    "the and a of to is br in it i this that was as for with movie but film on not you are his have be he one all at "
).split()
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


@functools.cache
def _made_words(count: int) -> tuple[str, ...]:
    return (*_FIRST_WORDS, *(_spoken(number) for number in range(count - len(_FIRST_WORDS))))


def word_index(count: int) -> dict[str, int]:
    """This many words with their numbers from 1 on: common English ones first, then made ones."""
    return {word: number for number, word in enumerate(_made_words(count), start=1)}


def _spoken(number: int) -> str:
    """A word of three syllables or more for each number, no two the same."""
    base = len(_CONSONANTS) * len(_VOWELS)
    number += base + base * base  # the shorter ones might be words
    syllables = []
    while number >= 0:
        number, digit = divmod(number, base)
        syllables.append(_CONSONANTS[digit // len(_VOWELS)] + _VOWELS[digit % len(_VOWELS)])
        number -= 1
    return "".join(reversed(syllables))
