"""Giving an optimizer the state of a file, whichever Keras wrote it.

Files tell the slots of an optimizer (Adam's `m`, `v`) by three kinds of names:

    tf_keras, Keras 2.11 to 2.15        iteration:0, Adam/m/dense/kernel:0, Adam/v/dense/kernel:0
    TensorFlow 2.0 to 2.10, `legacy`    Adam/iter:0, Adam/dense/kernel/m:0, ... , Adam/dense/kernel/v:0
    Keras 1.2 to 2.3                    Adam/iterations:0, training/Adam/Variable:0, ...: all m, then all v

Keras 3 has its own order, which `keras3/optimizer_values.py` knows.
"""

from __future__ import annotations

import re
import warnings
from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.optimizers import LossScaleOptimizer, Optimizer
from torchkeras.saving.checkpoint.optimizers import older_names
from torchkeras.saving.containers.hdf5 import Dataset, Group
from torchkeras.saving.keras3 import optimizer_values
from torchkeras.saving.keras3.stores import ReadStore
from torchkeras.saving.values import read_value

_COUNTER = re.compile(r"(^|/)(iteration|iterations|iter)(_\d+)?(:0)?$")
_SUFFIX = re.compile(r"(_\d+)?:0$")


def restore(group: Group, model: Any, version: str) -> None:
    """Gives the optimizer of a compiled model the state of a file, or warns that it starts anew.

    Args:
        group: the file's `optimizer_weights`.
        model: the model, which has its weights.
        version: of the Keras that wrote the file.
    """
    optimizer = model.optimizer
    if not isinstance(optimizer, Optimizer):
        return
    names = group.strings("weight_names", [])
    if not names:
        return
    saved = [(name, group.dataset(name)) for name in names]
    if version.startswith("3."):
        optimizer_values.build(optimizer, model, True)
        optimizer_values.load(optimizer, model, _Numbered(saved), True)
        return
    if all(dataset.shape == () for _, dataset in saved) and not _took_a_step(saved):
        return  # written before the first step, when the slots were not there yet
    if not optimizer.built:
        optimizer.build(model.trainable_variables)
    inner = optimizer.inner_optimizer if isinstance(optimizer, LossScaleOptimizer) else optimizer
    pairs = _pairs(inner, saved)
    if pairs is None:
        warnings.warn(
            f"Error in loading the saved optimizer state: the values in the file are none of {type(inner).__name__}'s "
            f"for this model. As a result, your model is starting with a freshly initialized optimizer.",
            stacklevel=7,
        )
        return
    for variable, dataset in pairs:
        read_value(variable, dataset)


def _took_a_step(saved: list[tuple[str, Dataset]]) -> bool:
    return any(_COUNTER.search(name) and int(dataset.read()) for name, dataset in saved)


class _Numbered(ReadStore):
    """The values by their numbers, as files of Keras 3 have them."""

    def __init__(self, saved: list[tuple[str, Dataset]]) -> None:
        super().__init__(None)
        self._datasets = {str(place): dataset for place, (_, dataset) in enumerate(saved)}
        self._names = list(self._datasets)

    def dataset(self, key: str) -> Dataset:
        return self._datasets[key]


def _pairs(optimizer: Optimizer, saved: list[tuple[str, Dataset]]) -> list[tuple[Variable, Dataset]] | None:
    """What each variable gets; None where something is missing, or does not fit."""
    counters = [dataset for name, dataset in saved if dataset.shape == () and _COUNTER.search(name)]
    pairs = [(optimizer._iterations, counters[0])] if counters else []
    others = [(name, dataset) for name, dataset in saved if dataset not in counters]
    own = _slots(optimizer)
    if own is None:  # a class of the user's
        listed = [variable for variable in optimizer.variables if variable is not optimizer._iterations]
        return _matched(pairs, listed, [dataset for _, dataset in others])
    # A file may have more than is needed: SGD without momentum keeps its moves in tf_keras and up to Keras 2.3.
    if not any(own.values()):
        return pairs
    kinds = {
        kind for slot in ("average", *optimizer.slot_attributes) for kind in (slot, *_other_names(optimizer, slot))
    }
    found: dict[str, list[Dataset]] = {}
    nameless: list[Dataset] = []
    for name, dataset in others:
        kind = _kind(name, kinds)
        if kind is None:
            nameless.append(dataset)
        else:
            found.setdefault(kind, []).append(dataset)
    if not found and nameless:
        return _in_groups(pairs, own, nameless)
    for slot, variables in own.items():
        given = next((found[one] for one in (slot, *_other_names(optimizer, slot)) if one in found), [])
        matched = _matched(pairs, variables, given)
        if matched is None:
            return None
        pairs = matched
    return pairs


def _slots(optimizer: Optimizer) -> dict[str, list[Variable]] | None:
    """What the optimizer keeps, by slot, in the order of the trained variables; None where it has no slots by name."""
    if not optimizer.slot_attributes:
        return None
    order = [name for names in optimizer._slot_order() for name in names]
    shared = [("average", "_model_variables_moving_average")] * bool(optimizer.use_ema)
    attributes = [*shared, *((name, optimizer.slot_attributes[name]) for name in order)]
    return {name: [v for v in getattr(optimizer, attribute, ()) if v is not None] for name, attribute in attributes}


def _other_names(optimizer: Optimizer, slot: str) -> list[str]:
    """What else a slot was called: by the older optimizers, and by those of Keras 2.3."""
    older = older_names(optimizer).get(slot, slot)
    return [
        older,
        {"momentum": "moment", "velocity": "accumulator", "accumulated_grad": "accumulator"}.get(older, older),
    ]


def _kind(name: str, kinds: set[str]) -> str | None:
    """The slot that a name tells: its second part, or its last."""
    parts = _SUFFIX.sub("", name).split("/")
    if len(parts) > 2 and parts[1] in kinds:
        return parts[1]
    return parts[-1] if len(parts) > 2 and parts[0] != "training" and parts[-1] in kinds else None


def _matched(
    pairs: list[tuple[Variable, Dataset]], variables: list[Variable], given: list[Dataset]
) -> list[tuple[Variable, Dataset]] | None:
    if [tuple(variable.shape) for variable in variables] != [dataset.shape for dataset in given]:
        return None
    return [*pairs, *zip(variables, given)]


def _in_groups(
    pairs: list[tuple[Variable, Dataset]], own: dict[str, list[Variable]], given: list[Dataset]
) -> list[tuple[Variable, Dataset]] | None:
    """Slot after slot, as the first Keras 2 wrote them: with a scalar before, with place holders behind."""
    given = [dataset for dataset in given if dataset.shape != ()] if any(d.shape == () for d in given) else given
    for variables in own.values():
        matched = _matched(pairs, variables, given[: len(variables)])
        if matched is None:
            return None
        pairs, given = matched, given[len(variables) :]
    return pairs if all(dataset.shape == (1,) for dataset in given) else None
