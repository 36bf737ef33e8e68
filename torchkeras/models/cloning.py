"""Models again from their configs, or from another model with new weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.core.nest import flatten, pack_as
from torchkeras.core.registry import custom_object_scope
from torchkeras.graph.operation import OpLambda
from torchkeras.layers import FAMILY
from torchkeras.layers.core.lambda_config import functions_as_they_are
from torchkeras.layers.input_layer import InputLayer
from torchkeras.models.model import Model
from torchkeras.models.sequential import Sequential
from torchkeras.saving.configs.saved import check_depth, parsed


def model_from_config(
    config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
) -> Any:
    """A model, with fresh weights, from {'class_name': ..., 'config': ...}, as any Keras writes it.

    Args:
        config: the config.
        custom_objects: classes and functions of one's own by name.
        safe_mode: whether code of Lambdas in it is refused; None for what holds around, else that it is.
    """
    if isinstance(config, list):
        raise TypeError("`model_from_config` expects a dictionary, not a list. Use `Sequential.from_config(config)`.")
    check_depth(config)
    return FAMILY.deserialize(config, custom_objects, safe_mode)


def model_from_json(
    json_string: str | bytes, custom_objects: dict[str, Any] | None = None, safe_mode: bool | None = None
) -> Any:
    """A model, with fresh weights, from what `model.to_json()` of any Keras gave; see `model_from_config`."""
    return model_from_config(parsed(json_string), custom_objects, safe_mode)


def clone_model(model: Any, input_tensors: Any = None, clone_function: Callable[[Any], Any] | None = None) -> Any:
    """A model like another one, with layers and weights of its own.

    Args:
        model: a functional or Sequential model, or a subclassed one with a `get_config`.
        input_tensors: Input tensors to build upon instead of new ones.
        clone_function: makes the new layer from each old one; by default from its config.
    """
    if not isinstance(model, Model):
        raise ValueError(f"`clone_model` expects a Model. Received: {model!r} of type {type(model).__name__}")
    copy = clone_function or _copy
    if isinstance(model, Sequential):
        return _clone_sequential(model, input_tensors, copy)
    if model._functional_graph is None or not model._runs_graph:
        if clone_function is not None or input_tensors is not None:
            raise ValueError(
                "A subclassed model is cloned as a whole: `clone_function` and `input_tensors` do not apply."
            )
        return type(model).from_config(model.get_config())
    return _clone_functional(model, input_tensors, copy)


def _copy(layer: Any) -> Any:
    if isinstance(layer, OpLambda):
        return OpLambda(layer.function, name=layer.name, label=layer.label)
    if isinstance(layer, Model):
        return clone_model(layer)
    with custom_object_scope({type(layer).__name__: type(layer)}), functions_as_they_are():
        return type(layer).from_config(layer.get_config())


def _clone_sequential(model: Any, input_tensors: Any, copy: Callable[[Any], Any]) -> Any:
    cloned = Sequential(name=model.name)
    if input_tensors is not None:
        cloned.add(flatten(input_tensors)[0])
    elif model._stack_end is not None and not model._shape_inferred:
        cloned.add(InputLayer.from_config(model._entry().node.operation.get_config()))
    for layer in model.layers:
        cloned.add(copy(layer))
    if model._shape_inferred:
        cloned.build(model._entry().shape)
    return cloned


def _clone_functional(model: Any, input_tensors: Any, copy: Callable[[Any], Any]) -> Any:
    graph = model._functional_graph
    if input_tensors is not None:
        fresh = flatten(input_tensors)
    else:
        fresh = [InputLayer.from_config(t.node.operation.get_config()).output for t in graph.leaves]
    copies: dict[int, Any] = {}

    def call(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if id(operation) not in copies:
            copies[id(operation)] = copy(operation)
        made = copies[id(operation)]
        return made.symbolic_call(*args, **kwargs) if isinstance(made, OpLambda) else made(*args, **kwargs)

    outputs = graph.program.trace(fresh, call)
    return type(model)(inputs=pack_as(graph.inputs, fresh), outputs=outputs, name=model.name)
