"""The C allocator of a CPU run, told to keep what the next step takes again.

glibc gives the memory of large activations back to the kernel when they are freed and has each page faulted in anew
at the next operator: hundreds to thousands of page faults a step in a small conv net. With a higher threshold for that,
and a bound on what is kept, a step takes hardly any. It is set once, at the first fit, evaluate or predict on a CPU
under Linux with glibc; the environment variable TORCHKERAS_MALLOC=0 leaves the allocator alone.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from typing import Any

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
#: Blocks up to this size come from the heap; the heap gives back what is free beyond the second size at its end.
_BLOCK, _KEPT = 32 << 20, 256 << 20
#: Seconds; faulting in all that is kept takes a twentieth of that.
_SHORT = 1.0


@functools.cache
def _libc() -> Any:
    """The C library where it is glibc and may be told, else None."""
    if sys.platform != "linux" or os.environ.get("TORCHKERAS_MALLOC") == "0":
        return None
    library = ctypes.CDLL(None)
    known = all(hasattr(library, name) for name in ("gnu_get_libc_version", "mallopt", "malloc_trim"))
    return library if known else None


@functools.cache
def keep_activations() -> bool:
    """Set the thresholds, the first time; whether that was done."""
    library = _libc()
    if library is None:
        return False
    # Both, always: the first alone would stop glibc from adjusting the other.
    return bool(library.mallopt(_M_TRIM_THRESHOLD, _KEPT)) and bool(library.mallopt(_M_MMAP_THRESHOLD, _BLOCK))


def give_back(seconds: float) -> None:
    """What is free goes back to the kernel, once training is over.

    After a short one it stays, for the fit that comes next: to fault it in again would take a part of that one's time
    that is felt. It is no more than is kept anyway.

    Args:
        seconds: how long training took.
    """
    library = _libc()
    if library is not None and seconds >= _SHORT:
        library.malloc_trim(0)
