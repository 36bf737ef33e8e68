"""The losses and metrics a layer adds: in `call` by add_loss and add_metric, by its regularizers, by its activity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from torchkeras import regularizers
from torchkeras.core.context import call_context
from torchkeras.core.kinds import bridge, call_user
from torchkeras.core.nest import flatten
from torchkeras.graph.keras_tensor import KerasTensor


class LossesMixin:
    """Collects losses over a layer and all layers within it. Those of a call last until the next outermost call."""

    _activity_regularizer: Any = None

    def add_loss(self, losses: Any, **kwargs: Any) -> None:
        """Add a loss: a tensor computed in `call`, or a function without arguments, evaluated when losses are read."""
        for loss in losses if isinstance(losses, (list, tuple)) else [losses]:
            if callable(loss) and not isinstance(loss, (Tensor, KerasTensor)):
                self.__dict__.setdefault("_loss_functions", []).append(loss)
            elif isinstance(loss, KerasTensor):
                self._add_symbolic_loss(loss)
            elif loss is not None:
                self._keep_loss(loss)

    def _keep_loss(self, loss: Any) -> None:
        if torch.compiler.is_exporting():
            return  # an exported program computes outputs and keeps nothing
        root = call_context.root
        if root is not None:
            holders = root.__dict__.setdefault("_loss_holders", [])
            if not any(holder is self for holder in holders):
                holders.append(self)
                self.__dict__["_call_losses"] = []  # those of a call that had another beginning
        self.__dict__.setdefault("_call_losses", []).append(_plain(loss))

    def _add_symbolic_loss(self, loss: KerasTensor) -> None:
        raise ValueError(
            f"Layer {self.name!r} was given a symbolic loss. Only a functional model takes one: "  # type: ignore[attr-defined]
            f"`model.add_loss(loss)` with a loss computed from the model's own tensors."
        )

    def add_metric(self, value: Any, name: str | None = None, aggregation: str | None = None, **kwargs: Any) -> None:
        """Report a value computed in `call` as a metric of the model: its mean over the epoch."""
        if isinstance(value, KerasTensor):
            raise ValueError("`add_metric` takes a tensor computed in `call`, not a symbolic one.")
        label = name or getattr(value, "name", None)
        if label is None:
            raise ValueError("Please provide a name for your metric like `self.add_metric(value, name='my_metric')`")
        self.__dict__.setdefault("_call_metrics", {})[label] = _plain(value).detach()

    def _clear_call_losses(self) -> None:
        for holder in self.__dict__.get("_loss_holders", ()):
            holder.__dict__["_call_losses"] = []
        if "_loss_holders" in self.__dict__:
            self.__dict__["_loss_holders"] = []

    @property
    def losses(self) -> list[Any]:
        """All losses of this layer and those within it: added in the last call, then the regularizers'."""
        found: list[Any] = []
        for layer in self._flatten_layers():  # type: ignore[attr-defined]
            found += layer.__dict__.get("_call_losses", ())
            weights = getattr(layer, "_own_weights", ())
            found += [call_user(w.regularizer, w) for w in weights if w.regularizer is not None]
            found += [_plain(call_user(function)) for function in layer.__dict__.get("_loss_functions", ())]
        return found

    @property
    def activity_regularizer(self) -> Any:
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, value: Any) -> None:
        self.__dict__["_activity_regularizer"] = regularizers.get(value)
        self.__dict__["_lean_path"] = False

    def _add_activity_loss(self, outputs: Any) -> None:
        tensors: Iterable[Any] = [t for t in flatten(outputs) if isinstance(t, Tensor)]
        for tensor in tensors:
            # Keras divides by the batch, so that the weight of the penalty does not depend on its size.
            self._keep_loss(self._activity_regularizer(tensor) / max(tensor.shape[0], 1))


def _plain(value: Any) -> Tensor:
    """A loss or figure as torch's own tensor."""
    if bridge.active:
        value = bridge.lower(value)
    return torch.as_tensor(value)
