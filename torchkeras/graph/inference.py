"""The output's shapes and dtypes of arbitrary code, without running it on real data.

Code runs under a dispatch mode that sends every tensor to the meta device, with two different sizes in place of each
None; what differs between the two results is None. Code that reads values runs on zeros instead, with all state and
random numbers put back afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes

from torchkeras.core import allowance
from torchkeras.core.dtypes import STRING
from torchkeras.core.nest import flatten, map_structure, pack_as
from torchkeras.core.string_array import StringArray
from torchkeras.graph.keras_tensor import KerasTensor, Shape
from torchkeras.graph.symbolic_sizes import computed

# Unknown axes are multiples of the unit, so that halving and doubling (U-Net) come out even; then smaller ones.
_UNIT, _SMALLER = 64, (8, 2)


class MetaMode(TorchDispatchMode):
    """Every operator works on the meta device, whatever device its arguments or its result were to have."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if kwargs.get("device") is not None or _makes_tensor(function, args, kwargs):
            kwargs["device"] = torch.device("meta")
        return function(*map_structure(_to_meta, tuple(args)), **map_structure(_to_meta, kwargs))


def _makes_tensor(function: Any, args: Any, kwargs: Any) -> bool:
    """Whether an operator makes a tensor from no other and could be told where."""
    takes_device = any(argument.name == "device" for argument in function._schema.arguments)
    return takes_device and not any(isinstance(leaf, Tensor) for leaf in flatten((args, kwargs)))


def _to_meta(value: Any) -> Any:
    if not isinstance(value, Tensor):
        return value
    if type(value) is not Tensor:
        value = value.as_subclass(Tensor)
    if value.is_meta:
        return value
    return torch.empty_strided(value.size(), value.stride(), dtype=value.dtype, device="meta")


class BoundedMode(TorchDispatchMode):
    """Every operator works as always, but where its result would be larger than what may be made just now."""

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        try:
            made = MetaMode().__torch_dispatch__(function, types, args, kwargs)
        except Exception:  # one that reads values, so that its result is no larger than these
            made = None
        for leaf in flatten(made):
            if isinstance(leaf, Tensor):
                allowance.check(leaf.shape, leaf.dtype, f"A result of {function} in a layer")
        return function(*args, **kwargs)


def _real_run() -> Any:
    """The mode of a run on real zeros: with a bound where a file is read, which may ask for any size."""
    return BoundedMode() if allowance.is_limited() else nullcontext()


@contextmanager
def real_tensors() -> Iterator[None]:
    """Real tensors within an inference: weights that are made meanwhile are here to stay."""
    with torch.inference_mode(False), torch.enable_grad(), _disable_current_modes():
        yield


def infer(function: Callable[..., Any], args: Any, kwargs: dict[str, Any], owner: nn.Module | None = None) -> Any:
    """The outputs of `function` on arguments that contain KerasTensors, as new KerasTensors in the same structure."""
    before = [(module, dict(module.__dict__)) for module in (owner.modules() if owner is not None else ())]
    with _metrics_as_they_are(before):
        try:
            return _twice(function, args, kwargs, MetaMode)
        except allowance.AllowanceExceeded:
            raise
        except Exception as error:
            first = error
        try:
            with _restored(owner, before):
                return _twice(function, args, kwargs, _real_run)
        except Exception as error:
            second = error
        for unit in _SMALLER if _has_open_axes((args, kwargs)) else ():
            # Tables of positions and the like take no more than so many steps.
            with suppress(Exception), _restored(owner, before):
                return _twice(function, args, kwargs, _real_run, unit)
        # The real run speaks of real shapes: the user's own error from it is the best message there is.
        raise second from first


def _has_open_axes(structure: Any) -> bool:
    """Whether more than the size of a batch is unknown."""
    return any(isinstance(leaf, KerasTensor) and None in leaf.shape[1:] for leaf in flatten(structure))


def _twice(
    function: Callable[..., Any], args: Any, kwargs: dict[str, Any], mode: Callable[[], Any], unit: int = _UNIT
) -> Any:
    runs = []
    leaves = [t for t in flatten((args, kwargs)) if isinstance(t, KerasTensor)]
    # Integers may be sizes that depend on unknown ones.
    unknown = any(t.torch_dtype in (torch.int32, torch.int64) or None in t.shape for t in leaves)
    for attempt in range(2 if unknown else 1):
        device = "meta" if mode is MetaMode else "cpu"

        def concrete(value: Any, attempt: int = attempt, device: str = device) -> Any:
            return _stand_in(value, attempt, device, unit) if isinstance(value, KerasTensor) else value

        with torch.no_grad(), mode():
            runs.append(function(*map_structure(concrete, tuple(args)), **map_structure(concrete, kwargs)))
    first, last = flatten(runs[0]), flatten(runs[-1])
    if len(first) != len(last):
        raise ValueError("The number of outputs depends on the batch size, which a symbolic call cannot express.")
    return pack_as(runs[0], [_symbol(a, b) for a, b in zip(first, last, strict=True)])


def _stand_in(tensor: KerasTensor, attempt: int, device: str, unit: int) -> Any:
    if tensor.torch_dtype is STRING:
        return StringArray(np.full(_sizes(tensor.shape, attempt, unit), b"0", dtype=object))
    if device != "meta":
        size = computed(tensor, lambda t: _stand_in(t, attempt, device, unit))
        if size is not None:
            return size
    made = torch.zeros(_sizes(tensor.shape, attempt, unit), dtype=tensor.torch_dtype, device=device)
    mask = tensor._keras_mask
    if mask is not None:
        ones = torch.ones(_sizes(mask.shape, attempt, unit), dtype=torch.bool, device=device)
        made._keras_mask = ones  # type: ignore[attr-defined]
    return made


def _sizes(shape: Shape, attempt: int, unit: int) -> list[int]:
    # Unknown axes other than the batch take multiples of the unit.
    return [(2 + attempt if i == 0 else unit * (1 + attempt)) if axis is None else axis for i, axis in enumerate(shape)]


def _symbol(first: Any, last: Any) -> Any:
    if hasattr(first, "with_flat_values"):
        raise NotImplementedError(
            "A ragged tensor cannot be an inner result of a functional model: only dense symbols have a shape here. "
            "Put the function that makes it, and what makes it dense (`.to_tensor()`), into the `call` of one layer."
        )
    if not isinstance(first, (Tensor, StringArray)):
        return first
    if first.dim() != last.dim():
        raise ValueError("The rank of the output depends on the batch size, which a symbolic call cannot express.")
    shape = [a if a == b else None for a, b in zip(first.shape, last.shape, strict=True)]
    return KerasTensor(shape, first.dtype)


@contextmanager
def _metrics_as_they_are(before: list[tuple[nn.Module, dict[str, Any]]]) -> Iterator[None]:
    """Puts the metrics that layers hold back: their counts may be numbers on the host, which no device leaves alone."""
    # (By the class: a Variable would be read for an attribute that it does not have.)
    held = [value for _, attributes in before for value in attributes.values() if hasattr(type(value), "reset_state")]
    state = [(variable, variable.numpy()) for metric in held for variable in metric.variables]
    try:
        yield
    finally:
        for variable, value in state:
            variable.assign(value)


@contextmanager
def _restored(owner: nn.Module | None, before: list[tuple[nn.Module, dict[str, Any]]]) -> Iterator[None]:
    """Puts random numbers, weights and plain attributes of `owner` back; what was built meanwhile stays."""
    values = [(t, t.detach().clone()) for t in (owner.state_dict(keep_vars=True).values() if owner else ())]
    with torch.random.fork_rng(devices=[]):
        try:
            yield
        finally:
            with torch.no_grad():
                for tensor, value in values:
                    tensor.copy_(value)
            for module, attributes in before:
                if attributes.get("built") is not False or not module.built:
                    _restore_attributes(module, attributes)


def _restore_attributes(module: nn.Module, attributes: dict[str, Any]) -> None:
    for name, value in attributes.items():
        became_child = name in module._modules or name in module._parameters or name in module._buffers
        if module.__dict__.get(name) is not value and not became_child:
            module.__dict__[name] = value
