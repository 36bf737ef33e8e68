"""How much to add or take away at both ends of each spatial axis."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from torchkeras.layers.spatial import Spatial, size_tuple

Pair = tuple[int, ...]


class Bordered(Spatial):
    """The base of padding and cropping: an amount for each end of each axis.

    Args:
        borders: one integer for all; or one entry per axis, an integer for both ends or a pair. A signal's is the pair.
        argument: what the subclass calls it.
    """

    keeps_dtype = True

    def __init__(self, borders: Any, argument: str, data_format: str | None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._argument = argument
        self._borders = self._pairs(borders)

    def _pairs(self, borders: Any) -> tuple[Pair, ...]:
        if self.rank == 1 or isinstance(borders, Integral):
            return (size_tuple(borders, 2, self._argument, self.name, least=0),) * self.rank
        if not hasattr(borders, "__len__") or len(borders) != self.rank:
            raise ValueError(
                f"`{self._argument}` of layer {self.name!r} should be an integer, a tuple of {self.rank} integers "
                f"(one per axis, for both its ends) or a tuple of {self.rank} pairs of integers (before, after). "
                f"Received: {self._argument}={borders!r}"
            )
        return tuple(
            size_tuple(entry, 2, f"{self._argument}[{i}]", self.name, least=0) for i, entry in enumerate(borders)
        )

    @property
    def _given(self) -> Any:
        """The argument in full, for the config: pairs, or a signal's only pair."""
        return self._borders if self.rank > 1 else self._borders[0]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {self._argument: self._given}
        # Keras 2 knows no data_format of signals.
        return config | {"data_format": self.data_format} if self.rank > 1 or self._first else config
