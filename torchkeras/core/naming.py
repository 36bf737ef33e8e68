"""Keras 2's automatic names: dense, dense_1, input_1, re_lu, max_pooling2d_1."""

from __future__ import annotations

import re
from collections import Counter

_used: Counter[str] = Counter()


def to_snake_case(name: str) -> str:
    """'MaxPooling2D' -> 'max_pooling2d', 'ReLU' -> 're_lu', as Keras names layers after their classes."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    name = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    return f"private{name}" if name.startswith("_") else name


def unique_name(base: str, first: int = 0) -> str:
    """`base`, then base_1, base_2, ...; with first=1 the numbers start at once: input_1, input_2."""
    _used[base] += 1
    number = _used[base] - 1 + first
    return f"{base}_{number}" if number else base


def reset_names() -> None:
    """Start all automatic names anew (`backend.clear_session`)."""
    _used.clear()


def module_key(name: str) -> str:
    """A layer name as a key of `_modules`, which state_dict joins with dots."""
    return name.replace(".", "_").replace("/", "_") or "_"
