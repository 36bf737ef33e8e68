"""The chief's side: its connections to the servers, and what of its program has been sent where."""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import uuid
import weakref
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch

from torchkeras.core.layout import IDENTITY
from torchkeras.core.op_errors import DeadlineExceededError, UnavailableError
from torchkeras.core.variable import Variable
from torchkeras.distribute.parameter_server.connections import (
    Broken,
    Connection,
    Refused,
    ask_all,
    connect,
    connect_within,
    secret_of,
)
from torchkeras.distribute.parameter_server.shipping import packed, ship, tensor_of
from torchkeras.distribute.parameter_server.slots import slot_lists
from torchkeras.distribute.parameter_server.transit import Packing, PerWorker, shared_variables, ship_optimizer
from torchkeras.distribute.parameter_server.variables import Directory, Known
from torchkeras.distribute.processes import TIMEOUT, timeout

#: Functions that are kept at the workers; of a program that makes new ones for each step, the oldest go.
MOST_FUNCTIONS = 64


class Resource(NamedTuple):
    """Something workers are sent once: a function, or how to make something.

    Args:
        number: of it.
        kind: 'value' for what it is, 'call' for a function that makes it, 'iterator' for what is iterated over.
        text: it.
        needs: the numbers of others that it refers to.
        keys: the variables that it uses.
    """

    number: int
    kind: str
    text: bytes
    needs: frozenset[int]
    keys: frozenset[int]


class Cluster:
    """The tasks of a cluster, as the chief knows them.

    Args:
        tasks: the addresses, by job.
        partitioner: how variables are cut into parts.
        patience: seconds to wait for the parameter servers to start.
    """

    def __init__(
        self, tasks: dict[str, list[str]], partitioner: Callable[..., Any] | None = None, patience: float | None = None
    ) -> None:
        self.tasks, self.session = tasks, uuid.uuid4().hex
        self.patience = timeout(patience)
        self.secret = secret_of(tasks)
        self.directory = Directory(len(tasks["ps"]), partitioner)
        self.resources: dict[int, Resource] = {}
        self._numbers: dict[int, tuple[Any, int]] = {}  # by the id of a function: itself, so that it stays, its number
        self._optimizers: list[Any] = []
        self._sent_optimizers = 0
        self._trained: dict[int, list[int]] = {}
        self._versions: dict[tuple[int, int], int] = {}
        self._next = 0
        self.lock = threading.RLock()
        self._servers = [self._reach("ps", index) for index in range(len(tasks["ps"]))]
        self._closed = False
        atexit.register(_say_goodbye, weakref.ref(self))

    # --- the other tasks ---

    def _reach(self, job: str, index: int) -> Connection:
        address = self.tasks[job][index]
        try:
            connection = connect_within(address, self.secret, f"Parameter server {index} ({address})", self.patience)
            connection.ask(*self.introduction())
        except Refused as error:
            raise ValueError(str(error)) from error
        except Broken as error:
            raise DeadlineExceededError(
                None,
                None,
                f"Task {index} of job {job!r} at {address} has not come within {self.patience:.0f} s: start it with "
                f"the same cluster description, or set {TIMEOUT} to wait longer. ({error})",
            ) from error
        return connection

    def introduction(self) -> tuple[Any, ...]:
        """What the chief says first."""
        return "chief", self.session, torch.initial_seed() % (1 << 62), sys.version_info[:2]

    def _ask_all(self, messages: dict[int, tuple[Any, ...]]) -> dict[int, Any]:
        try:
            return ask_all({self._servers[server]: message for server, message in messages.items()}, messages)
        except Broken as error:
            raise lost_server(str(error)) from error

    def goodbye(self) -> None:
        """Tells all tasks that the program has ended."""
        if self._closed:
            return
        self._closed = True
        for job in ("worker", "ps"):
            for index, address in enumerate(self.tasks[job]):
                with contextlib.suppress(OSError):
                    connection = connect(address, self.secret, f"{job} {index}", seconds=2.0)
                    connection.ask("goodbye", self.session)
                    connection.close()
        for connection in self._servers:
            connection.close()

    # --- sending the program ---

    def resource(self, value: Any, kind: str = "value") -> Resource:
        """What workers are sent of a function; the same the next time."""
        with self.lock:
            known = self._numbers.get(id(value)) if kind == "value" else None
            if known is not None and known[1] in self.resources:
                return self.resources[known[1]]
            text, needs, keys = self.pack(value)
            self._next += 1
            made = self.resources[self._next] = Resource(self._next, kind, text, needs, keys)
            if kind == "value":
                self._numbers[id(value)] = value, made.number
                if len(self._numbers) > MOST_FUNCTIONS:
                    _, (_, oldest) = next(iter(self._numbers.items()))
                    self._numbers.pop(next(iter(self._numbers)))
                    self.resources.pop(oldest, None)
            return made

    def per_worker(self, value: Any, kind: str) -> PerWorker:
        """Something that each worker makes for itself when it first needs it."""
        return PerWorker(self.resource(value, kind).number)

    def pack(self, value: Any) -> tuple[bytes, frozenset[int], frozenset[int]]:
        """A value for the workers, what it refers to, and the variables it uses; the servers have those from then."""
        with self.lock:
            packing = Packing(self.directory, self._number_of)
            text = packing.ship(value)
            self.place()
            keys = set(packing.keys)
            for number in packing.needs:
                keys |= self.resources[number].keys
            return text, frozenset(packing.needs), frozenset(keys)

    def _number_of(self, optimizer: Any) -> int:
        for number, known in enumerate(self._optimizers):
            if known is optimizer:
                return number
        for variable in shared_variables(optimizer):
            self.directory.add(variable.parameter, variable, everywhere=True)
        for variable in optimizer._trainable_variables:
            self.directory.add(variable.parameter, variable)
        self._optimizers.append(optimizer)
        return len(self._optimizers) - 1

    # --- variables ---

    def place(self) -> None:
        """Gives the servers the variables and optimizers that they have not."""
        directory = self.directory
        fresh = directory.known[directory.created :]
        by_server: dict[int, list[Any]] = {}
        for known in fresh:
            entry, variable = known.entry, known.variable
            for part in entry.parts:
                whole = part.rows is None
                by_server.setdefault(part.server, []).append(
                    (
                        (entry.key, part.number),
                        entry.cut(known.tensor, part).detach().clone(),
                        entry.trained,
                        entry.name.removesuffix(":0"),
                        entry.layout if whole else IDENTITY,
                        None if variable is None else variable.constraint,
                    )
                )
        self._ask_all({server: ("create", ship(each)) for server, each in by_server.items()})
        for known in fresh:
            known.look()
        directory.created = len(directory.known)
        for number in range(self._sent_optimizers, len(self._optimizers)):
            self._send_optimizer(number)
        self._sent_optimizers = len(self._optimizers)

    def _send_optimizer(self, number: int) -> None:
        optimizer, directory = self._optimizers[number], self.directory
        text = ship_optimizer(optimizer, directory)
        shared = [self._key(variable) for variable in shared_variables(optimizer)]
        excluded = [self._key(variable) for variable in getattr(optimizer, "_excluded", ())]
        messages = {}
        for server in range(len(self._servers)):
            without = [
                (key, part.number)
                for key in excluded
                for part in directory.known[key].entry.parts
                if part.server == server
            ]
            messages[server] = ("optimizer", number, text, [(key, server) for key in shared], without)
        self._ask_all(messages)
        if optimizer._trainable_variables:
            trained = [self._key(variable) for variable in optimizer._trainable_variables]
            slots: dict[int, list[Any]] = {server: [] for server in messages}
            for name, own in slot_lists(optimizer).items():
                for key, slot in zip(trained, own, strict=False):
                    for part in directory.known[key].entry.parts if slot is not None else ():
                        values = self._slot_part(key, slot, part)
                        if values is not None:
                            slots[part.server].append((name, (key, part.number), packed(values)))
            self._ask_all({server: ("build", number, trained, each) for server, each in slots.items()})

    def _slot_part(self, key: int, slot: Variable, part: Any) -> Any:
        entry, tensor = self.directory.known[key].entry, slot.parameter.detach()
        if part.rows is None:
            return tensor
        return entry.cut(tensor, part) if tuple(tensor.shape) == entry.shape else None

    def _key(self, variable: Any) -> int:
        return self.directory.add(variable.parameter, variable)

    def send_changes(self) -> None:
        """Gives the servers what the program has written to variables."""
        with self.lock:
            by_server: dict[int, list[Any]] = {}
            written = self.directory.written()
            for known in written:
                for part in known.entry.parts:
                    values = packed(known.entry.cut(known.tensor, part))
                    by_server.setdefault(part.server, []).append(((known.entry.key, part.number), values))
            self._ask_all({server: ("set", each) for server, each in by_server.items()})
            for known in written:
                known.look()

    def bring_up_to_date(self, slots: bool = False) -> None:
        """Gives the program the present values, of the optimizers' slots too where asked for."""
        with self.lock:
            self.send_changes()
            self._pull(self.directory.known[: self.directory.created])
            if slots:
                for number in range(self._sent_optimizers):
                    self._pull_slots(number)

    def _pull(self, wanted: Iterable[Known]) -> None:
        asked: dict[int, list[tuple[Known, Any]]] = {}
        for known in wanted:
            for part in known.entry.reading():
                asked.setdefault(part.server, []).append((known, part))
        places = {server: [(known.entry.key, part.number) for known, part in each] for server, each in asked.items()}
        answers = self._ask_all(
            {
                server: ("pull", [(place, self._versions.get(place, 0)) for place in each])
                for server, each in places.items()
            }
        )
        for server, each in asked.items():
            for (known, part), place, newer in zip(each, places[server], answers[server], strict=True):
                if newer is not None:
                    self._versions[place] = newer[0]
                    known.take(part, tensor_of(*newer[1]))
                    known.look()

    def _pull_slots(self, number: int) -> None:
        optimizer = self._optimizers[number]
        answers = self._ask_all(dict.fromkeys(range(len(self._servers)), ("slots", number)))
        for trained, slots in answers.values():
            if trained and not optimizer._trainable_variables:
                variables = [self.directory.known[key].variable for key in trained]
                if any(variable is None for variable in variables):
                    return
                optimizer.build(variables)
            places = {self._key(variable): i for i, variable in enumerate(optimizer._trainable_variables)}
            own = slot_lists(optimizer)
            for name, (key, part), values in slots:
                index = places.get(key)
                if index is None or index >= len(own.get(name, ())) or own[name][index] is None:
                    continue
                entry, tensor = self.directory.known[key].entry, own[name][index].parameter.detach()
                found = tensor_of(*values)
                if entry.parts[part].rows is None and tensor.shape == found.shape:
                    tensor.copy_(found)
                elif tuple(tensor.shape) == entry.shape:
                    entry.put(tensor, entry.parts[part], found)


def lost_server(reason: str) -> UnavailableError:
    return UnavailableError(
        None,
        None,
        f"{reason} The variables that were on it are gone: start all tasks anew, and go on from the latest checkpoint.",
    )


def _say_goodbye(cluster: weakref.ref[Cluster]) -> None:
    found = cluster()
    if found is not None:
        found.goodbye()


__all__ = ["Cluster", "Resource", "lost_server"]
