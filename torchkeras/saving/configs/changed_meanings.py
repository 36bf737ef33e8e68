"""Activations of which Keras 3 has another function under Keras 2's name.

`hard_sigmoid` is `0.2 x + 0.5` between 0 and 1 in Keras 2, and `x / 6 + 0.5` in Keras 3. Ours is Keras 2's; Keras 3's
is `ops.hard_sigmoid`.
"""

from __future__ import annotations

from typing import Any

_NAMES = {"hard_sigmoid": "ops.hard_sigmoid"}
_KEYS = ("activation", "recurrent_activation")


def from_keras3(config: Any) -> Any:
    """A config that Keras 3 wrote, with the names of its functions here."""
    if isinstance(config, list):
        return [from_keras3(one) for one in config]
    if not isinstance(config, dict):
        return config
    found = {key: from_keras3(value) for key, value in config.items()}
    for key in _KEYS:
        if isinstance(found.get(key), str):
            found[key] = _NAMES.get(found[key], found[key])
    return found


def to_keras3(settings: dict[str, Any]) -> dict[str, Any]:
    """A layer's settings with the names of Keras 3; what it has no function for becomes one of the user's."""
    changed: dict[str, Any] = {}
    for key in _KEYS:
        name = settings.get(key)
        if not isinstance(name, str):
            continue
        if name in _NAMES:
            changed[key] = {
                "module": "builtins",
                "class_name": "function",
                "config": name,
                "registered_name": f"torchkeras>{name}",
            }
        elif name in _NAMES.values():
            changed[key] = name.partition(".")[2]
    return settings | changed
