"""History: what `fit` returns."""

from __future__ import annotations

from typing import Any

from torchkeras.callbacks.callback import Callback


class History(Callback):
    """Keeps the logs of each epoch.

    Attributes:
        history: for each name a list with a number per epoch: {'loss': [0.5, 0.3], 'val_loss': [0.6, 0.4]}.
        epoch: the epochs that were run: [0, 1].
    """

    progress_attributes = ("history", "epoch")

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)
        # Another fit may have put its own there since.
        self.model.history = self
