"""In which dtype a layer computes and keeps its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from torchkeras.core.dtypes import DTypePolicy, get_policy


class PolicyMixin(nn.Module):
    """The dtype policy of a layer, which follows `.half()` and `.to(dtype)`."""

    _dtype_policy: DTypePolicy

    @property
    def dtype_policy(self) -> DTypePolicy:
        return self._dtype_policy

    @property
    def dtype(self) -> str:
        return self._dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        return self._dtype_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self._dtype_policy.variable_dtype

    def _dtype_config(self) -> str:
        return self._dtype_policy.name  # which every Keras takes, where each writes policies in a form of its own

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Any:
        # `.half()`, `.to(torch.float64)`: the policy goes along, or the next call would cast the inputs back.
        applied = super()._apply(fn, recurse)
        dtype = fn(torch.empty(0, dtype=self._dtype_policy.variable)).dtype
        if dtype is not self._dtype_policy.variable and dtype.is_floating_point:
            self.__dict__["_dtype_policy"] = get_policy(dtype)
        return applied
