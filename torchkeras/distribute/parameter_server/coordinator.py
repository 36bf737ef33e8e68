"""The coordinator: functions that are scheduled, and the workers that take them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from torchkeras.core.nest import map_structure
from torchkeras.core.op_errors import CancelledError, UnavailableError
from torchkeras.distribute.parameter_server.cluster import Cluster, Resource
from torchkeras.distribute.parameter_server.connections import Broken, Connection, connect
from torchkeras.distribute.parameter_server.shipping import unship
from torchkeras.distribute.parameter_server.transit import PerWorker
from torchkeras.distribute.processes import TIMEOUT

#: Seconds between two attempts to reach a worker that is not there.
_PAUSE = 0.2


class Remote:
    """The result of a scheduled function, which may not be there yet.

    Args:
        coordinator: who knows of it.
    """

    def __init__(self, coordinator: Coordinator) -> None:
        self._coordinator = coordinator
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    def wait(self) -> Any:
        """The result, once it is there; raises what the function raised."""
        self._coordinator.wait(self._done.is_set)
        if self._error is not None:
            raise self._error
        return self._value

    def give(self, value: Any = None, error: BaseException | None = None) -> None:
        self._value, self._error = value, error
        self._done.set()


class _Task:
    """A call that a worker is to make."""

    def __init__(
        self, function: Resource, text: bytes, needs: frozenset[int], keys: frozenset[int], to: Remote
    ) -> None:
        self.function, self.text, self.needs, self.keys, self.to = function, text, needs | {function.number}, keys, to


class Coordinator:
    """Has functions run by whichever worker is free. A worker that is lost leaves its function to another.

    Args:
        cluster: the tasks.
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._waiting: deque[_Task] = deque()
        self._open = 0  # tasks that have no result yet
        self._error: BaseException | None = None
        self._changed = threading.Condition()
        self._there: set[int] = set()  # workers that are connected
        self._closed = False
        self._latest_there = time.monotonic()
        for index in range(len(cluster.tasks["worker"])):
            name = f"talks to worker {index}"
            threading.Thread(target=self._look_after, args=(index,), daemon=True, name=name).start()

    # --- the program's side ---

    def schedule(self, function: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Remote:
        """Has a worker call a function, some time; raises what an earlier one raised."""
        self._raise()
        if not callable(function):
            raise TypeError(f"`schedule` takes a function. Received: {function!r}")
        if isinstance(args, Mapping) or not isinstance(args, (tuple, list)):
            raise TypeError(f"`args` must be a tuple or list of the function's arguments. Received: {args!r}")
        resource = self.cluster.resource(function)
        text, needs, keys = self.cluster.pack((tuple(args), dict(kwargs or {})))
        self.cluster.send_changes()
        task = _Task(resource, text, needs, keys | resource.keys, Remote(self))
        with self._changed:
            self._waiting.append(task)
            self._open += 1
            self._changed.notify_all()
        return task.to

    def join(self) -> None:
        """Waits until all that was scheduled is done; raises the first error, and then has forgotten it."""
        self.wait(lambda: not self._open)
        self._raise()
        self.cluster.bring_up_to_date(slots=True)

    def done(self) -> bool:
        """Whether all that was scheduled is done."""
        self._raise()
        finished = not self._open
        self.cluster.bring_up_to_date()
        return finished

    def fetch(self, remote: Remote) -> Any:
        """A result; the program's variables are brought up to date as well."""
        found = remote.wait()
        self.cluster.bring_up_to_date()
        return found

    def per_worker(self, value: Any, kind: str) -> PerWorker:
        return self.cluster.per_worker(value, kind)

    def wait(self, is_over: Callable[[], bool]) -> None:
        """Until something has happened; an error where there is no worker any more who could do it."""
        with self._changed:
            while not is_over():
                self._changed.wait(_PAUSE)
                if self._there:
                    self._latest_there = time.monotonic()
                elif self._open and time.monotonic() - self._latest_there > self.cluster.patience:
                    addresses = ", ".join(self.cluster.tasks["worker"])
                    self._fail(
                        UnavailableError(
                            None,
                            None,
                            f"No worker could be reached for {self.cluster.patience:.0f} s ({addresses}): start them, "
                            f"or set {TIMEOUT} to wait longer.",
                        )
                    )
                    self._latest_there = time.monotonic()

    def close(self) -> None:
        """Lets the workers go."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _raise(self) -> None:
        with self._changed:
            error, self._error = self._error, None
        if error is not None:
            self.wait(lambda: not self._open)  # what was on its way when the error came
            with self._changed:
                self._error = None
            raise error

    # --- the workers' side ---

    def _look_after(self, index: int) -> None:
        """Reaches a worker, again and again, and gives it tasks."""
        address = self.cluster.tasks["worker"][index]
        pause = _PAUSE
        while not self._closed:
            try:
                connection = connect(address, self.cluster.secret, f"Worker {index} ({address})")
                connection.ask(*self.cluster.introduction())
            except OSError:
                time.sleep(pause)
                pause = min(2.0, 1.2 * pause)
                continue
            except Exception as error:  # it is there, and does not want to
                self._fail(error)
                return
            pause = _PAUSE
            with self._changed:
                self._there.add(index)
            with contextlib.suppress(Broken):
                self._employ(connection)
            with self._changed:
                self._there.discard(index)
                self._latest_there = time.monotonic()
            connection.close()

    def _employ(self, connection: Connection) -> None:
        sent: set[int] = set()
        told: dict[int, Any] = {}
        while (task := self._take()) is not None:
            try:
                self._prepare(connection, task, sent, told)
                value, error = self._run(connection, task), None
            except Broken:
                with self._changed:  # another one does it
                    self._waiting.appendleft(task)
                    self._changed.notify_all()
                raise
            except Exception as raised:
                value, error = None, raised
            self._finish(task, value, error)

    def _take(self) -> _Task | None:
        """The next task; None when there will be none."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return None if self._closed else self._waiting.popleft()

    def _prepare(self, connection: Connection, task: _Task, sent: set[int], told: dict[int, Any]) -> None:
        """Sends a worker what it lacks for a task."""
        with self.cluster.lock:
            needed = _with_needs(self.cluster.resources, task)
            keys = task.keys.union(*(resource.keys for resource in needed))
            entries = [entry for entry in self.cluster.directory.entries(keys) if told.get(entry.key) is not entry]
            gone = sent - self.cluster.resources.keys() - {task.function.number}
        if entries:
            connection.ask("know", entries)
            told.update({entry.key: entry for entry in entries})
        for resource in needed:
            if resource.number not in sent:
                connection.ask("resource", resource.number, resource.kind, resource.text, sorted(resource.keys))
                sent.add(resource.number)
        for number in gone:
            connection.ask("forget", number)
            sent.discard(number)

    def _run(self, connection: Connection, task: _Task) -> Any:
        return unship(connection.ask("run", task.function.number, task.text, sorted(task.keys)))

    def _finish(self, task: _Task, value: Any, error: Exception | None) -> None:
        with self._changed:
            if error is not None:
                self._fail(error)
            task.to.give(value, error)
            self._open -= 1
            self._changed.notify_all()

    def _fail(self, error: BaseException) -> None:
        """Keeps the first error, and drops what has not begun."""
        with self._changed:
            self._error = self._error or error
            while self._waiting:
                self._waiting.popleft().to.give(
                    error=CancelledError(
                        None, None, "The function was not called, because one that was scheduled before failed."
                    )
                )
                self._open -= 1
            self._changed.notify_all()


def _with_needs(resources: dict[int, Resource], task: _Task) -> list[Resource]:
    """The function of a task and all that it refers to, what is referred to first."""
    found: dict[int, Resource] = {}

    def visit(resource: Resource) -> None:
        if resource.number in found:
            return
        for number in sorted(resource.needs):
            visit(resources[number])
        found[resource.number] = resource

    for number in sorted(task.needs - {task.function.number}):
        visit(resources[number])
    visit(task.function)
    return list(found.values())


def as_numbers(value: Any) -> Any:
    """Tensors within a result as arrays, as `fetch` gives them."""
    return map_structure(lambda leaf: leaf.numpy() if hasattr(leaf, "numpy") else leaf, value)


__all__ = ["Coordinator", "Remote", "as_numbers"]
