"""The figures of a running epoch: read from the device when somebody looks, not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.core.nest import map_structure
from torchkeras.core.tensors import to_array


class Logs(dict[str, Any]):
    """What batch-level hooks get: a dict that computes its content at the first access.

    Handing it out costs nothing; reading it waits for the device, as reading any value does.
    """

    def __init__(
        self,
        read: Callable[[], dict[str, Any]],
        tensors: dict[str, Any] | None = None,
        convert: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    ) -> None:
        super().__init__()
        self._convert = convert or to_numbers
        self._read: Callable[[], dict[str, Any]] | None = read
        #: The figures of a step of the user's own, as it gave them: to sum up without reading them.
        self.tensors = tensors

    def _fill(self) -> None:
        if self._read is not None:
            read, self._read = self._read, None
            super().update(self._convert(read()))

    def __getitem__(self, key: str) -> Any:
        self._fill()
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._fill()
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._fill()
        return super().__iter__()

    def __len__(self) -> int:
        self._fill()
        return super().__len__()

    def __bool__(self) -> bool:
        return len(self) > 0

    def __repr__(self) -> str:
        self._fill()
        return super().__repr__()

    def __eq__(self, other: object) -> bool:
        self._fill()
        return super().__eq__(other)

    __hash__ = None

    def get(self, key: str, default: Any = None) -> Any:
        self._fill()
        return super().get(key, default)

    def keys(self) -> Any:
        self._fill()
        return super().keys()

    def values(self) -> Any:
        self._fill()
        return super().values()

    def items(self) -> Any:
        self._fill()
        return super().items()

    def copy(self) -> dict[str, Any]:
        self._fill()
        return dict(super().items())

    def __reduce__(self) -> Any:
        return (dict, (self.copy(),))


def to_numbers(values: dict[str, Any]) -> dict[str, Any]:
    """Tensors of one value as Python floats, in one transfer where they are on a device; others as arrays."""
    return {key: to_number(value) for key, value in values.items()}


def to_number(value: Any) -> Any:
    if isinstance(value, dict):
        return to_numbers(value)
    if isinstance(value, Tensor):
        value = value.detach()
        return value.item() if value.numel() == 1 else to_array(value.cpu())
    if isinstance(value, np.ndarray) and value.size == 1:
        return value.item()
    return float(value) if isinstance(value, np.generic) else value


def to_arrays(values: dict[str, Any]) -> dict[str, Any]:
    """Tensors as arrays, in whatever structure."""
    found: dict[str, Any] = map_structure(
        lambda value: to_array(value.detach().cpu()) if isinstance(value, Tensor) else value, values
    )
    return found
