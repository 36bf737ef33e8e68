"""Which keyword arguments a class, function or method does not take."""

from __future__ import annotations

import inspect
from typing import Any

from torchkeras.layers.base import _BASE_ARGUMENTS, Layer
from torchkeras.models import Model


def unknown_keywords(target: Any, keywords: tuple[str, ...]) -> dict[str, list[str]]:
    """Each keyword that calling the target would refuse, with the ones it takes; empty where that cannot be seen."""
    known = taken(target)
    return {} if known is None else {word: sorted(known) for word in keywords if word not in known}


def taken(target: Any) -> set[str] | None:
    """The keyword arguments of a callable; None where it may take any."""
    if target is Model:  # as a functional model
        return {"inputs", "outputs"} | (_of_layer(Model) or set())
    if inspect.isclass(target) and issubclass(target, Layer):
        return _of_layer(target)
    try:
        parameters = inspect.signature(target).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters):
        return None
    return {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)}


def _of_layer(cls: type[Layer]) -> set[str] | None:
    """A layer's constructor hands what it does not know to its base class, down to Layer, which knows all of it."""
    known: set[str] = set()
    for base in cls.__mro__:
        init = base.__dict__.get("__init__")
        if init is None:
            continue
        parameters = inspect.signature(init).parameters.values()
        known |= {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)} - {"self"}
        if base is Layer:
            return known | set(_BASE_ARGUMENTS)
        if not any(p.kind is p.VAR_KEYWORD for p in parameters):
            return known
    return None
