"""A checkpoint, opened: its graph of objects, and its values."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from torch.autograd.graph import increment_version

from torchkeras.core.kinds import bridge
from torchkeras.core.variable import Variable
from torchkeras.records.wire import DecodeError
from torchkeras.saving.checkpoint.messages import TrackableObjectGraph
from torchkeras.saving.checkpoint.writing import GRAPH_KEY
from torchkeras.saving.containers.bundle import Bundle
from torchkeras.saving.errors import UnreadableFile


class Node(NamedTuple):
    """An object of the graph: its parts and values by name, and the slots of an older optimizer.

    A slot is the number of the variable, the name, the number of what is kept for it.
    """

    children: dict[str, int]
    keys: dict[str, str]
    slots: list[tuple[int, str, int]]


class OpenCheckpoint:
    """A checkpoint whose values can be read as long as it lives, even if others take the place of its files.

    Args:
        prefix: its path without the endings.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.bundle = Bundle(prefix)
        self.bundle.open_files()
        self.nodes = self._graph() if GRAPH_KEY in self.bundle else []

    def __del__(self) -> None:
        bundle = self.__dict__.get("bundle")
        if bundle is not None:
            bundle.close()

    def _graph(self) -> list[Node]:
        """The nodes; an UnreadableFile where they refer to what is not there."""
        stored = self.bundle.read(GRAPH_KEY)
        try:
            if stored.shape != () or stored.dtype != object:
                raise ValueError("is no text")
            graph = TrackableObjectGraph.FromString(stored.item())
        except (DecodeError, ValueError) as error:
            raise UnreadableFile(f"Cannot read the checkpoint {self.prefix!r}: its graph of objects {error}.") from None
        nodes = [
            Node(
                {one.local_name: one.node_id for one in node.children},
                {one.name: one.checkpoint_key for one in node.attributes},
                [(s.original_variable_node_id, s.slot_name, s.slot_variable_node_id) for s in node.slot_variables],
            )
            for node in graph.nodes
        ]
        numbers = [
            n for node in nodes for n in (*node.children.values(), *(i for a, _, b in node.slots for i in (a, b)))
        ]
        if not nodes or any(not 0 <= number < len(nodes) for number in numbers):
            raise UnreadableFile(
                f"Cannot read the checkpoint {self.prefix!r}: its graph names objects it does not have."
            )
        return nodes

    def text(self, key: str) -> bytes | None:
        """A value that is one byte string; None where it is something else, such as several values."""
        if key not in self.bundle and any(known.startswith(key) for known in self.bundle):
            return None
        entry = self._entry(key)
        if entry.dtype != "string" or entry.shape != ():
            return None
        found: bytes = self.bundle.read(key).item()
        return found

    def array(self, key: str) -> np.ndarray:
        """A value as an array."""
        self._entry(key)
        return self.bundle.read(key)

    def number(self, key: str) -> float | None:
        """A value that is one real number; None where it is something else."""
        entry = self._entry(key)
        if entry.shape != () or _kind(entry.dtype) not in ("float", "int"):
            return None
        return float(self.bundle.read(key)[()])

    def _entry(self, key: str) -> Any:
        if key not in self.bundle:
            raise UnreadableFile(
                f"Cannot read the checkpoint {self.prefix!r}: its graph of objects names the value {key!r}, which is "
                f"not there."
            )
        return self.bundle.entry(key)

    def problem(self, key: str, variable: Variable) -> str | None:
        """Why a value does not fit a variable; None where it does."""
        entry = self._entry(key)
        shape = tuple(variable.shape)
        if entry.shape != shape:
            return f"shape {entry.shape} in the checkpoint, {shape} in the program"
        wanted = str(variable.parameter.dtype).removeprefix("torch.")
        if entry.dtype != wanted and _kind(entry.dtype) != _kind(wanted):
            return f"dtype {entry.dtype} in the checkpoint, {wanted} in the program"
        return None

    def assign(self, key: str, variable: Variable) -> None:
        """Reads a value into a variable, into its own memory where that is possible."""
        dtype = self._entry(key).dtype
        with torch.no_grad():
            if bridge.active:
                bridge.before_assign(variable)
            target = variable.parameter.detach()
            if str(target.dtype) == f"torch.{dtype}" and (array := _memory(target, variable)) is not None:
                self.bundle.read_into(key, array)
                increment_version(target)  # which torch does not see
            else:
                variable.assign(torch.from_numpy(self.bundle.read(key)).to(target.device))


def _kind(dtype: str) -> str:
    if dtype.startswith(("float", "bfloat")):
        return "float"
    return dtype.rstrip("0123456789").removeprefix("u")


def _memory(target: torch.Tensor, variable: Variable) -> np.ndarray | None:
    """A tensor's memory as an array in Keras's shape; None where there is no such view of it."""
    if target.device.type != "cpu" or hasattr(target, "full_tensor") or type(target) is not torch.Tensor:
        return None
    if target.dtype is torch.bfloat16:
        target = target.view(torch.int16)
    seen = variable.layout.to_keras(target)
    shared = seen.untyped_storage().data_ptr() == target.untyped_storage().data_ptr()
    return seen.numpy() if shared else None


__all__ = ["Node", "OpenCheckpoint"]
