"""Metrics of torch, as torchmetrics and others write them: `update`, `compute`, `reset`."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.naming import to_snake_case, unique_name
from torchkeras.core.replicas import Replicas, present
from torchkeras.losses.inputs import squeezed
from torchkeras.metrics.inputs import as_tensor
from torchkeras.metrics.metric import Metric


def is_torch_metric(value: Any) -> bool:
    """Whether an object is a metric in torch's manner."""
    return not hasattr(value, "update_state") and all(
        callable(getattr(value, method, None)) for method in ("update", "compute", "reset")
    )


class TorchMetric(Metric):
    """A metric in torch's manner, as a Keras metric.

    Its `update` gets predictions first, without a last axis of size 1 that only one of the two has; a metric of
    `torchmetrics.classification` gets labels as whole numbers, and where it is of several classes one for each
    prediction, whose classes come second. Sample weights it does not know.

    Args:
        metric: an object with `update(y_pred, y_true)`, `compute()` and `reset()`.
        name: made from the class name of the metric unless given.
    """

    def __init__(self, metric: Any, name: str | None = None) -> None:
        super().__init__(name=name or unique_name(to_snake_case(type(metric).__name__)))
        self.metric = metric
        self._merged: Any = None  # its result over the samples of all processes, until it takes in others
        self._whole_labels = ".classification" in type(metric).__module__
        self._of_classes = self._whole_labels and type(metric).__name__.startswith("Multiclass")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = squeezed(as_tensor(y_true, self._device), as_tensor(y_pred, self._device))
        if self._whole_labels and y_true.is_floating_point():
            y_true = y_true.to(torch.int64)
        if self._of_classes and y_pred.is_floating_point():
            y_true, y_pred = _by_class(y_true, y_pred)
        self._merged = None
        self.metric.update(y_pred, y_true)

    def _place(self, given: Any) -> None:
        super()._place(given)
        if isinstance(self.metric, nn.Module):
            self.metric.to(next((value.device for value in given if isinstance(value, Tensor)), self._device))

    def result(self) -> Any:
        if self._merged is not None:
            return self._merged
        together = present()
        return self.metric.compute() if together is None or together.size == 1 else self._computed(False)

    def merge(self, replicas: Replicas) -> None:
        """Computes the result over the samples of all processes, of which each calls this."""
        if replicas.size == 1:
            return
        if any(hasattr(one, "_to_sync") for one in self._parts()):
            self._merged = self._computed(True)
        elif hasattr(self.metric, "merge_state"):  # as torcheval's
            whole, *others = replicas.gather(self.metric)
            self._merged = whole.merge_state(others).compute()
        else:
            raise TypeError(
                f"Metric {self.name!r}, a {type(self.metric).__name__}, cannot be computed over the samples of several "
                f"processes: it has neither torchmetrics' `sync` nor a `merge_state(metrics)`. Use a metric of "
                f"torchmetrics or of keras.metrics."
            )

    def _parts(self) -> list[Any]:
        """The metric and those it is made of."""
        return list(self.metric.modules()) if isinstance(self.metric, nn.Module) else [self.metric]

    def _computed(self, together: bool) -> Any:
        """The result of torchmetrics: of this process's samples, or of those of all, who have to ask together then."""
        parts = [one for one in self._parts() if hasattr(one, "_to_sync")]
        before = [(one._to_sync, one._computed) for one in parts]
        for one in parts:
            one._to_sync, one._computed = together, None
        try:
            return self.metric.compute()
        finally:
            for one, (sync, known) in zip(parts, before, strict=True):
                one._to_sync, one._computed = sync, None if together else known

    def reset_state(self) -> None:
        self._merged = None
        self.metric.reset()

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(
            f"{self.name!r} holds a torch metric, {type(self.metric).__name__}, which has no config. "
            f"Pass it to `compile()` again after loading."
        )

    def __str__(self) -> str:
        return repr(self)


def _by_class(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Labels (n, ...) and predictions (n, classes, ...), from Keras's (n, ..., 1 or classes) and (n, ..., classes)."""
    if y_true.shape == y_pred.shape:
        y_true = y_true.argmax(-1)
    elif y_true.dim() == y_pred.dim() and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    return y_true, y_pred.movedim(-1, 1) if y_pred.dim() > 2 else y_pred
