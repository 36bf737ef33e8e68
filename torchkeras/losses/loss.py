"""Loss, the base class."""

from __future__ import annotations

from typing import Any, TypeVar

import torch
from torch import Tensor

from torchkeras.core import config as settings
from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.kinds import bridge, call_user
from torchkeras.core.replicas import in_force
from torchkeras.graph.keras_tensor import any_symbolic, record
from torchkeras.losses.inputs import tensors
from torchkeras.losses.reduction import Reduction, reduce_weighted

L = TypeVar("L", bound="Loss")


class Loss:
    """A loss to subclass: `call(y_true, y_pred)` gives a loss per sample, `__call__` weights and reduces them.

    Args:
        reduction: 'auto' or 'sum_over_batch_size' (the mean over all losses), 'sum', 'none'; Keras 3's
            'mean_with_sample_weight' divides by the sum of the weights.
        name: of the loss.
        dtype: what targets and predictions are cast to; None leaves the predictions' dtype.

    Example:
        class MeanSquare(keras.losses.Loss):
            def call(self, y_true, y_pred):
                return keras.backend.mean(keras.backend.square(y_pred - y_true), axis=-1)
    """

    reduction: str | None = "auto"
    name: str | None = None
    #: Whether a call reads nothing back from the device, so that a CUDA graph may hold it.
    capturable = True
    #: Whether it was given to `compile`, where the mean over a part of a batch counts by the part's size.
    _is_compiled = False
    _dtype: torch.dtype | None = None

    def __init__(self, reduction: str | None = "auto", name: str | None = None, dtype: Any = None) -> None:
        Reduction.validate(reduction)
        self.reduction = reduction
        self.name = name
        self._dtype = None if dtype is None else torch_dtype(getattr(dtype, "compute_dtype", dtype))

    @property
    def dtype(self) -> str:
        return settings.floatx() if self._dtype is None else dtype_name(self._dtype)

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The reduced loss.

        Args:
            y_true: targets.
            y_pred: predictions. Where they carry a mask, it takes values out of the mean.
            sample_weight: a number, one weight per sample, or one for each loss (such as each time step).
        """
        if not (isinstance(y_true, Tensor) and isinstance(y_pred, Tensor)) and any_symbolic(y_true, y_pred):
            given = () if sample_weight is None else (sample_weight,)
            return record(self, (y_true, y_pred, *given), {}, f"losses.{self.name or type(self).__name__}")
        if bridge.active and bridge.asks((y_true, y_pred)):
            return bridge.call(self._computed, (y_true, y_pred, sample_weight), {})
        return self._computed(y_true, y_pred, sample_weight)

    def _computed(self, y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        if not self._is_compiled and in_force() is not None:
            self._check_scope()
        mask = getattr(y_pred, "_keras_mask", None)
        y_true, y_pred = self._prepared(y_true, y_pred)
        return self._reduced(y_true, y_pred, sample_weight, mask)

    def _prepared(self, y_true: Any, y_pred: Any) -> tuple[Any, Any]:
        converted, y_pred = tensors(y_true, y_pred)
        if converted is not y_true and _both_floating(converted, y_pred):
            converted = converted.to(y_pred.dtype)  # NumPy's float64 beside float32, as TensorFlow takes it
        if self._dtype is not None:
            converted, y_pred = converted.to(self._dtype), y_pred.to(self._dtype)
        return converted, y_pred

    def _reduced(self, y_true: Any, y_pred: Any, sample_weight: Any, mask: Any) -> Any:
        losses = call_user(self.call, y_true, y_pred)
        valid = getattr(losses, "_keras_mask", None)
        if valid is not None:
            mask = valid if mask is None else mask & valid
        return reduce_weighted(losses, sample_weight, mask, self.reduction)

    def _check_scope(self) -> None:
        """Under a strategy a mean over this process's samples would be taken for one over all."""
        if self.reduction in ("auto", "sum_over_batch_size"):
            raise ValueError(
                f"The loss {self.name or type(self).__name__!r} has the reduction {self.reduction!r}, the mean over "
                f"the samples of one replica, and is called under a `tf.distribute` strategy. Give it "
                f"`reduction=tf.keras.losses.Reduction.NONE` (or SUM) and divide by the size of the whole batch, as "
                f"`tf.nn.compute_average_loss(losses, global_batch_size=...)` does. Losses that `Model.compile()` is "
                f"given need no change."
            )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """A loss per sample: of shape (batch, d0, ..) for predictions of shape (batch, d0, .., dN)."""
        raise NotImplementedError(f"Loss {type(self).__name__} does not define `call(y_true, y_pred)`.")

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"reduction": self.reduction, "name": self.name}
        return config if self._dtype is None else config | {"dtype": self.dtype}

    @classmethod
    def from_config(cls: type[L], config: dict[str, Any]) -> L:
        return cls(**config)


def _both_floating(first: Any, second: Any) -> bool:
    return (
        isinstance(first, Tensor)
        and isinstance(second, Tensor)
        and first.is_floating_point()
        and second.is_floating_point()
    )
