"""Numbers too small to be normal count as zero while a model trains or predicts on a CPU, as they do in TensorFlow.

A processor takes a hundred times as long for them. They come by themselves: what an optimizer remembers of a weight
that no longer gets a gradient shrinks by a tenth with every step, until after some 800 of them it is as small as that.
A small network was slowed down to a third by it.

The environment variable TORCHKERAS_DENORMALS=keep leaves them as they are.
"""

from __future__ import annotations

import ctypes
import functools
import os
import platform
import sys
from pathlib import Path
from typing import Any

import torch

_SMALLEST = sys.float_info.min  # that is normal: its half is zero where this is on already
_ENVIRONMENT = 64  # bytes, more than a fenv_t has


class flushed:  # a context manager, cheaper than a generator's
    """Within, they are zero, if the work is done on a CPU; whoever had asked torch for that before keeps it.

    Args:
        device: where the work is done.
        threads: whether torch's other threads take part in it.
    """

    __slots__ = ("_device", "_on", "_threads")

    def __init__(self, device: torch.device, threads: bool = True) -> None:
        self._device, self._threads = device, threads

    def __enter__(self) -> None:
        compiling = torch.compiler.is_compiling()
        wanted = self._device.type == "cpu" and not compiling and _wanted() and _SMALLEST * 0.5 != 0.0
        self._on = wanted and torch.set_flush_denormal(True)
        if self._on and self._threads and torch.get_num_threads() > 1:
            _tell_threads()

    def __exit__(self, *exception: object) -> None:
        if self._on:
            torch.set_flush_denormal(False)
            if self._threads and torch.get_num_threads() > 1:
                _tell_threads()


@functools.cache
def _wanted() -> bool:
    return os.environ.get("TORCHKERAS_DENORMALS") != "keep"


def _tell_threads() -> None:
    """Gives torch's other threads this one's setting; torch itself does so only for threads that it makes later.

    The setting is a part of the floating-point environment. OpenMP is asked to have each of its threads call the C
    library's `fesetenv` with this thread's.
    """
    functions = _functions()
    if functions is None:
        return
    get, set_address, in_all_threads = functions
    environment = ctypes.create_string_buffer(_ENVIRONMENT)
    if get(environment) == 0:
        in_all_threads(set_address, environment, 0, 0)


@functools.cache
def _functions() -> tuple[Any, Any, Any] | None:
    """The C library's fegetenv, where its fesetenv is, and GOMP_parallel of the OpenMP that torch has loaded.

    None where that is not known to work.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return None
    try:
        lines = Path("/proc/self/maps").read_text().splitlines()
        loaded = {line[line.index("/") :] for line in lines if "/" in line}
        found = [one for one in sorted(loaded) if Path(one).name.startswith(("libgomp", "libomp", "libiomp"))]
        path = min(found, key=lambda one: "/torch/" not in one)  # other packages may have brought theirs
        maths, openmp = ctypes.CDLL("libm.so.6"), ctypes.CDLL(path)
        openmp.GOMP_parallel.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint, ctypes.c_uint]
        openmp.GOMP_parallel.restype = None
    except (OSError, ValueError, AttributeError):
        return None
    return maths.fegetenv, ctypes.cast(maths.fesetenv, ctypes.c_void_p), openmp.GOMP_parallel
