"""LossFunctionWrapper: a function as a Loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor

from torchkeras.core.kinds import call_user
from torchkeras.core.registry import FAMILIES, get_registered_name
from torchkeras.losses.inputs import expanded, squeezed
from torchkeras.losses.loss import Loss
from torchkeras.losses.reduction import MEANS


class LossFunctionWrapper(Loss):
    """A loss of a function `fn(y_true, y_pred, **kwargs)` that gives a loss per sample, or one number.

    Args:
        fn: the function.
        reduction: as in `Loss`.
        name: of the loss.
        dtype: as in `Loss`.
        kwargs: arguments for the function; they can be read as attributes.
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "auto",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(reduction, name, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def __getattr__(self, name: str) -> Any:
        given = self.__dict__.get("_fn_kwargs", {})
        if name in given:
            return given[name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _reduced(self, y_true: Any, y_pred: Any, sample_weight: Any, mask: Any) -> Any:
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            if sample_weight is None and mask is None:
                mean = self._mean_of_all(y_true, y_pred)
                if mean is not None:
                    return mean
            elif 1 in (y_true.ndim, y_pred.ndim):
                # Squeezed to (N,) both, they would give one loss for all: no place for a weight per sample.
                y_true, y_pred = expanded(y_true, y_pred)
        return super()._reduced(y_true, y_pred, sample_weight, mask)

    def _mean_of_all(self, y_true: Tensor, y_pred: Tensor) -> Tensor | None:
        """The loss in fewer kernels, as it is without weights and masks, where the function knows how."""
        fused = getattr(self.fn, "mean_of_all", None)
        if fused is None or self.reduction not in MEANS or type(self).call is not LossFunctionWrapper.call:
            return None
        found: Tensor | None = fused(y_true, y_pred, **self._fn_kwargs)
        return found

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = squeezed(y_true, y_pred)
        return call_user(self.fn, y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | self._fn_kwargs
        # A class of its own knows its function. tf_keras writes it all the same, and Keras 3 does not read it.
        if type(self) is LossFunctionWrapper:
            config["fn"] = get_registered_name(self.fn)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        config = dict(config)
        fn = config.pop("fn", None)
        if cls is LossFunctionWrapper:
            config["fn"] = FAMILIES["keras.losses"].get(fn)
        return cls(**config)
