"""StringLookup: texts as their places in a vocabulary, and back."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core import hashing
from torchkeras.core.device import default_device
from torchkeras.core.dtypes import STRING
from torchkeras.core.op_errors import UnimplementedError
from torchkeras.core.string_array import StringArray, text_vector, to_bytes_array
from torchkeras.layers.preprocessing.index_lookup import IndexLookup
from torchkeras.layers.preprocessing.ragged_rows import is_ragged, rows_of


class StringLookup(IndexLookup):
    """Gives each text of a vocabulary a number, by how common it is; see IndexLookup for the arguments.

    Args:
        encoding: of the texts, for `get_vocabulary`.

    Example:
        layer = StringLookup(vocabulary=["a", "b", "c"])
        layer([["a", "c", "d"], ["d", "c", "b"]])  # [[1, 3, 0], [0, 3, 2]]
    """

    takes_texts = True

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: str | None = None,
        oov_token: str | None = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        encoding: str | None = "utf-8",
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs: Any,
    ) -> None:
        if kwargs.get("dtype") is not None and kwargs["dtype"] == "string":  # older configs
            del kwargs["dtype"]
        kwargs.pop("vocabulary_dtype", None)
        self.__dict__["encoding"] = encoding
        if isinstance(vocabulary, StringArray):
            vocabulary = self._as_vocabulary(vocabulary).tolist()
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=mask_token,
            oov_token=oov_token,
            vocabulary_dtype="string",
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            **kwargs,
        )
        self.__dict__["_input_dtype"] = None if invert else "string"

    # --- texts and bytes ---

    def _text(self, value: bytes) -> str:
        # Bytes that are no text in this encoding survive the way to str and back.
        return value.decode(self.encoding or "utf-8", "surrogateescape")

    def _bytes(self, value: str) -> bytes:
        return value.encode(self.encoding or "utf-8", "surrogateescape")

    def _as_vocabulary(self, values: Any) -> np.ndarray:
        array = values._array if isinstance(values, StringArray) else np.asarray(values, dtype=object)
        return text_vector([self._text(one) if isinstance(one, bytes) else str(one) for one in array.reshape(-1)])

    def _from_line(self, line: str) -> str:
        return line

    # --- the vocabulary ---

    def _set_tokens(self, tokens: np.ndarray) -> None:
        """The vocabulary is kept as one buffer of bytes, found in `state_dict`, and where each token ends in it."""
        kept = [self._bytes(token) for token in tokens]
        held = torch.from_numpy(np.frombuffer(b"".join(kept), dtype=np.uint8).copy())
        self.register_buffer("vocabulary", held)
        self.register_buffer("vocabulary_ends", torch.tensor(np.cumsum([*map(len, kept)]), dtype=torch.int64))
        self._index(kept)

    def _index(self, kept: list[bytes]) -> None:
        self.__dict__.update(_kept=kept, _table={token: i for i, token in enumerate(kept)})

    def _tokens(self) -> list[str]:
        return [self._text(token) for token in self._kept]

    def _count(self) -> int:
        return len(self._kept)

    # --- learning ---

    def _rows(self, data: Any) -> list[list[bytes]]:
        if isinstance(data, list):  # of a TextVectorization, which takes its texts apart itself
            return data
        if is_ragged(data):
            return rows_of(data)
        array = to_bytes_array(data)
        if array.ndim < 2:
            return [array.reshape(-1).tolist()]
        rows: list[list[bytes]] = array.reshape(array.shape[0], -1).tolist()
        return rows

    def finalize_state(self) -> None:
        if self.input_vocabulary is None:  # they were counted as bytes
            for name in ("_counts", "_document_counts"):
                self.__dict__[name] = Counter({self._text(key): n for key, n in self.__dict__[name].items()})
        super().finalize_state()

    # --- using it ---

    def _found(self, values: Any) -> list[bytes]:
        if not isinstance(values, StringArray):
            raise UnimplementedError(
                None, None,
                f"Layer {self.name!r} looks up texts. Received {getattr(values, 'dtype', type(values).__name__)}: "
                f"`tf.strings.as_string` makes texts of numbers, IntegerLookup looks up integers.",
            )  # fmt: skip
        flat: list[bytes] = values._array.reshape(-1).tolist()
        return flat

    def _tensor(self, numbers: list[int], values: StringArray) -> Tensor:
        return torch.tensor(numbers, dtype=torch.int64, device=default_device()).reshape(tuple(values.shape))

    def _places(self, values: Any) -> Tensor:
        place = self._table.get
        return self._tensor([place(token, -1) for token in self._found(values)], values)

    def _is_mask(self, values: Any) -> Tensor:
        mask = self._bytes(self.mask_token)
        return self._tensor([token == mask for token in self._found(values)], values).bool()

    def _oov_bins(self, values: Any) -> Tensor:
        table, bins = self._table, self.num_oov_indices
        found = [0 if token in table else hashing.bucket(token, bins) for token in self._found(values)]
        return self._tensor(found, values)

    def _values_at(self, numbers: Tensor) -> StringArray:
        special = [self._bytes(token or "") for token in self._special()]
        tokens = [*special, *self._kept]
        unknown = self._bytes(self.oov_token or "")
        found = [tokens[i] if 0 <= i < len(tokens) else unknown for i in numbers.reshape(-1).tolist()]
        return StringArray(text_vector(found).reshape(tuple(numbers.shape)))

    def _output_dtype(self, inputs: Any) -> Any:
        return STRING if self.invert else self._dtype_policy.compute

    # --- saving ---

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        if not self.built:  # there is nothing that a shape could tell
            self.build(None)
        joined, ends = state_dict.get(f"{prefix}vocabulary"), state_dict.get(f"{prefix}vocabulary_ends")
        if joined is not None and ends is not None:
            content, at = joined.cpu().numpy().tobytes(), [0, *ends.tolist()]
            if at != sorted(at) or at[-1] > len(content):
                raise ValueError(f"The saved vocabulary of layer {self.name!r} is damaged: its words overlap.")
            self._set_tokens(text_vector([self._text(content[a:b]) for a, b in itertools.pairwise(at)]))
            self._frozen_size = self.vocabulary_size()
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"encoding": self.encoding}
        del config["vocabulary_dtype"]
        return config
