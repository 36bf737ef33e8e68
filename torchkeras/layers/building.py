"""Building a layer: once, with real weights, and back to the start where it fails."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.graph.inference import real_tensors
from torchkeras.graph.keras_tensor import as_shape, shapes_of
from torchkeras.layers.attributes import AttributesMixin
from torchkeras.layers.call_info import CallInfo

#: The ranks that a layer without an input spec takes.
ANY_RANK = (0, 1 << 30)


class BuildMixin(AttributesMixin):
    """Makes the weights from the first input's shape: at the first call, on request, or from a state_dict."""

    built: bool
    input_spec: Any = None
    _call_info: CallInfo

    def build(self, input_shape: Any) -> None:
        """Make the weights. Called once, with the shape of the first input."""

    def _is_built(self) -> bool:
        return self.built

    def _ensure_built(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Build from the shapes of the first call's arguments, with real weights whatever mode surrounds it."""
        if self.built:
            return
        names = self._call_info.build_arguments
        with real_tensors():
            if len(names) > 1:
                given = dict(zip(self._call_info.arguments, args, strict=False)) | kwargs
                values = {f"{key}_shape": shapes_of(value) for key, value in given.items()}
                self.build(**{name: values.get(name) for name in names})
            else:
                self.build(_as_tensor_shapes(shapes_of(args[0])) if args else None)
            self.built = True
            if self._initial_weights is not None:
                self.set_weights(self._initial_weights)
                self.__dict__["_initial_weights"] = None

    def _finish_build(self) -> None:
        """Called when `build` has succeeded: decide whether calls may take the lean path."""
        self.built = True
        if "_plain_children" in self.__dict__:
            return
        spec = self.input_spec
        one = spec is not None and not isinstance(spec, (list, tuple))
        self.__dict__["_lean_ranks"] = spec.ranks() if one else ANY_RANK
        alone = next(self._children(), None) is None
        self.__dict__["_lean_path"] = self._call_info.simple and self.activity_regularizer is None and alone

    def _weight_dtype(self) -> torch.dtype:
        return self._dtype_policy.variable

    def get_build_config(self) -> dict[str, Any] | None:
        shape = self.__dict__.get("_build_shape")
        return None if shape is None else {"input_shape": shape}

    def build_from_config(self, config: dict[str, Any]) -> None:
        if config and config.get("input_shape") is not None:
            self.build(map_shapes(as_shape, config["input_shape"]))

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        """Weights loaded into an unbuilt layer build it first, where its shapes can be read off them."""
        if not self.built:
            shapes = {k.removeprefix(prefix): tuple(v.shape) for k, v in state_dict.items() if k.startswith(prefix)}
            shape = self._shape_from_state(shapes) if shapes else None
            if shape is not None:
                self.build(shape)
            elif shapes and not any(True for _ in self._children()):
                raise RuntimeError(
                    f"Layer {self.name!r} ({type(self).__name__}) is not built yet, so weights cannot be loaded into "
                    f"it: call it on a batch, or `build(input_shape)` it, first."
                )
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        """The input shape that weights of these shapes belong to, or None if they do not tell."""
        return None


def once_only(build: Callable[..., None]) -> Callable[..., None]:
    """Wraps a class's `build`: once per layer, and back to the start if it raises, so that it can be tried again."""

    @functools.wraps(build)
    def once(self: Any, *args: Any, **kwargs: Any) -> None:
        if self.__dict__.get("_building"):
            return build(self, *args, **kwargs)  # super().build(...) within a build
        if self.built:
            return None
        before = [(t, dict(t)) for t in (self.__dict__, self._parameters, self._buffers, self._modules)]
        variables, inner = list(self._own_weights), set(self._held_modules)
        self.__dict__["_building"] = True
        try:
            build(self, *args, **kwargs)
        except BaseException:
            for table, content in before:
                table.clear()
                table.update(content)
            self._own_weights[:] = variables
            self._held_modules.intersection_update(inner)
            raise
        finally:
            self.__dict__.pop("_building", None)
        self.__dict__["_build_shape"] = args[0] if args else next(iter(kwargs.values()), None)
        self._finish_build()

    return once


def _as_tensor_shapes(shapes: Any) -> Any:
    """What `build` is given: a TensorShape for each tensor, in the structure of the inputs."""
    if isinstance(shapes, dict):
        return {key: _as_tensor_shapes(value) for key, value in shapes.items()}
    if isinstance(shapes, tuple) and all(n is None or isinstance(n, int) for n in shapes):
        return TensorShape(shapes)
    return type(shapes)(_as_tensor_shapes(shape) for shape in shapes) if isinstance(shapes, (list, tuple)) else shapes


def map_shapes(function: Callable[[Any], Any], shapes: Any) -> Any:
    """`function` applied to each shape in a structure of shapes: tuples of ints and None (or what `as_shape` takes)."""
    if isinstance(shapes, dict):
        return {key: map_shapes(function, value) for key, value in shapes.items()}
    if hasattr(shapes, "as_list") or all(n is None or isinstance(n, int) for n in shapes):
        return function(as_shape(shapes))
    return type(shapes)(map_shapes(function, shape) for shape in shapes)


# Layers without a `build` of their own are built all the same.
BuildMixin.build = once_only(BuildMixin.build)  # type: ignore[method-assign]
