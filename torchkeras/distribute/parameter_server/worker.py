"""What a worker does: it runs the chief's functions on the present values of the variables they use.

Before a function it asks the servers for what has changed; an optimizer's step within it sends gradients and gets the
new values back; what the function did to other variables, such as a metric's totals, goes to the servers at its end:
as what was added, so that nothing is lost where several workers add, or as a value, where the function assigned one.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.device import default_device
from torchkeras.core.op_errors import OutOfRangeError, UnavailableError
from torchkeras.core.variable import Variable
from torchkeras.distribute.parameter_server import shipping
from torchkeras.distribute.parameter_server.connections import Broken, Connection, ask_all, connect
from torchkeras.distribute.parameter_server.shipping import CannotShip, packed, ship, tensor_of
from torchkeras.distribute.parameter_server.transit import loading
from torchkeras.distribute.parameter_server.variables import Entry, Part
from torchkeras.metrics.count import Count

#: Functions run one at a time in a process, also where a program starts several workers in its own.
_running = threading.RLock()


class _Local:
    """A variable at this worker.

    Args:
        entry: what is known of it.
        tensor: its values here.
    """

    def __init__(self, entry: Entry, tensor: Tensor) -> None:
        self.entry, self.tensor = entry, tensor
        self.versions: dict[int, int] = {}  # of each part, as the servers number them
        self.before: Tensor | None = None  # what a function found
        self.seen = -1
        self.assigned = False

    def found(self) -> None:
        """Notes the value, so that a change shows."""
        entry = self.entry
        adds = not entry.trained and entry.dtype is not torch.bool
        self.before = self.tensor.detach().clone() if adds else None
        self.seen, self.assigned = self.tensor._version, False

    def has_changed(self) -> bool:
        if self.assigned or self.tensor._version != self.seen:
            return True
        # torch's kernel of batch normalization writes to the moving averages without counting it.
        return not self.entry.is_parameter and self.before is not None and not torch.equal(self.tensor, self.before)


class Worker:
    """One worker, for one chief.

    Args:
        servers: the addresses of the parameter servers.
        secret: of the cluster.
        index: which worker it is.
    """

    def __init__(self, servers: list[str], secret: bytes, index: int) -> None:
        self._addresses, self._secret, self.index = servers, secret, index
        self._servers: dict[int, Connection] = {}
        self._entries: dict[int, Entry] = {}
        self._locals: dict[int, _Local] = {}
        self._keys: dict[int, int] = {}  # by tensor
        self._counts: dict[int, list[Count]] = {}
        self._texts: dict[int, tuple[str, bytes, list[int]]] = {}
        self._made: dict[int, Any] = {}

    def answer(self, what: str, *given: Any) -> Any:
        """Does what a message asks for."""
        return getattr(self, f"_on_{what}")(*given)

    def close(self) -> None:
        for connection in self._servers.values():
            connection.close()

    def _on_know(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._entries[entry.key] = entry
            if (local := self._locals.get(entry.key)) is not None:  # it was frozen, or freed
                local.entry = entry
                local.tensor.requires_grad_(entry.trained)

    def _on_resource(self, number: int, kind: str, text: bytes, keys: list[int]) -> None:
        """Takes up a function, or how to make something: nothing of it is looked at before it is needed."""
        self._texts[number] = kind, text, keys

    def _on_forget(self, number: int) -> None:
        self._texts.pop(number, None)
        self._made.pop(number, None)

    def _on_run(self, number: int, text: bytes, keys: list[int]) -> bytes:
        """Calls a function; its result."""
        with _running:
            try:
                function = self._resource(number)
                args, kwargs = self._unship(text)
                used = sorted({*self._texts[number][2], *keys} & self._locals.keys())
                self.pull(used)
                for key in used:
                    self._locals[key].found()
                result = function(*args, **kwargs)
                packed_result = ship(result, _as_values)
                self._send_changes(used)
                return packed_result
            except StopIteration as error:
                raise OutOfRangeError(None, None, "End of sequence: the data of this worker has ended.") from error
            except Broken as error:
                raise UnavailableError(None, None, str(error)) from error

    # --- what was sent ---

    def _resource(self, number: int) -> Any:
        if number not in self._made:
            kind, text, _ = self._texts[number]
            value = self._unship(text)
            self._made[number] = value if kind == "value" else _MAKERS[kind](value)
        return self._made[number]

    def _unship(self, text: bytes) -> Any:
        variables: list[Variable] = []
        with loading(self._tensor, self._resource, self, variables):
            found = shipping.unship(text)
        for variable in variables:
            self._follow(variable)
        return found

    def _follow(self, variable: Variable) -> None:
        key = self._keys.get(id(variable.parameter))
        if key is None:
            return
        if isinstance(variable, Count):
            self._counts.setdefault(key, []).append(variable)
        local = self._locals[key]
        if not local.entry.trained:
            variable.__dict__["assign"] = functools.partial(_assign, variable, local)

    def _tensor(self, key: int) -> Tensor:
        local = self._locals.get(key)
        if local is None:
            entry = self._entries[key]
            device = torch.device("cpu") if entry.on_host else default_device()
            tensor = torch.zeros(entry.shape, dtype=entry.dtype, device=device)
            if entry.is_parameter:
                tensor = nn.Parameter(tensor, requires_grad=entry.trained)
            local = self._locals[key] = _Local(entry, tensor)
            self._keys[id(tensor)] = key
        return local.tensor

    # --- the servers ---

    def _server(self, number: int) -> Connection:
        if number not in self._servers or self._servers[number].broken:
            peer = f"Parameter server {number} ({self._addresses[number]})"
            self._servers[number] = connect(self._addresses[number], self._secret, peer)
        return self._servers[number]

    def _ask_all(self, messages: dict[int, tuple[Any, ...]]) -> dict[int, Any]:
        """Sends each server its message, then takes the answers."""
        return ask_all({self._server(server): message for server, message in messages.items()}, messages)

    def pull(self, keys: Iterable[int]) -> None:
        """Brings variables up to date."""
        wanted: dict[int, list[tuple[_Local, Part]]] = {}
        for key in keys:
            local = self._locals[key]
            for part in local.entry.reading():
                wanted.setdefault(part.server, []).append((local, part))
        answers = self._ask_all(
            {
                server: (
                    "pull",
                    [((local.entry.key, part.number), local.versions.get(part.number, 0)) for local, part in each],
                )
                for server, each in wanted.items()
            }
        )
        for server, each in wanted.items():
            for (local, part), newer in zip(each, answers[server], strict=True):
                if newer is not None:
                    self._take(local, part, newer)

    def _take(self, local: _Local, part: Part, newer: Any) -> None:
        version, values = newer
        local.entry.put(local.tensor.detach(), part, tensor_of(*values))
        local.versions[part.number] = version
        local.seen = local.tensor._version

    def push(self, optimizer: Any, work: Any) -> None:
        """Sends the gradients of a step, and takes the new values."""
        messages: dict[int, list[Any]] = {server: [] for server in range(len(self._addresses))}
        for group, gradients in work:
            for variable, parameter, gradient in zip(group.variables, group.parameters, gradients, strict=True):
                entry = self._entry(parameter, variable)
                for part in entry.parts:
                    values = packed(entry.cut(gradient, part))
                    messages[part.server].append(((entry.key, part.number), values))
        trained = [self._entry(v.parameter, v).key for v in optimizer._trainable_variables]
        number = optimizer._number
        answers = self._ask_all({server: ("push", number, trained, each) for server, each in messages.items()})
        for server, each in answers.items():
            for (key, part), newer in each:
                local = self._locals.get(key)
                if local is not None and not (local.entry.everywhere and server):
                    self._take(local, local.entry.parts[part], newer)
                    if local.entry.everywhere:
                        local.found()

    def _entry(self, parameter: Tensor, variable: Any) -> Entry:
        key = self._keys.get(id(parameter))
        if key is None:
            raise RuntimeError(
                f"The variable {getattr(variable, 'name', '')!r} was made while a scheduled function ran, where the "
                f"coordinator cannot know of it: build the model before it is scheduled, by an `input_shape`, "
                f"`model.build(input_shape)` or a call."
            )
        return self._entries[key]

    def _send_changes(self, keys: list[int]) -> None:
        changes: dict[str, dict[int, list[Any]]] = {"set": {}, "add": {}}
        for key in keys:
            for count in self._counts.get(key, ()):
                count.settle()
            local = self._locals[key]
            if not local.has_changed():
                continue
            before = local.before
            for part in local.entry.parts:
                place = key, part.number
                if before is None or local.assigned:
                    values = packed(local.entry.cut(local.tensor.detach(), part))
                    changes["set"].setdefault(part.server, []).append((place, values))
                else:
                    added = local.tensor.detach() - before
                    changes["add"].setdefault(part.server, []).append((place, packed(local.entry.cut(added, part))))
                local.versions.pop(part.number, None)
        for what, by_server in changes.items():
            self._ask_all({server: (what, each) for server, each in by_server.items()})


def _assign(variable: Variable, local: _Local, *args: Any, **kwargs: Any) -> Any:
    local.assigned = True
    return type(variable).assign(variable, *args, **kwargs)


def _as_values(obj: Any) -> Any:
    """Variables within a result, as what they hold."""
    if isinstance(obj, (Variable, nn.Parameter)):
        found = obj.read_value() if isinstance(obj, Variable) else obj
        plain = found.detach().as_subclass(Tensor)
        return tensor_of, packed(plain)
    if isinstance(obj, nn.Module):
        raise CannotShip("A scheduled function gives figures and tensors, not layers: the chief has its model already.")
    if isinstance(obj, Tensor) and type(obj) is Tensor and obj.requires_grad:
        return tensor_of, packed(obj)
    return NotImplemented


def _called(function: Callable[[], Any]) -> Any:
    return function()


_MAKERS: dict[str, Callable[[Any], Any]] = {"call": _called, "iterator": iter}

__all__ = ["Worker"]
