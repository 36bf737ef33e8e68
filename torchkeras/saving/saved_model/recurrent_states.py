"""The states at which stateful recurrent layers ended their last batch: a SavedModel has them, a checkpoint has not."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.nest import flatten
from torchkeras.layers import RNN
from torchkeras.layers.recurrent.sizes import as_list, pack_states
from torchkeras.saving.checkpoint.reading import OpenCheckpoint


class _Attributes:
    """What Keras keeps of a layer beside its checkpoint: an object of its own."""

    def __init__(self, states: Any) -> None:
        self._states = states

    def _checkpoint_children(self) -> dict[str, Any]:
        return {"states": self._states}


def parts(layer: Any) -> dict[str, Any]:
    """The states of a stateful layer by the names that they have in a folder; empty for all else."""
    if not isinstance(layer, RNN) or not layer.stateful or any(state is None for state in layer.states):
        return {}
    return {"keras_api": _Attributes(as_list(pack_states(layer.cell.state_size, layer.states)))}


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
    return [
        key for number in _leaves(states, source) for key in source.nodes[number].keys.values() if key in source.bundle
    ]


def _leaves(number: int, source: OpenCheckpoint) -> list[int]:
    """The nodes of the variables in nested lists, in order."""
    children = source.nodes[number].children
    inner = [children[str(place)] for place in range(len(children)) if str(place) in children]
    return [leaf for one in inner for leaf in _leaves(one, source)] if inner else [number]
