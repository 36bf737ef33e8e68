"""Tokenizer: words as numbers by how common they are."""

from __future__ import annotations

import json
import warnings
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from torchkeras.preprocessing.text.words import FILTERS, text_to_word_sequence

_MODES = ("binary", "count", "tfidf", "freq")


class Tokenizer:
    """Gives each word of some texts a number, from 1 for the commonest, and turns texts into lists of numbers.

    Args:
        num_words: use only the `num_words - 1` commonest ones.
        filters: characters that are no part of words.
        lower: make letters small.
        split: what stands between words.
        char_level: take characters for words.
        oov_token: a word that stands for all unknown ones; it has number 1.
        analyzer: from a text to its words, in place of all this.

    Example:
        tokenizer = Tokenizer(num_words=100, oov_token="<OOV>")
        tokenizer.fit_on_texts(["I love my dog", "I love my cat"])
        tokenizer.texts_to_sequences(["I love my horse"])  # [[2, 3, 4, 1]]
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        analyzer: Callable[[str], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if "nb_words" in kwargs:
            warnings.warn("The `nb_words` argument in `Tokenizer` has been renamed `num_words`.", stacklevel=2)
            num_words = kwargs.pop("nb_words")
        self.document_count: int = kwargs.pop("document_count", 0)
        if kwargs:
            raise TypeError(f"Unrecognized keyword arguments: {kwargs}")
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token, self.analyzer = char_level, oov_token, analyzer
        self.word_counts: dict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    # --- learning the words ---

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Counts the words of texts (or of lists of words) and numbers them; counts of earlier calls are kept."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        # Sorting is stable: of equally common words the one seen first comes first.
        common = sorted(self.word_counts, key=self.word_counts.__getitem__, reverse=True)
        special = [] if self.oov_token is None else [self.oov_token]
        self.word_index = {word: number for number, word in enumerate([*special, *common], start=1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Any) -> None:
        """Counts in how many lists each number is, for `sequences_to_matrix` without texts."""
        self.document_count += len(sequences)
        for sequence in sequences:
            for number in set(sequence):
                self.index_docs[number] += 1

    def _words(self, text: Any) -> Any:
        if isinstance(text, list):
            return [word.lower() for word in text] if self.lower else text
        if self.char_level:
            return text.lower() if self.lower else text
        if self.analyzer is not None:
            return self.analyzer(text)
        return text_to_word_sequence(text, filters=self.filters, lower=self.lower, split=self.split)

    # --- from words to numbers and back ---

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """Texts as lists of numbers; unknown words are left out, or are that of `oov_token`."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Iterable[Any]) -> Iterator[list[int]]:
        unknown = self._oov_index()
        for text in texts:
            numbers = (self._known(self.word_index.get(word), unknown) for word in self._words(text))
            yield [number for number in numbers if number is not None]

    def sequences_to_texts(self, sequences: Iterable[Iterable[int]]) -> list[str]:
        """Lists of numbers as texts, with a space between words."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Iterable[Iterable[int]]) -> Iterator[str]:
        unknown = self._oov_index()
        for sequence in sequences:
            numbers = (self._known(number if number in self.index_word else None, unknown) for number in sequence)
            yield " ".join(self.index_word[number] for number in numbers if number is not None)

    def _oov_index(self) -> int | None:
        return None if self.oov_token is None else self.word_index.get(self.oov_token)

    def _known(self, number: int | None, unknown: int | None) -> int | None:
        """The number, or that of the unknown word where it is None or not among the commonest."""
        if number is None or (self.num_words and number >= self.num_words):
            return unknown
        return number

    # --- rows of a matrix ---

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> np.ndarray:
        """One row per text and one column per number; see `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode=mode)

    def sequences_to_matrix(self, sequences: Any, mode: str = "binary") -> np.ndarray:
        """One row per list and one column per number.

        Args:
            sequences: lists of numbers.
            mode: 'binary' (is it there), 'count' (how often), 'freq' (how often, by the list's length), 'tfidf'.
        """
        if mode not in _MODES:
            raise ValueError(f"Unknown vectorization mode: {mode!r}. Expected one of {_MODES}.")
        if not self.num_words and not self.word_index:
            raise ValueError("Specify a dimension (`num_words` argument), or fit on some text data first.")
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        columns = self.num_words or len(self.word_index) + 1
        matrix = np.zeros((len(sequences), columns))
        for row, sequence in zip(matrix, sequences):
            for number, count in Counter(n for n in sequence if n < columns).items():
                row[number] = self._entry(number, count, len(sequence), mode)
        return matrix

    def _entry(self, number: int, count: int, length: int, mode: str) -> float:
        if mode == "count":
            return count
        if mode == "freq":
            return count / length
        if mode == "binary":
            return 1
        rarity = np.log(1 + self.document_count / (1 + self.index_docs.get(number, 0)))
        return float((1 + np.log(count)) * rarity)

    # --- saving ---

    def get_config(self) -> dict[str, Any]:
        """The settings, and the tables as JSON texts."""
        return {
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "document_count": self.document_count,
            "word_counts": json.dumps(self.word_counts),
            "word_docs": json.dumps(self.word_docs),
            "index_docs": json.dumps(self.index_docs),
            "index_word": json.dumps(self.index_word),
            "word_index": json.dumps(self.word_index),
        }

    def to_json(self, **kwargs: Any) -> str:
        """The tokenizer as JSON, for `tokenizer_from_json`; keyword arguments go to `json.dumps`."""
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def tokenizer_from_json(json_string: str) -> Tokenizer:
    """The tokenizer that `to_json` wrote, of this library's or of Keras's."""
    config = dict(json.loads(json_string)["config"])
    names = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
    tables = {name: json.loads(config.pop(name)) for name in names}
    for name in ("index_docs", "index_word"):  # JSON's keys are texts
        tables[name] = {int(number): value for number, value in tables[name].items()}
    tokenizer = Tokenizer(**config)
    for name, table in tables.items():
        setattr(tokenizer, name, table)
    return tokenizer
