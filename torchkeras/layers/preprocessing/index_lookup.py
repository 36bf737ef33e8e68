"""IndexLookup: values as their places in a vocabulary, and back."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.allowance import spend
from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.layers.preprocessing.adapted import PreprocessingLayer
from torchkeras.layers.preprocessing.encoding import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    TF_IDF,
    check_output_mode,
    encode,
    encoded_shape,
    listed,
    output_dtype,
)
from torchkeras.layers.preprocessing.ragged_rows import encoded, flat_values, is_ragged, numbered, rows_of


class IndexLookup(PreprocessingLayer):
    """What lookups of integers and of strings share: the vocabulary, how it is learned, the output modes.

    The numbers are: 0 for the mask (where there is one, and the output mode is 'int'), then those of unknown values,
    then the vocabulary. A subclass says how values are found, in the methods under "what a kind of value needs".

    Args:
        max_tokens: the largest size of the vocabulary, mask and unknown values included.
        num_oov_indices: how many numbers unknown values share; with 0 they are an error.
        mask_token: the value that is number 0.
        oov_token: what unknown values come back as with `invert`.
        vocabulary: the values, or a file with one per line; else `adapt` finds them.
        vocabulary_dtype: their type.
        idf_weights: for 'tf_idf', one weight for each value.
        invert: from numbers to values.
        output_mode: 'int', 'one_hot', 'multi_hot', 'count' or 'tf_idf'.
        sparse: accepted; the rows are dense tensors of the same values.
        pad_to_max_tokens: rows of length `max_tokens`, whatever the size of the vocabulary.
    """

    adapt_batch_size: ClassVar[int] = 4096
    #: Ragged tensors come as they are.
    takes_ragged = True

    def __init__(
        self,
        max_tokens: int | None,
        num_oov_indices: int,
        mask_token: Any,
        oov_token: Any,
        vocabulary_dtype: str,
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = INT,
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        vocabulary_size: int | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        name = type(self).__name__
        if max_tokens is not None and max_tokens <= 1:
            raise ValueError(
                f"If `max_tokens` is set for `{name}`, it must be greater than 1. Received: max_tokens={max_tokens}."
            )
        if pad_to_max_tokens and max_tokens is None:
            raise ValueError(f"If pad_to_max_tokens is True, must set `max_tokens`. Received: max_tokens={max_tokens}")
        if num_oov_indices < 0:
            raise ValueError(
                f"The value of `num_oov_indices` argument for `{name}` must >= 0. "
                f"Received num_oov_indices={num_oov_indices}."
            )
        spend((num_oov_indices,), torch.int64, f"The list of unknown values of a {name}")
        output_mode = check_output_mode(output_mode, (INT, ONE_HOT, MULTI_HOT, COUNT, TF_IDF), name, sparse)
        if invert and output_mode != INT:
            raise ValueError(
                f"`output_mode` must be `'int'` when `invert` is true. Received: output_mode={output_mode}"
            )
        if idf_weights is not None and output_mode != TF_IDF:
            raise ValueError(
                f"`idf_weights` should only be set if `output_mode` is `'tf_idf'`. Received: idf_weights={idf_weights} "
                f"and output_mode={output_mode}"
            )
        super().__init__(dtype=output_dtype(dtype, output_mode), autocast=False, **kwargs)
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token = mask_token, oov_token
        self.vocabulary_dtype = vocabulary_dtype
        self.invert, self.output_mode, self.sparse = invert, output_mode, sparse
        self.pad_to_max_tokens = pad_to_max_tokens
        self.input_vocabulary, self.input_idf_weights = listed(vocabulary), listed(idf_weights)
        self._frozen_size = vocabulary_size
        self.__dict__.update(_counts=Counter(), _document_counts=Counter(), _documents=0)
        self.register_buffer("idf_weights", None)
        self._set_tokens(self._as_vocabulary([]))
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    # --- what a kind of value needs ---

    def _as_vocabulary(self, values: Any) -> np.ndarray:
        """Values as an array of the vocabulary's type."""
        raise NotImplementedError(f"{type(self).__name__} makes its vocabulary in `_as_vocabulary`.")

    def _from_line(self, line: str) -> Any:
        """A value from a line of a vocabulary file."""
        raise NotImplementedError(f"{type(self).__name__} reads lines in `_from_line`.")

    def _set_tokens(self, tokens: np.ndarray) -> None:
        """Keep the vocabulary, without mask and unknown values."""
        raise NotImplementedError(f"{type(self).__name__} keeps its vocabulary in `_set_tokens`.")

    def _tokens(self) -> list[Any]:
        """The vocabulary that is kept, as Python's values."""
        raise NotImplementedError(f"{type(self).__name__} gives its vocabulary in `_tokens`.")

    def _count(self) -> int:
        """How many values are kept."""
        return len(self._tokens())

    def _rows(self, data: Any) -> list[list[Any]]:
        """A batch's values as lists, one for each sample, to be counted."""
        raise NotImplementedError(f"{type(self).__name__} takes batches apart in `_rows`.")

    def _places(self, values: Any) -> Tensor:
        """The place of each value in the vocabulary, -1 for unknown ones."""
        raise NotImplementedError(f"{type(self).__name__} finds values in `_places`.")

    def _is_mask(self, values: Any) -> Tensor:
        """Which values are the mask."""
        raise NotImplementedError(f"{type(self).__name__} finds the mask in `_is_mask`.")

    def _oov_bins(self, values: Any) -> Tensor:
        """Which of the numbers of unknown values each value would get, from 0."""
        raise NotImplementedError(f"{type(self).__name__} divides unknown values in `_oov_bins`.")

    def _values_at(self, numbers: Tensor) -> Any:
        """The values of numbers, for `invert`."""
        raise NotImplementedError(f"{type(self).__name__} inverts in `_values_at`.")

    # --- the vocabulary ---

    def static_vocabulary(self) -> Any:
        """The vocabulary that was given, for a config: its values, not the name of a file, which may be gone."""
        given = self.input_vocabulary
        return self._tokens() if isinstance(given, (str, os.PathLike)) else given

    def _oov_start(self) -> int:
        return 1 if self.mask_token is not None and self.output_mode == INT else 0

    def _token_start(self) -> int:
        return self._oov_start() + self.num_oov_indices

    def vocabulary_size(self) -> int:
        """The size of the vocabulary, mask and unknown values included."""
        return self._count() + self._token_start()

    vocab_size = vocabulary_size

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The values, in the order of their numbers; mask and unknown values first unless told otherwise."""
        tokens = self._tokens()
        return [*self._special(), *tokens] if include_special_tokens else tokens

    def _special(self) -> list[Any]:
        return [self.mask_token] * self._oov_start() + [self.oov_token] * self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Sets the vocabulary, in place of one that `adapt` would find.

        Args:
            vocabulary: the values, with or without mask and unknown ones in front; or a file with one per line.
            idf_weights: for 'tf_idf', one weight for each.
        """
        if self.output_mode == TF_IDF:
            if idf_weights is None:
                raise ValueError("`idf_weights` must be set if output_mode is TF_IDF")
        elif idf_weights is not None:
            raise ValueError(
                f"`idf_weights` should only be set if output_mode is `'tf_idf'`. Received: "
                f"output_mode={self.output_mode} and idf_weights={idf_weights}"
            )
        if isinstance(vocabulary, (str, os.PathLike)):
            vocabulary = self._lines(vocabulary)
        given = self._as_vocabulary(listed(vocabulary)).tolist()
        if not given:
            raise ValueError(f"Cannot set an empty vocabulary, you passed {vocabulary}.")
        special = self._special()
        start = len(special)
        has_special = given[:start] == special
        tokens = given[start:] if has_special else given
        self._check_tokens(tokens, special)
        self._set_tokens(self._as_vocabulary(tokens))
        self._freeze_size()
        if self.output_mode == TF_IDF:
            self._set_idf(np.asarray(listed(idf_weights), dtype="float64"), len(given), 0 if has_special else start)

    def _lines(self, path: Any) -> list[Any]:
        if not os.path.exists(path):
            raise ValueError(f"Vocabulary file {path} does not exist.")
        if self.output_mode == TF_IDF:
            raise ValueError("output_mode `'tf_idf'` does not support loading a vocabulary from file.")
        with open(path, encoding="utf-8") as file:
            return [self._from_line(line) for line in file.read().splitlines()]

    def _check_tokens(self, tokens: list[Any], special: list[Any]) -> None:
        repeated = [token for token, count in Counter(tokens).items() if count > 1]
        if repeated:
            raise ValueError(
                f"The passed vocabulary has at least one repeated term. Please uniquify your dataset. "
                f"The repeated terms are {repeated}"
            )
        reserved = [("mask", self.mask_token)] + ([("OOV", self.oov_token)] if self.invert else [])
        for what, token in reserved:
            if token is not None and token in tokens:
                raise ValueError(
                    f"Found reserved {what} token at unexpected location in `vocabulary`. Note that passed "
                    f"`vocabulary` does not need to include the OOV and mask tokens. Either remove all mask and OOV "
                    f"tokens, or include them only at the start of the vocabulary in precisely this order: {special}. "
                    f"Received: {what.lower()}_token={token} at vocabulary index {tokens.index(token)}"
                )
        size = len(special) + len(tokens)
        if self.max_tokens is not None and size > self.max_tokens:
            raise ValueError(
                f"Attempted to set a vocabulary larger than the maximum vocab size. Passed vocab size is {size}, max "
                f"vocab size is {self.max_tokens}."
            )

    def _set_idf(self, weights: np.ndarray, count: int, missing: int) -> None:
        """Weights for 'tf_idf'; unknown values, where missing, have the mean."""
        if weights.shape != (count,):
            raise ValueError(
                f"`idf_weights` must be the same length as vocabulary. len(idf_weights) is {weights.size}, "
                f"len(vocabulary) is {count}"
            )
        full = np.concatenate([np.full(missing, weights.mean()), weights])
        if self.pad_to_max_tokens and self.max_tokens is not None:
            full = np.pad(full, (0, self.max_tokens - full.size))
        self._buffers["idf_weights"] = torch.from_numpy(full).to(self._dtype_policy.compute)

    def _freeze_size(self) -> None:
        # Rows that later layers have seen cannot change their length.
        size = self.vocabulary_size()
        if self.output_mode != INT and not self.pad_to_max_tokens and self._frozen_size not in (None, size):
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, the vocabulary size "
                f"cannot be changed after the layer is called. Old vocab size is {self._frozen_size}, new vocab size "
                f"is {size}"
            )
        self._frozen_size = size

    # --- learning ---

    def update_state(self, data: Any) -> None:
        if self.input_vocabulary is not None:
            raise ValueError(
                f"Cannot adapt {type(self).__name__} layer after setting a static vocabulary via init argument or "
                f"`set_vocabulary`."
            )
        rows = self._rows(data)
        for row in rows:
            self._counts.update(row)
        if self.output_mode == TF_IDF:
            for row in rows:
                self._document_counts.update(set(row))
            self.__dict__["_documents"] += len(rows)

    def finalize_state(self) -> None:
        if self.input_vocabulary is not None:
            return
        counts = {t: n for t, n in self._counts.items() if t not in (self.mask_token, self.oov_token)}
        # The commonest first; of equally common ones the larger.
        tokens = sorted(counts, reverse=True)
        tokens.sort(key=counts.__getitem__, reverse=True)
        if self.max_tokens:
            tokens = tokens[: self.max_tokens - self._token_start()]
        if tokens:
            self._set_tokens(self._as_vocabulary(tokens))
            if self.output_mode == TF_IDF:
                seen = np.array([self._document_counts[token] for token in tokens])
                self._set_idf(np.log(1 + self._documents / (1 + seen)), len(tokens), self._token_start())
        self.reset_state()
        self._freeze_size()

    def reset_state(self) -> None:
        self.__dict__.update(_counts=Counter(), _document_counts=Counter(), _documents=0)

    # --- using it ---

    def _depth(self) -> int | None:
        return self.max_tokens if self.pad_to_max_tokens else self._frozen_size

    def _needed_depth(self) -> int:
        """The length of a row, which must be known by now."""
        depth = self._depth()
        if depth is None:
            raise RuntimeError(
                f"When using `output_mode={self.output_mode}` and `pad_to_max_tokens=False`, you must set the layer's "
                f"vocabulary before calling it. Either pass a `vocabulary` argument to the layer, or call `adapt` with "
                f"some sample data."
            )
        return depth

    def call(self, inputs: Any) -> Any:
        if is_ragged(inputs):
            if self.output_mode == INT:
                return numbered(inputs, self.call)
            return self._rows_encoded(flat_values(inputs), [len(row) for row in rows_of(inputs)])
        if self.invert:
            return self._values_at(inputs)
        if self.output_mode == INT:
            return self._numbers(inputs).to(self._dtype_policy.compute)
        depth = self._needed_depth()
        numbers = self._numbers(inputs)
        idf = self._weights_of_values()
        idf = None if idf is None else idf.to(numbers.device)
        return encode(numbers, self.output_mode, depth, self._dtype_policy.compute, idf_weights=idf)

    def _weights_of_values(self) -> Tensor | None:
        idf = self._buffers["idf_weights"]
        if self.output_mode == TF_IDF and idf is None:
            raise RuntimeError(f"Layer {self.name!r} has no `idf_weights` yet: call `adapt` or `set_vocabulary` first.")
        return idf

    def _rows_encoded(self, values: Any, lengths: list[int]) -> Tensor:
        """Rows of values of any length, one after the other, in an output mode with one result for each row."""
        depth, compute = self._needed_depth(), self._dtype_policy.compute
        return encoded(self._numbers(values), lengths, self.output_mode, depth, compute, self._weights_of_values())

    def _numbers(self, values: Any) -> Tensor:
        """The number of each value. In rows the mask has none: it gets one beyond all."""
        places = self._places(values)
        unknown = places < 0
        numbers = places + self._token_start()
        if self.num_oov_indices == 1:
            numbers = torch.where(unknown, self._oov_start(), numbers)
        elif self.num_oov_indices > 1:
            numbers = torch.where(unknown, self._oov_bins(values) + self._oov_start(), numbers)
        if self.mask_token is not None:
            masked = self._is_mask(values)
            unknown = unknown & ~masked
            beyond = 0 if self.output_mode == INT else torch.iinfo(torch.int64).max
            numbers = torch.where(masked, beyond, numbers)
        if self.num_oov_indices == 0 and bool(unknown.any()):
            raise InvalidArgumentError(
                f"When `num_oov_indices=0` all inputs should be in vocabulary, found OOV values in the input of layer "
                f"{self.name!r} at {unknown.nonzero().tolist()[:5]}, consider setting `num_oov_indices=1`."
            )
        return numbers

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(input_shape, self.output_mode, self._depth())

    # --- saving ---

    def save_own_variables(self, store: Any) -> None:
        if self.output_mode == TF_IDF:
            store["idf_weights"] = self._weights_of_values()

    def load_own_variables(self, store: Any) -> None:
        if self.output_mode == TF_IDF and "idf_weights" in store:
            weights = torch.as_tensor(np.asarray(store["idf_weights"]))
            self._buffers["idf_weights"] = weights.to(self._dtype_policy.compute)

    def save_assets(self, dir_path: Any) -> None:
        """Writes the vocabulary as 'vocabulary.txt' into a folder, one value per line."""
        if self.input_vocabulary is None:
            with open(os.path.join(dir_path, "vocabulary.txt"), "w", encoding="utf-8") as file:
                file.write("\n".join(str(token) for token in self.get_vocabulary()))

    def load_assets(self, dir_path: Any) -> None:
        """Takes the vocabulary from a folder that `save_assets` wrote to."""
        if self.input_vocabulary is not None:
            return
        with open(os.path.join(dir_path, "vocabulary.txt"), encoding="utf-8") as file:
            tokens = [self._from_line(line) for line in file.read().split("\n")]
        self._set_tokens(self._as_vocabulary(tokens[self._token_start() :]))
        self._freeze_size()

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "invert": self.invert,
            "max_tokens": self.max_tokens,
            "num_oov_indices": self.num_oov_indices,
            "oov_token": self.oov_token,
            "mask_token": self.mask_token,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "pad_to_max_tokens": self.pad_to_max_tokens,
            "vocabulary_dtype": self.vocabulary_dtype,
            "idf_weights": self.input_idf_weights,
            "vocabulary": self.static_vocabulary(),
            "vocabulary_size": self._frozen_size,
        }
