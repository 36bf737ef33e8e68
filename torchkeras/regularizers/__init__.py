"""Regularizers: penalties that are added to the loss."""

from __future__ import annotations

from typing import Any

from torchkeras.core.registry import Family
from torchkeras.regularizers.norms import L1, L1L2, L2, l1_l2
from torchkeras.regularizers.orthogonal import OrthogonalRegularizer
from torchkeras.regularizers.regularizer import Regularizer

# The lower-case names are the classes themselves: `regularizers.l2(0.01)`.
l1 = L1
l2 = L2
orthogonal_regularizer = OrthogonalRegularizer

FAMILY = Family(
    "regularizer",
    "keras.regularizers",
    {
        "Regularizer": Regularizer, "regularizer": Regularizer,
        "L1": L1, "l1": L1,
        "L2": L2, "l2": L2,
        "L1L2": L1L2, "l1l2": L1L2,
        "OrthogonalRegularizer": OrthogonalRegularizer, "orthogonal_regularizer": OrthogonalRegularizer,
    },
)  # fmt: skip
serialize = FAMILY.serialize


def get(identifier: Any) -> Any:
    """The regularizer meant by a name, a config, a class, an instance or a function; None stays None."""
    return deserialize(identifier) if isinstance(identifier, (str, dict)) else FAMILY.get(identifier)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """A regularizer from its saved form."""
    # 'l1_l2' has factors of its own, so it is no other name of L1L2.
    if config == "l1_l2":
        return l1_l2()
    if isinstance(config, dict) and config.get("class_name") == "l1_l2":
        return l1_l2(**config.get("config", {}))
    return FAMILY.deserialize(config, custom_objects)


__all__ = [
    "FAMILY",
    "Regularizer", "L1", "L2", "L1L2", "OrthogonalRegularizer",
    "l1", "l2", "l1_l2", "orthogonal_regularizer",
    "get", "serialize", "deserialize",
]  # fmt: skip
