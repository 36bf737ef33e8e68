"""Configs of every Keras as ours, and ours as theirs."""

from __future__ import annotations

from typing import Any


def from_saved(config: dict[str, Any]) -> dict[str, Any]:
    """A saved layer or model of any Keras in the form that `FAMILY.deserialize` takes."""
    return config


def to_keras2(config: dict[str, Any]) -> dict[str, Any]:
    """Our saved form of a layer or model in the one that Keras 2 loads."""
    return config


def to_keras3(config: dict[str, Any]) -> dict[str, Any]:
    """Our saved form of a layer or model in the one that Keras 3 loads."""
    return config


def training_from_saved(config: dict[str, Any]) -> dict[str, Any]:
    """Saved settings of `compile` of any Keras in the form that `compile_from_config` takes."""
    return config


def training_to_keras2(config: dict[str, Any]) -> dict[str, Any]:
    """Our settings of `compile` in the form of Keras 2's `training_config`."""
    return config


def training_to_keras3(config: dict[str, Any]) -> dict[str, Any]:
    """Our settings of `compile` in the form of Keras 3's `compile_config`."""
    return config
