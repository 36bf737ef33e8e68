"""TerminateOnNaN."""

from __future__ import annotations

import math
from typing import Any

from torchkeras.callbacks.callback import Callback
from torchkeras.utils.messages import print_msg


class TerminateOnNaN(Callback):
    """Stops training at the first loss that is no finite number.

    It looks at the loss after each batch, so that each step waits for the device: small models on a GPU train at a
    fraction of their speed.

    Args:
        raise_error: whether to raise a RuntimeError rather than to end the training in order.
    """

    def __init__(self, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = None if logs is None else logs.get("loss")
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating training immediately."
            )
        print_msg(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True
