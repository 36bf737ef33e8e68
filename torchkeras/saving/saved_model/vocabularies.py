"""What lookup layers have learned: TensorFlow keeps it as constants of its graph, as tables or as files of text."""

from __future__ import annotations

from typing import Any

import numpy as np

from torchkeras.layers import IntegerLookup, StringLookup, TextVectorization
from torchkeras.saving.checkpoint.reading import OpenCheckpoint
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.saved_model.folder import ASSETS, MODEL, Folder
from torchkeras.saving.saved_model.graph_file import GraphFile

_WITH_VOCABULARY = ("StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup")
#: The names of the inner layer of a TextVectorization, and of a lookup layer's table, in one version or another.
_INNER, _TABLES = ("_lookup_layer", "_index_lookup_layer"), ("lookup_table", "_table")
_MOST_TEXT = 1 << 28


def without_paths(config: Any) -> Any:
    """A config whose lookup layers name no files: what was in them is in the folder."""
    if isinstance(config, list):
        return [without_paths(one) for one in config]
    if not isinstance(config, dict):
        return config
    made = {key: without_paths(value) for key, value in config.items()}
    settings, kind = made.get("config"), str(made.get("class_name")).rpartition(">")[2]
    if kind in _WITH_VOCABULARY and isinstance(settings, dict) and isinstance(settings.get("vocabulary"), str):
        settings["vocabulary"] = None
    return made


def restore(objects: dict[int, Any], source: OpenCheckpoint, folder: Folder) -> None:
    """Gives lookup layers their vocabularies.

    Args:
        objects: by the number of the node, what took its values.
        source: the values.
        folder: the folder.
    """
    layers = [(number, one) for number, one in objects.items() if _waits(one)]
    if not layers:
        return
    if not folder.has(MODEL):
        raise UnreadableFile(
            f"Cannot read {folder.path!r}: the vocabulary of {layers[0][1].name!r} is in its {MODEL}, which is missing."
        )
    file = GraphFile(folder.graph(), folder.path)
    if len(file) < len(source.nodes):  # it may have more: functions that no other object leads to
        raise UnreadableFile(f"Cannot read {folder.path!r}: its {MODEL} and its variables do not belong together.")
    for number, layer in layers:
        _restore_one(number, layer, source, folder, file)


def _waits(one: Any) -> bool:
    if isinstance(one, TextVectorization):
        one = one.lookup
    return isinstance(one, (StringLookup, IntegerLookup)) and one.input_vocabulary is None


def _restore_one(number: int, layer: Any, source: OpenCheckpoint, folder: Folder, file: GraphFile) -> None:
    inner = next((found for name in _INNER if (found := file.child(number, name)) is not None), None)
    number = number if inner is None else inner
    table = next((found for name in _TABLES if (found := file.child(number, name)) is not None), None)
    pairs = None
    if table is not None:
        pairs = _in_table(table, source) or _in_constants(table, file)
        if pairs is None:
            pairs = _in_asset(table, file, folder)
    if pairs is None:
        raise UnreadableFile(
            f"Cannot read {folder.path!r}: the vocabulary of the layer {layer.name!r} is in none of the known places."
        )
    keys, values = pairs
    lookup = layer.lookup if isinstance(layer, TextVectorization) else layer
    if lookup.invert and keys.dtype != object and values.dtype == object:
        keys, values = values, keys
    elif lookup.invert and keys.dtype != object:
        keys, values = values, keys  # numbers both: tokens are looked up by places
    tokens = keys.reshape(-1)[np.argsort(values.reshape(-1), kind="stable")]
    if not tokens.size:
        return  # it was saved before `adapt`
    special = lookup._special()
    given = [*special, *tokens.tolist()]
    if isinstance(lookup, StringLookup):
        given = [*special, *(token.decode(lookup.encoding or "utf-8", "replace") for token in tokens)]
    given = list(dict.fromkeys(given)) if len(special) == len(set(special)) else given
    layer.set_vocabulary(given, _idf_weights(number, source, len(given)) if lookup.output_mode == "tf_idf" else None)


def _in_table(table: int, source: OpenCheckpoint) -> tuple[np.ndarray, np.ndarray] | None:
    """Tables that can change are among the values."""
    key = source.nodes[table].keys.get("table")
    if key is None or f"{key}-keys" not in source.bundle or f"{key}-values" not in source.bundle:
        return None
    return _matched(source.bundle.read(f"{key}-keys"), source.bundle.read(f"{key}-values"), source.prefix)


def _in_constants(table: int, file: GraphFile) -> tuple[np.ndarray, np.ndarray] | None:
    """Tables that cannot are filled by a function, from constants that it takes from outside."""
    initialize = file.child(table, "_initialize")
    if initialize is None:
        return None
    trace = file.child(initialize, "trace_0")
    outside = [one.node_id for one in file.node(trace).children] if trace is not None else []
    for name in file.node(initialize).function.concrete_functions:
        outside += file.bound(name)
    constants = [
        file.node(n).constant.operation for n in dict.fromkeys(outside) if file.node(n).WhichOneof("kind") == "constant"
    ]
    if len(constants) != 2:
        return None
    found = file.constants(constants)
    return _matched(found[constants[0]], found[constants[1]], table) if len(found) == 2 else None


def _in_asset(table: int, file: GraphFile, folder: Folder) -> tuple[np.ndarray, np.ndarray] | None:
    """Vocabularies that came from a file are in one of the folder."""
    number = file.child(table, "_initializer", "_filename")
    if number is None or file.node(number).WhichOneof("kind") != "asset":
        return None
    path = folder.file(ASSETS, file.asset(file.node(number).asset.asset_file_def_index))
    with open(path, "rb") as text:
        content = text.read(_MOST_TEXT + 1)
    if len(content) > _MOST_TEXT:
        raise UnreadableFile(
            f"Cannot read {path!r}: it has more than the {_MOST_TEXT} bytes that a vocabulary may have."
        )
    lines = content.splitlines()
    made = np.empty(len(lines), object)
    made[:] = lines
    return made, np.arange(len(lines))


def _matched(keys: np.ndarray, values: np.ndarray, where: Any) -> tuple[np.ndarray, np.ndarray]:
    if keys.shape != values.shape or keys.ndim != 1:
        raise UnreadableFile(f"A vocabulary ({where}) has {keys.shape} words for {values.shape} numbers.")
    return keys, values


def _idf_weights(number: int, source: OpenCheckpoint, count: int) -> list[float] | None:
    inner = source.nodes[number].children.get("idf_weights")
    key = source.nodes[inner].keys.get("VARIABLE_VALUE") if inner is not None else None
    return None if key is None else source.bundle.read(key).reshape(-1)[:count].tolist()


__all__ = ["restore", "without_paths"]
