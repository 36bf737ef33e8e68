"""What a golden case is: plain data, importable with neither TensorFlow nor torchkeras."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Input:
    """One array handed to a layer, described and not stored.

    Args:
        shape: The full shape, batch included.
        kind: How the values are drawn; the names are those of `arrays.KINDS`.
        high: Upper bound (exclusive) of kind "ints" and number of levels of kind "ties".
    """

    shape: tuple[int, ...]
    kind: str = "normal"
    high: int = 10

    @property
    def differentiable(self) -> bool:
        return self.kind not in {"ints", "float_ints", "bytes", "prefix_mask", "random_mask"}


@dataclass(frozen=True)
class LayerCase:
    """One layer with its arguments, and what is fed to it.

    Args:
        name: Unique; starts with the layer's class name.
        layer: Class name in `keras.layers`.
        config: Constructor arguments. A value {"class_name", "config"} under "layer" is a nested layer.
        inputs: One Input, or several for a layer that takes a list.
        training: Passed on when not None.
        calls: How often the layer is called, each time with other values; the last call is compared.
        masks: One mask (or None) per input.
        mask_as: "tensor" hangs the masks on the inputs as `_keras_mask`, "argument" passes `mask=`.
        free_axes: Axes set to None (besides the batch) for a second `compute_output_shape`.
        differentiable: False where the reference has no gradient.
        reference: How the reference is computed where tf_keras cannot do it directly on a CPU; see reference.py.
        spread: The inputs are arguments of their own, not a list.
        options: Further keyword arguments of each call.
    """

    name: str
    layer: str
    config: dict[str, Any]
    inputs: tuple[Input, ...]
    training: bool | None = None
    calls: int = 1
    masks: tuple[Input | None, ...] = ()
    mask_as: str = "tensor"
    free_axes: tuple[int, ...] = ()
    differentiable: bool = True
    reference: str = "direct"
    spread: bool = False
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelCase:
    """A model made by a function of a Keras-like namespace, so that both sides run the same code."""

    name: str
    build: Callable[[Any], Any]
    inputs: tuple[Input, ...]
    training_calls: int = 3


@dataclass(frozen=True)
class ActivationCase:
    """An activation function.

    Args:
        source: "tf_keras", "keras3" for what only Keras 3 has, or "definition" where that one is wrong.
        kinks: Points where the slope jumps: compared in value, not in gradient.
        rows: True for functions over an axis, which get a matrix instead of the grid.
    """

    name: str
    function: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    source: str = "tf_keras"
    kinks: tuple[float, ...] = ()
    rows: bool = False


@dataclass(frozen=True)
class WeightFunctionCase:
    """A regularizer or a constraint: a function of one weight."""

    name: str
    identifier: Any
    weight: Input


@dataclass(frozen=True)
class InitializerCase:
    """An initializer and what must hold for its values.

    Args:
        law: "exact" compares values, "uniform" (limit), "normal" (stddev) and "truncated" (stddev of the
            underlying normal, cut at two of them) compare statistics, "orthogonal" (gain) the product with itself.
        parameter: The number the law needs.
        mean: Middle of the distribution.
    """

    name: str
    identifier: Any
    shape: tuple[int, ...]
    law: str
    parameter: float = 0.0
    mean: float = 0.0


def as_inputs(inputs: Any) -> tuple[Input, ...]:
    """Accept a shape, an Input, or a list of either."""
    if isinstance(inputs, Input):
        return (inputs,)
    if isinstance(inputs, tuple) and all(isinstance(size, int) for size in inputs):
        return (Input(inputs),)
    return tuple(one for item in inputs for one in as_inputs(item))


def case(layer: str, label: str, inputs: Any, config: dict[str, Any] | None = None, **options: Any) -> LayerCase:
    """Make one LayerCase named `layer-label`."""
    return LayerCase(f"{layer}-{label}", layer, dict(config or {}), as_inputs(inputs), **options)


def table(layer: str, inputs: Any, rows: dict[str, dict[str, Any]], **options: Any) -> list[LayerCase]:
    """Make one case per row of {label: constructor arguments}, all fed alike."""
    return [case(layer, label, inputs, config, **options) for label, config in rows.items()]


def obj(class_name: str, **config: Any) -> dict[str, Any]:
    """Write a serialized initializer, regularizer, constraint or layer."""
    return {"class_name": class_name, "config": config}
