"""Folders of parts: each process writes its rows, and any number of processes reads them.

torch.distributed.checkpoint does the work.

Values go by their place, as in Keras's files: a model that is made again has other automatic names.
"""

from __future__ import annotations

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.training.torch_optimizer import TorchOptimizer

#: What torch calls the list of all that lies in a folder.
_LIST = ".metadata"


def save(model: Any, folder: str) -> None:
    """Writes the weights of a model and the state of its optimizer."""
    from torch.distributed.checkpoint.state_dict_saver import save as write  # needed by few

    _check(model)
    model._replicas.check_same("The folder to save to", folder)
    with torch.no_grad(), _quietly():
        write(_state(model, _optimizer(model)), checkpoint_id=folder, no_dist=model._replicas.size == 1)


def load(model: Any, folder: str) -> None:
    """Gives a model and its optimizer what was written."""
    from torch.distributed.checkpoint.filesystem import FileSystemReader
    from torch.distributed.checkpoint.state_dict_loader import load as read

    _check(model)
    if not os.path.exists(os.path.join(folder, _LIST)):
        raise FileNotFoundError(f"{folder!r} is no folder that `save_shards` wrote: it has no file {_LIST!r}.")
    if model._trainer is not None and model._trainer.replicated is not None:
        model._trainer.replicated.arrange()
    reader = FileSystemReader(folder)
    found = {name: getattr(one, "size", None) for name, one in reader.read_metadata().state_dict_metadata.items()}
    optimizer = _optimizer(model)
    if not any(name.startswith("optimizer.") for name in found):
        optimizer = None  # the model was saved before it was compiled
    if optimizer is not None and not getattr(optimizer, "built", False):
        optimizer.build(model.trainable_variables)
    state = _state(model, optimizer)
    wrong = [name for name, value in state.items() if found.get(name) != value.shape]
    missing = [name for name in found if name not in state and (optimizer is not None or name.startswith("weights."))]
    if wrong or missing:
        name = (wrong or missing)[0]
        here = tuple(state[name].shape) if name in state else "none"
        there = tuple(found[name] or ()) if name in found else "none"
        raise ValueError(
            f"What lies in {folder!r} is not of {model.name!r} as it was made and compiled here: of {name} the shape "
            f"is {there} there, and {here} here. Make the model, and compile it, as the one that was saved."
        )
    with torch.no_grad(), _quietly():
        read(state, storage_reader=reader, no_dist=model._replicas.size == 1)


@contextlib.contextmanager
def _quietly() -> Iterator[None]:
    """Without torch's word on what it takes one process to mean, which is what is meant."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="torch.distributed is disabled")
        yield


def _state(model: Any, optimizer: Any) -> dict[str, Any]:
    """The tensors themselves, by the names that they have in a folder."""
    state = {f"weights.{place}": variable.parameter.detach() for place, variable in enumerate(model.weights)}
    if optimizer is not None:
        for place, variable in enumerate(optimizer.variables):
            state[f"optimizer.{place}"] = variable.parameter.detach()
        inner = getattr(optimizer, "inner_optimizer", optimizer)
        if isinstance(rate := getattr(inner, "_learning_rate", None), Variable):
            state["optimizer.learning_rate"] = rate.parameter.detach()
    return state


def _optimizer(model: Any) -> Any:
    """The optimizer of a compiled model."""
    optimizer = model.optimizer if model._trainer is not None else None
    if isinstance(optimizer, TorchOptimizer):
        raise ValueError(
            f"{type(optimizer.torch).__name__} is torch's, whose state is saved by torch: "
            f"`torch.distributed.checkpoint.state_dict.get_optimizer_state_dict(model, model.optimizer.torch)`. "
            f"Compile with one of Keras's optimizers for `save_shards` and `load_shards`."
        )
    return optimizer


def _check(model: Any) -> None:
    if any(not getattr(layer, "built", True) for layer in model._flatten_layers()):
        raise ValueError(
            f"{model.name!r} has no weights yet to save or to load: call it on data, or `model.build(input_shape)`."
        )


__all__ = ["load", "save"]
