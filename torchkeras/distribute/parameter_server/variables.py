"""Where each variable lives: what the chief knows of the variables of a cluster.

A variable is a tensor here: a parameter or buffer of a layer, the state of a metric, the counter of an optimizer. The
chief's own tensor is a copy that is brought up to date when its steps are waited for, and whatever the program writes
to it goes to the servers before the next step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from torchkeras.core.layout import IDENTITY, Layout
from torchkeras.core.variable import Variable
from torchkeras.metrics.count import Count


class Part(NamedTuple):
    """A piece of a variable.

    Args:
        server: the number of the parameter server that has it.
        number: the number of the piece.
        rows: which rows of the variable, in Keras's shape; None for all of it, laid out as torch has it.
    """

    server: int
    number: int
    rows: slice | None = None


class Entry(NamedTuple):
    """What everybody is told of a variable.

    Args:
        key: its number.
        shape, dtype: of the tensor, as torch has it.
        parts: where it is.
        everywhere: whether each server has all of it, as optimizers need their rate; it is read from the first.
        trained: whether it is a parameter that takes gradients.
        is_parameter: whether it is a `nn.Parameter` at all.
        on_host: whether it stays on the CPU, whatever the device is.
        layout: between Keras's shape and torch's.
        name: for errors.
    """

    key: int
    shape: tuple[int, ...]
    dtype: torch.dtype
    parts: tuple[Part, ...]
    everywhere: bool
    trained: bool
    is_parameter: bool
    on_host: bool
    layout: Layout
    name: str

    def reading(self) -> tuple[Part, ...]:
        """The parts to read."""
        return self.parts[:1] if self.everywhere else self.parts

    def cut(self, tensor: Tensor, part: Part) -> Tensor:
        """A part of a tensor of this shape."""
        return tensor if part.rows is None else self.layout.to_keras(tensor)[part.rows]

    def put(self, tensor: Tensor, part: Part, values: Tensor) -> None:
        """Writes a part into a tensor of this shape."""
        with torch.no_grad():
            if part.rows is None:
                tensor.copy_(values)
                return
            whole = self.layout.to_keras(tensor)
            whole[part.rows] = values.to(whole.device)
            if whole.untyped_storage().data_ptr() != tensor.untyped_storage().data_ptr():  # the layout made a copy
                tensor.copy_(self.layout.to_torch(whole))


class Known:
    """A variable of the chief's.

    Args:
        entry: what others are told.
        variable: as Keras has it; None for a tensor of a torch module.
        held: the tensor, where there is no Variable.
    """

    def __init__(self, entry: Entry, variable: Variable | None, held: Tensor) -> None:
        self.entry, self.variable, self._held = entry, variable, held
        self._seen: tuple[int, int] = (0, -1)
        self._copy: Tensor | None = None

    @property
    def tensor(self) -> Tensor:
        return self._held if self.variable is None else self.variable.parameter.detach()

    def was_written(self) -> bool:
        """Whether the program has written to it since it was last looked at."""
        if self._state() != self._seen:
            return True
        return self._copy is not None and not torch.equal(self._copy, self.tensor)

    def look(self) -> None:
        """Notes the value. torch counts what is written, but for what batch normalization does to its averages."""
        self._seen = self._state()
        self._copy = None if self.entry.is_parameter else self.tensor.clone()

    def take(self, part: Part, values: Tensor) -> None:
        """A part of the value as a server has it."""
        tensor = self.tensor
        self.entry.put(tensor, part, values)
        if isinstance(self.variable, Count):
            self.variable._tensor_used = True

    def _state(self) -> tuple[int, int]:
        tensor = self.tensor
        return tensor.untyped_storage().data_ptr(), tensor._version


class Directory:
    """All variables that scheduled functions were found to use.

    Args:
        servers: how many parameter servers there are.
        partitioner: from `shape` and `dtype` to how many parts each axis is cut into; only the first may be.
    """

    def __init__(self, servers: int, partitioner: Callable[..., Any] | None = None) -> None:
        self.known: list[Known] = []
        self._servers, self._partitioner = servers, partitioner
        self._by_id: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id becomes another's
        self._load = [0] * servers
        self.created = 0  # so many of them the servers have

    def key_of(self, tensor: Tensor) -> int | None:
        """The number of a tensor's variable."""
        return self._by_id.get(id(tensor))

    def add(self, tensor: Tensor, variable: Variable | None = None, everywhere: bool = False) -> int:
        """Takes up a variable, or finds it; gives its number."""
        found = self._by_id.get(id(tensor))
        if found is None and variable is not None and (found := self._by_id.get(id(variable))) is not None:
            self._note(tensor, found)  # it has another tensor by now
        if found is not None:
            known = self.known[found]
            if known.variable is None and variable is not None:
                known.variable = variable
                known.entry = known.entry._replace(layout=variable.layout, name=variable.name)
                self._note(variable, found)
            if known.entry.trained != bool(tensor.requires_grad):
                known.entry = known.entry._replace(trained=bool(tensor.requires_grad))
            return found
        key = len(self.known)
        layout = IDENTITY if variable is None else variable.layout
        name = f"variable {key}" if variable is None else variable.name
        parts = self._placed(tensor, variable, everywhere)
        entry = Entry(
            key, tuple(tensor.shape), tensor.dtype, parts, everywhere, bool(tensor.requires_grad),
            isinstance(tensor, nn.Parameter), tensor.device.type == "cpu", layout, name,
        )  # fmt: skip
        self.known.append(Known(entry, variable, tensor.detach()))
        self._note(tensor, key)
        if variable is not None:
            self._note(variable, key)
        return key

    def _note(self, obj: Any, key: int) -> None:
        self._by_id[id(obj)] = key
        self._kept.append(obj)

    def _placed(self, tensor: Tensor, variable: Variable | None, everywhere: bool) -> tuple[Part, ...]:
        """A variable goes to the server that has least: with variables of one size, to each in turn."""
        if everywhere:
            return tuple(Part(server, server) for server in range(self._servers))
        count = self._count(variable)
        if count < 2:
            return (Part(self._next(tensor.nbytes), 0),)
        length = variable.shape[0]  # type: ignore[union-attr]
        bounds = [length * i // count for i in range(count + 1)]
        share = tensor.nbytes // count
        return tuple(Part(self._next(share), i, slice(bounds[i], bounds[i + 1])) for i in range(count))

    def _next(self, size: int) -> int:
        server = self._load.index(min(self._load))
        self._load[server] += max(size, 1)
        return server

    def _count(self, variable: Variable | None) -> int:
        if self._partitioner is None or variable is None or not tuple(variable.shape):
            return 1
        shape = tuple(variable.shape)
        counts = list(self._partitioner(shape=variable.shape, dtype=variable.dtype))
        if len(counts) != len(shape) or any(int(count) != 1 for count in counts[1:]) or int(counts[0]) < 1:
            raise ValueError(
                f"`variable_partitioner` must give a number of parts for each axis, and 1 for all but the first. For "
                f"the variable {variable.name!r} of shape {shape} it gave {counts}."
            )
        return min(int(counts[0]), shape[0])

    def written(self) -> list[Known]:
        """Those that the servers have and the program has written to."""
        found = []
        for known in self.known[: self.created]:
            if isinstance(known.variable, Count):
                known.variable.settle()
            if known.was_written():
                found.append(known)
        return found

    def entries(self, keys: Iterable[int]) -> list[Entry]:
        return [self.known[key].entry for key in sorted(keys)]


__all__ = ["Directory", "Entry", "Known", "Part"]
