"""Words for errors that several places raise.

The exceptions themselves are Python's own, of the type Keras raises: ValueError for wrong values and shapes,
TypeError for wrong arguments, AttributeError for what is not there yet.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UnsafeConfig(ValueError):
    """A config that asks for what reading one must never do: run code, open a file, take all memory."""


class UnknownName(ValueError):
    """A config or an argument names a class or function that is not known."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that a reader most likely meant by `name`, or None."""
    candidates = [c for c in candidates if isinstance(c, str)]
    folded = {c.lower().replace("_", ""): c for c in reversed(candidates)}
    exact = folded.get(name.lower().replace("_", ""))
    if exact is not None and exact != name:
        return exact
    found = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """' Did you mean ...?' for an error message, or an empty string."""
    guess = nearest(name, candidates)
    return f" Did you mean {guess!r}?" if guess else ""


def positive_int(value: object, what: str, layer: str) -> int:
    """`value` as an int, or a ValueError that names the argument and the layer."""
    try:
        number = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        number = 0
    if number < 1 or number != value:
        raise ValueError(f"Expected `{what}` of layer {layer!r} to be a positive integer. Received: {what}={value!r}")
    return number
