"""Keras's global settings: floatx, epsilon, image_data_format."""

from __future__ import annotations

_FLOATS = ("float16", "bfloat16", "float32", "float64")
_DATA_FORMATS = ("channels_last", "channels_first")


class _Settings:
    floatx = "float32"
    epsilon = 1e-7
    image_data_format = "channels_last"


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
