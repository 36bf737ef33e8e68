"""A process that opens files one after another, with bounds on time and memory, and says how each ended."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from torchkeras.core.errors import UnknownName
from torchkeras.saving.errors import UnreadableFile, UnsafeFile

SECONDS = 10
BYTES = 1 << 30

#: How opening a damaged file may end, besides a right load. Of subclasses, such as a UnicodeDecodeError, none.
ENDS = (UnreadableFile, UnsafeFile, UnknownName, ValueError)


def limit_memory() -> None:
    """Lets the process take 1 GiB more than it has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + BYTES
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


class TookTooLong(BaseException):
    """Past `SECONDS`."""


def _stop(*_: Any) -> None:
    raise TookTooLong


def work(
    load: Callable[[Path], Any], make: Callable[[Path, int], None], folder: str, numbers: range, answers: Any
) -> None:
    """Makes, opens and removes the files of these numbers; sends (number, what is wrong or '')."""
    torch.set_num_threads(1)
    load_first = Path(folder) / "warm"
    make(load_first, -1)  # the unchanged file: what is loaded once is loaded before the limit
    load(load_first)
    limit_memory()
    signal.signal(signal.SIGALRM, _stop)
    for number in numbers:
        path = Path(folder) / f"file_{number}"
        make(path, number)
        answers.send((number, None))  # begun
        began = time.perf_counter()
        signal.alarm(SECONDS)
        try:
            load(path)
            wrong = ""
        except TookTooLong:
            wrong = f"took more than {SECONDS} s"
        except BaseException as error:
            wrong = "" if type(error) in ENDS and str(error) else f"{type(error).__name__}: {error}"[:500]
        finally:
            signal.alarm(0)
        answers.send((number, wrong))
        if time.perf_counter() - began > 1:
            answers.send((number, f"slow: {time.perf_counter() - began:.1f} s"))
    answers.send(None)
