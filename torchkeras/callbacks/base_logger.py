"""BaseLogger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torchkeras.callbacks.callback import Callback


class BaseLogger(Callback):
    """A base class of older code. The averages it once made, the logs of an epoch now have from the start.

    Args:
        stateful_metrics: names of metrics that were not to be averaged; kept as an attribute.
    """

    def __init__(self, stateful_metrics: Iterable[str] | None = None) -> None:
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.totals: dict[str, Any] = {}

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.seen = 0
        self.totals = {}
