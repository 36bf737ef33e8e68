"""Where processes that torchrun has started meet.

MASTER_PORT is where torchrun itself listens, and keeps a table of names and values for the processes. It outlasts them:
after a restart the new ones find what the old ones wrote, and torch connects them by it or not as chance has it. So the
first listens at a port of its own, and the table only says which.
"""

from __future__ import annotations

import os
from datetime import timedelta

import torch.distributed as dist

from torchkeras.core.replicas import LostReplica
from torchkeras.distribute.interfaces import answers, free_port
from torchkeras.distribute.patience import Deadline
from torchkeras.distribute.place import Place

_FIRST = "torchkeras: the port of the first"


def is_torchruns(place: Place) -> bool:
    """Whether torchrun has said who this is, and listens itself."""
    return place.named_by == "RANK" and os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True"


def meeting_place(place: Place, deadline: Deadline) -> Place:
    """The same with the address at which the first process will listen."""
    host, port = place.host_and_port
    try:
        seconds = timedelta(seconds=deadline.left(1.0))
        table = dist.TCPStore(  # type: ignore[attr-defined]
            host, port, place.size, is_master=False, timeout=seconds, wait_for_workers=False
        )
        if place.rank == 0:
            own = free_port()
            table.set(_FIRST, str(own))
            return place._replace(address=f"{host}:{own}")

        def heard() -> bool:
            # What one of an earlier start wrote does not answer any more.
            return bool(table.check([_FIRST])) and answers(host, int(table.get(_FIRST)))

        if deadline.waits_until(heard):
            return place._replace(address=f"{host}:{int(table.get(_FIRST))}")
    except RuntimeError as error:
        reason = str(error).strip().splitlines()[0]
        raise LostReplica(
            f"Process {place.rank} of {place.size} does not reach torchrun at {place.address}. ({reason})"
        ) from error
    raise LostReplica(
        f"Process {place.rank} of {place.size}, started by torchrun, waited {deadline.seconds:g} s for process 0: it "
        f"has not come. The script must come to the same strategy in all processes."
    )


__all__ = ["is_torchruns", "meeting_place"]
