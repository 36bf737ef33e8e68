"""Learning rate schedules: rates that are functions of the step."""

from __future__ import annotations

from typing import Any

from torchkeras.core.registry import Family
from torchkeras.optimizers.schedules.cosine_decay import CosineDecay
from torchkeras.optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts
from torchkeras.optimizers.schedules.exponential_decay import ExponentialDecay
from torchkeras.optimizers.schedules.inverse_time_decay import InverseTimeDecay
from torchkeras.optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay
from torchkeras.optimizers.schedules.polynomial_decay import PolynomialDecay
from torchkeras.optimizers.schedules.schedule import LearningRateSchedule

FAMILY = Family(
    "learning rate schedule",
    "keras.optimizers.schedules",
    {
        "LearningRateSchedule": LearningRateSchedule,
        "ExponentialDecay": ExponentialDecay,
        "PiecewiseConstantDecay": PiecewiseConstantDecay,
        "PolynomialDecay": PolynomialDecay,
        "InverseTimeDecay": InverseTimeDecay,
        "CosineDecay": CosineDecay,
        "CosineDecayRestarts": CosineDecayRestarts,
    },
)


def serialize(learning_rate_schedule: Any, use_legacy_format: bool = False) -> Any:
    """The saved form of a schedule; the legacy one has class name and config alone."""
    saved = FAMILY.serialize(learning_rate_schedule)
    return {key: saved[key] for key in ("class_name", "config")} if use_legacy_format else saved


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None, use_legacy_format: bool = False) -> Any:
    """A schedule from its saved form."""
    return FAMILY.deserialize(config, custom_objects)


__all__ = [
    "FAMILY",
    "LearningRateSchedule", "ExponentialDecay", "PiecewiseConstantDecay", "PolynomialDecay", "InverseTimeDecay",
    "CosineDecay", "CosineDecayRestarts",
    "serialize", "deserialize",
]  # fmt: skip
