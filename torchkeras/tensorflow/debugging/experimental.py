"""tf.debugging.experimental: the recorder of TensorBoard's debugger is not here."""

from __future__ import annotations

from typing import Any, NoReturn


def enable_dump_debug_info(dump_root: str, *args: Any, **kwargs: Any) -> NoReturn:
    raise NotImplementedError(
        "tf.debugging.experimental.enable_dump_debug_info records TensorFlow's graphs, of which there are none. "
        "`tf.debugging.enable_check_numerics()` finds values that are not finite, `torch.profiler` records operations."
    )


def disable_dump_debug_info() -> None:
    """Nothing is being recorded."""


__all__ = ["disable_dump_debug_info", "enable_dump_debug_info"]
