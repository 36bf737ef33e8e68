"""ReduceLROnPlateau."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.learning_rate import rate_of, set_rate
from torchkeras.callbacks.monitoring import comparison, epoch_label, warn_missing, warn_unknown, worst
from torchkeras.utils.messages import print_msg


class ReduceLROnPlateau(Callback):
    """Reduces the learning rate when a figure has stopped improving. The rate goes into the logs, as 'lr'.

    Args:
        monitor: the name of the figure, in the logs of an epoch.
        factor: the new rate is the old one times this.
        patience: after how many epochs without improvement to reduce it.
        verbose: 1 for messages.
        mode: 'min' or 'max', what is better; 'auto' is 'max' for names with 'acc' in them.
        min_delta: how much of a change is an improvement; `epsilon` is its older name.
        cooldown: how many epochs after a reduction do not count.
        min_lr: the rate does not go below this.
    """

    progress_attributes = ("best", "cooldown_counter", "wait")

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0,
        **kwargs: Any,
    ) -> None:
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau does not support a factor >= 1.0. Got {factor}")
        self.monitor = monitor
        self.factor = factor
        self.patience = patience
        self.verbose = verbose
        self.min_delta = kwargs.pop("epsilon", min_delta)
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.mode = mode if mode in ("min", "max") else "auto"
        self.monitor_op = comparison("Learning rate reduction", mode, "acc" in monitor)
        warn_unknown(self, kwargs, ["monitor", "factor", "patience", "min_delta", "cooldown", "min_lr", "epsilon"])
        self._forget()

    def _forget(self) -> None:
        self.best: Any = worst(self.monitor_op)
        self.cooldown_counter = 0
        self.wait = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self._forget()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = {} if logs is None else logs
        logs["lr"] = rate_of(self.model.optimizer)
        current = logs.get(self.monitor)
        if current is None:
            warn_missing("Learning rate reduction is", self.monitor, logs)
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._is_improvement(current):
            self.best = current
            self.wait = 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience:
                self._reduce(epoch)

    def _is_improvement(self, current: Any) -> bool:
        margin = self.min_delta if self.monitor_op is np.greater else -self.min_delta
        return bool(self.monitor_op(current, self.best + margin))

    def _reduce(self, epoch: int) -> None:
        old = rate_of(self.model.optimizer)
        if old <= np.float32(self.min_lr):
            return
        new = max(float(old) * self.factor, self.min_lr)
        set_rate(self.model.optimizer, new)
        if self.verbose > 0:
            print_msg(f"\n{epoch_label(epoch)}: ReduceLROnPlateau reducing learning rate to {new}.")
        self.cooldown_counter = self.cooldown
        self.wait = 0

    def in_cooldown(self) -> bool:
        return self.cooldown_counter > 0
