"""tf.compat.v1: TensorFlow 1. What only switches TensorFlow 2's behaviour on is there, the rest is an error."""

from __future__ import annotations

from typing import Any, NoReturn

from torchkeras.shim.advice import instead_of
from torchkeras.tensorflow.compat.v1 import logging


def _only_eager(name: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.compat.v1.{name}: TensorFlow 1's graphs and sessions are not here. Remove the call: code runs at once, "
        f"and a function that TensorFlow is to compile has @tf.function."
    )


def disable_eager_execution() -> NoReturn:
    _only_eager("disable_eager_execution")


def disable_v2_behavior() -> NoReturn:
    _only_eager("disable_v2_behavior")


def disable_v2_tensorshape() -> NoReturn:
    _only_eager("disable_v2_tensorshape")


def disable_tensor_equality() -> NoReturn:
    _only_eager("disable_tensor_equality")


def enable_eager_execution(config: Any = None, device_policy: Any = None, execution_mode: Any = None) -> None:
    """Nothing: code runs at once."""


def enable_v2_behavior() -> None:
    """Nothing: this is TensorFlow 2's behaviour."""


def enable_v2_tensorshape() -> None:
    """Nothing: shapes are TensorFlow 2's."""


def enable_tensor_equality() -> None:
    """Nothing: `==` of tensors compares their elements."""


def enable_resource_variables() -> None:
    """Nothing: variables are TensorFlow 2's."""


def enable_control_flow_v2() -> None:
    """Nothing: conditions and loops are Python's."""


def executing_eagerly() -> bool:
    """True."""
    return True


def executing_eagerly_outside_functions() -> bool:
    """True."""
    return True


def control_flow_v2_enabled() -> bool:
    """True."""
    return True


def resource_variables_enabled() -> bool:
    """True."""
    return True


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    advice = instead_of(f"tf.compat.v1.{name}") or "write it for TensorFlow 2"
    raise AttributeError(f"tf.compat.v1.{name} is TensorFlow 1, which is not here. Instead: {advice}.")


__all__ = [
    "control_flow_v2_enabled", "disable_eager_execution", "disable_tensor_equality", "disable_v2_behavior",
    "disable_v2_tensorshape", "enable_control_flow_v2", "enable_eager_execution", "enable_resource_variables",
    "enable_tensor_equality", "enable_v2_behavior", "enable_v2_tensorshape", "executing_eagerly",
    "executing_eagerly_outside_functions", "logging", "resource_variables_enabled",
]  # fmt: skip
