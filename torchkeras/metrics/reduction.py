"""Sum, Mean and MeanMetricWrapper: metrics that add up values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from torchkeras.core.kinds import call_user
from torchkeras.core.registry import FAMILIES, deserialize
from torchkeras.losses.inputs import squeezed
from torchkeras.metrics.inputs import align_weight, as_tensor, cast, cast_floats
from torchkeras.metrics.metric import Metric


class Reduction(Metric):
    """What Sum and Mean share: adding weighted values to `total`."""

    #: How values are reduced over axes that their weights do not have.
    _lacking = "mean"

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_weight("total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        if isinstance(values, dict):
            raise RuntimeError(
                f"The output of a metric function can only be a single Tensor. Received: {values}. "
                f"To return a dict of values, implement a custom Metric subclass."
            )
        self._add(as_tensor(values, self._device), sample_weight)

    def _add(self, values: Tensor, weight: Any) -> None:
        if weight is None:
            self._add_sum(values, 1)
            self._add_number(values.numel())
        elif isinstance(weight, (int, float)):
            self._add_sum(values, weight)
            self._add_number(weight * values.numel())
        else:
            weight = cast(as_tensor(weight, self._device).to(self._device), self._state_dtype)
            values, weight = align_weight(values, weight, self._lacking)
            self.total.parameter.add_((values * weight).sum(dtype=self._state_dtype))
            self._add_weights(weight)

    def _add_sum(self, values: Tensor, factor: float) -> None:
        if values.dim():
            # Sums of truth values and integers are exact as they are; 16 bits are too few for a sum of floats.
            recast = values.is_floating_point() and values.dtype is not self._state_dtype
            values = values.sum(dtype=self._state_dtype) if recast else values.sum()
        if factor == 1:
            self.total.parameter.add_(values)
        else:
            self.total.parameter.add_(values, alpha=factor)

    def _add_number(self, number: float) -> None:
        """Count what has no weights of its own."""

    def _add_weights(self, weight: Tensor) -> None:
        """Count weights."""


class Sum(Reduction):
    """The (weighted) sum of the values.

    Example: `m = Sum(); m.update_state([1, 3, 5, 7]); m.result()` is 16.
    """

    _lacking = "sum"

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def result(self) -> Tensor:
        return self.total.value()


class Mean(Reduction):
    """The (weighted) mean of the values: `total / count`, 0 before the first.

    Example: `m = Mean(); m.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0]); m.result()` is 2.
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.count = self._add_count()

    def _add_number(self, number: float) -> None:
        self.count.add(number)

    def _add_weights(self, weight: Tensor) -> None:
        self.count.parameter.add_(weight.sum())

    def result(self) -> Tensor:
        return self.count.divide(self.total.parameter)


class MeanMetricWrapper(Mean):
    """The mean of what a function of (y_true, y_pred) returns.

    Args:
        fn: called as `fn(y_true, y_pred, **kwargs)`; returns a value per sample, or a scalar.
        **kwargs: passed on to `fn`.
    """

    #: Whether `fn` wants both arguments in this metric's dtype; the losses and matches do without a cast.
    _casts = True

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if hasattr(fn, "mean_of_all"):  # a loss
            self._casts = False

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        convert = cast if self._casts else cast_floats
        y_true = convert(as_tensor(y_true, self._device), self._state_dtype)
        y_pred = convert(as_tensor(y_pred, self._device), self._state_dtype)
        y_true, y_pred = squeezed(y_true, y_pred)
        if sample_weight is None and self._add_mean_of_all(y_true, y_pred):
            return
        values = call_user(self._fn, y_true, y_pred, **self._fn_kwargs)
        if not isinstance(values, Tensor):
            super().update_state(values, sample_weight)
            return
        mask = getattr(values, "_keras_mask", None)  # a loss sets one for a class to ignore
        self._add(values, sample_weight if mask is None else self._masked(sample_weight, mask))

    def _add_mean_of_all(self, y_true: Tensor, y_pred: Tensor) -> bool:
        """Add all values at once where the function, one of the losses, knows their mean in fewer kernels."""
        fused = getattr(self._fn, "mean_of_all", None)
        mean = None if fused is None else fused(y_true, y_pred, **self._fn_kwargs)
        if mean is None:
            return False
        number = y_pred.numel() // y_pred.shape[self._fn_kwargs.get("axis", -1)]
        self._add_sum(mean, number)
        self._add_number(number)
        return True

    def _masked(self, weight: Any, mask: Tensor) -> Tensor:
        mask = cast(mask, self._state_dtype)
        if weight is None:
            return mask
        weight = cast(as_tensor(weight, self._device).to(self._device), self._state_dtype)
        mask, weight = align_weight(mask, weight)
        return mask * weight

    def get_config(self) -> dict[str, Any]:
        own = {"fn": self._fn} if type(self) is MeanMetricWrapper else {}
        return super().get_config() | own | self._fn_kwargs

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        if cls is not MeanMetricWrapper:
            return cls(**config)
        settings = dict(config)
        fn = settings.pop("fn")
        return cls(FAMILIES["keras.metrics"].get(fn) if isinstance(fn, str) else deserialize(fn), **settings)
