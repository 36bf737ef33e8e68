"""Place: which of how many processes this is, as `torchrun`, `python -m torchkeras run --nproc N` or TF_CONFIG says.

Those tell each process its number and where the first can be reached, in environment variables.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import Any, NamedTuple


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

    @property
    def host_and_port(self) -> tuple[str, int]:
        """The address of the first in its parts."""
        host, _, port = self.address.rpartition(":")
        return host, int(port)


def place_by_launcher() -> Place | None:
    """What torchrun's variables say; None where they are not there."""
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
    local = os.environ.get("LOCAL_RANK", "0")
    try:
        place = Place(int(rank), int(size), f"{host}:{int(port)}", int(local), "RANK")  # type: ignore[arg-type]
    except ValueError:
        raise ValueError(
            f"RANK, WORLD_SIZE, LOCAL_RANK and MASTER_PORT must be whole numbers. "
            f"Received: {rank!r}, {size!r}, {local!r} and {port!r}."
        ) from None
    if not 0 <= place.rank < place.size:
        raise ValueError(f"RANK must be from 0 to WORLD_SIZE - 1. Received: RANK={rank}, WORLD_SIZE={size}.")
    return place


def place_by_tf_config() -> Place | None:
    """What TF_CONFIG says of the chief and the workers; None where it names no cluster of several.

    The chief is the first, then come the workers. An evaluator and parameter servers are none of those who train.
    """
    text = os.environ.get("TF_CONFIG", "")
    if not text:
        return None
    try:
        config = json.loads(text)
        cluster, task = config.get("cluster") or {}, config.get("task") or {}
        members = [(kind, i, at) for kind in ("chief", "worker") for i, at in _addresses(cluster.get(kind) or [])]
        kind, index = task.get("type"), int(task.get("index", 0))
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"TF_CONFIG is not what TensorFlow describes as such ({error}): {text}") from None
    return place_in_cluster(members, (kind, index), "TF_CONFIG")


def place_in_cluster(members: Sequence[tuple[str, int, str]], own: tuple[Any, Any], named_by: str) -> Place | None:
    """The place of a task among those who train; None where there are not several, or it is none of them.

    Args:
        members: their kinds, numbers and addresses, the chief first.
        own: the kind and number of this process.
        named_by: what describes the cluster, for messages.
    """
    if len(members) < 2 or own[0] not in ("chief", "worker"):
        return None
    ranks = [rank for rank, member in enumerate(members) if member[:2] == own]
    if not ranks:
        raise ValueError(f"{named_by} calls this process {own[0]} {own[1]}, whom its cluster does not list: {members}")
    rank, address = ranks[0], members[0][2]
    if not address.rpartition(":")[2].isdecimal():
        raise ValueError(f"{named_by} must give addresses as 'host:port'. Received: {address!r} for {members[0][0]} 0.")
    hosts = [member[2].rpartition(":")[0] for member in members]  # those on one machine take its GPUs in turn
    return Place(rank, len(members), address, hosts[:rank].count(hosts[rank]), named_by)


def _addresses(tasks: Any) -> list[tuple[int, str]]:
    """The tasks of a kind by number: they may be a list, or a dict of some of them."""
    pairs = tasks.items() if isinstance(tasks, dict) else enumerate(tasks)
    return sorted((int(i), str(address)) for i, address in pairs)


__all__ = ["Place", "place_by_launcher", "place_by_tf_config", "place_in_cluster"]
