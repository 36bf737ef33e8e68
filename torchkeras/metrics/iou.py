"""Intersection over union, from a matrix of how often each class is taken for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.histogram import histogram, may_look
from torchkeras.metrics.inputs import as_tensor, cast
from torchkeras.metrics.metric import Metric


class IoU(Metric):
    """The mean over some classes of `tp / (tp + fp + fn)`; classes that never occur do not count.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes to average over.
        ignore_class: labels of this class are left out.
        sparse_y_true: whether labels are class numbers; else the largest entry along `axis` is taken.
        sparse_y_pred: whether predictions are.
        axis: of the classes.

    Example: `m = IoU(2, [0]); m.update_state([0, 0, 1, 1], [0, 1, 0, 1]); m.result()` is 1 / 3.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if max(target_class_ids) >= num_classes:
            raise ValueError(f"Target class id {max(target_class_ids)} is out of range, which is [0, {num_classes}).")
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self._targets = torch.tensor(self.target_class_ids, device=self._device)
        self.total_cm = self.add_weight("total_confusion_matrix", shape=(num_classes, num_classes))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_true, y_pred = as_tensor(y_true, self._device), as_tensor(y_pred, self._device)
        y_true = (y_true if self.sparse_y_true else y_true.argmax(self.axis)).reshape(-1).long()
        y_pred = (y_pred if self.sparse_y_pred else y_pred.argmax(self.axis)).reshape(-1).long()
        weight = None
        if sample_weight is not None:
            # Summed in float64, as the counts without weights are exact.
            weight = cast(as_tensor(sample_weight, self._device).to(self._device), torch.float64)
            weight = weight.expand(y_true.shape) if weight.dim() == 0 else weight.reshape(-1)
        classes = self.num_classes
        if self.ignore_class is None:
            cell = _cells(y_true, y_pred, classes)
        else:
            ignored = y_true == self.ignore_class
            cell = _cells(y_true.masked_fill(ignored, 0), y_pred.masked_fill(ignored, 0), classes)
            cell = cell.masked_fill(ignored, classes * classes)  # one more cell, of which nothing is read
        counts = histogram(cell, classes * classes + 1, weight)[:-1]
        self.total_cm.parameter.add_(counts.view(classes, classes))

    def result(self) -> Tensor:
        matrix = self.total_cm.parameter
        hits = matrix.diagonal()
        union = (matrix.sum(0) + matrix.sum(1) - hits)[self._targets]
        ratios = divide_no_nan(hits[self._targets], union)
        return divide_no_nan(ratios.sum(), (union != 0).sum())

    def get_config(self) -> dict[str, Any]:
        own = {
            "num_classes": self.num_classes,
            "target_class_ids": self.target_class_ids,
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }
        return super().get_config() | own


class BinaryIoU(IoU):
    """IoU of two classes, of predictions below and from `threshold` on.

    Args:
        target_class_ids: the classes to average over: `[0]`, `[1]` or `[0, 1]`.
        threshold: the least prediction of class 1.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(2, target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        y_pred = cast(as_tensor(y_pred, self._device), self._state_dtype)
        super().update_state(y_true, y_pred >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), *_CLASSES) | {"threshold": self.threshold}


class MeanIoU(IoU):
    """IoU averaged over all classes."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        everything = range(num_classes)
        super().__init__(num_classes, everything, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "target_class_ids")


class OneHotIoU(IoU):
    """IoU for one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "sparse_y_true")


class OneHotMeanIoU(MeanIoU):
    """MeanIoU for one-hot labels."""

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        return _without(super().get_config(), "sparse_y_true")


_CLASSES = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")


def _without(config: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key not in keys}


def _cells(y_true: Tensor, y_pred: Tensor, classes: int) -> Tensor:
    """The place in the flat matrix of each pair; a number of no class is an error, on a GPU that of the counting."""
    cell = y_true * classes + y_pred
    if may_look(cell):
        for what, found in (("y_true", y_true), ("y_pred", y_pred)):
            _check(what, found, classes)
        return cell
    wrong = (y_true < 0) | (y_true >= classes) | (y_pred < 0) | (y_pred >= classes)
    return cell.masked_fill(wrong, classes * classes + 1)


def _check(what: str, found: Tensor, classes: int) -> None:
    if not found.numel():
        return
    for extreme in torch.aminmax(found):
        if not 0 <= int(extreme) < classes:
            raise ValueError(
                f"`{what}` has class number {int(extreme)}, but there are {classes} classes: expected 0 to "
                f"{classes - 1}. A label that stands for no class is named by `ignore_class`."
            )
