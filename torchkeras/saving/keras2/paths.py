"""The order of a layer's values in .h5 files of Keras 3, which name each by the layers that it lies in.

Keras 3 takes layers in a dict as they were put there, Keras 2 and torchkeras by their keys.
"""

from __future__ import annotations

from typing import Any

from torchkeras.core.variable import Variable
from torchkeras.saving.keras2 import weights
from torchkeras.saving.keras2.saved import Saved


def in_own_order(layer: Any, names: list[str], values: list[Saved]) -> list[Saved]:
    """The values in the order of the layer's weights, where their names tell; else as they are.

    Args:
        layer: a layer or inner model.
        names: the file's names of its values, such as 'block/head/kernel'.
        values: as many values.
    """
    owners: dict[int, str] = {}
    for one in layer._flatten_layers():
        for variable in one._own_variables() if hasattr(one, "_own_variables") else ():
            owners.setdefault(id(variable.parameter), one.name)
    expected = [_key(owners.get(id(variable.parameter), ""), variable) for variable in weights.of_layer(layer)]
    given = {tuple(name.split("/")[-2:]): value for name, value in zip(names, values)}
    if len(given) != len(values) or len(set(expected)) != len(expected) or set(given) != set(expected):
        return values
    return [given[key] for key in expected]


def _key(owner: str, variable: Variable) -> tuple[str, str]:
    return owner, variable.name.rpartition(":")[0].rpartition("/")[2] or variable.name
