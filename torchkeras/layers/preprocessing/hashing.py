"""Hashing: values of any number of categories in a fixed number of bins."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core import hashing
from torchkeras.core.device import default_device
from torchkeras.core.string_array import StringArray
from torchkeras.layers.base import Layer
from torchkeras.layers.preprocessing.encoding import (
    COUNT,
    INT,
    MULTI_HOT,
    ONE_HOT,
    check_output_mode,
    encode,
    encoded_shape,
    output_dtype,
)
from torchkeras.layers.preprocessing.ragged_rows import encoded, flat_values, is_ragged, numbered, rows_of


class Hashing(Layer):
    """Puts each value into one of `num_bins` bins, by TensorFlow's hash of its text: always the same one.

    Args:
        num_bins: how many bins.
        mask_value: a value that gets bin 0 to itself.
        salt: one or two integers: another, keyed hash.
        output_mode: 'int' (the bin's number), 'one_hot', 'multi_hot' or 'count' (rows, see CategoryEncoding).
        sparse: accepted; the rows are dense tensors of the same values.
    """

    takes_texts = True
    #: Ragged tensors come as they are.
    takes_ragged = True

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = INT,
        sparse: bool = False,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        if num_bins is None or num_bins <= 0:
            raise ValueError(
                f"The `num_bins` for `Hashing` cannot be `None` or non-positive values. Received: num_bins={num_bins}."
            )
        output_mode = check_output_mode(output_mode, (INT, ONE_HOT, MULTI_HOT, COUNT), "Hashing", sparse)
        super().__init__(dtype=output_dtype(dtype, output_mode), autocast=False, **kwargs)
        self.num_bins, self.mask_value = num_bins, mask_value
        self.output_mode, self.sparse = output_mode, sparse
        self.salt = _salt(salt)
        self.strong_hash = salt is not None

    def call(self, inputs: Any) -> Any:
        if is_ragged(inputs):
            if self.output_mode == INT:
                return numbered(inputs, self.call)
            bins, lengths = self._bins(flat_values(inputs)), [len(row) for row in rows_of(inputs)]
            return encoded(bins, lengths, self.output_mode, self.num_bins, self._dtype_policy.compute)
        return encode(self._bins(inputs), self.output_mode, self.num_bins, self._dtype_policy.compute)

    def _bins(self, inputs: Any) -> Tensor:
        if isinstance(inputs, StringArray):
            return self._bins_of_texts(inputs)
        if inputs.is_floating_point():
            raise TypeError(f"Layer {self.name!r} hashes integers or strings. Received: dtype={inputs.dtype}")
        # By Python, each distinct value once.
        values, places = np.unique(inputs.cpu().numpy(), return_inverse=True)
        found = np.array([self.bin_of(str(value).encode()) for value in values.tolist()], dtype="int64")
        if self._masks():
            found = np.where(values == self.mask_value, 0, found + 1)
        return torch.from_numpy(found[places].reshape(tuple(inputs.shape))).to(inputs.device)

    def _bins_of_texts(self, texts: StringArray) -> Tensor:
        flat: list[bytes] = texts._array.reshape(-1).tolist()
        bins = {text: self.bin_of(text) for text in set(flat)}
        if self._masks():
            bins = {text: n + 1 for text, n in bins.items()}
            mask = self.mask_value
            bins[mask.encode() if isinstance(mask, str) else mask] = 0
        found = torch.tensor([bins[text] for text in flat], dtype=torch.int64, device=default_device())
        return found.reshape(tuple(texts.shape))

    def _masks(self) -> bool:
        return self.mask_value is not None and self.num_bins > 1

    def bin_of(self, text: bytes) -> int:
        """The bin of a text, before the mask's is added in front."""
        bins = self.num_bins - self._masks()
        if self.salt is None:
            return hashing.bucket(text, bins)
        return hashing.strong_bucket(text, bins, (self.salt[0], self.salt[1]))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "num_bins": self.num_bins,
            "salt": self.salt if self.salt is None else list(self.salt),
            "mask_value": self.mask_value,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
        }


def _salt(salt: Any) -> list[int] | None:
    if salt is None:
        return None
    if isinstance(salt, (tuple, list)) and len(salt) == 2:
        return list(salt)
    if isinstance(salt, int):
        return [salt, salt]
    raise ValueError(
        f"The `salt` argument for `Hashing` can only be a tuple of size 2 integers, or a single integer. "
        f"Received: salt={salt}."
    )
