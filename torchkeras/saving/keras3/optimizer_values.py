"""The values of an optimizer in the order in which each Keras saves them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from torchkeras.core.variable import Variable
from torchkeras.graph.operation import Operation
from torchkeras.layers import Layer
from torchkeras.optimizers import SGD, Adafactor, LossScaleOptimizer, Nadam, Optimizer
from torchkeras.optimizers.built_in import BuiltIn
from torchkeras.saving.keras3.stores import ReadStore, WriteStore
from torchkeras.saving.values import read_value

#: Something that a file has and we work out: written, and passed over in reading.
Fixed = np.generic


def save(optimizer: Any, model: Any, store: WriteStore) -> None:
    """Writes an optimizer's own values, in Keras 3's order."""
    if _saves_itself(optimizer):
        optimizer.save_own_variables(store)
        return
    for place, value in enumerate(values_of(optimizer, _trained_by_keras3(model), True)):
        store[str(place)] = value


def build(optimizer: Any, model: Any, keras3: bool) -> None:
    """Makes an optimizer's variables, for the model's trainable ones in the order of the file's Keras."""
    if not optimizer.built:
        optimizer.build(_trained_by_keras3(model) if keras3 else model.trainable_variables)


def load(optimizer: Any, model: Any, store: ReadStore, keras3: bool) -> None:
    """Gives an optimizer that was built the values of a file."""
    if _saves_itself(optimizer):
        optimizer.load_own_variables(store)
        return
    trained = _trained_by_keras3(model) if keras3 else list(model.trainable_variables)
    shapes = store.shapes()
    given = [shapes.get(str(place)) for place in range(len(shapes))]
    for with_rate in (not keras3, keras3):
        own = values_of(optimizer, trained, with_rate)
        expected = [() if isinstance(value, Fixed) else tuple(value.shape) for value in own]
        if _fits(optimizer, expected, given):
            for place, value in enumerate(own[: len(given)]):
                if isinstance(value, Variable):
                    read_value(value, store.dataset(str(place)))
            return
    warnings.warn(
        f"Skipping variable loading for optimizer '{optimizer.name}', because it has {len(expected)} variables whereas "
        f"the saved optimizer has {len(shapes)} variables, or others. It starts anew.",
        stacklevel=7,
    )


def _fits(optimizer: Any, expected: list[Any], given: list[Any]) -> bool:
    """Whether what was saved is what an optimizer has, or the beginning of it."""
    if given == expected:
        return True
    if 0 < len(given) <= 2 and given == expected[: len(given)] and all(shape == () for shape in given):
        return True  # saved before its first step: the counter, and the rate
    # tf_keras keeps the last moves of SGD without momentum too, and does nothing with them.
    moves = [tuple(variable.shape) for variable in optimizer._trainable_variables]
    return isinstance(optimizer, SGD) and not optimizer.momentum and bool(moves) and given == [*expected, *moves]


def values_of(optimizer: Any, trained: list[Variable], keras3: bool) -> list[Any]:
    """An optimizer's values as a file has them: Variables, and numbers for what is none here.

    Args:
        optimizer: one whose class does not say itself how it is saved.
        trained: all trainable variables of the model, in the file's order.
        keras3: whether as Keras 3 has them, not tf_keras.
    """
    if isinstance(optimizer, LossScaleOptimizer):
        within = values_of(optimizer.inner_optimizer, trained, keras3)
        scale = [np.int64(0), np.float32(0), optimizer.dynamic_counter, optimizer.dynamic_scale]
        return [*scale, *within] if keras3 else within
    found: list[Any] = [optimizer._iterations]
    if keras3 and isinstance(optimizer._learning_rate, Variable):
        found.append(optimizer._learning_rate)
    if not isinstance(optimizer, BuiltIn):
        return found + [variable for variable in optimizer.variables if variable is not optimizer._iterations]
    if not optimizer.built:
        return found
    order = _places(optimizer, trained)
    shared = [["_model_variables_moving_average"]] * bool(optimizer.use_ema)
    shared += [["_accumulated_gradients"]] * bool(optimizer.gradient_accumulation_steps)
    own = [[optimizer.slot_attributes[name] for name in names] for names in optimizer._slot_order()]
    missing = [np.float32(0)] if keras3 and isinstance(optimizer, Adafactor) else []  # of weights with one axis
    for attributes in (*shared, *own):
        kept = [getattr(optimizer, attribute, []) for attribute in attributes]
        for place in order:
            for slots in kept:
                if place < len(slots):
                    found += missing if slots[place] is None else [slots[place]]
    if keras3 and isinstance(optimizer, Nadam):
        found.append(np.float32(optimizer._product_to(int(optimizer._count))))
    return found


def _places(optimizer: Any, trained: Iterable[Variable]) -> list[int]:
    """The places of the variables that the optimizer trains, in the model's order; others after them."""
    own = {id(variable.parameter): place for place, variable in enumerate(optimizer._trainable_variables)}
    listed = [own.pop(id(variable.parameter)) for variable in trained if id(variable.parameter) in own]
    return [*listed, *own.values()]


def _saves_itself(optimizer: Any) -> bool:
    """Whether the class is a user's that says how it is saved."""
    return type(optimizer).save_own_variables is not Optimizer.save_own_variables


def _trained_by_keras3(model: Any) -> list[Variable]:
    """The trainable variables in Keras 3's order: a layer's own come before those of the layers within it."""
    found: dict[int, Variable] = {}
    for layer in _outer_first(model, set()):
        for variable in layer._variables_to_save() if isinstance(layer, Layer) else []:
            if variable.trainable:
                found.setdefault(id(variable.parameter), variable)
    # What Keras 3 would not have: the parameters of plain torch modules.
    for variable in model.trainable_variables:
        found.setdefault(id(variable.parameter), variable)
    return list(found.values())


def _outer_first(layer: Any, seen: set[int]) -> Iterator[Operation]:
    if id(layer) not in seen:
        seen.add(id(layer))
        yield layer
        for child in _inner(layer):
            yield from _outer_first(child, seen)


def _inner(layer: Any) -> Iterator[Any]:
    """The layers within one in Keras 3's order: as they were set, those of a dict in its own order."""
    if not isinstance(layer, Layer):
        return
    attribute_of = {name: one for one, names in layer.__dict__.get("_tracked_names", {}).items() for name in names}
    if getattr(layer, "_functional_graph", None) is None and attribute_of:
        listed: set[str] = set()
        for name in layer._modules:
            if name in attribute_of:
                if attribute_of[name] not in listed:  # once for all that is in it
                    listed.add(attribute_of[name])
                    yield from _listed(layer.__dict__[attribute_of[name]])
            elif isinstance(layer._modules[name], Operation):
                yield layer._modules[name]
    yield from layer._children()


def _listed(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _listed(one)
    elif isinstance(value, Operation):
        yield value
