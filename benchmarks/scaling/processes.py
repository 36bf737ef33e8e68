"""Processes that join and run one function together."""

from __future__ import annotations

import multiprocessing
import os
import socket
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any


def run_together(size: int, function: Callable[..., Any], *args: Any, timeout: float = 600.0) -> list[Any]:
    """What a function gives in each of `size` fresh processes that have joined, by rank; each has one thread."""
    context = multiprocessing.get_context("spawn")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    members, found = [], []
    for rank in range(size):
        own, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_member, args=(theirs, rank, size, port, function, args), daemon=True)
        process.start()
        theirs.close()
        members.append((process, own))
    try:
        for rank, (_, pipe) in enumerate(members):
            if not pipe.poll(timeout):
                raise TimeoutError(f"Process {rank} of {size} gave no answer within {timeout:.0f} s.")
            try:
                found.append(pipe.recv())
            except EOFError:
                raise RuntimeError(f"Process {rank} of {size} has ended without an answer.") from None
    finally:
        for process, pipe in members:
            process.kill()
            process.join()
            pipe.close()
    failed = [f"process {rank}: {text}" for rank, (text, _) in enumerate(found) if text]
    if failed:
        raise RuntimeError("\n".join(failed))
    return [value for _, value in found]


def _member(pipe: Connection, rank: int, size: int, port: int, function: Callable[..., Any], args: Any) -> None:
    os.environ.update(
        RANK=str(rank), WORLD_SIZE=str(size), LOCAL_RANK=str(rank), MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port),
        OMP_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="-1",
    )  # fmt: skip
    try:
        import torch

        torch.set_num_threads(1)
        from torchkeras.distribute import join, leave, place_by_launcher

        join(place_by_launcher())
        pipe.send((None, function(*args)))
        leave()
    except BaseException:
        pipe.send((traceback.format_exc(), None))
