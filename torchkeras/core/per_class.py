"""Facts worked out once per class, which go when the class goes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def once_per_class(function: Callable[[Any], T]) -> Callable[[Any], T]:
    """Keeps what a function says of a class on the class itself, and for that class alone.

    `functools.cache` would keep every class that a notebook's cell or a test ever made, and all it refers to.
    """
    name = f"__{function.__module__}.{function.__name__}"  # no name that Python code could write

    @functools.wraps(function)
    def once(cls: Any) -> T:
        kept = cls.__dict__
        if name not in kept:
            setattr(cls, name, function(cls))
        found: T = kept[name]
        return found

    return once
