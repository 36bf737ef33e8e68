"""The graph of a model's objects as `saved_model.pb` has it: what each is, and what lies within it."""

from __future__ import annotations

from collections import deque
from typing import Any

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.variable import Variable
from torchkeras.graph.operation import Operation
from torchkeras.records.graph_def import VersionDef
from torchkeras.records.tensor_proto import DTYPE_NUMBERS, shape_proto
from torchkeras.saving.checkpoint.writing import Collected
from torchkeras.saving.saved_model.describing import Descriptions, kind_of
from torchkeras.saving.saved_model.messages import SavedMetadata, SavedObjectGraph

#: What is saved of the training: its values are in the bundle, and Keras makes these objects anew from their configs.
_OF_TRAINING = frozenset(("optimizer", "train_function", "train_tf_function", "test_function", "predict_function"))


class ObjectGraph:
    """The objects that are reached from a model, numbered anew.

    Args:
        collected: all objects of the model's checkpoint.
    """

    def __init__(self, collected: Collected) -> None:
        self._collected = collected
        self._numbers: dict[int, int] = {0: 0}
        self._order = [0]
        self.paths = ["root"]
        waiting = deque([0])
        while waiting:
            old = waiting.popleft()
            for name, child in self._edges(old):
                if child not in self._numbers:
                    self._numbers[child] = len(self._order)
                    self._order.append(child)
                    self.paths.append(f"{self.paths[self._numbers[old]]}.{name}")
                    waiting.append(child)

    def _edges(self, old: int) -> list[tuple[str, int]]:
        edges = self._collected.edges[old].items()
        return [(name, child) for name, child in edges if old or name not in _OF_TRAINING]

    def saved(self) -> SavedObjectGraph:
        """The message."""
        graph = SavedObjectGraph()
        for old in self._order:
            one, node = self._collected.objects[old], graph.nodes.add()
            for name, child in self._edges(old):
                node.children.add(node_id=self._numbers[child], local_name=name)
            if isinstance(one, Variable):
                dtype = dtype_name(one.parameter.dtype)
                node.variable.dtype = DTYPE_NUMBERS[dtype]
                node.variable.shape.CopyFrom(shape_proto(tuple(one.shape)))
                node.variable.shape.SetInParent()
                node.variable.trainable, node.variable.name = one.trainable, one.path
            else:
                node.user_object.identifier = _identifier(one)
                node.user_object.version.CopyFrom(VersionDef(producer=1, min_consumer=1))
        return graph

    def described(self, descriptions: Descriptions, training: dict[str, Any] | None, encode: Any) -> SavedMetadata:
        """What Keras is told of its objects.

        Args:
            descriptions: of the layers.
            training: the settings of `compile`, which go to the root.
            encode: makes JSON.
        """
        metadata = SavedMetadata()
        for number, old in enumerate(self._order):
            found = descriptions.of(self._collected.objects[old])
            if found is None:
                continue
            if number == 0 and training is not None:
                found["training_config"] = training
            metadata.nodes.add(
                node_id=number,
                node_path=self.paths[number],
                identifier=kind_of(self._collected.objects[old]),
                metadata=encode(found),
                version=VersionDef(producer=2, min_consumer=1),
            )
        return metadata


def _identifier(one: Any) -> str:
    if isinstance(one, Operation):
        return kind_of(one)
    if isinstance(one, (list, tuple)):
        return "trackable_list_wrapper"
    return "trackable_dict_wrapper" if isinstance(one, dict) else "_generic_user_object"


__all__ = ["ObjectGraph"]
