"""IMDB: 25,000 and 25,000 film reviews as lists of word numbers, and whether they are favourable."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.datasets.idx import Split
from torchkeras.datasets.pickles import load_npz
from torchkeras.datasets.sources import KERAS, dataset_file
from torchkeras.datasets.synthetic.sequences import REVIEW_WORDS, reviews, word_index
from torchkeras.datasets.synthetic.switch import sample_counts, synthetic_samples
from torchkeras.datasets.word_sequences import Texts, older_num_words, read_word_index, shorter_than, shuffled

ORIGIN = KERAS + "imdb.npz"
HASH = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
INDEX_ORIGIN = KERAS + "imdb_word_index.json"
INDEX_HASH = "bfafd718b763782e994055a2d397834f"


def load_data(
    path: str = "imdb.npz",
    num_words: int | None = None,
    skip_top: int = 0,
    maxlen: int | None = None,
    seed: int = 113,
    start_char: int | None = 1,
    oov_char: int | None = 2,
    index_from: int | None = 3,
    cache_dir: str | None = None,
    **kwargs: Any,
) -> tuple[Split, Split]:
    """Loads IMDB: `(x_train, y_train), (x_test, y_test)`, arrays of lists of integers, and of labels 1 or 0.

    Args:
        path: the file's name in the cache.
        num_words: only numbers below this are kept; words are numbered by how often they occur.
        skip_top: numbers below this are not kept.
        maxlen: only reviews shorter than this are kept.
        seed: of the shuffle.
        start_char: begins each review; None for nothing.
        oov_char: stands for the words that are not kept; None leaves them out.
        index_from: what is added to the numbers of words.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
    """
    num_words = older_num_words(num_words, kwargs)
    counts = sample_counts(25000, 25000)
    if counts:
        train, test = reviews(*counts)
    else:
        file = dataset_file("imdb", path, ORIGIN, HASH, cache_dir=cache_dir)
        x_train, y_train, x_test, y_test = load_npz(file, ("x_train", "y_train", "x_test", "y_test"))
        train, test = (Texts.of_lists(x_train), y_train), (Texts.of_lists(x_test), y_test)

    rng = np.random.RandomState(seed)  # the test reviews are shuffled by what follows in the same stream

    def prepared(texts: Texts, labels: np.ndarray) -> tuple[Texts, np.ndarray]:
        texts, labels = shuffled(texts, labels, rng)
        return shorter_than(texts.marked(start_char, index_from), labels, maxlen)

    (train_texts, train_labels), (test_texts, test_labels) = prepared(*train), prepared(*test)
    limit = num_words or int(max(train_texts.words.max(), test_texts.words.max()))
    return (
        (train_texts.limited(limit, skip_top, oov_char).lists(), train_labels),
        (test_texts.limited(limit, skip_top, oov_char).lists(), test_labels),
    )


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The words with their numbers, before `index_from` is added."""
    if synthetic_samples() is not None:
        return word_index(REVIEW_WORDS)
    return read_word_index(dataset_file("imdb", path, INDEX_ORIGIN, INDEX_HASH))
