"""EarlyStopping."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.monitoring import comparison, epoch_label, warn_missing, worst
from torchkeras.utils.messages import print_msg


class EarlyStopping(Callback):
    """Stops training when a figure has stopped improving.

        model.fit(x, y, epochs=100, validation_split=0.2, callbacks=[EarlyStopping(patience=3)])

    Args:
        monitor: the name of the figure, in the logs of an epoch.
        min_delta: how much of a change is an improvement.
        patience: after how many epochs without improvement to stop.
        verbose: 1 for messages.
        mode: 'min' or 'max', what is better; 'auto' is 'max' for names that end in 'acc', 'accuracy' or 'auc'.
        baseline: a value that has to be improved on as well.
        restore_best_weights: whether the weights of the best epoch are put back at the end.
        start_from_epoch: epochs before this one do not count.
    """

    progress_attributes = ("wait", "stopped_epoch", "best", "best_epoch", "best_weights")

    def __init__(
        self,
        monitor: str = "val_loss",
        min_delta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restore_best_weights: bool = False,
        start_from_epoch: int = 0,
    ) -> None:
        self.monitor = monitor
        self.min_delta = abs(min_delta)
        self.patience = patience
        self.verbose = verbose
        self.baseline = baseline
        self.restore_best_weights = restore_best_weights
        self.start_from_epoch = start_from_epoch
        self.monitor_op = comparison("EarlyStopping", mode, monitor.endswith(("acc", "accuracy", "auc")))
        self._forget()

    def _forget(self) -> None:
        self.wait = 0
        self.stopped_epoch = 0
        self.best: Any = worst(self.monitor_op)
        self.best_epoch = 0
        self.best_weights: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        current = self.get_monitor_value(logs)
        if current is None or epoch < self.start_from_epoch:
            return
        if self.best_weights is None:
            # In case no epoch is ever an improvement.
            self._keep_weights(epoch)
        self.wait += 1
        if self._is_improvement(current, self.best):
            self.best = current
            self.best_epoch = epoch
            self._keep_weights(epoch)
            if self.baseline is None or self._is_improvement(current, self.baseline):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self.stopped_epoch = epoch
            self.model.stop_training = True

    def _keep_weights(self, epoch: int) -> None:
        if self.restore_best_weights:
            self.best_weights = self.model.get_weights()
            self.best_epoch = epoch

    def on_train_end(self, logs: Any = None) -> None:
        if self.stopped_epoch > 0 and self.verbose > 0:
            print_msg(f"{epoch_label(self.stopped_epoch)}: early stopping")
        if self.restore_best_weights and self.best_weights is not None:
            if self.verbose > 0:
                print_msg(f"Restoring model weights from the end of the best epoch: {self.best_epoch + 1}.")
            self.model.set_weights(self.best_weights)

    def get_monitor_value(self, logs: Any) -> Any:
        """The watched figure; None, with a warning, where the logs do not have it."""
        logs = logs or {}
        value = logs.get(self.monitor)
        if value is None:
            warn_missing("Early stopping", self.monitor, logs)
        return value

    def _is_improvement(self, value: Any, reference: Any) -> bool:
        margin = self.min_delta if self.monitor_op is np.greater else -self.min_delta
        return bool(self.monitor_op(value - margin, reference))
