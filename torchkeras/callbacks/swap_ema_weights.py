"""SwapEMAWeights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras.callbacks.callback import Callback


class SwapEMAWeights(Callback):
    """Evaluates and predicts with the moving averages of the weights, which an optimizer with `use_ema=True` keeps.

    Weights and averages change places before, and change back after.

    Args:
        swap_on_epoch: whether to change places at the end of each epoch too, so that the callbacks after this one,
            such as ModelCheckpoint, find the averages in the model.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        self.swap_on_epoch = swap_on_epoch
        self._averages_in_model = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._put_averages(False)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._put_averages(True)
            if epoch == self.params["epochs"] - 1:
                # At the end of fit the optimizer puts its averages into the model: they are to be these.
                self._each(_copy_to_average)

    def on_test_begin(self, logs: Any = None) -> None:
        self._put_averages(True)

    def on_test_end(self, logs: Any = None) -> None:
        self._put_averages(False)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._put_averages(True)

    def on_predict_end(self, logs: Any = None) -> None:
        self._put_averages(False)

    def _put_averages(self, wanted: bool) -> None:
        if wanted is not self._averages_in_model:
            self._each(_swap)
            self._averages_in_model = wanted

    def _each(self, function: Callable[[Any, Any], None]) -> None:
        with torch.no_grad():
            for optimizer in self._optimizers():
                averages = getattr(optimizer, "_model_variables_moving_average", None)
                if not averages:
                    raise ValueError(
                        f"SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. "
                        f"Received: use_ema={getattr(optimizer, 'use_ema', False)}"
                    )
                variables = getattr(optimizer, "_trainable_variables", None) or self.model.trainable_variables
                for variable, average in zip(variables, averages, strict=True):
                    function(variable, average)

    def _optimizers(self) -> Iterator[Any]:
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)  # of a LossScaleOptimizer
        several = getattr(optimizer, "optimizers", None)
        if several is None:
            yield optimizer
            return
        yield from (one for one in several if getattr(one, "use_ema", False))


def _swap(variable: Any, average: Any) -> None:
    """In place: what has been captured with these tensors goes on with them."""
    if hasattr(average, "assign"):
        kept = variable.value()
        variable.assign(average)
        average.assign(kept)
    else:
        kept = variable.parameter.clone()
        variable.parameter.copy_(average)
        average.copy_(kept)


def _copy_to_average(variable: Any, average: Any) -> None:
    if hasattr(average, "assign"):
        average.assign(variable)
    else:
        average.copy_(variable.parameter)
