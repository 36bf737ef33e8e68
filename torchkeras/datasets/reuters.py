"""Reuters: 11,228 newswires as lists of word numbers, with one of 46 topics each."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.datasets.idx import Split
from torchkeras.datasets.pickles import load_npz
from torchkeras.datasets.sources import KERAS, dataset_file
from torchkeras.datasets.synthetic.sequences import NEWS_WORDS, newswires, word_index
from torchkeras.datasets.synthetic.switch import split_counts, synthetic_samples
from torchkeras.datasets.word_sequences import Texts, older_num_words, read_word_index, shorter_than, shuffled

ORIGIN = KERAS + "reuters.npz"
HASH = "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916"
INDEX_ORIGIN = KERAS + "reuters_word_index.json"
INDEX_HASH = "4d44cc38712099c9e383dc6e5f11a921"

_TOPICS = (
    "cocoa", "grain", "veg-oil", "earn", "acq", "wheat", "copper", "housing", "money-supply", "coffee", "sugar",
    "trade", "reserves", "ship", "cotton", "carcass", "crude", "nat-gas", "cpi", "money-fx", "interest", "gnp",
    "meal-feed", "alum", "oilseed", "gold", "tin", "strategic-metal", "livestock", "retail", "ipi", "iron-steel",
    "rubber", "heat", "jobs", "lei", "bop", "zinc", "orange", "pet-chem", "dlr", "gas", "silver", "wpi", "hog", "lead",
)  # fmt: skip


def load_data(
    path: str = "reuters.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    test_split: float = 0.2,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    cache_dir: str | None = None,
    **kwargs: Any,
) -> tuple[Split, Split]:
    """Loads Reuters: `(x_train, y_train), (x_test, y_test)`, arrays of lists of integers, and of topics 0 to 45.

    Args:
        path: the file's name in the cache.
        num_words: only numbers below this are kept; words are numbered by how often they occur.
        skip_top: numbers below this are not kept.
        maxlen: only newswires shorter than this are kept.
        test_split: the share that is for testing.
        seed: of the shuffle.
        start_char: begins each newswire; None for nothing.
        oov_char: stands for the words that are not kept; None leaves them out.
        index_from: what is added to the numbers of words.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    num_words = older_num_words(num_words, kwargs)
    counts = split_counts(11228, test_split)
    if counts:
        texts, labels = newswires(sum(counts))
        test_split = counts[1] / sum(counts)
    else:
        file = dataset_file("reuters", path, ORIGIN, HASH, cache_dir=cache_dir)
        x, labels = load_npz(file, ("x", "y"))
        texts = Texts.of_lists(x)
    texts, labels = shuffled(texts, labels, np.random.RandomState(seed))
    texts, labels = shorter_than(texts.marked(start_char, index_from), labels, maxlen)
    x = texts.limited(num_words, skip_top, oov_char).lists()
    train = int(len(x) * (1 - test_split))
    if counts and not maxlen:
        train = counts[0]  # the product may fall short by one
    return (x[:train], labels[:train]), (x[train:], labels[train:])


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The words with their numbers, before `index_from` is added."""
    if synthetic_samples() is not None:
        return word_index(NEWS_WORDS)
    return read_word_index(dataset_file("reuters", path, INDEX_ORIGIN, INDEX_HASH))


def get_label_names() -> tuple[str, ...]:
    """The topics' names, in the order of the labels."""
    return _TOPICS
