"""IntegerLookup: integers as their places in a vocabulary, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.device import default_device
from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.tensors import as_tensor
from torchkeras.layers.preprocessing.index_lookup import IndexLookup


class IntegerLookup(IndexLookup):
    """Gives each integer of a vocabulary a number, by how common it is; see IndexLookup for the arguments.

    Example:
        layer = IntegerLookup(vocabulary=[12, 36, 1138, 42])
        layer([[12, 1138, 42], [42, 1000, 36]])  # [[1, 3, 4], [4, 0, 2]]
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: int | None = None,
        oov_token: int | None = -1,
        vocabulary: Any = None,
        vocabulary_dtype: Any = "int64",
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        sparse: bool = False,
        pad_to_max_tokens: bool = False,
        **kwargs: Any,
    ) -> None:
        kind = torch_dtype(vocabulary_dtype)
        if kind.is_floating_point or kind is torch.bool:
            raise ValueError(f"`vocabulary_dtype` must be an integer dtype. Received: {vocabulary_dtype}")
        if output_mode != "int" and kwargs.get("dtype") in ("int64", torch.int64):
            del kwargs["dtype"]
        max_tokens = kwargs.pop("max_values", max_tokens)  # older names
        mask_token = kwargs.pop("mask_value", mask_token)
        oov_token = kwargs.pop("oov_value", oov_token)
        super().__init__(
            max_tokens=max_tokens,
            num_oov_indices=num_oov_indices,
            mask_token=None if mask_token is None else int(mask_token),
            oov_token=None if oov_token is None else int(oov_token),
            vocabulary_dtype=dtype_name(vocabulary_dtype),
            vocabulary=vocabulary,
            idf_weights=idf_weights,
            invert=invert,
            output_mode=output_mode,
            sparse=sparse,
            pad_to_max_tokens=pad_to_max_tokens,
            **kwargs,
        )

    def _as_vocabulary(self, values: Any) -> np.ndarray:
        return np.asarray(values, dtype="int64").reshape(-1)

    def _from_line(self, line: str) -> int:
        return int(line)

    def _set_tokens(self, tokens: np.ndarray) -> None:
        """The vocabulary is a buffer, found in `state_dict`; beside it the same sorted, to search in."""
        kept = torch.from_numpy(tokens.copy()).to(default_device())
        self.register_buffer("vocabulary", kept)
        ordered, order = kept.sort()
        self.register_buffer("ordered", ordered, persistent=False)
        self.register_buffer("order", order, persistent=False)

    def _tokens(self) -> list[int]:
        found: list[int] = self._held("vocabulary").tolist()
        return found

    def _count(self) -> int:
        return len(self._held("vocabulary"))

    def _held(self, name: str) -> Tensor:
        found = self._buffers[name]
        assert found is not None
        return found

    def _rows(self, data: Any) -> list[list[int]]:
        values = as_tensor(data).long()
        rows: list[list[int]] = values.flatten(1).tolist() if values.dim() > 1 else [values.reshape(-1).tolist()]
        return rows

    def _places(self, values: Tensor) -> Tensor:
        keys = values.long()
        ordered = self._held("ordered").to(keys.device)
        if not len(ordered):
            return torch.full_like(keys, -1)
        found = torch.searchsorted(ordered, keys.contiguous()).clamp(max=len(ordered) - 1)
        return torch.where(ordered[found] == keys, self._held("order").to(keys.device)[found], -1)

    def _is_mask(self, values: Tensor) -> Tensor:
        return values.long() == self.mask_token

    def _oov_bins(self, values: Tensor) -> Tensor:
        return values.long().remainder(self.num_oov_indices)

    def _values_at(self, numbers: Tensor) -> Tensor:
        places = numbers.long() - self._token_start()
        tokens = self._held("vocabulary").to(places.device)
        known = (places >= 0) & (places < len(tokens))
        unknown = -1 if self.oov_token is None else self.oov_token
        if len(tokens):
            values = torch.where(known, tokens[places.clamp(0, len(tokens) - 1)], unknown)
        else:
            values = torch.full_like(places, unknown)
        if self.mask_token is not None:
            values = torch.where(numbers == 0, self.mask_token, values)
        return values.to(torch_dtype(self.vocabulary_dtype))

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        return torch_dtype(self.vocabulary_dtype) if self.invert else self._dtype_policy.compute

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        if not self.built:  # there is nothing that a shape could tell
            self.build(None)
        key = f"{prefix}vocabulary"
        if key in state_dict and len(state_dict[key]) != self._count():
            self._set_tokens(state_dict[key].detach().cpu().numpy())
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)
        if key in state_dict:  # what is sorted beside it follows
            self._set_tokens(self._held("vocabulary").detach().cpu().numpy())
            self._frozen_size = self.vocabulary_size()
