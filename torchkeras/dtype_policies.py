"""keras.dtype_policies: in which type layers compute and keep their weights."""

from __future__ import annotations

from typing import Any

from torchkeras.core import registry
from torchkeras.core.dtypes import DTypePolicy, get_policy

FloatDTypePolicy = DTypePolicy


def get(identifier: Any) -> DTypePolicy:
    """The policy of a name, dtype, config or policy; None is the global one."""
    return get_policy(identifier)


def serialize(dtype_policy: DTypePolicy) -> Any:
    """The policy as plain data, which `deserialize` and `get` take."""
    return registry.serialize(dtype_policy)


def deserialize(config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> DTypePolicy:
    """The policy whose `serialize` gave this."""
    with registry.custom_object_scope(custom_objects):
        return get_policy(config)


__all__ = ["DTypePolicy", "FloatDTypePolicy", "deserialize", "get", "serialize"]
