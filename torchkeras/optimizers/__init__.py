"""Optimizers: what trains variables by their gradients."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from torchkeras.core.registry import Family
from torchkeras.optimizers import experimental, legacy, schedules
from torchkeras.optimizers.adadelta import Adadelta
from torchkeras.optimizers.adafactor import Adafactor
from torchkeras.optimizers.adagrad import Adagrad
from torchkeras.optimizers.adam import Adam
from torchkeras.optimizers.adamax import Adamax
from torchkeras.optimizers.adamw import AdamW
from torchkeras.optimizers.ftrl import Ftrl
from torchkeras.optimizers.lamb import Lamb
from torchkeras.optimizers.lion import Lion
from torchkeras.optimizers.loss_scale_optimizer import LossScaleOptimizer
from torchkeras.optimizers.muon import Muon
from torchkeras.optimizers.nadam import Nadam
from torchkeras.optimizers.optimizer import Optimizer
from torchkeras.optimizers.rmsprop import RMSprop
from torchkeras.optimizers.schedule_free_adamw import ScheduleFreeAdamW
from torchkeras.optimizers.sgd import SGD

_CLASSES: tuple[type[Optimizer], ...] = (
    SGD, RMSprop, Adagrad, Adadelta, Adam, AdamW, Adamax, Nadam, Ftrl, Lion, Adafactor, Lamb,
    Muon, ScheduleFreeAdamW,
)  # fmt: skip

FAMILY = Family(
    "optimizer",
    "keras.optimizers",
    {one.__name__: one for one in _CLASSES}
    | {one.__name__.lower(): one for one in _CLASSES}
    | {"LossScaleOptimizer": LossScaleOptimizer, "LossScaleOptimizerV3": LossScaleOptimizer}
    | {f"experimental{one.__name__.lower()}": one for one in (Adadelta, Adagrad, Adam, SGD)},
)
# In configs the older ones are the present ones.
FAMILY.names |= {getattr(legacy, name): name for name in legacy.__all__ if name in FAMILY.objects}


def get(identifier: Any, **kwargs: Any) -> Any:
    """The optimizer meant by a name, a config, a class or an instance; what is torch's own stays as it is."""
    kwargs.pop("use_legacy_optimizer", None)
    if kwargs:
        raise TypeError(f"Invalid keyword arguments: {kwargs}")
    if isinstance(identifier, str):
        return FAMILY.get(_spelled(identifier))
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if inspect.isclass(identifier) and issubclass(identifier, Optimizer):
        return identifier()
    if identifier is None or isinstance(identifier, torch.optim.Optimizer) or hasattr(identifier, "apply_gradients"):
        return identifier
    if callable(identifier):  # a torch optimizer class, or a function that makes one of the parameters
        return identifier
    raise ValueError(
        f"Could not interpret optimizer identifier: {identifier!r} of type {type(identifier).__name__}. "
        f"Expected a name, a config, a class or an instance."
    )


def serialize(optimizer: Any, use_legacy_format: bool = False) -> Any:
    """The saved form of an optimizer; the legacy one has class name and config alone."""
    saved = FAMILY.serialize(optimizer)
    return {key: saved[key] for key in ("class_name", "config")} if use_legacy_format and saved else saved


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """An optimizer from its saved form."""
    if kwargs.keys() - {"use_legacy_format", "use_legacy_optimizer"}:
        raise TypeError(f"Invalid keyword arguments: {kwargs}")
    if isinstance(config, dict) and isinstance(config.get("class_name"), str):
        config = config | {"class_name": _spelled(config["class_name"])}
    return FAMILY.deserialize(config, custom_objects)


def _spelled(name: str) -> str:
    """Built-in optimizers are found whatever the case of their name."""
    return name.lower() if name not in FAMILY.objects and name.lower() in FAMILY.objects else name


__all__ = [
    "FAMILY",
    "Optimizer", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "AdamW", "Adamax", "Nadam", "Ftrl", "Lion",
    "Adafactor", "Lamb", "Muon", "ScheduleFreeAdamW", "LossScaleOptimizer",
    "experimental", "legacy", "schedules",
    "get", "serialize", "deserialize",
]  # fmt: skip
