"""The states at which stateful recurrent layers ended their last batch: a SavedModel has them, a checkpoint has not."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.nest import flatten
from torchkeras.layers import RNN
from torchkeras.saving.checkpoint.reading import OpenCheckpoint


def restore(objects: dict[int, Any], source: OpenCheckpoint) -> None:
    """Gives stateful layers their states, where the folder has some of the same shapes.

    Args:
        objects: by the number of the node, what took its values.
        source: the values.
    """
    for number, layer in objects.items():
        if not isinstance(layer, RNN) or not layer.stateful:
            continue
        keys = _keys(number, source)
        own = flatten(layer.states)
        if own and [tuple(source.bundle.entry(key).shape) for key in keys] == [tuple(state.shape) for state in own]:
            layer.reset_states([torch.from_numpy(source.bundle.read(key)) for key in keys])


def _keys(number: int, source: OpenCheckpoint) -> list[str]:
    """The keys of a layer's states in the bundle, in order."""
    attributes = source.nodes[number].children.get("keras_api")
    states = source.nodes[attributes].children.get("states") if attributes is not None else None
    if states is None:
        return []
    children = source.nodes[states].children
    nodes = [source.nodes[children[str(place)]] for place in range(len(children)) if str(place) in children]
    return [key for node in nodes for key in node.keys.values() if key in source.bundle]
