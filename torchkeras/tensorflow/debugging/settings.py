"""What tf.debugging switches on and off for the process."""

from __future__ import annotations


class _Settings:
    placement = False
    filtering = True


def set_log_device_placement(enabled: bool) -> None:
    """Accepted: no lines are printed; `tensor.device` says where a tensor is."""
    _Settings.placement = bool(enabled)


def get_log_device_placement() -> bool:
    """What `set_log_device_placement` was last told."""
    return _Settings.placement


def enable_traceback_filtering() -> None:
    """Accepted: tracebacks are Python's own."""
    _Settings.filtering = True


def disable_traceback_filtering() -> None:
    """Accepted: tracebacks are Python's own."""
    _Settings.filtering = False


def is_traceback_filtering_enabled() -> bool:
    """What was last asked for."""
    return _Settings.filtering


__all__ = [
    "disable_traceback_filtering", "enable_traceback_filtering", "get_log_device_placement",
    "is_traceback_filtering_enabled", "set_log_device_placement",
]  # fmt: skip
