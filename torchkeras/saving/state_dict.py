"""The `state_dict` of a model in a file: which values belong to which keys."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from torch import Tensor

from torchkeras.core.shards import whole

#: Where training programs keep a state_dict among other things.
_NESTED = ("state_dict", "model_state_dict")


def of_model(model: Any) -> dict[str, Any]:
    """The values of a model, each without the rest of the memory that it is a part of."""
    return {key: _alone(whole(value)) for key, value in model.state_dict(keep_vars=True).items()}


def put(model: Any, state: Mapping[str, Any], path: str, by_name: bool = False, skip_mismatch: bool = False) -> None:
    """Gives a model the values of a file; a ValueError that names the keys and shapes where they do not fit.

    Args:
        model: the model.
        state: the values by key. Where the keys differ from the model's, order and shapes tell.
        path: the file, for messages.
        by_name: whether only keys that both have are taken.
        skip_mismatch: whether keys that only the file has, or of another shape, are left out with a warning.
    """
    own = model.state_dict()
    if not by_name:
        state = _renamed(state, own)
    chosen = by_name or skip_mismatch
    if chosen:
        state = _matching(state, own, by_name, skip_mismatch, path)
    try:
        model.load_state_dict(state, strict=not chosen)
    except RuntimeError as error:
        described = " ".join(str(error).split())
        raise ValueError(
            f"The weights in {path!r} do not fit the model {model.name!r}: {described} Pass `skip_mismatch=True` to "
            f"take those that fit."
        ) from None


def within(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state_dict in what a training program saved: the whole of it, or its part of that name."""
    for name in _NESTED:
        inner = content.get(name)
        if isinstance(inner, Mapping):
            return inner
    return content


def _renamed(state: Mapping[str, Any], own: dict[str, Any]) -> Mapping[str, Any]:
    """Saved weights under a model's present keys: one that is made again has other automatic names.

    Then order and shapes tell.
    """
    alike = [_shape(value) for value in state.values()] == [_shape(value) for value in own.values()]
    return dict(zip(own, state.values(), strict=True)) if alike and state.keys() != own.keys() else state


def _matching(
    state: Mapping[str, Any], own: dict[str, Any], by_name: bool, skip_mismatch: bool, path: str
) -> dict[str, Any]:
    """The saved values for keys of the same name and shape."""
    found = {}
    for key, value in state.items():
        if key not in own:
            if not by_name:
                warnings.warn(f"Skipping {key!r} of {path!r}: the model has no such weight.", stacklevel=6)
        elif _shape(value) == _shape(own[key]):
            found[key] = value
        elif skip_mismatch:
            warnings.warn(
                f"Skipping {key!r} of {path!r}: its shape there is {_shape(value)}, in the model {_shape(own[key])}.",
                stacklevel=6,
            )
        else:
            raise ValueError(
                f"Weight {key!r} has the shape {_shape(value)} in {path!r}, but {_shape(own[key])} in the model. "
                f"Pass `skip_mismatch=True` to leave such weights as they are."
            )
    return found


def _shape(value: Any) -> tuple[int, ...] | None:
    return tuple(value.shape) if isinstance(value, Tensor) else None


def _alone(value: Any) -> Any:
    """A tensor without the rest of the memory that it is a part of, which would be written with it."""
    if not isinstance(value, Tensor):
        return value
    value = value.detach()
    whole = value.untyped_storage().nbytes() == value.numel() * value.element_size()
    return value if whole else value.clone()
