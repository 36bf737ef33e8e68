"""What Keras 3 calls the things in its files."""

from __future__ import annotations

import re
from typing import Any

#: Where a class of Keras 3 has another name than ours.
_CLASSES = {"GroupQueryAttention": "GroupedQueryAttention"}


def snake_case(name: str) -> str:
    """'conv2d' for 'Conv2D', 'conv_lstm2d' for 'ConvLSTM2D': Keras 3's rule, which is not that of Keras 2."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def class_name(thing: Any) -> str:
    """The name of a thing's class in Keras."""
    name = type(thing).__name__
    if name == "Model" and getattr(thing, "_functional_graph", None) is not None:
        return "Functional"
    return _CLASSES.get(name, name)


class Counter:
    """Gives names within one container: 'dense', 'dense_1', 'dense_2'."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def name(self, base: str) -> str:
        if base not in self._used:
            self._used[base] = 0
            return base
        self._used[base] += 1
        return f"{base}_{self._used[base]}"
