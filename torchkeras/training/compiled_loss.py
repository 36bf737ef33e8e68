"""The losses of a compiled model: one total, and a running mean for each."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchkeras import losses
from torchkeras.core.kinds import bridge
from torchkeras.metrics import Metric
from torchkeras.training.outputs import is_flat, matched, names_of, per_output, predictions, targets

#: The reductions whose losses of parts add up to that of the whole.
_SUMS = ("sum", "none", None)


class Part(NamedTuple):
    """What a process has of a batch that several share.

    Args:
        size: how many samples.
        whole: how many all have.
    """

    size: int
    whole: int

    @property
    def share(self) -> float:
        return self.size / self.whole if self.whole else 0.0

    def of(self, value: Tensor, loss: Any) -> Tensor:
        """What a loss of these samples adds to that of the batch: a mean counts by the share, a sum as it is."""
        summed = getattr(getattr(loss, "module", None), "reduction", "") == "sum" or loss.reduction in _SUMS
        if summed and self.size:
            return value
        return value * self.share


class LossTracker(Metric):
    """The mean of a loss over the samples seen: each batch counts by its size, which the host knows."""

    #: What this process has of the batch, where the losses that come are its part of the batch's.
    part: Part | None = None

    def __init__(self, name: str) -> None:
        super().__init__(name=name, dtype="float32")
        self.total = self.add_weight(name="total", initializer="zeros")
        self.count = self._add_count()
        self._latest: tuple[Tensor, int, float] | None = None  # what `take_in` added last

    def take_in(self, loss: Tensor, size: int) -> None:
        """The loss that the model computed for a batch."""
        loss = loss.detach()
        self._latest = loss, *self._add(loss, size if self.part is None or loss.dim() else self.part.whole, size)

    def count_once(self, loss: Tensor) -> None:
        """The loss that the model computed for a batch, whatever its size."""
        loss = loss.detach()
        self._latest = loss, *self._add(loss, 1, 1 if self.part is None else self.part.share)

    def add(self, loss: Tensor, size: int) -> None:
        loss = loss.detach()
        self._add(loss, size if self.part is None or loss.dim() else self.part.whole, size)

    def _add(self, loss: Tensor, times: int, count: float) -> tuple[int, float]:
        """Adds a loss; gives what it was multiplied by, and what it counts for."""
        total = self.total.parameter
        if total.device != loss.device:
            self._to(loss.device)
            total = self.total.parameter
        if loss.dim():  # a loss that was not reduced: each of its values counts by the size of the batch
            loss, count = loss.sum(), count * loss.numel()
        total.add_(loss, alpha=times)
        self.count.add(count)
        return times, count

    def _to(self, device: torch.device) -> None:
        for variable in self.variables:
            variable._tensor = variable._tensor.to(device)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Takes in what a user's step says the loss is, in place of what `compute_loss` noted in that step: Keras 2
        notes it there, Keras 3 leaves it to the step.
        """
        if self._latest is not None:
            noted, times, count = self._latest
            self.total.parameter.sub_(noted.sum(), alpha=times)
            self.count.add(-count)
            self._latest = None
        value = torch.as_tensor(values, dtype=torch.float32)
        times = 1 if sample_weight is None else int(torch.as_tensor(sample_weight).sum())
        self._add(value.detach().mean(), times, times if self.part is None else times * self.part.share)

    def result(self) -> Tensor:
        return self.count.divide(self.total.parameter)

    def reset_state(self) -> None:
        self.total.parameter.zero_()
        self.count.zero()
        self._latest = None
        self._is_whole = False


class CompiledLoss:
    """Computes the loss of a batch, as `compile` asked for it.

    Called with targets, outputs and sample weights, it gives the total to minimise and takes note of each part.

    Args:
        loss: a loss, or a list or dict of them by output.
        loss_weights: how much each counts in the total.
        output_names: the names its figures take from the model's outputs.
        output_keys: what dicts of losses and targets call the outputs, where the model gives a dict.
    """

    def __init__(
        self,
        loss: Any,
        loss_weights: Any = None,
        output_names: list[str] | None = None,
        output_keys: list[str] | None = None,
    ) -> None:
        self.loss, self.loss_weights, self.output_names = loss, loss_weights, output_names or []
        self.tracker = LossTracker("loss")
        self.parts: list[LossTracker] = []
        self.names: list[str] = []
        self._losses: list[Any] = []
        self._weights: list[float] = []
        self._takes_flat = False
        self._part: Part | None = None
        self.built = False
        _check_known(loss)
        for given, what in ((loss, "loss"), (loss_weights, "loss_weights")):
            if isinstance(given, dict) and output_keys:
                per_output(given, output_keys, what)

    @property
    def part(self) -> Part | None:
        """What this process has of the batch, where several sum up their gradients."""
        return self._part

    @part.setter
    def part(self, part: Part | None) -> None:
        self._part = part
        for tracker in (self.tracker, *self.parts):
            tracker.part = part

    def build(self, y_pred: Any) -> None:
        """Match the losses to the outputs, once there are some."""
        self.names = names_of(y_pred, self.output_names)
        labels = self.output_names if len(self.output_names) == len(self.names) else self.names
        chosen = per_output(self.loss, self.names, "loss", spread=True)
        self._losses = [None if one is None else losses.as_loss(one) for one in chosen]
        for one in self._losses:
            if isinstance(one, losses.Loss):
                one._is_compiled = True
        weights = per_output(self.loss_weights, self.names, "loss_weights", spread=True)
        self._weights = [1.0 if weight is None else float(weight) for weight in weights]
        self._takes_flat = len(self._losses) == 1 and _takes_flat(self._losses[0])
        if len(self.names) > 1:
            self.parts = [LossTracker(f"{label}_loss") for label in labels]
            self.part = self._part
        self.built = True

    @property
    def metrics(self) -> list[Metric]:
        """The running means: the total, then one for each output that has a loss."""
        return [self.tracker, *(part for part, loss in zip(self.parts, self._losses, strict=False) if loss is not None)]

    def __call__(
        self,
        y_true: Any,
        y_pred: Any,
        sample_weight: Any = None,
        regularization_losses: list[Tensor] | None = None,
        size: int | None = None,
    ) -> Tensor:
        if bridge.active and bridge.asks((y_pred,)):  # in a user's own step
            given = (y_true, y_pred, sample_weight, regularization_losses, size)
            return bridge.call(self._total, given, {})
        return self._total(y_true, y_pred, sample_weight, regularization_losses, size)

    def _total(
        self, y_true: Any, y_pred: Any, sample_weight: Any, regularization_losses: list[Tensor] | None, size: int | None
    ) -> Tensor:
        if not self.built:
            self.build(y_pred)
        outputs = predictions(y_pred)
        size = (outputs[0].shape[0] if outputs[0].dim() else 1) if size is None else size
        if len(outputs) == 1 and self._weights[0] == 1.0:
            total = self._only(y_true, outputs[0], sample_weight)
        else:
            total = self._sum(y_true, outputs, sample_weight, size)
        compiled = total is not None
        if regularization_losses:
            extra = torch.stack([loss.reshape(()) for loss in regularization_losses]).sum()
            extra = extra if self._part is None else extra * self._part.share
            total = extra if total is None else total + extra
        if total is None:
            return torch.zeros((), device=outputs[0].device)
        if compiled:
            self.tracker.take_in(total, size)
        else:  # losses of layers alone say nothing of samples: each batch counts once
            self.tracker.count_once(total)
        return total

    def _only(self, y_true: Any, y_pred: Tensor, sample_weight: Any) -> Any:
        loss = self._losses[0]
        target = y_true if isinstance(y_true, Tensor) else targets(y_true, self.names)[0]
        if loss is None or target is None:
            return None
        if self._takes_flat and sample_weight is None and is_flat(target, y_pred):
            value = loss(target, y_pred)
        else:
            value = loss(matched(target, y_pred), y_pred, sample_weight=_single(sample_weight, self.names))
        return value if self._part is None else self._part.of(value, loss)

    def _sum(self, y_true: Any, outputs: list[Tensor], sample_weight: Any, size: int) -> Any:
        weights = per_output(sample_weight, self.names, "sample_weight", spread=True)
        total: Any = None
        for i, (target, output) in enumerate(zip(targets(y_true, self.names), outputs, strict=True)):
            loss = self._losses[i]
            if loss is None or target is None:
                continue
            value = loss(matched(target, output), output, sample_weight=weights[i])
            if self._part is not None:
                value = self._part.of(value, loss)
            if self.parts:
                self.parts[i].add(value, size)
            value = value if self._weights[i] == 1.0 else value * self._weights[i]
            total = value if total is None else total + value
        return total


def _takes_flat(loss: Any) -> bool:
    """Whether it is one of ours that takes labels of shape (n,), which need no axis then that it takes away again."""
    ours = type(loss) in (losses.SparseCategoricalCrossentropy, losses.LossFunctionWrapper)
    return ours and loss.fn is losses.sparse_categorical_crossentropy and loss._fn_kwargs.get("ignore_class") is None


def _single(sample_weight: Any, names: list[str]) -> Any:
    if sample_weight is None or isinstance(sample_weight, Tensor):
        return sample_weight
    return per_output(sample_weight, names, "sample_weight")[0]


def _check_known(loss: Any) -> None:
    """Unknown names are errors in `compile` already."""
    if isinstance(loss, str):
        losses.get(loss)
    elif isinstance(loss, (list, tuple, dict)):
        for one in loss.values() if isinstance(loss, dict) else loss:
            _check_known(one)
