"""tf.config.optimizer: settings of TensorFlow's optimizer of graphs, kept and without effect."""

from __future__ import annotations

from typing import Any


class _Settings:
    options: dict[str, Any] = {"disable_model_pruning": False, "disable_meta_optimizer": False}
    jit: str = ""


def get_experimental_options() -> dict[str, Any]:
    """The settings."""
    return dict(_Settings.options)


def set_experimental_options(options: dict[str, Any]) -> None:
    """Changes settings; functions run as they are, so nothing depends on them."""
    _Settings.options = _Settings.options | dict(options)


def get_jit() -> str:
    """What `set_jit` was last told."""
    return _Settings.jit


def set_jit(enabled: bool | str) -> None:
    """Accepted; `jit_compile=True` in `compile` has a model compiled."""
    if enabled not in (True, False, "autoclustering", "", None):
        raise ValueError(f"Invalid argument for `set_jit`: {enabled!r}. Use True, False or 'autoclustering'.")
    _Settings.jit = "autoclustering" if enabled else ""


__all__ = ["get_experimental_options", "get_jit", "set_experimental_options", "set_jit"]
