"""The settings of `compile` as plain data, and back."""

from __future__ import annotations

import inspect
import warnings
from typing import Any

from torchkeras import losses, metrics, optimizers
from torchkeras.core.nest import flatten
from torchkeras.core.registry import Family, get_registered_object, serialize

_PLAIN = ("loss_weights", "run_eagerly", "steps_per_execution", "jit_compile")


def settings_to_config(settings: dict[str, Any], optimizer: Any) -> dict[str, Any] | None:
    """What `compile` was given, as a config; None, with a warning, where it could not be compiled with that again.

    Args:
        settings: the arguments of `compile`.
        optimizer: what came of the argument of that name.
    """
    config: dict[str, Any] = {}
    for name, value in (("optimizer", optimizer), *((name, settings[name]) for name in ("loss", *_PLAIN))):
        try:
            config[name] = _saved(value)
        except (TypeError, NotImplementedError) as problem:
            warnings.warn(
                f"The settings of `compile` are not saved, because the {name} cannot be: {problem} "
                f"Compile the model again after loading it.",
                stacklevel=2,
            )
            return None
    for name in ("metrics", "weighted_metrics"):
        config[name] = _saved_metrics(settings[name])
    return config


def settings_from_config(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments for `compile`. Custom objects come from the scope around it."""
    settings = {name: config.get(name) for name in _PLAIN}
    settings["optimizer"] = optimizers.deserialize(config["optimizer"])
    settings["loss"] = _made(config.get("loss"), losses.FAMILY)
    for name in ("metrics", "weighted_metrics"):
        settings[name] = _made(config.get(name), metrics.FAMILY)
    return settings


def _saved(value: Any) -> Any:
    """The saved form of a setting; a TypeError or NotImplementedError where it could not be found again."""
    for leaf in flatten(value):
        if inspect.isfunction(leaf) and leaf.__name__ == "<lambda>":
            raise TypeError(f"a lambda has no name by which it could be found again ({leaf.__qualname__}).")
        if not (hasattr(leaf, "get_config") or inspect.isfunction(leaf) or inspect.isclass(leaf)) and callable(leaf):
            raise TypeError(f"{leaf!r} has no config.")
    return serialize(value)


def _saved_metrics(given: Any) -> Any:
    if isinstance(given, (list, tuple)):
        found = [_saved_metrics(one) for one in given]
        by_output = any(isinstance(one, (list, tuple, dict)) for one in given)
        return found if by_output else [one for one in found if one is not None]
    if isinstance(given, dict):
        return {name: _saved_metrics(one) for name, one in given.items()}
    try:
        return _saved(given)
    except (TypeError, NotImplementedError) as problem:
        warnings.warn(f"A metric is left out of the saved settings of `compile`: {problem}", stacklevel=2)
        return None


def _made(saved: Any, family: Family) -> Any:
    if isinstance(saved, dict):
        if "class_name" in saved:
            return family.deserialize(saved)
        return {name: _made(one, family) for name, one in saved.items()}
    if isinstance(saved, list):
        return [_made(one, family) for one in saved]
    if isinstance(saved, str):
        return get_registered_object(saved) or saved
    return saved
