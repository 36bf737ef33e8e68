"""A saved config of any Keras, checked and in our form."""

from __future__ import annotations

import json
from typing import Any

from torchkeras.core.errors import UnsafeConfig
from torchkeras.saving.configs.graphs import from_any, is_graph

#: How deep lists and dicts of a config may lie in one another. A model in a model takes some six of these.
DEEPEST = 400
#: How much text a config may be. Python's objects take up to twenty-five times as much.
LONGEST = 1 << 26


def parsed(text: str | bytes) -> Any:
    """What a JSON text says; tuples and the like stay in their saved form.

    Args:
        text: the config of a model as it stands in a file.
    """
    if len(text) > LONGEST:
        raise UnsafeConfig(f"The config is {len(text)} bytes of JSON; more than {LONGEST} are not read.")
    try:
        return json.loads(text)
    except RecursionError:
        raise UnsafeConfig("The config nests too deeply to be read.") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise ValueError(f"The config is not JSON: {error}") from None


def from_saved(config: dict[str, Any]) -> dict[str, Any]:
    """A saved layer or model of any Keras in the form that `FAMILY.deserialize` takes."""
    check_depth(config)
    found: dict[str, Any] = _translated(config)
    return found


def _translated(config: Any) -> Any:
    if isinstance(config, list):
        return [_translated(one) for one in config]
    if not isinstance(config, dict):
        return config
    if is_graph(config):
        graph = from_any(config)
        return graph | {"layers": [_translated(one) for one in graph["layers"]]}
    return {key: _translated(value) for key, value in config.items()}


def check_depth(config: Any) -> None:
    """An UnsafeConfig for what nests deeper than any model: reading it would overflow the stack."""
    level, depth = [config], 0
    while level:
        depth += 1
        if depth > DEEPEST:
            raise UnsafeConfig(f"The config nests more than {DEEPEST} lists and dicts in one another.")
        inner = [
            one.values() if isinstance(one, dict) else one for one in level if isinstance(one, (dict, list, tuple))
        ]
        level = [value for values in inner for value in values if isinstance(value, (dict, list, tuple))]
