"""save_model and load_model, save_weights and load_weights."""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

from torchkeras.core.replicas import ALONE, Replicas, within
from torchkeras.core.safe_mode import safe_mode_scope
from torchkeras.core.shards import check_whole, written_by_first
from torchkeras.core.variable import Variable
from torchkeras.saving.format import Format
from torchkeras.saving.formats import KERAS_FOLDER, SAVED_MODEL, format_of, format_to_write
from torchkeras.saving.keras3 import ShardedWeights

#: Options that belong to TensorFlow's format alone.
_IGNORED = {"signatures", "options", "save_traces"}


def save_model(
    model: Any,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    include_optimizer: bool = True,
    save_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Writes a whole model: architecture, weights, the settings of `compile`, the state of the optimizer.

    Args:
        model: the model.
        filepath: where to. Its ending chooses the format.
        overwrite: whether a file that is there is replaced.
        include_optimizer: whether the settings of `compile` and the optimizer's state are written too.
        save_format: the format, where the ending does not tell.
        zipped: False for a folder with what else would be in a `.keras` archive, as in Keras 3.
    """
    if isinstance(include_optimizer, str):  # which Keras 2.13 has fourth
        include_optimizer, save_format = True, include_optimizer
    zipped = kwargs.pop("zipped", None)
    _refuse_unknown(kwargs, "save_model")
    path = os.fsdecode(filepath)
    chosen = format_to_write(path, True, save_format) if zipped in (None, True) else _unzipped(path)
    if not chosen.unbuilt:
        model._need_weights()
    with _to_write(model, chosen) as writes:
        if writes:
            _make_room(chosen, path, overwrite)
            chosen.save_model(model, path, include_optimizer)


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: dict[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool | None = None,
    **kwargs: Any,
) -> Any:
    """The model that a file holds, ready to be trained on from where it was.

    Args:
        filepath: the file.
        custom_objects: the classes and functions of one's own that the model is made with, by name.
        compile: whether to compile it as it was.
        safe_mode: whether Lambdas, which hold code that loading would run, are refused. None is True, unless
            `keras.config.enable_unsafe_deserialization()` was called. Switch it off for files that you trust alone.
    """
    _refuse_unknown(kwargs, "load_model")
    path = os.fsdecode(filepath)
    with safe_mode_scope(safe_mode):
        return format_of(path).load_model(path, custom_objects, compile)


def save_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    save_format: str | None = None,
    options: Any = None,
    max_shard_size: float | None = None,
) -> None:
    """Writes the weights of a model.

    Args:
        model: the model.
        filepath: where to. Its ending chooses the format.
        overwrite: whether a file that is there is replaced.
        save_format: the format, where the ending does not tell.
        options: TensorFlow's; nothing is done with it.
        max_shard_size: how large a file may become, in GB: for `.weights.json`, the list of several files.
    """
    if isinstance(save_format, (int, float)):  # the third argument of Keras 3
        save_format, max_shard_size = None, save_format
    path = os.fsdecode(filepath)
    model._need_weights()
    if max_shard_size is not None:
        path = _list_of_shards(path)
        chosen: Format = ShardedWeights(max_shard_size)
    else:
        chosen = format_to_write(path, False, save_format)
    with _to_write(model, chosen) as writes:
        if writes:
            _make_room(chosen, path, overwrite)
            chosen.save_weights(model, path)


def load_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    skip_mismatch: bool = False,
    by_name: bool = False,
    options: Any = None,
) -> Any:
    """Reads weights into a model.

    Args:
        model: the model.
        filepath: a file of weights, or of a whole model.
        skip_mismatch: whether weights that are missing or of another shape are left as they are, with a warning.
        by_name: whether to take what the file has for weights of the same name, and leave the others as they are.
    """
    path = os.fsdecode(filepath)
    return format_of(path).load_weights(model, path, by_name, skip_mismatch)


@contextlib.contextmanager
def _to_write(model: Any, chosen: Format) -> Iterator[bool]:
    """Whether this process is to write: the first alone where the model lies in parts, which all have to gather."""
    replicas: Replicas = getattr(model, "_replicas", ALONE)
    if not replicas.sharded:
        yield True
        return
    if chosen is SAVED_MODEL:
        check_whole(model, chosen.name)
    variables = [*model.weights, *(getattr(model.optimizer, "variables", None) or ())]
    tensors = [variable.parameter for variable in variables if isinstance(variable, Variable)]
    with written_by_first(replicas, tensors) as writes, within(ALONE):
        yield writes


def _unzipped(path: str) -> Format:
    if path.endswith(".keras"):
        raise ValueError(
            f"When using `zipped=False`, the `filepath` argument should not end in `.keras`. Received: filepath={path}"
        )
    return KERAS_FOLDER


def _list_of_shards(path: str) -> str:
    """The name of the list of several files of weights, which lie beside it."""
    if path.endswith("weights.json"):
        return path
    if not path.endswith("weights.h5"):
        raise ValueError(
            f"The filename must end in `.weights.json` when `max_shard_size` is specified. Received: filepath={path}"
        )
    renamed = path.removesuffix("h5") + "json"
    warnings.warn(
        f"Saving sharded weights requires `*.json` as the extension. The original path: {path} will be renamed to "
        f"{renamed}.",
        stacklevel=4,
    )
    return renamed


def _make_room(chosen: Format, path: str, overwrite: bool) -> None:
    """Makes the folder that a file goes into, and refuses to replace what must not be replaced."""
    if not overwrite and chosen.exists(path):
        raise FileExistsError(f"{path!r} exists already. Pass `overwrite=True` to replace it.")
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)


def _refuse_unknown(kwargs: dict[str, Any], function: str) -> None:
    unknown = set(kwargs) - _IGNORED
    if unknown:
        raise TypeError(f"{function}() got an unexpected keyword argument {sorted(unknown)[0]!r}")
