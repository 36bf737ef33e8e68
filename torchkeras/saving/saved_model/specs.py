"""What a subclassed model was called with, as tf.keras describes it, and back."""

from __future__ import annotations

from typing import Any

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.nest import flatten, map_structure
from torchkeras.layers.input_spec import InputSpec


def inputs_of_spec(metadata: dict[str, Any]) -> Any:
    """The structure of InputSpecs that a model was called with; None where it is not known."""
    full = _plain(metadata.get("full_save_spec"))
    if isinstance(full, list) and full and isinstance(full[0], list) and full[0]:
        found = _inputs(full[0][0])
        if found is not None:
            return found
    return _inputs(_plain(metadata.get("save_spec")))


def shape_of(saved: Any) -> Any:
    """A shape, or a structure of shapes, as `build` takes it; None where it is none."""
    if isinstance(saved, dict) and saved.get("class_name") == "TensorShape":
        items = saved.get("items")
        fits = isinstance(items, list) and all(n is None or isinstance(n, int) for n in items)
        return tuple(items) if fits else None  # type: ignore[arg-type]
    saved = _plain(saved)
    if isinstance(saved, list):
        if saved and all(n is None or isinstance(n, int) for n in saved):
            return tuple(saved)
        found = [shape_of(one) for one in saved]
        return None if not found or any(one is None for one in found) else found
    if isinstance(saved, dict):
        by_name = {key: shape_of(one) for key, one in saved.items()}
        return None if not by_name or any(one is None for one in by_name.values()) else by_name
    return None


def _plain(saved: Any) -> Any:
    """Tuples as lists, all else as it is."""
    if isinstance(saved, dict) and saved.get("class_name") == "__tuple__":
        saved = saved.get("items")
    return [_plain(one) for one in saved] if isinstance(saved, list) else saved


def _inputs(spec: Any) -> Any:
    if isinstance(spec, list):
        found = [_inputs(one) for one in spec]
        return None if any(one is None for one in found) else found
    if not isinstance(spec, dict):
        return None
    if spec.get("class_name") == "TypeSpec":
        serialized = _plain(spec.get("serialized"))
        shape = shape_of(serialized[0]) if isinstance(serialized, list) and len(serialized) > 1 else None
        return None if not isinstance(shape, tuple) else InputSpec(dtype=str(serialized[1]), shape=shape)
    by_name = {key: _inputs(one) for key, one in spec.items()}
    return None if any(one is None for one in by_name.values()) else by_name


def spec_of(model: Any) -> Any:
    """The description of a model's first argument; None where it is not known."""
    graph = model.__dict__.get("_functional_graph")
    called_with = model.__dict__.get("_called_with")
    if graph is not None:
        return map_structure(lambda tensor: _spec(tensor, tensor.node.operation.name), graph.inputs)
    if not called_with or any(getattr(one, "shape", None) is None for one in flatten(called_with[0])):
        return None
    return map_structure(lambda one: _spec(one, "inputs"), called_with[0])


def _spec(one: Any, name: str) -> dict[str, Any]:
    shape = {"class_name": "TensorShape", "items": list(one.shape)}
    serialized = {"class_name": "__tuple__", "items": [shape, dtype_name(one.dtype), name]}
    return {"class_name": "TypeSpec", "type_spec": "tf.TensorSpec", "serialized": serialized}


__all__ = ["inputs_of_spec", "shape_of", "spec_of"]
