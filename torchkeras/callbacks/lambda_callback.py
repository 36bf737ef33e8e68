"""LambdaCallback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.callbacks.callback import Callback

Hook = Callable[..., Any]


class LambdaCallback(Callback):
    """A callback made of functions.

        LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))

    Args:
        on_epoch_begin, on_epoch_end: functions of the epoch and its logs.
        on_batch_begin, on_batch_end: functions of the batch and its logs, in training.
        on_train_begin, on_train_end: functions of the logs.
        **kwargs: any other hook by its name.
    """

    def __init__(
        self,
        on_epoch_begin: Hook | None = None,
        on_epoch_end: Hook | None = None,
        on_batch_begin: Hook | None = None,
        on_batch_end: Hook | None = None,
        on_train_begin: Hook | None = None,
        on_train_end: Hook | None = None,
        **kwargs: Any,
    ) -> None:
        hooks = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin,
            "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
        } | kwargs
        self.__dict__.update({name: hook for name, hook in hooks.items() if hook is not None})
