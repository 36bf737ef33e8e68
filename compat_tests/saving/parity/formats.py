"""Which files are exchanged with which Keras, in which direction."""

from __future__ import annotations

from typing import NamedTuple

OURS = "torchkeras"
UNCOMPILED = "h5_uncompiled"


class Exchange(NamedTuple):
    """One kind of file.

    Args:
        name: what the table calls it.
        file: its name within a folder.
        whole: whether it is a whole model.
        not_ours: why no file of ours is read there; empty where it is.
        compiled: whether it is loaded as it was compiled. Keras 3 cannot compile most of its own .h5 files again: it
            takes the name of a loss for that of a class.
    """

    name: str
    file: str
    whole: bool
    not_ours: str = ""
    compiled: bool = True


#: By the Keras at the other side.
EXCHANGES: dict[str, tuple[Exchange, ...]] = {
    "tf_keras": (
        Exchange("h5", "model.h5", True),
        Exchange("h5_weights", "saved.h5", False),
        Exchange("ckpt", "ckpt", False),
        Exchange("saved_model", "folder", True),
        Exchange("keras", "model.keras", True, "files of ours with this ending have the form of Keras 3"),
        Exchange("weights.h5", "model.weights.h5", False, "files of ours with this ending have the form of Keras 3"),
        Exchange(UNCOMPILED, "model.h5", True, compiled=False),
    ),
    "keras": (
        Exchange("keras", "model.keras", True),
        Exchange("weights.h5", "model.weights.h5", False),
        Exchange(UNCOMPILED, "model.h5", True, compiled=False),
    ),
}


def of_ours() -> tuple[Exchange, ...]:
    """All that we write for any of them."""
    every = [exchange for exchanges in EXCHANGES.values() for exchange in exchanges if not exchange.not_ours]
    return tuple({exchange.name: exchange for exchange in every}.values())
