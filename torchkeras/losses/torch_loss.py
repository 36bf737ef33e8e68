"""TorchLoss: torch's own losses among Keras's."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from torchkeras.losses.inputs import expanded
from torchkeras.losses.loss import Loss

_OF_LABELS = (
    nn.CrossEntropyLoss, nn.NLLLoss, nn.MultiMarginLoss,
    functional.cross_entropy, functional.nll_loss, functional.multi_margin_loss,
)  # fmt: skip
_OF_LOGITS = (
    nn.CrossEntropyLoss, nn.BCEWithLogitsLoss,
    functional.cross_entropy, functional.binary_cross_entropy_with_logits,
)  # fmt: skip


class TorchLoss(Loss):
    """A loss of torch: a module such as `nn.CrossEntropyLoss()`, or a function of `torch.nn.functional`.

    It is called as torch calls it, `loss(predictions, targets)`, and reduces as it was made to. Targets are brought
    into the dtype and shape it wants. Weights per sample need its losses per sample: `reduction="none"`.

    Args:
        module: the torch loss.
        name: of the loss.
    """

    def __init__(self, module: Callable[..., Any], name: str | None = None) -> None:
        super().__init__(name=name or getattr(module, "__name__", type(module).__name__))
        self.module = module
        kind = module.func if isinstance(module, functools.partial) else module
        self._takes_labels = _is_one_of(kind, _OF_LABELS)
        self._takes_logits = _is_one_of(kind, _OF_LOGITS)
        self._device: torch.device | None = None

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is None or getattr(self.module, "reduction", "none") == "none":
            return super().__call__(y_true, y_pred, sample_weight)
        raise ValueError(
            f"Weights per sample need losses per sample: make the loss {self.name} with reduction='none'. "
            f"Received: reduction={self.module.reduction!r}"  # type: ignore[attr-defined]
        )

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if isinstance(self.module, nn.Module) and y_pred.device != self._device:
            self.module.to(y_pred.device)  # class weights are its buffers
            self._device = y_pred.device
        if self._takes_logits and hasattr(y_pred, "_keras_logits"):
            self._warn_of_probabilities()
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = (_labels if self._takes_labels else _values)(y_true, y_pred)
        return self.module(y_pred, y_true)

    def _warn_of_probabilities(self) -> None:
        self._takes_logits = False  # once is enough
        warnings.warn(
            f"{self.name} expects logits, but the model's output went through a softmax or sigmoid. Remove that "
            f"activation from the last layer, or use Keras's crossentropy.",
            stacklevel=4,
        )

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError(f"The torch loss {self.name} has no Keras config.")


def _is_one_of(module: Any, known: tuple[Any, ...]) -> bool:
    return any(isinstance(module, one) if isinstance(one, type) else module is one for one in known)


def _values(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    if y_pred.is_floating_point() and y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    return expanded(y_true, y_pred)


def _labels(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """Shares of classes in the predictions' dtype, or labels as int64 in torch's shape."""
    if y_true.shape == y_pred.shape and y_pred.ndim > 1:
        return y_true.to(y_pred.dtype), y_pred
    if y_true.ndim == y_pred.ndim and y_true.shape[-1] == 1:
        y_true = y_true.squeeze(-1)
    classes_last = y_pred.ndim > 2 and y_true.shape == y_pred.shape[:-1]
    if classes_last and y_true.shape[1:] != y_pred.shape[2:]:
        y_pred = y_pred.movedim(-1, 1)
    return y_true.to(torch.int64), y_pred
