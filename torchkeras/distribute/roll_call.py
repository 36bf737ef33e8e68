"""Roll call: which of the processes of a run have come, before they are connected.

So that all stop together where one is missing, and the error names it. torch's own way of meeting counts them at best.
"""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from typing import Any

import torch.distributed as dist

from torchkeras.core.replicas import LostReplica
from torchkeras.distribute.interfaces import answers
from torchkeras.distribute.patience import Deadline
from torchkeras.distribute.place import Place

#: Seconds for which the first goes on telling the others who is missing, once it has given up.
_FAREWELL = 5.0
_ALL = "all"


def roll_call(place: Place, deadline: Deadline, advice: str) -> Any:
    """What all share to connect, once all are here.

    Args:
        place: which process this is.
        deadline: how long to wait; a LostReplica then, in all that came.
        advice: what it says there is to do.
    """
    host, port = place.host_and_port

    def lost(what: str) -> LostReplica:
        return LostReplica(
            f"Process {place.rank} of {place.size}, so numbered by {place.named_by}, waited {deadline.seconds:g} s for "
            f"the others at {place.address}: {what}. {advice}"
        )

    if place.rank and not deadline.waits_until(lambda: answers(host, port)):
        raise lost("nobody answers there, so that process 0 is missing")
    store = _store(place, deadline.left(1.0))
    _sign(store, place)
    names = [_name(rank) for rank in range(place.size)]
    try:
        if place.rank == 0:
            deadline.waits_until(lambda: store.check(["mistake"]) or store.check(names))
            store.set("outcome", _outcome(store, place.size))
        if deadline.waits_until(lambda: store.check(["outcome"])):
            outcome = store.get("outcome").decode()
        else:
            outcome = _outcome(store, place.size)
        store.set(f"heard {place.rank}", "")
    except RuntimeError as error:
        raise lost("process 0 came, and went away again") from error
    if outcome == _ALL:
        return store
    if place.rank == 0:
        heard = [f"heard {rank}" for rank, name in enumerate(names) if store.check([name])]
        Deadline(_FAREWELL).waits_until(lambda: store.check(heard))
    if store.check(["mistake"]):
        raise RuntimeError(outcome)
    raise lost(outcome)


def _store(place: Place, seconds: float) -> Any:
    """The table of names and values that the first keeps."""
    try:
        return dist.TCPStore(  # type: ignore[attr-defined]
            *place.host_and_port,
            place.size,
            is_master=place.rank == 0,
            timeout=timedelta(seconds=seconds),
            wait_for_workers=False,
        )
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        if place.rank or "EADDRINUSE" not in reason:
            raise LostReplica(f"Process {place.rank} of {place.size} cannot use {place.address}: {reason}") from error
        raise RuntimeError(
            f"Process 0 of {place.size} cannot listen at {place.address}: the port is taken, by another program, or by "
            f"another process that is number 0 by {place.named_by}. Give each process a number of its own, or all of "
            f"them another port."
        ) from error


def _sign(store: Any, place: Place) -> None:
    """Says that this process is here; an error in all where another has its number, or counts differently."""
    here = f"{os.getpid()} on {socket.gethostname()}"
    mark = f"{uuid.uuid4()} {here}"
    other = store.compare_set(_name(place.rank), "", mark).decode()
    size = store.compare_set("size", "", str(place.size)).decode()
    problem = None
    if other != mark:
        problem = (
            f"Two processes at {place.address} are number {place.rank} by {place.named_by}: {other.partition(' ')[2]}, "
            f"and {here}. Give each a number of its own, from 0 to {place.size - 1}."
        )
    elif size != str(place.size):
        problem = (
            f"The processes at {place.address} do not agree on how many they are: {size} by one, {place.size} by "
            f"process {place.rank} ({here}). Tell all the same number."
        )
        store.set(f"heard {place.rank}", "")
    if problem is not None:
        if not store.check(["outcome"]):
            store.set("mistake", problem)
        raise RuntimeError(problem)


def _outcome(store: Any, size: int) -> str:
    if store.check(["mistake"]):
        return str(store.get("mistake").decode())
    missing = [str(rank) for rank in range(size) if not store.check([_name(rank)])]
    if not missing:
        return _ALL
    shown = ", ".join(missing[:20]) + (" and more" if len(missing) > 20 else "")
    return f"{size - len(missing)} of {size} have come, missing: {shown}"


def _name(rank: int) -> str:
    return f"process {rank}"


__all__ = ["roll_call"]
