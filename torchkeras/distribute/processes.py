"""How this process joins the others: as `torchrun` or `python -m torchkeras run --nproc N` started it, or by TF_CONFIG.

Those tell each process its number and where the first can be reached, in environment variables.
"""

from __future__ import annotations

import atexit
import json
import os
from datetime import timedelta
from typing import Any, NamedTuple

import torch
import torch.distributed as dist

from torchkeras.core.replicas import ALONE, LostReplica, Replicas

#: Seconds that a process waits for the others, to join and with every word from then on.
TIMEOUT = "TORCHKERAS_TIMEOUT"
_USUAL_TIMEOUT = 600.0


class Place(NamedTuple):
    """Which of how many processes this is, and where the first is reached.

    Args:
        rank, size: the number of this process, and how many there are.
        address: of the first, 'host:port'.
        local_rank: the number of this process among those of its machine.
        named_by: what says so.
    """

    rank: int
    size: int
    address: str
    local_rank: int
    named_by: str


def place_by_launcher() -> Place | None:
    """What torchrun's variables say; None where they are not there, or are of one process."""
    names = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
    values = [os.environ.get(name) for name in names]
    if None in values[:2]:
        return None
    missing = [name for name, value in zip(names, values, strict=True) if not value]
    if missing:
        raise RuntimeError(
            f"RANK and WORLD_SIZE are set, and {', '.join(missing)} is not: start the processes with `torchrun` or "
            f"`python -m torchkeras run --nproc N`, which set all of them."
        )
    rank, size, host, port = values
    return Place(int(rank), int(size), f"{host}:{port}", int(os.environ.get("LOCAL_RANK", "0")), "RANK")  # type: ignore[arg-type]


def place_by_tf_config() -> Place | None:
    """What TF_CONFIG says of the chief and the workers; None where it names no cluster of several."""
    text = os.environ.get("TF_CONFIG", "")
    if not text:
        return None
    try:
        config = json.loads(text)
        cluster, task = config.get("cluster") or {}, config.get("task") or {}
        members = [
            (kind, i, address) for kind in ("chief", "worker") for i, address in enumerate(cluster.get(kind, []))
        ]
        own = task.get("type"), int(task.get("index", 0))
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"TF_CONFIG is not what TensorFlow describes as such ({error}): {text}") from None
    if len(members) < 2 or own[0] not in ("chief", "worker"):
        return None
    ranks = [rank for rank, (kind, i, _) in enumerate(members) if (kind, i) == own]
    if not ranks:
        raise ValueError(f"TF_CONFIG calls this process {own[0]} {own[1]}, whom its cluster does not list: {text}")
    return Place(ranks[0], len(members), members[0][2], 0, "TF_CONFIG")


def timeout(seconds: float | None = None) -> float:
    """How long to wait for others: as asked for, as TORCHKERAS_TIMEOUT says, or ten minutes."""
    return seconds or float(os.environ.get(TIMEOUT) or _USUAL_TIMEOUT)


class _Joined:
    replicas: Replicas | None = None


def join(place: Place | None, patience: float | None = None) -> Replicas:
    """The processes that train together; a process alone where there is no other. Joining twice is joining once.

    Args:
        place: which this is.
        patience: seconds to wait for the others.
    """
    if dist.is_initialized():
        if _Joined.replicas is None:
            _Joined.replicas = _replicas(dist.get_rank(), dist.get_world_size(), int(os.environ.get("LOCAL_RANK", "0")))
        return _Joined.replicas
    if place is None or place.size == 1:
        return ALONE
    seconds = timeout(patience)
    gpu = torch.cuda.is_available() and dist.is_nccl_available()
    try:
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if gpu else "gloo",
            init_method=f"tcp://{place.address}",
            rank=place.rank,
            world_size=place.size,
            timeout=timedelta(seconds=seconds),
        )
        _Joined.replicas = _replicas(place.rank, place.size, place.local_rank)
    except (RuntimeError, ValueError) as error:
        leave()
        raise LostReplica(
            f"Process {place.rank} of {place.size}, so numbered by {place.named_by}, waited {seconds:.0f} s for the "
            f"others at {place.address}: not all have come. Start every one of them, or set {TIMEOUT} to wait longer. "
            f"({str(error).strip().splitlines()[0]})"
        ) from error
    atexit.register(leave)
    return _Joined.replicas


def _replicas(rank: int, size: int, local_rank: int) -> Replicas:
    device = torch.device("cpu")
    if torch.cuda.is_available():
        device = torch.device("cuda", local_rank % torch.cuda.device_count())
        torch.cuda.set_device(device)
    feeds: Any = dist.new_group(backend="gloo") if size > 1 else None
    replicas = Replicas(rank, size, device, feeds)
    replicas.share_random_numbers()
    return replicas


def joined() -> Replicas:
    """Those that have been joined; a process alone where none have."""
    return _Joined.replicas or ALONE


def leave() -> None:
    """Ends the connections."""
    _Joined.replicas = None
    if dist.is_initialized():
        dist.destroy_process_group()


__all__ = ["TIMEOUT", "Place", "join", "joined", "leave", "place_by_launcher", "place_by_tf_config", "timeout"]
