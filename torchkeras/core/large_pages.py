"""Memory in large pages, for tensors that are about to be filled from a file.

New memory is handed out by the kernel a page at a time, when it is first written to. Pages of 4 KiB cost more than the
values that are read into them, and a transposed kernel, which is written by columns, meets another page with every
value. Linux has pages of 2 MiB for those who ask for them, as NumPy does for every large array.
"""

from __future__ import annotations

import ctypes
import functools
import os
import sys
from typing import Any

from torch import Tensor

#: madvise's MADV_HUGEPAGE.
_LARGE_PAGES = 14
_PAGE, _LEAST = 1 << 21, 1 << 22


@functools.cache
def _madvise() -> Any:
    """The C library's function, where it knows of large pages and is to be told, else None."""
    if sys.platform != "linux" or os.environ.get("TORCHKERAS_MALLOC") == "0":
        return None
    found = getattr(ctypes.CDLL(None), "madvise", None)
    if found is not None:
        found.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    return found


def in_large_pages(tensor: Tensor) -> Tensor:
    """The same tensor, of new memory, which the kernel may hand out in large pages: the whole ones in it.

    A kernel that will not leaves it as it is.
    """
    if tensor.device.type != "cpu" or tensor.numel() * tensor.element_size() < _LEAST or _madvise() is None:
        return tensor
    memory = tensor.untyped_storage()
    begin, end = memory.data_ptr(), memory.data_ptr() + memory.nbytes()
    begin, end = -(-begin // _PAGE) * _PAGE, end // _PAGE * _PAGE
    if begin < end:
        _madvise()(begin, end - begin, _LARGE_PAGES)
    return tensor


__all__ = ["in_large_pages"]
