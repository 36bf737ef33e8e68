"""What a model takes: names, shapes and dtypes of its inputs, and examples of them to run it with once."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from torchkeras.core.dtypes import STRING, any_dtype
from torchkeras.core.nest import flatten, map_structure
from torchkeras.graph.keras_tensor import as_shape

#: What stands for an open size other than the batch's: neither 0 nor 1, which torch takes for fixed, and enough for
#: networks that halve images five times.
_EXAMPLE_SIZE, _EXAMPLE_BATCH = 64, 2


@dataclass(frozen=True)
class Spec:
    """One input."""

    name: str
    shape: tuple[int | None, ...]
    dtype: torch.dtype

    def example(self, device: torch.device) -> Tensor:
        """A tensor of this kind."""
        sizes = [_EXAMPLE_BATCH if axis == 0 else _EXAMPLE_SIZE for axis in range(len(self.shape))]
        shape = [example if size is None else size for size, example in zip(self.shape, sizes, strict=True)]
        return torch.zeros(shape, dtype=self.dtype, device=device)

    def open_sizes(self) -> dict[int, Any]:
        """What torch.export is told of the sizes that are not fixed."""
        return {axis: torch.export.Dim.AUTO for axis, size in enumerate(self.shape) if size is None}


@dataclass(frozen=True)
class Inputs:
    """The arguments of a call: structures with a Spec for each tensor."""

    args: tuple[Any, ...]

    @property
    def leaves(self) -> list[Spec]:
        """The Specs in their order."""
        return flatten(self.args)

    def examples(self, device: torch.device) -> tuple[Any, ...]:
        """Tensors to call the model with."""
        return map_structure(lambda spec: spec.example(device), self.args)

    def open_sizes(self) -> tuple[Any, ...]:
        """The open sizes in the same structure."""
        return map_structure(lambda spec: spec.open_sizes(), self.args)

    def packed(self, tensors: list[Any]) -> tuple[Any, ...]:
        """The arguments with these tensors in place of the Specs."""
        remaining = iter(tensors)
        return map_structure(lambda _: next(remaining), self.args)


def inputs_of(model: Any, signature: Any = None) -> Inputs:
    """What a model is called with; from its graph, its first call or what the user says."""
    names = list(model.input_names)
    if signature is not None:
        args = list(signature) if isinstance(signature, (list, tuple)) else [signature]
        if len(names) > 1 and len(args) == len(names):
            args = [args]
    elif model.inputs:
        structure = model._functional_graph.inputs
        args = [structure]
    else:
        called_with = model.__dict__.get("_called_with")
        if called_with is None:
            raise ValueError(
                f"The model {model.name!r} has never been called, so that the shapes of its inputs are not known. Call "
                f"it on a batch before exporting it, or pass `input_signature=[keras.InputSpec(shape=(None, ...))]`."
            )
        args = list(called_with)
    count = len(flatten(args))
    names = keys_of(args[0]) if len(args) == 1 and not model.inputs else names
    given = iter(names if len(names) == count else [""] * count)
    made = map_structure(lambda one: _spec(one, next(given), model), tuple(args))
    return Inputs(_distinctly_named(made))


def _spec(one: Any, name: str, model: Any) -> Spec:
    shape = getattr(one, "shape", None)
    if shape is None:
        raise ValueError(f"Expected a shape for each input in `input_signature`. Received: {one!r}")
    dtype = getattr(one, "dtype", None)
    dtype = model._dtype_policy.compute if dtype is None else any_dtype(dtype)
    if dtype is STRING:
        raise ValueError(
            f"The model {model.name!r} takes texts{f' (its input {name!r})' if name else ''}, which exported files "
            f"cannot take: export the part behind the layers that turn them into numbers."
        )
    own = name or getattr(one, "name", None)
    shape = as_shape(shape)
    return Spec(own or "", (None, *shape[1:]) if isinstance(one, Tensor) else shape, dtype)


def _distinctly_named(args: tuple[Any, ...]) -> tuple[Any, ...]:
    names = iter(distinct([spec.name or "inputs" for spec in flatten(args)]))
    return map_structure(lambda spec: replace(spec, name=next(names)), args)


def keys_of(structure: Any) -> list[str]:
    """The keys of a dict in the order of its leaves; none for other structures, and for dicts of structures."""
    if not isinstance(structure, dict) or len(flatten(structure)) != len(structure):
        return []
    return [str(key) for key in flatten({key: key for key in structure})]


def distinct(names: list[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, with a number where one is taken or comes again."""
    seen, found = set(taken), []
    for name in names:
        candidates = itertools.chain((name,), (f"{name}_{number}" for number in itertools.count(1)))
        found.append(next(one for one in candidates if one not in seen))
        seen.add(found[-1])
    return found
