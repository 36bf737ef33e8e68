"""The inputs that a symbolic tensor is computed from."""

from __future__ import annotations

from typing import Any

from torchkeras.graph.keras_tensor import is_keras_tensor


def get_source_inputs(tensor: Any) -> Any:
    """The Input tensors that a KerasTensor is computed from, in the order in which they are met."""
    if not is_keras_tensor(tensor):
        raise ValueError(f"Expected a KerasTensor. Received: {tensor!r} (of type {type(tensor).__name__})")
    found: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        one = waiting.pop()
        if one.node is None or not one.node.inputs:
            found.setdefault(id(one), one)
        elif id(one.node) not in seen:
            seen.add(id(one.node))
            waiting += reversed(one.node.inputs)
    return list(found.values())
