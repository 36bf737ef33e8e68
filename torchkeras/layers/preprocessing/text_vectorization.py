"""TextVectorization: texts as rows of word numbers, or of counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras.core import text
from torchkeras.core.dtypes import STRING
from torchkeras.core.kinds import call_user
from torchkeras.core.registry import FAMILIES, deserialize
from torchkeras.core.string_array import StringArray, text_vector, to_bytes_array
from torchkeras.layers.preprocessing import ragged_rows
from torchkeras.layers.preprocessing.adapted import PreprocessingLayer
from torchkeras.layers.preprocessing.encoding import COUNT, INT, MULTI_HOT, TF_IDF
from torchkeras.layers.preprocessing.string_lookup import StringLookup

_LOWER_AND_STRIP, _LOWER, _STRIP = "lower_and_strip_punctuation", "lower", "strip_punctuation"
_WHITESPACE, _CHARACTER = "whitespace", "character"


class TextVectorization(PreprocessingLayer):
    """Splits texts into words and gives each word its number in a vocabulary, which `adapt` learns.

    Args:
        max_tokens: the largest size of the vocabulary, padding and unknown words included.
        standardize: 'lower_and_strip_punctuation', 'lower', 'strip_punctuation', None, or a function of a string
            tensor.
        split: 'whitespace', 'character', None, or a function of a string tensor that gives a ragged one.
        ngrams: besides words, runs of up to so many; or the lengths of the runs, as a tuple.
        output_mode: 'int' (0 is padding, 1 unknown words), 'multi_hot', 'count', 'tf_idf'; None gives the words.
        output_sequence_length: with 'int', the length of every row, cut or filled with zeros.
        pad_to_max_tokens: rows of `max_tokens`, whatever the size of the vocabulary.
        vocabulary: the words, or a file with one per line.
        idf_weights: with 'tf_idf' and a vocabulary, one weight for each word.
        sparse: accepted; the rows are dense tensors of the same values.
        ragged: with 'int', rows of their own lengths as a RaggedTensor.
        encoding: of the texts, for `get_vocabulary`.

    Example:
        layer = TextVectorization(vocabulary=["earth", "wind", "fire"], output_sequence_length=4)
        layer(["Fire and wind!"])  # [[4, 1, 3, 0]]
    """

    takes_texts = True
    adapt_batch_size: ClassVar[int] = 4096

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = _LOWER_AND_STRIP,
        split: Any = _WHITESPACE,
        ngrams: int | tuple[int, ...] | None = None,
        output_mode: str | None = INT,
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        sparse: bool = False,
        ragged: bool = False,
        encoding: str | None = "utf-8",
        **kwargs: Any,
    ) -> None:
        dtype = kwargs.pop("dtype", None)
        if dtype is not None and dtype != "string":
            raise ValueError(f"`TextVectorization` may only have a dtype of string. Received dtype: {dtype}.")
        output_mode = {"binary": MULTI_HOT, "tf-idf": TF_IDF}.get(output_mode or "", output_mode)
        _check_choice("standardize", standardize, (_LOWER_AND_STRIP, _LOWER, _STRIP), "callable")
        _check_choice("split", split, (_WHITESPACE, _CHARACTER), "callable")
        _check_choice("output_mode", output_mode, (INT, COUNT, MULTI_HOT, TF_IDF))
        ngrams = tuple(ngrams) if isinstance(ngrams, list) else ngrams  # as a config read from a file has it
        _check_ngrams(ngrams)
        _check_length(output_mode, output_sequence_length, ragged)
        size = kwargs.pop("vocabulary_size", None)
        kwargs.pop("has_input_vocabulary", None)
        super().__init__(autocast=False, **kwargs)
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.output_mode, self.output_sequence_length = output_mode, output_sequence_length
        self.ragged, self.encoding = ragged, encoding
        self.__dict__["_input_dtype"] = "string"
        self.lookup = StringLookup(
            max_tokens=max_tokens,
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            pad_to_max_tokens=pad_to_max_tokens,
            mask_token="",
            output_mode=output_mode or INT,
            sparse=sparse,
            encoding=encoding,
            vocabulary_size=size,
        )

    def build(self, input_shape: Any) -> None:
        self.lookup.build(None)

    # --- the vocabulary ---

    @property
    def max_tokens(self) -> int | None:
        return self.lookup.max_tokens

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in the order of their numbers; padding and unknown words first unless told otherwise."""
        return self.lookup.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """The size of the vocabulary, padding and unknown words included."""
        return self.lookup.vocabulary_size()

    vocab_size = vocabulary_size

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the vocabulary, in place of one that `adapt` would find: a list, or a file with one word per line."""
        self.lookup.set_vocabulary(vocabulary, idf_weights)

    def update_state(self, data: Any) -> None:
        tokens = self._tokens(_texts(data))
        self.lookup.update_state(tokens.rows if isinstance(tokens, _Tokens) else tokens)

    def finalize_state(self) -> None:
        self.lookup.finalize_state()

    def reset_state(self) -> None:
        self.lookup.reset_state()

    def save_own_variables(self, store: Any) -> None:
        self.lookup.save_own_variables(store)

    def load_own_variables(self, store: Any) -> None:
        self.lookup.load_own_variables(store)

    def save_assets(self, dir_path: Any) -> None:
        self.lookup.save_assets(dir_path)

    def load_assets(self, dir_path: Any) -> None:
        self.lookup.load_assets(dir_path)

    # --- texts to words ---

    def _tokens(self, texts: StringArray) -> StringArray | _Tokens:
        """The words of each text; texts as they are where nothing splits them."""
        texts = self._standardized(texts)
        found = texts if self.split is None else self._split(texts)
        if self.ngrams is None:
            return found
        widths = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        if isinstance(found, _Tokens):
            return _Tokens([text.ngrams(row, widths) for row in found.rows], found.shape)
        if not found.dim():
            raise ValueError("`ngrams` need texts of at least one axis to be made along.")
        array = found._array.reshape(-1, found.shape[-1])
        return _Tokens([text.ngrams(row, widths) for row in array.tolist()], tuple(found.shape[:-1])).dense()

    def _standardized(self, texts: StringArray) -> StringArray:
        if callable(self.standardize):
            return _texts(call_user(self.standardize, texts))
        array = texts._array
        if self.standardize in (_LOWER, _LOWER_AND_STRIP):
            array = text.mapped(bytes.lower, array)
        if self.standardize in (_STRIP, _LOWER_AND_STRIP):
            array = text.mapped(text.without_punctuation, array)
        return StringArray(array)

    def _split(self, texts: StringArray) -> StringArray | _Tokens:
        shape = tuple(texts.shape)
        if len(shape) > 1:
            if shape[-1] != 1:
                raise ValueError(
                    f"When using `TextVectorization` to tokenize strings, the input rank must be 1 or the last shape "
                    f"dimension must be 1. Received: inputs.shape={shape} with rank={len(shape)}"
                )
            texts, shape = texts.squeeze(-1), shape[:-1]
        if callable(self.split):
            found = call_user(self.split, texts)
            if ragged_rows.is_ragged(found):
                return _Tokens(_innermost(found.to_list()), shape)
            return _texts(found)
        take: Callable[[bytes], list[bytes]] = bytes.split if self.split == _WHITESPACE else text.characters
        return _Tokens([take(one) for one in texts._array.reshape(-1)], shape)

    # --- using it ---

    def call(self, inputs: Any) -> Any:
        tokens = self._tokens(_texts(inputs))
        if isinstance(tokens, StringArray):
            return self._of_dense(tokens)
        if self.output_mode is None:
            return tokens.ragged(StringArray(text_vector(tokens.flat())))
        if self.output_mode != INT:
            values = StringArray(text_vector(tokens.flat()))
            rows = self.lookup._rows_encoded(values, [len(row) for row in tokens.rows])
            return rows.reshape(*tokens.shape, rows.shape[-1])
        numbers = self.lookup._numbers(StringArray(text_vector(tokens.flat())))
        return tokens.ragged(numbers) if self.ragged else tokens.padded(numbers, self.output_sequence_length)

    def _of_dense(self, texts: StringArray) -> Any:
        if self.output_mode is None:
            return texts
        found = self.lookup.call(texts)
        length = self.output_sequence_length
        if self.output_mode != INT or length is None:
            return found
        found = found[..., :length]
        return torch.nn.functional.pad(found, (0, length - found.shape[-1]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        shape = tuple(input_shape)
        if self.split is not None:
            shape = (*(shape[:-1] if len(shape) > 1 else shape), None)
        elif self.ngrams is not None:
            shape = (*shape[:-1], None)
        if self.output_mode is None:
            return shape
        if self.output_mode == INT:
            return shape if self.output_sequence_length is None else (*shape[:-1], self.output_sequence_length)
        return self.lookup.compute_output_shape(shape)

    def _output_dtype(self, inputs: Any) -> Any:
        return STRING if self.output_mode is None else self.lookup._dtype_policy.compute

    # --- description ---

    @property
    def dtype(self) -> str:
        return "string"

    compute_dtype = variable_dtype = dtype

    def _dtype_config(self) -> str:
        return "string"

    def get_config(self) -> dict[str, Any]:
        lookup = self.lookup
        return super().get_config() | {
            "max_tokens": lookup.max_tokens,
            "standardize": self.standardize,
            "split": self.split,
            "ngrams": self.ngrams,
            "output_mode": self.output_mode,
            "output_sequence_length": self.output_sequence_length,
            "pad_to_max_tokens": lookup.pad_to_max_tokens,
            "sparse": lookup.sparse,
            "ragged": self.ragged,
            "vocabulary": lookup.static_vocabulary(),
            "idf_weights": lookup.input_idf_weights,
            "encoding": self.encoding,
            "vocabulary_size": self.vocabulary_size(),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        config = FAMILIES["keras.layers"].prepare(cls, config)
        functions = {
            key: deserialize(config[key]) for key in ("standardize", "split") if isinstance(config.get(key), dict)
        }
        return cls(**config | functions)


class _Tokens:
    """The words of several texts.

    Args:
        rows: the words of each.
        shape: of the texts.
    """

    def __init__(self, rows: list[list[bytes]], shape: tuple[int, ...]) -> None:
        self.rows, self.shape = rows, shape

    def flat(self) -> list[bytes]:
        return [token for row in self.rows for token in row]

    def dense(self) -> StringArray:
        """As one array; for rows of one length."""
        return StringArray(text_vector(self.flat()).reshape(*self.shape, -1))

    def ragged(self, values: Any) -> Any:
        """Values, one for each word, as a ragged tensor; of a single text as a vector."""
        if not self.shape:
            return values
        uniform = [[size] * math.prod(self.shape[:axis]) for axis, size in enumerate(self.shape) if axis]
        return ragged_rows.made(values, [*uniform, [len(row) for row in self.rows]])

    def padded(self, numbers: Tensor, length: int | None) -> Tensor:
        """Numbers, one for each word, as rows of one length, filled with zeros."""
        found = ragged_rows.table_of(numbers, [len(row) for row in self.rows], 0)
        if length is not None:
            found = torch.nn.functional.pad(found[:, :length], (0, max(length - found.shape[1], 0)))
        return found.reshape(*self.shape, found.shape[-1])


def _texts(value: Any) -> StringArray:
    return value if isinstance(value, StringArray) else StringArray(to_bytes_array(value))


def _innermost(nested: Any) -> list[list[bytes]]:
    """The lists of words within a nested list."""
    if nested and isinstance(nested[0], list) and any(isinstance(item, list) for row in nested for item in row[:1]):
        return [row for part in nested for row in _innermost(part)]
    return nested if all(isinstance(row, list) for row in nested) else [nested]


# --- arguments ---


def _check_choice(name: str, value: Any, allowed: tuple[str, ...], also: str = "") -> None:
    if value is None or value in allowed or (also and callable(value)):
        return
    if also and isinstance(value, dict):  # a function in a config
        return
    raise ValueError(
        f"Unkown value for `{name}` argument of layer TextVectorization. Allowed values are: `None`, "
        f"{'a `Callable`, ' if also else ''}or one of the following values: {allowed}. Received: {value!r}"
    )


def _check_ngrams(ngrams: Any) -> None:
    if ngrams is None or isinstance(ngrams, int):
        return
    if not (isinstance(ngrams, tuple) and all(isinstance(width, int) for width in ngrams)):
        raise ValueError(f"`ngrams` must be None, an integer, or a tuple of integers. Received: ngrams={ngrams}")


def _check_length(output_mode: str | None, length: Any, ragged: bool) -> None:
    if output_mode == INT and not (length is None or isinstance(length, int)):
        raise ValueError(
            f"`output_sequence_length` must be either None or an integer when `output_mode` is 'int'. Received: "
            f"output_sequence_length={length}"
        )
    if output_mode != INT and length is not None:
        raise ValueError(
            f"`output_sequence_length` must not be set if `output_mode` is not 'int'. Received "
            f"output_sequence_length={length}."
        )
    if ragged and output_mode != INT:
        raise ValueError(
            f"`ragged` must not be true unless `output_mode` is `'int'`. Received: ragged={ragged} and "
            f"output_mode={output_mode}"
        )
    if ragged and length is not None:
        raise ValueError(
            f"`output_sequence_length` must not be set if ragged is True. Received: ragged={ragged} and "
            f"output_sequence_length={length}"
        )
