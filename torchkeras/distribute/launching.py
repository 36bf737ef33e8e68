"""Starts the processes of a run on this machine and ends them together: `python -m torchkeras run --nproc N`.

What each is told is what torchrun tells, so that a script need not know by which of the two it was started.
"""

from __future__ import annotations

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

import torch

from torchkeras.core.processors import processors
from torchkeras.core.replicas import LostReplica
from torchkeras.distribute.interfaces import free_port

#: Seconds that a process has to end by itself, before it is made to.
_PATIENCE = 5.0
#: Seconds to wait for the one that others blame: it may still be ending.
_UNTIL_CAUSE = 30.0
#: Bytes of what a process says on stderr that are kept.
_KEPT = 1 << 16
#: What a process says that another one ended.
_LOST = f"{LostReplica.__module__}.{LostReplica.__name__}"
_BLAMES = re.compile(rf"^({_LOST}|RuntimeError: process \d+): ".encode(), re.MULTILINE)


@dataclass(frozen=True)
class Plan:
    """Which processes there are to be.

    Attributes:
        processes: how many on this machine.
        machines: how many machines, each with as many processes.
        machine: the number of this one.
        master: where the first process is reached, 'host:port'; empty for a free port of this machine.
        restarts: how often all are started anew where one fails.
        all_output: whether to show what all of them print, rather than the first.
    """

    processes: int
    machines: int = 1
    machine: int = 0
    master: str = ""
    restarts: int = 0
    all_output: bool = False


def usual_number(device: str = "") -> int:
    """How many processes 'auto' stands for: one for each GPU; without any, half as many as there are cores."""
    gpus = 0 if device.startswith("cpu") else torch.cuda.device_count()
    return gpus or max(processors() // 2, 1)


def launch(plan: Plan, command: Callable[[int], list[str]]) -> int:
    """Runs the processes to their end; the exit status, of the first that failed where one has.

    Args:
        plan: which there are.
        command: what starts the process of a rank.
    """
    for left in range(plan.restarts, -1, -1):
        crew = _Crew(plan, command)
        with _terminated_as_interrupted():
            try:
                status = crew.run()
            except KeyboardInterrupt as ended:
                with contextlib.suppress(KeyboardInterrupt):  # a second one: no more patience
                    crew.end(0.0 if ended.args else _PATIENCE)  # Ctrl-C reaches all of them by itself
                return 128 + (ended.args[0] if ended.args else signal.SIGINT)
            finally:
                crew.kill()
        if not status or not left:
            return status
        _say(f"all are started anew ({plan.restarts - left + 1} of {plan.restarts}).")
    raise AssertionError("unreachable")


class _Crew:
    """The processes of one start."""

    def __init__(self, plan: Plan, command: Callable[[int], list[str]]) -> None:
        self.plan, self.command = plan, command
        self.members: list[_Member] = []
        self.ended: queue.Queue[_Member] = queue.Queue()

    def run(self) -> int:
        plan = self.plan
        host, port = plan.master.rsplit(":", 1) if plan.master else ("127.0.0.1", str(free_port()))
        common = {
            "WORLD_SIZE": str(plan.machines * plan.processes),
            "LOCAL_WORLD_SIZE": str(plan.processes),
            "MASTER_ADDR": host,
            "MASTER_PORT": port,
            "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS") or str(max(processors() // plan.processes, 1)),
        }
        for local in range(plan.processes):
            rank = plan.machine * plan.processes + local
            variables = common | {"RANK": str(rank), "LOCAL_RANK": str(local)}
            self.members.append(_Member(rank, self.command(rank), variables, plan.all_output, self.ended))
        running = set(self.members)
        while running:
            member = self.ended.get()
            running.discard(member)
            if member.status:
                cause = self._cause(member, running)
                self.end()
                return self._report(cause)
        return 0

    def _cause(self, first: _Member, running: set[_Member]) -> _Member:
        """Who failed first by itself: one that has lost another may be done before that one is."""
        end = time.monotonic() + _UNTIL_CAUSE
        member = first
        while member.blames_another and running:
            try:
                member = self.ended.get(timeout=max(end - time.monotonic(), 0.0))
            except queue.Empty:
                return first
            running.discard(member)
            if not member.status:
                member = first
        return first if member.blames_another else member

    def _report(self, cause: _Member) -> int:
        """Says what happened; the exit status."""
        for member in self.members:
            member.finish()
        if not cause.is_shown:
            sys.stderr.buffer.write(bytes(cause.tail))
            sys.stderr.flush()
        status = cause.status or 0
        how = f"with exit status {status}"
        if status < 0:
            how = f"by signal {-status} ({_signal_name(-status)})"
            status = 128 - status
        size = self.plan.machines * self.plan.processes
        _say(f"process {cause.rank} of {size} has ended {how}; the others have been ended.")
        return status

    def end(self, patience: float = 0.0) -> None:
        """Ends those that are still there: by themselves within some seconds, else by a word, else at once."""
        self._wait(patience)
        for member in self.members:
            member.process.terminate()
        self._wait(_PATIENCE)
        self.kill()

    def kill(self) -> None:
        """Ends those that are still there, at once."""
        for member in self.members:
            member.process.kill()

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        for member in self.members:
            with contextlib.suppress(subprocess.TimeoutExpired):
                member.process.wait(max(end - time.monotonic(), 0.0))


class _Member:
    """One process.

    Args:
        rank: its number.
        command: what starts it.
        variables: its environment, besides that of this process.
        marked: whether its output is shown with its number in front, rather than that of the first alone.
        ended: where it is put when it has ended.
    """

    def __init__(
        self, rank: int, command: list[str], variables: dict[str, str], marked: bool, ended: queue.Queue[_Member]
    ) -> None:
        self.rank = rank
        self.is_shown = marked or rank == 0
        self.tail = bytearray()
        self.status: int | None = None
        first = rank == 0
        self.process = subprocess.Popen(
            command,
            env=os.environ | variables,
            stdin=None if first else subprocess.DEVNULL,
            stdout=subprocess.PIPE if marked else None if first else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        mark = f"[{rank}] ".encode() if marked else b""
        self._readers = [_thread(self._read_stderr, mark)]
        if marked:
            self._readers.append(_thread(_show, self.process.stdout, mark, sys.stdout.buffer))
        _thread(self._wait, ended)

    @property
    def blames_another(self) -> bool:
        """Whether what ended it was another one: the loss of it, or an error that it told of."""
        return _BLAMES.search(self.tail) is not None

    def finish(self) -> None:
        """Waits until what it said has been read; children of its own may hold the pipe for longer."""
        for reader in self._readers:
            reader.join(1.0)

    def _wait(self, ended: queue.Queue[_Member]) -> None:
        status = self.process.wait()
        self.finish()
        self.status = status
        ended.put(self)

    def _read_stderr(self, mark: bytes) -> None:
        assert self.process.stderr is not None
        _show(self.process.stderr, mark, sys.stderr.buffer if self.is_shown else None, self.tail)


_output = threading.Lock()


def _show(pipe: IO[bytes], mark: bytes, target: Any, tail: bytearray | None = None) -> None:
    """Passes on what comes, and keeps the last of it: each line with a mark, or as it comes where there is none."""
    read: Callable[[], bytes] = pipe.readline if mark else lambda: os.read(pipe.fileno(), 1 << 16)
    with pipe:
        while part := read():
            if tail is not None:
                tail += part
                del tail[:-_KEPT]
            if target is not None:
                with _output, contextlib.suppress(OSError):  # nobody may be looking any more
                    target.write(mark + part)
                    target.flush()


def _thread(function: Callable[..., None], *args: Any) -> threading.Thread:
    thread = threading.Thread(target=function, args=args, daemon=True)
    thread.start()
    return thread


@contextlib.contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """Within, SIGTERM comes as a KeyboardInterrupt that has its number."""

    def interrupt(number: int, frame: Any) -> None:
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _say(text: str) -> None:
    print(f"torchkeras run: {text}", file=sys.stderr, flush=True)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return "unknown"


__all__ = ["Plan", "launch", "usual_number"]
