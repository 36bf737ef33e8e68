"""Keras's global settings."""

from __future__ import annotations

from typing import Any

import torch

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_DATA_FORMATS = ("channels_last", "channels_first")


class _Settings:
    floatx = "float32"
    epsilon = 1e-7
    image_data_format = "channels_last"
    #: The policy that `set_dtype_policy` set, a core.dtypes.DTypePolicy.
    policy: Any = None
    #: What fit, evaluate and predict run at most.
    max_epochs: int | None = None
    max_steps_per_epoch: int | None = None
    traceback_filtering = True
    #: What `keras.backend.backend()` answers, where `set_backend` was told.
    backend: str | None = None


settings = _Settings()


def floatx() -> str:
    """The default float type of weights and inputs, as a string."""
    return settings.floatx


def set_floatx(value: str) -> None:
    if value not in _FLOATS:
        raise ValueError(f"Unknown `floatx` value: {value!r}. Expected one of {_FLOATS}.")
    settings.floatx = value


def epsilon() -> float:
    """The fuzz factor of numeric expressions."""
    return settings.epsilon


def set_epsilon(value: float) -> None:
    settings.epsilon = float(value)


def image_data_format() -> str:
    """'channels_last' or 'channels_first': what a layer takes when it is not told."""
    return settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    settings.image_data_format = check_data_format(data_format)


def check_data_format(data_format: str | None) -> str:
    """The given data format, or the global one for None; ValueError for any other value."""
    if data_format is None:
        return settings.image_data_format
    value = str(data_format).lower()
    if value not in _DATA_FORMATS:
        raise ValueError(f"`data_format` must be one of {_DATA_FORMATS}. Received: data_format={data_format!r}")
    return value


# --- limits for trying things out ---


def max_epochs() -> int | None:
    """How many epochs `fit` runs at most; None for no limit."""
    return settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Limits the epochs of every `fit`, whatever it is asked for; None lifts it."""
    settings.max_epochs = _limit(max_epochs, "max_epochs")


def max_steps_per_epoch() -> int | None:
    """How many steps an epoch, or an `evaluate` or `predict`, runs at most; None for no limit."""
    return settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Limits the steps of every epoch, `evaluate` and `predict`; None lifts it."""
    settings.max_steps_per_epoch = _limit(max_steps_per_epoch, "max_steps_per_epoch")


def _limit(value: int | None, name: str) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ValueError(f"Expected `{name}` to be a positive integer or None. Received: {value!r}")
    return value


# --- switches ---


def enable_flash_attention() -> None:
    """Lets attention choose torch's fused kernels, which is the default."""
    torch.backends.cuda.enable_flash_sdp(True)


def disable_flash_attention() -> None:
    """Keeps attention from torch's flash kernel on CUDA."""
    torch.backends.cuda.enable_flash_sdp(False)


def is_flash_attention_enabled() -> bool:
    """Whether attention may use torch's flash kernel on CUDA."""
    return bool(torch.backends.cuda.flash_sdp_enabled())


def enable_traceback_filtering() -> None:
    """Accepted: tracebacks are Python's own."""
    settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Accepted: tracebacks are Python's own."""
    settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """What was last asked for."""
    return settings.traceback_filtering


def is_nnx_enabled() -> bool:
    """False: NNX belongs to JAX."""
    return False
