"""How this process joins the others that train with it, and leaves them."""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import math
import os
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist

from torchkeras.core.device import default_device
from torchkeras.core.replicas import ALONE, LostReplica, Replicas
from torchkeras.distribute.interfaces import use_interface_towards
from torchkeras.distribute.patience import Deadline
from torchkeras.distribute.place import Place
from torchkeras.distribute.roll_call import roll_call
from torchkeras.distribute.torchrun import is_torchruns, meeting_place

#: Seconds that a process waits for the others, to join and with every word from then on.
TIMEOUT = "TORCHKERAS_TIMEOUT"
_USUAL_TIMEOUT = 600.0


def timeout(seconds: float | None = None) -> float:
    """How long to wait for others: as asked for, as TORCHKERAS_TIMEOUT says, or ten minutes."""
    given: Any = seconds if seconds is not None else os.environ.get(TIMEOUT) or _USUAL_TIMEOUT
    try:
        found = float(given)
    except ValueError:
        found = math.nan
    if not 0 < found < math.inf:
        what = "The time to wait for the other processes" if seconds is not None else TIMEOUT
        raise ValueError(f"{what} must be a number of seconds above 0. Received: {given!r}.")
    return found


class _Joined:
    replicas: Replicas | None = None
    group: Any = None  # the process group they are
    own: bool = False  # whether it was made here, and not by the script


def join(place: Place | None, patience: float | None = None) -> Replicas:
    """The processes that train together; a process alone where there is no other. Joining twice is joining once.

    Where the script has called `torch.distributed.init_process_group` itself, those are they.

    Args:
        place: which this is.
        patience: seconds to wait for the others.
    """
    seconds = timeout(patience)
    if dist.is_initialized():
        return _those_here(place, seconds)
    if place is None or place.size == 1:
        return ALONE
    _Joined.own = True
    atexit.register(_end)
    try:
        _connect(place, seconds)
    except BaseException:
        leave()
        raise
    return _those_here(place, seconds, place.local_rank)


def _those_here(place: Place | None, seconds: float, local_rank: int | None = None) -> Replicas:
    """The processes of the group that there is."""
    rank, size = dist.get_rank(), dist.get_world_size()
    if place is not None and place.size > 1 and place[:2] != (rank, size):
        raise RuntimeError(
            f"This process is number {rank} of {size} that have joined, and {place.named_by} calls it number "
            f"{place.rank} of {place.size}. A process joins once: leave one of the two out."
        )
    if _Joined.replicas is None or _Joined.group is not dist.group.WORLD:
        if local_rank is None:
            local_rank = place.local_rank if place is not None else int(os.environ.get("LOCAL_RANK", "0"))
        _Joined.group = dist.group.WORLD
        try:
            _Joined.replicas = _replicas(rank, size, local_rank, seconds)
        except BaseException:
            leave()
            raise
    return _Joined.replicas


def _connect(place: Place, seconds: float) -> None:
    advice = f"Start every one of them, or set {TIMEOUT} to wait longer."
    deadline = Deadline(seconds)
    use_interface_towards(place.address)
    if is_torchruns(place):
        place = meeting_place(place, deadline)
    store = roll_call(place, deadline, advice)
    # Its functions have as their default the group that there is when they are defined, which lives as long as they do:
    # torch._dynamo imports it, some time.
    importlib.import_module("torch.distributed.nn.functional")
    try:
        dist.init_process_group(
            "cpu:gloo,cuda:nccl" if default_device().type == "cuda" and dist.is_nccl_available() else "gloo",
            store=store,
            rank=place.rank,
            world_size=place.size,
            timeout=timedelta(seconds=seconds),
        )
    except RuntimeError as error:
        raise LostReplica(
            f"Process {place.rank} of {place.size}, so numbered by {place.named_by}, could not connect to the others "
            f"at {place.address} within {seconds:g} s. {advice} ({str(error).strip().splitlines()[0]})"
        ) from error


def _replicas(rank: int, size: int, local_rank: int, seconds: float) -> Replicas:
    device = default_device()
    if device.type == "cuda":
        device = torch.device("cuda", local_rank % torch.cuda.device_count())
        torch.cuda.set_device(device)
    if "cpu:" not in str(dist.get_backend_config()):
        raise RuntimeError(
            f"The process group that this script has made, of {dist.get_backend()}, cannot send what lies in main "
            f"memory, as is needed. Make it by init_process_group('cpu:gloo,cuda:nccl'), or leave it to the strategy."
        )
    feeds: Any = None
    try:
        if size > 1:
            feeds = dist.new_group(backend="gloo", timeout=timedelta(seconds=seconds))
    except RuntimeError as error:
        raise LostReplica(
            f"Process {rank} of {size} lost the others while they connected: look at what they say. "
            f"({str(error).strip().splitlines()[0]})"
        ) from error
    replicas = Replicas(rank, size, device, feeds)
    if device.type == "cuda" and "nccl" in str(dist.get_backend_config()):
        check_gpus(replicas, str(torch.cuda.get_device_properties(device).uuid))
    replicas.share_random_numbers()
    return replicas


def check_gpus(replicas: Replicas, own: str) -> None:
    """An error in all where two have the same GPU, which NCCL does not allow."""
    found = replicas.gather(own)
    shared = [rank for rank, one in enumerate(found) if found.count(one) > 1]
    if shared:
        raise RuntimeError(
            f"Processes {', '.join(map(str, shared))} of {replicas.size} share a GPU with another one: start one for "
            f"each GPU, as `python -m torchkeras run --nproc auto` does, or have them compute on the CPU, with "
            f"`--device cpu`."
        )


def joined() -> Replicas:
    """Those that have been joined; a process alone where none have."""
    return _Joined.replicas or ALONE


def leave() -> None:
    """Ends the connections that `join` made, and their threads.

    Threads that lived on while the interpreter ends would meet the end of the other processes in their own.
    """
    own, replicas = _Joined.own, _Joined.replicas
    _Joined.replicas, _Joined.group, _Joined.own = None, None, False
    if own and dist.is_initialized():
        if replicas is not None:
            replicas.let_go()
        dist.destroy_process_group()
        gc.collect()  # DistributedDataParallel holds itself, and the group


def _end() -> None:
    """Leaves, when the process ends; where that would wait for what never ends, the connections end with the process.

    Then the others learn of it, who may be what it would wait for.
    """
    replicas = _Joined.replicas
    if replicas is None or not (
        replicas.unsettled or any(getattr(one, "unsettled", False) for one in replicas.holders)
    ):
        leave()
        return
    for group in (_Joined.group, replicas.feeds):
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(group))  # an end of its own would wait, too


__all__ = ["TIMEOUT", "check_gpus", "join", "joined", "leave", "timeout"]
