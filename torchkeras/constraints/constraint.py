"""The base class of constraints."""

from __future__ import annotations

from typing import Any, TypeVar

C = TypeVar("C", bound="Constraint")


class Constraint:
    """What a weight must keep to: `constraint(w)` is the nearest allowed value, taken after each update.

    A subclass defines `__call__`, and `get_config` if it has settings. A plain function of a tensor does as well.
    """

    def __call__(self, w: Any) -> Any:
        return w

    def get_config(self) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config(cls: type[C], config: dict[str, Any]) -> C:
        return cls(**config)
