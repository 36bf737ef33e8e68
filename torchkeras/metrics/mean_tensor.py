"""MeanTensor: the mean of tensors, entry by entry."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.metrics.count import divide_no_nan
from torchkeras.metrics.inputs import align_weight, as_tensor, cast
from torchkeras.metrics.metric import Metric


class MeanTensor(Metric):
    """The (weighted) mean of tensors of one shape, entry by entry.

    Args:
        shape: of the tensors; taken from the first unless given.

    Example: `m = MeanTensor(); m.update_state([0, 1]); m.update_state([4, 5]); m.result()` is `[2, 3]`.
    """

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None, shape: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self._shape: tuple[int, ...] | None = None
        self._total: Variable | None = None
        self._count: Variable | None = None
        if shape is not None:
            self._total, self._count = self._build(shape)

    def _build(self, shape: Any) -> tuple[Variable, Variable]:
        self._shape = tuple(int(size) for size in shape)
        return self.add_weight("total", shape=self._shape), self.add_weight("count", shape=self._shape)

    @property
    def total(self) -> Variable | None:
        return self._total

    @property
    def count(self) -> Variable | None:
        return self._count

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        values = cast(as_tensor(values, self._device), self._state_dtype)
        if self._total is None or self._count is None:
            self._total, self._count = self._build(values.shape)
        if tuple(values.shape) != self._shape:
            raise ValueError(
                f"MeanTensor input values must always have the same shape. "
                f"Expected shape (set during the first call): {self._shape}. Got: {tuple(values.shape)}."
            )
        weight: Tensor | int = 1
        if sample_weight is not None:
            weight = cast(as_tensor(sample_weight, self._device).to(self._device), self._state_dtype)
            values, weight = align_weight(values, weight)
            values = values * weight
        self._total.parameter.add_(values)
        self._count.parameter.add_(weight)

    def result(self) -> Tensor:
        if self._total is None or self._count is None:
            raise ValueError(
                "MeanTensor does not have any value yet. Please call the MeanTensor instance or use "
                "`.update_state(value)` before retrieving the result."
            )
        return divide_no_nan(self._total.parameter, self._count.parameter)
