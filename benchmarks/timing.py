"""Peers that are timed in this process, or as one statement in a fresh one."""

from __future__ import annotations

import cProfile
import io
import os
import pstats
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from typing import Any

import torch

from benchmarks.harness import Peer
from benchmarks.peers.process import ROOT, PeerFailed


def in_process(
    name: str,
    work: Callable[[], Any],
    *,
    within: Callable[[], AbstractContextManager[Any]] = nullcontext,
    once: bool = False,
    before: Callable[[], Any] | None = None,
) -> Peer:
    """A peer that is called in this process: as often a round as fits into some milliseconds, or `once`.

    `before` is called ahead of each round and not timed.
    """
    calls = 1 if once else 0

    def sample() -> float:
        nonlocal calls
        if before is not None:
            before()
        with within():
            if not calls:
                calls = _calls_for(work, seconds=0.004)
            return _timed(work, calls)

    def profile() -> str:
        sample()  # with everything warm
        profiler = cProfile.Profile()
        if before is not None:
            before()
        with within(), profiler:
            for _ in range(calls):
                work()
        text = io.StringIO()
        pstats.Stats(profiler, stream=text).strip_dirs().sort_stats("tottime").print_stats(25)
        return text.getvalue()

    return Peer(name, sample, profile)


def _calls_for(work: Callable[[], Any], seconds: float) -> int:
    work()
    fastest = min(_timed(work) for _ in range(5))
    return max(1, round(seconds / fastest))


def _timed(work: Callable[[], Any], calls: int = 1) -> float:
    """The seconds of one call. A GPU goes on working after a call, so it is waited for."""
    _synchronize()
    start = perf_counter()
    for _ in range(calls):
        work()
    _synchronize()
    return (perf_counter() - start) / calls


def _synchronize() -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def fresh_process(name: str, statement: str, python: str = sys.executable, **environment: str) -> Peer:
    """A peer that is one statement in a new interpreter; starting the interpreter itself is not counted."""
    program = f"import time\nstart = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"

    def sample() -> float:
        return float(run_python(program, python=python, **environment).stdout.splitlines()[-1])

    def profile() -> str:
        lines = run_python(statement, "-X", "importtime", python=python, **environment).stderr.splitlines()
        timed = [line for line in lines if line.startswith("import time:")]
        by_own_time = sorted(timed[1:], key=lambda line: -int(line.split("|")[0].split(":")[1]))
        return "\n".join([timed[0], *by_own_time[:40]])

    return Peer(name, sample, profile)


def run_python(
    program: str, *options: str, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    # An installed package has its bytecode ready; here the round that is thrown away writes it.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    try:
        return subprocess.run(
            [python, *options, "-c", program],
            cwd=ROOT, env=kept | environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
    except subprocess.CalledProcessError as error:
        said = error.stderr.strip().splitlines()
        raise PeerFailed(said[-1] if said else f"ended with code {error.returncode}") from None
    except OSError as error:
        raise PeerFailed(f"{python} does not run: {error}") from None
