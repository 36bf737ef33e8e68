"""Processes to be started, killed and cut off one by one, each of which runs a function and tells what came of it.

def waits_for_another():      # in a test module
    ...

def test_one(processes):
    member = processes.start(waits_for_another, TORCHKERAS_TIMEOUT="2")
    assert "LostReplica" in member.outcome().error
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import socket
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from compat_tests.distribute.crew import Outcome

_CLONE_NEWNET = 0x40000000


class Processes:
    """Starts processes that begin with everything imported."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("forkserver")
        # DistributedDataParallel imports torch._dynamo when one is made.
        self._context.set_forkserver_preload([__name__, "torchkeras.distribute", "torch._dynamo"])
        self._members: list[Member] = []

    def start(self, function: Callable[..., Any], *args: Any, host: str | None = None, **variables: str) -> Member:
        """A process that runs a function.

        Args:
            function, args: what it runs, found by its name.
            host: the network namespace it is in.
            variables: its environment, in addition.
        """
        own, theirs = self._context.Pipe()
        process = self._context.Process(target=_run, args=(theirs, function, args, host, variables), daemon=True)
        process.start()
        theirs.close()
        member = Member(process, own)
        self._members.append(member)
        return member

    def run_ranks(self, size: int, function: Callable[..., Any], *args: Any, **variables: str) -> list[Member]:
        """The processes of one training, numbered as a launcher does."""
        port = free_port()
        return [self.start(function, *args, **ranked(rank, size, port), **variables) for rank in range(size)]

    def end(self) -> None:
        for member in self._members:
            member.process.kill()
            member.process.join()
            member.pipe.close()
        self._members.clear()


class Member:
    """A started process."""

    def __init__(self, process: Any, pipe: Any) -> None:
        self.process, self.pipe = process, pipe

    def heard(self, timeout: float = 60.0) -> Any:
        """The next word that it says."""
        if not self.pipe.poll(timeout):
            raise TimeoutError(f"Process {self.process.pid} said nothing within {timeout} s.")
        return self.pipe.recv()

    def outcome(self, timeout: float = 60.0) -> Outcome:
        """What came of its function; what ended it, where it came to no end."""
        try:
            found = self.heard(timeout)
        except EOFError:
            self.process.join(timeout)
            found = Outcome(None, f"ended: {self.process.exitcode}")
        assert isinstance(found, Outcome), found
        return found


#: In a process that was started: the pipe to the test.
to_test: Any = None


def _run(pipe: Any, function: Callable[..., Any], args: Any, host: str | None, variables: dict[str, str]) -> None:
    global to_test
    to_test = pipe
    import torch

    torch.set_num_threads(1)
    if host is not None:
        enter(host)
    os.environ.update(variables)
    try:
        pipe.send(Outcome(function(*args)))
    except BaseException as error:
        pipe.send(Outcome(None, f"{type(error).__name__}: {error}", traceback.format_exc()))


def enter(host: str) -> None:
    """Puts this process into a network namespace: it has that one's addresses then, and no others."""
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", host).open() as namespace:
        if libc.setns(namespace.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"cannot enter {host}")


def ranked(rank: int, size: int, port: int) -> dict[str, str]:
    return {
        "RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }  # fmt: skip


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
