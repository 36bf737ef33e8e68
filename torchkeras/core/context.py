"""What is going on around a layer call: the training flag, the outermost layer, the path of names."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class CallContext(threading.local):
    """State of the running call, one per thread.

    `training` is None unless a call around this one said. `root` is the outermost layer being called; the losses of a
    call belong to it. `scope` holds the names of the layers being called, for the names of weights made meanwhile.
    `autocast` is the type in which weights of layers with a mixed policy are read, None for their own.
    """

    training: bool | None
    root: Any
    scope: tuple[str, ...]
    autocast: Any

    def __init__(self) -> None:
        # In the object, not the class: torch.compile guards on what an object itself has, before the first call.
        self.training = None
        self.root = None
        self.scope = ()
        self.autocast = None


call_context = CallContext()


@contextmanager
def scope_of(*names: str) -> Iterator[None]:
    """Weights that are made within are named after these layers too, inside those around them."""
    outer = call_context.scope
    call_context.scope = (*outer, *names)
    try:
        yield
    finally:
        call_context.scope = outer


class Seen:
    """Process-wide facts that let the hot path skip work nobody has asked for yet."""

    masks = False  # some layer has produced a mask
    mixed = False  # some policy has another type for computing than for weights
    sharded = False  # some weights lie in parts, one in each of several processes


seen = Seen()
