"""Whatever may be given as a loss, as one kind of object."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from torch import nn

from torchkeras.core.naming import to_snake_case
from torchkeras.core.registry import FAMILIES
from torchkeras.losses.loss import Loss
from torchkeras.losses.torch_loss import TorchLoss
from torchkeras.losses.wrapper import LossFunctionWrapper


def as_loss(identifier: Any) -> Any:
    """A Loss for a name, a config, a class, a Loss, a function of (y_true, y_pred), or a loss of torch.

    None stays None. Of torch are the modules that take (input, target), `nn.MSELoss()` or a user's own, and the
    functions of `torch.nn.functional`; they are called with the predictions first.
    """
    loss = FAMILIES["keras.losses"].get(identifier)
    if loss is None or isinstance(loss, Loss):
        return loss
    if isinstance(loss, nn.Module):
        return LossFunctionWrapper(loss, name=_name(loss)) if _targets_first(loss) else TorchLoss(loss)
    function = loss.func if isinstance(loss, functools.partial) else loss
    if getattr(function, "__module__", None) == "torch.nn.functional":
        return TorchLoss(loss)
    return LossFunctionWrapper(loss, name=_name(loss))


def _name(function: Any) -> str:
    for attribute in ("name", "__name__"):
        found = getattr(function, attribute, None)
        if isinstance(found, str):
            return found
    return to_snake_case(type(function).__name__)


def _targets_first(module: nn.Module) -> bool:
    """Whether a module takes (y_true, y_pred): Keras's layers do, and who names the arguments so."""
    if hasattr(module, "call"):
        return True
    return next(iter(inspect.signature(module.forward).parameters), None) == "y_true"
