"""What the reference and the runner do alike, given their own `keras` namespace."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import arrays
from .cases.schema import LayerCase, ModelCase

LAYER_NAME = "layer_under_test"


def make_layer(keras: Any, case: LayerCase) -> Any:
    """Construct the layer, nested ones first."""
    return _construct(keras, case.layer, {"name": LAYER_NAME, **case.config})


def _construct(keras: Any, class_name: str, config: dict[str, Any]) -> Any:
    config = dict(config)
    for key in ("layer", "backward_layer"):
        if isinstance(config.get(key), dict):
            nested = config[key]
            config[key] = _construct(keras, nested["class_name"], nested["config"])
    return getattr(keras.layers, class_name)(**config)


def call_arguments(case: LayerCase, masks: list[Any]) -> dict[str, Any]:
    """Return the keyword arguments of one call."""
    arguments: dict[str, Any] = dict(case.options)
    if case.training is not None:
        arguments["training"] = case.training
    if case.masks and case.mask_as == "argument":
        arguments["mask"] = unwrap(masks)
    return arguments


def positional(case: LayerCase | ModelCase, values: list[Any]) -> tuple[Any, ...]:
    """Return the positional arguments of one call."""
    return tuple(values) if isinstance(case, LayerCase) and case.spread else (unwrap(values),)


def unwrap(values: list[Any]) -> Any:
    """Give a layer of one input its input, a layer of several a list."""
    return values[0] if len(values) == 1 else list(values)


def as_list(outputs: Any) -> list[Any]:
    return list(outputs) if isinstance(outputs, list | tuple) else [outputs]


def make_case_inputs(case: LayerCase | ModelCase, calls: int) -> dict[str, np.ndarray]:
    """Draw the inputs, one array per input with the calls along the first axis."""
    return {
        f"input{index}": arrays.make_calls(spec, calls, case.name, "input", index)
        for index, spec in enumerate(case.inputs)
    }


def symbolic_shape(case: LayerCase, free_axes: tuple[int, ...] = ()) -> Any:
    """Return the input shape(s) with None for the batch and the free axes."""
    return unwrap(
        [
            tuple(None if axis == 0 or axis in free_axes else size for axis, size in enumerate(spec.shape))
            for spec in case.inputs
        ]
    )


def symbolic_arguments(case: LayerCase) -> tuple[Any, ...]:
    """Return the shapes that `compute_output_shape` is given: a mask has none there."""
    shapes = symbolic_shape(case)
    return tuple(shapes)[:3] if case.spread else (shapes,)


def leaf_name(name: str) -> str:
    """Reduce 'outer/dense/kernel:0' to 'kernel'."""
    return name.rsplit("/", 1)[-1].split(":", 1)[0]


def plain_shape(shape: Any) -> Any:
    """Return a shape, or the shapes of several outputs, as lists."""
    return [size if size is None else int(size) if hasattr(size, "__index__") else plain_shape(size) for size in shape]


def plain_json(value: Any) -> Any:
    """Bring a config to what JSON can hold, as saving it to a file would."""
    return json.loads(json.dumps(value, default=_jsonable))


def _jsonable(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return dict(value) if hasattr(value, "keys") else list(value)
