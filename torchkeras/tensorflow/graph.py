"""tf.Graph: what is left of TensorFlow's graphs where functions run as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from torchkeras.core.kinds import bridge
from torchkeras.events.op_graph import OperationGraph
from torchkeras.records.graph_def import GraphDef


class Graph:
    """Graphs to put operations into by hand are TensorFlow 1: making one raises an error."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Graph:
            raise NotImplementedError(
                "tf.Graph builds graphs by hand, as TensorFlow 1 does; here code runs at once. Write the computation "
                "as a function, with @tf.function where TensorFlow should compile it, and call it."
            )
        return super().__new__(cls)


class FuncGraph(Graph):
    """What a function computes: torch's operations in their order, found by running it on made values.

    Args:
        name: of the function.
        run: runs it.
        inputs: the specs of its arguments.
    """

    building_function = True

    def __init__(self, name: str, run: Callable[[], Any], inputs: list[Any]) -> None:
        self.name, self.inputs, self._run = name, inputs, run
        self._known: GraphDef | None = None

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> GraphDef:
        """The operations as a GraphDef: `.node` lists them with their inputs."""
        if self._known is None:
            watch = OperationGraph()
            with values_kept(), torch.random.fork_rng(devices=[]), torch.no_grad(), watch:
                self._run()
            self._known = watch.graph()
        return self._known

    def get_operations(self) -> list[Any]:
        """The operations, each with a `name` and an `op`."""
        return list(self.as_graph_def().node)


@contextmanager
def values_kept() -> Iterator[None]:
    """Within, variables may be assigned to; afterwards they have their values of before."""
    before = bridge.before_assign
    saved: dict[int, tuple[Any, torch.Tensor]] = {}

    def keep(variable: Any) -> None:
        if id(variable.parameter) not in saved:
            with _disable_current_modes():  # the real value, where shapes alone are computed too
                saved[id(variable.parameter)] = (variable, variable.parameter.detach().clone())
        before(variable)

    bridge.connect(before_assign=keep)
    try:
        yield
    finally:
        bridge.connect(before_assign=before)
        with torch.no_grad():
            for variable, value in saved.values():
                variable.parameter.copy_(value)


__all__ = ["FuncGraph", "Graph", "values_kept"]
