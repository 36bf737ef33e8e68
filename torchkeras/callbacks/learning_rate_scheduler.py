"""LearningRateScheduler."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.learning_rate import rate_of, set_rate
from torchkeras.callbacks.monitoring import epoch_label
from torchkeras.utils.messages import print_msg


class LearningRateScheduler(Callback):
    """Sets the learning rate before each epoch, and puts it into the logs, as 'lr'.

        LearningRateScheduler(lambda epoch, lr: lr if epoch < 10 else lr * 0.9)

    Args:
        schedule: a function of the epoch, from 0, and the present rate, or of the epoch alone; gives the new rate.
        verbose: 1 for messages.
    """

    def __init__(self, schedule: Callable[..., Any], verbose: int = 0) -> None:
        self.schedule = schedule
        self.verbose = verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        arguments = (epoch, float(rate_of(self.model.optimizer)))
        rate = self.schedule(*arguments[: _accepts(self.schedule)])
        floating = rate.is_floating_point() if isinstance(rate, Tensor) else isinstance(rate, (float, np.floating))
        if not floating:
            raise ValueError(
                f'The output of the "schedule" function should be float. Got: {rate} of type {type(rate).__name__}'
            )
        set_rate(self.model.optimizer, float(rate))
        if self.verbose > 0:
            print_msg(f"\n{epoch_label(epoch)}: LearningRateScheduler setting learning rate to {rate}.")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["lr"] = rate_of(self.model.optimizer)


def _accepts(schedule: Callable[..., Any]) -> int:
    """How many of (epoch, rate) it takes. Asking beforehand leaves the TypeErrors of the function itself alone."""
    try:
        inspect.signature(schedule).bind(0, 0.0)
    except TypeError:
        return 1
    except ValueError:  # a builtin that does not tell
        return 2
    return 2
