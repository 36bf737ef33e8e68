"""ProgbarLogger: the progress that fit, evaluate and predict show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from torchkeras.callbacks.callback import Callback
from torchkeras.utils.messages import is_interactive_logging_enabled, print_msg
from torchkeras.utils.progbar import Progbar


class ProgbarLogger(Callback):
    """Shows a Progbar for each epoch, evaluation and prediction.

    The logs of a batch are looked into when a drawing is due, and where the line is not rewritten only at the end of
    the epoch. A figure that is no metric of the model, such as one from a `train_step` of your own, is shown as its
    average over the steps. For that it must be known at each step: logs of a batch may carry an attribute `tensors`, a
    dict of what is still on the device, which is summed up there.

    Args:
        count_mode: 'steps' or 'samples'.
        stateful_metrics: names of figures that are shown as they come, beside the model's metrics.
    """

    def __init__(self, count_mode: str = "samples", stateful_metrics: Iterable[str] | None = None) -> None:
        if count_mode not in ("samples", "steps"):
            raise ValueError(f'Unknown `count_mode`: {count_mode}. Expected values are ["samples", "steps"]')
        self.use_steps = count_mode == "steps"
        self.stateful_metrics = set(stateful_metrics or ())
        self.seen = 0
        self.progbar: Progbar | None = None
        self.target: int | None = None
        self.verbose = 1
        self.epochs = 1
        self._batch_size = 1
        self._averaged: list[str] | None = None  # names, known with the first batch
        self._called_in_fit = False

    def set_params(self, params: dict[str, Any]) -> None:
        super().set_params(params)
        verbose = params.get("verbose", 1)
        if verbose == "auto":
            verbose = 1 if is_interactive_logging_enabled() else 2
        self.verbose = int(verbose)
        self.epochs = params.get("epochs") or 1
        self.target = params.get("steps" if self.use_steps else "samples")
        self._batch_size = 1 if self.use_steps else params.get("batch_size") or 1

    # Of an unknown number of steps, each has to be counted.
    def _implements_train_batch_hooks(self) -> bool:
        return self.verbose == 1 or self.target is None

    def _implements_test_batch_hooks(self) -> bool:
        return not self._called_in_fit and (self.verbose == 1 or self.target is None)

    def _implements_predict_batch_hooks(self) -> bool:
        return self.verbose == 1 or self.target is None

    def on_train_begin(self, logs: Any = None) -> None:
        self._called_in_fit = True  # the validation of a fit is silent

    def on_train_end(self, logs: Any = None) -> None:
        self._called_in_fit = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._begin()
        if self.verbose and self.epochs > 1:
            print_msg(f"Epoch {epoch + 1}/{self.epochs}")

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._end(logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._begin()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._step(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._called_in_fit:
            self._end(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._begin()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, {})  # its logs are the outputs

    def on_predict_end(self, logs: Any = None) -> None:
        self._end({})

    # --- the bar ---

    def _begin(self) -> Progbar:
        self.seen = 0
        self._averaged = None
        unit = "step" if self.use_steps else "sample"
        self.progbar = Progbar(self.target, verbose=self.verbose, stateful_metrics=self._stateful(), unit_name=unit)
        return self.progbar

    def _step(self, batch: int, logs: Any) -> None:
        bar = self.progbar or self._begin()
        self.seen = (batch + 1) * self._batch_size
        if self.verbose != 1:
            return
        known: Mapping[str, Any] = (logs if type(logs) is dict else getattr(logs, "tensors", None)) or {}
        first = self._averaged is None
        if self._averaged is None:
            bar.stateful_metrics |= self._stateful()  # a model has some of its metrics from its first step on
            self._averaged = [name for name in known if bar.averages(name)]
        if bar.due():
            bar.update(self.seen, logs.items(), finalize=False)
        elif self._averaged:
            bar.update(self.seen, [(name, known[name]) for name in self._averaged if name in known], finalize=False)
        elif first:
            bar.update(self.seen, finalize=False)  # the first step is timed apart

    def _end(self, logs: Any) -> None:
        bar = self.progbar or self._begin()
        if self.target is None:
            self.target = bar.target = self.seen
        bar.stateful_metrics |= self._stateful()
        figures = dict((logs or {}).items())
        bar.arrange(figures)  # where the averaged ones alone were known before, they would come first
        bar.update(self.target, figures.items(), finalize=True)

    def _stateful(self) -> set[str]:
        names = {getattr(metric, "name", None) for metric in getattr(self.model, "metrics", None) or ()}
        names |= set(getattr(self.model, "metrics_names", None) or ())
        return self.stateful_metrics | {name for name in names if name}
