"""keras.backend: the global settings, and starting anew."""

from torchkeras.core.config import (
    epsilon,
    floatx,
    image_data_format,
    set_epsilon,
    set_floatx,
    set_image_data_format,
)
from torchkeras.core.naming import reset_names, unique_name

__all__ = [
    "backend",
    "clear_session",
    "epsilon",
    "floatx",
    "get_uid",
    "image_data_format",
    "reset_uids",
    "set_epsilon",
    "set_floatx",
    "set_image_data_format",
]

reset_uids = reset_names


def backend() -> str:
    """The name of what computes: 'torch'."""
    return "torch"


def clear_session(free_memory: bool = True) -> None:
    """Automatic layer names start anew: the next Dense is `dense` again."""
    reset_names()


def get_uid(prefix: str = "") -> int:
    """The next number for names with this prefix, starting at 1."""
    name = unique_name(prefix, first=1)
    return int(name.rsplit("_", 1)[1])
