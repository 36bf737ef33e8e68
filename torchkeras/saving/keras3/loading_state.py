"""Giving a model the values of a file: first where each lies, then, if all fits, the values."""

from __future__ import annotations

import os
import tempfile
import warnings
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.graph.operation import Operation
from torchkeras.layers import Layer
from torchkeras.layers.own_variables import OwnVariablesMixin, mismatch
from torchkeras.metrics import Metric
from torchkeras.optimizers import LossScaleOptimizer, Optimizer
from torchkeras.saving.containers.archive import Archive
from torchkeras.saving.containers.folder import Folder
from torchkeras.saving.containers.hdf5 import Group
from torchkeras.saving.errors import UnreadableFile
from torchkeras.saving.keras3 import optimizer_values
from torchkeras.saving.keras3.saveables import Walk
from torchkeras.saving.keras3.saving_state import ASSETS, TENSORS, loose_tensors, module_tensors
from torchkeras.saving.keras3.stores import ReadStore, group_at
from torchkeras.saving.keras3.walking import Place, within
from torchkeras.saving.values import read_tensor, read_value

_MOST_ASSETS = 1 << 30
#: A model can lead to its layers on very many ways.
_MOST_VISITS = 100_000


class Plan:
    """Where the values of each part of a model lie in a file, by the walk of one Keras.

    Args:
        model: the model, or a layer.
        root: the file.
        walk: whose order and names.
        at: the path of the model within the file.
    """

    def __init__(self, model: Any, root: Group, walk: Walk, at: str = "") -> None:
        self.model, self.root, self.walk = model, root, walk
        self.found: dict[int, Place] = {}
        self.problems: dict[int, str] = {}
        self.unbuilt: dict[int, Place] = {}
        self._done: set[int] = set()
        self._visits = 0
        self._visit(Place(model, at), frozenset())

    def store(self, place: Place) -> ReadStore:
        return ReadStore(group_at(self.root, place.path))

    def taken(self) -> int:
        """For how many parts the file holds values."""
        return sum(1 for place in self.found.values() if len(self.store(place)))

    def _visit(self, place: Place, above: frozenset[int]) -> bool:
        """Looks for the values of a saveable and of all within it; whether all were found.

        What was not found is looked for again at the next path that leads to it, as Keras does: files of older
        versions have it there.
        """
        thing, key = place.thing, id(place.thing)
        self._visits += 1
        if key in self._done or key in above or self._visits > _MOST_VISITS:
            return True
        if key not in self.found:
            problem = self._problem(place)
            if problem is None and (key not in self.problems or len(self.store(place))):
                self.found[key] = place
                self.problems.pop(key, None)
            elif problem is not None:
                self.problems.setdefault(key, problem)
        if isinstance(thing, Layer) and not thing.built and has_values(self.root, place.path):
            self.unbuilt.setdefault(key, place)
        complete = key in self.found
        if not isinstance(thing, Optimizer):
            for inner in within(place, self.walk, self._done):
                complete &= self._visit(inner, above | {key})
        if complete:
            self._done.add(key)
        return complete

    def _problem(self, place: Place) -> str | None:
        """Why what lies at a path cannot be the values of a saveable."""
        thing, store = place.thing, self.store(place)
        if isinstance(thing, Layer):
            return mismatch(thing, thing._variables_to_save(), store.shapes()) if _loads_as_all(thing) else None
        if isinstance(thing, nn.Module) and not isinstance(thing, (Operation, Metric, Optimizer)):
            return _tensors_differ(module_tensors(thing), store, type(thing).__name__)
        return None  # what it holds shows when it is read

    def carry_out(self, path: str, assets: dict[str, bytes] | None = None, skip_mismatch: bool | None = None) -> None:
        """Gives the model the values.

        Args:
            path: the file, for messages.
            assets: what layers keep in files of their own, by path; None where such are not looked at.
            skip_mismatch: whether what does not fit is left as it is, with a warning; None for a model that was made
                by the same file.
        """
        if self.problems and not skip_mismatch:
            _tell(self.problems, path, skip_mismatch)
        optimizers = [place for place in self.found.values() if isinstance(place.thing, Optimizer)]
        self.load_all([place for place in self.found.values() if place not in optimizers], assets)
        if (
            skip_mismatch is None
            and not self.unbuilt
            and getattr(self.model, "compiled", False)
            and self.model.optimizer is not None
        ):
            # Not before: what it keeps may begin as a copy of the weights.
            optimizer_values.build(self.model.optimizer, self.model, self.walk is Walk.KERAS3)
        self.load_all(optimizers, assets)
        if self.problems:
            _tell(self.problems, path, skip_mismatch)

    def load_all(self, places: list[Place], assets: dict[str, bytes] | None) -> None:
        """Gives the values to what lies at these places; what cannot be loaded is among the problems then."""
        for place in places:
            try:
                self._load(place, assets)
            except (ValueError, KeyError, TypeError, AssertionError, IndexError, OSError) as error:
                # A class of the user's, or a layer whose values are of any shape.
                self.problems[id(place.thing)] = f"{_named(place.thing)} at {place.path!r}: {error}"

    def _load(self, place: Place, assets: dict[str, bytes] | None) -> None:
        thing, store = place.thing, self.store(place)
        if isinstance(thing, Optimizer):
            within = group_at(self.root, f"{place.path}/inner_optimizer")
            if within is not None and not isinstance(thing, LossScaleOptimizer):
                store = ReadStore(within)  # it was saved under a scale of the loss, which is not needed here
            if len(store):
                optimizer_values.load(thing, self.model, store, self.walk is Walk.KERAS3)
        elif isinstance(thing, (Layer, Metric)):
            if isinstance(thing, Layer) and _loads_as_all(thing):
                for number, variable in enumerate(thing._variables_to_save()):
                    read_value(variable, store.dataset(str(number)))
            elif hasattr(thing, "load_own_variables"):
                thing.load_own_variables(store)
            elif [store.shapes().get(str(n)) for n in range(len(store))] == [tuple(v.shape) for v in thing.variables]:
                for number, variable in enumerate(thing.variables):  # a metric of the same kind
                    read_value(variable, store.dataset(str(number)))
            inner = f"{place.path}/{TENSORS}" if place.path else TENSORS
            _load_tensors(loose_tensors(thing), ReadStore(group_at(self.root, inner)))
        elif isinstance(thing, nn.Module):
            _load_tensors(module_tensors(thing), store)
        elif hasattr(thing, "load_own_variables"):
            thing.load_own_variables(store)
        if assets is not None and hasattr(thing, "load_assets"):
            _load_assets(thing, f"{ASSETS}/{place.path}" if place.path else ASSETS, assets)


def plan(model: Any, root: Group, walks: tuple[Walk, ...]) -> Plan:
    """The plan by the first of these walks if that finds all, else by the one that finds most values in the file."""
    best = Plan(model, root, walks[0])
    for walk in walks[1:]:
        if not best.problems:
            break
        other = Plan(model, root, walk)
        if other.taken() > best.taken():
            best = other
    return best


def has_values(root: Group, path: str) -> bool:
    """Whether a file has any values at a path or below."""
    if path and not root.is_group(path):
        return False
    waiting = [root.group(path) if path else root]
    for group in waiting:
        for name in group.names():
            if not group.is_group(name):
                return True
            waiting.append(group.group(name))
    return False


def check_can_load(model: Any, path: str, by_name: bool) -> None:
    """A ValueError for what these files cannot do: go by the names of layers, or give values to a model without any."""
    if by_name:
        raise ValueError(f"`by_name` only supports loading legacy '.h5' or '.hdf5' files. Received: {path}")
    if not model.built:
        raise ValueError(
            f"Cannot load the weights of {path!r} into the model {model.name!r}, which has not yet been built. Build "
            f"it first: call it on some data, or its `build()`."
        )


def assets_of(archive: Archive | Folder) -> dict[str, bytes]:
    """The files that layers keep in an archive, by their names."""
    names = [name for name in archive.names() if name.startswith(f"{ASSETS}/")]
    return {name: archive.read(name, _MOST_ASSETS // max(len(names), 1)) for name in names}


def _loads_as_all(layer: Layer) -> bool:
    """Whether a layer's class leaves it to the base class how its values are read."""
    return type(layer).load_own_variables is OwnVariablesMixin.load_own_variables


def _named(thing: Any) -> str:
    return f"{type(thing).__name__} {getattr(thing, 'name', '')!r}"


def _tensors_differ(tensors: dict[str, Tensor], store: ReadStore, what: str) -> str | None:
    shapes = store.shapes()
    expected = {key: tuple(tensor.shape) for key, tensor in tensors.items()}
    if shapes != expected:
        return f"Torch module {what} expected {expected}; {shapes} was saved."
    return None


def _load_tensors(tensors: dict[str, Tensor], store: ReadStore) -> None:
    with torch.no_grad():
        for key, tensor in tensors.items():
            saved = read_tensor(store.dataset(key))
            if saved.shape != tensor.shape:
                raise ValueError(f"{key!r} has the shape {tuple(tensor.shape)}, and {tuple(saved.shape)} was saved.")
            tensor.detach().copy_(saved)


def _load_assets(thing: Any, folder: str, assets: dict[str, bytes]) -> None:
    """Lets a layer read its files, in a temporary folder that holds nothing else."""
    own = {
        name.removeprefix(f"{folder}/"): content for name, content in assets.items() if name.startswith(f"{folder}/")
    }
    if not own:
        return
    with tempfile.TemporaryDirectory() as home:
        for name, content in own.items():  # names that the archive's reader let pass: downwards only
            path = os.path.join(home, *name.split("/"))
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        thing.load_assets(home)


def _tell(problems: dict[int, str], path: str, skip_mismatch: bool | None) -> None:
    told = list(problems.values())
    listed = "\n  ".join(told[:20] + (["..."] if len(told) > 20 else []))
    count = f"A total of {len(told)} object{'s' if len(told) > 1 else ''} could not be loaded"
    if skip_mismatch is None:
        raise UnreadableFile(f"{count}, because the config and the values in {path!r} do not go together:\n  {listed}")
    if skip_mismatch:
        warnings.warn(f"{count} from {path!r}, and what they hold stays as it was:\n  {listed}", stacklevel=6)
        return
    raise ValueError(
        f"{count} from {path!r}, because the model differs from the one that was saved:\n  {listed}\n"
        f"Make the model as it was, or pass `skip_mismatch=True` to load what fits."
    )
