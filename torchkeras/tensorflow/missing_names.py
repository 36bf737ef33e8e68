"""Names that a part of the tf namespace has not: errors that name them and say what to use instead."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NoReturn

from torchkeras.core.errors import did_you_mean


def refuse(part: str, name: str, instead: Mapping[str, str], known: Iterable[str]) -> NoReturn:
    """Raises the AttributeError for a name of `tf.<part>` that is not there.

    Args:
        part: the part, as 'nn'.
        name: what was asked for.
        instead: what to use, for names that TensorFlow has.
        known: the names that are there.
    """
    if name in instead:
        raise AttributeError(f"tf.{part}.{name} is not there. {instead[name]}")
    raise AttributeError(f"module 'tensorflow.{part}' has no attribute {name!r}.{did_you_mean(name, known)}")
