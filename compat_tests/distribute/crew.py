"""Processes that stand by to run functions together, as the ranks of one training do.

    def trained(seed):            # in a test module, so that the processes find it by its name
        ...
        return history

    def test_all_agree(crew):
        assert len(set(crew(2).run(trained, 3))) == 1

Starting a process takes seconds; each crew is started once for all tests, and anew after a test that broke it.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NamedTuple


class Outcome(NamedTuple):
    """What a function gave in one process: a value, or the error with its text."""

    value: Any = None
    error: str | None = None
    trace: str = ""


class Crew:
    """Some processes that have joined.

    Args:
        size: how many.
        environment: variables of their own.
    """

    def __init__(self, size: int, **environment: str) -> None:
        self.size = size
        context = multiprocessing.get_context("spawn")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._members = []
        for rank in range(size):
            own, theirs = context.Pipe()
            variables = {
                "RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1",
                "MASTER_PORT": str(port), "OMP_NUM_THREADS": "1", **environment,
            }  # fmt: skip
            process = context.Process(target=_stand_by, args=(theirs, variables), daemon=True)
            process.start()
            theirs.close()
            self._members.append((process, own))

    def outcomes(self, function: Callable[..., Any], *args: Any, timeout: float = 120.0) -> list[Outcome]:
        """What a function gives in each process, errors too."""
        for _, pipe in self._members:
            pipe.send((function, args))
        found = []
        for rank, (_, pipe) in enumerate(self._members):
            if not pipe.poll(timeout):
                self.end()
                raise TimeoutError(f"Process {rank} of {self.size} gave no answer within {timeout} s: {function}")
            try:
                found.append(pipe.recv())
            except EOFError:
                self.end()
                raise RuntimeError(f"Process {rank} of {self.size} has ended: {function}") from None
        return found

    def run(self, function: Callable[..., Any], *args: Any, timeout: float = 120.0) -> list[Any]:
        """What a function gives in each process; an error where it fails in any."""
        found = self.outcomes(function, *args, timeout=timeout)
        failed = [f"process {rank}: {one.trace}" for rank, one in enumerate(found) if one.error is not None]
        if failed:
            self.end()  # the others may wait for a word that does not come
            raise AssertionError("\n".join(failed))
        return [one.value for one in found]

    @property
    def works(self) -> bool:
        return all(process.is_alive() for process, _ in self._members)

    def end(self) -> None:
        for process, pipe in self._members:
            process.kill()
            process.join()
            pipe.close()
        self._members = []


def _stand_by(pipe: Any, variables: dict[str, str]) -> None:
    os.environ.update(variables)
    import torch

    torch.set_num_threads(1)
    from compat_tests.kinds import as_its_module_has_it
    from torchkeras.distribute import join, place_by_launcher

    join(place_by_launcher())
    while True:
        try:
            function, args = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            sys.exit(0)
        try:
            with as_its_module_has_it(sys.modules[function.__module__]):
                value = function(*args)
            pipe.send(Outcome(value))
        except BaseException as error:
            pipe.send(Outcome(None, f"{type(error).__name__}: {error}", traceback.format_exc()))
