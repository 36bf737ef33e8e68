"""tf.train.Checkpoint: the state of objects in files, by the names of their attributes."""

from __future__ import annotations

import os
from collections import deque
from typing import Any

import numpy as np
import torch

from torchkeras.core.variable import Variable
from torchkeras.models import Model
from torchkeras.saving import checkpoint_state
from torchkeras.tensorflow.errors import NotFoundError
from torchkeras.tensorflow.train import files
from torchkeras.tensorflow.train.containers import wrapped
from torchkeras.tensorflow.train.objects import children, has_state
from torchkeras.tensorflow.train.restoring import Restoration, Status


class CheckpointOptions:
    """Accepted: all is written to one file, on the machine itself.

    Args:
        experimental_io_device: ignored.
        experimental_enable_async_checkpoint: ignored; files are whole when the call returns.
    """

    def __init__(self, experimental_io_device: Any = None, experimental_enable_async_checkpoint: bool = False,
                 **kwargs: Any) -> None:  # fmt: skip
        self.experimental_io_device = experimental_io_device
        self.experimental_enable_async_checkpoint = experimental_enable_async_checkpoint


class Checkpoint:
    """Keeps and restores variables, layers, models, optimizers, modules, and lists and dicts of them.

    Args:
        root: an object whose parts are those of the checkpoint.
        kwargs: further parts by name; attributes set later are parts too.

    Example:
        checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)
        path = checkpoint.save("folder/ckpt")
        checkpoint.restore(path)
    """

    _root: Any
    _parts: dict[str, Any]
    _save_counter: Variable | None

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self.__dict__["_root"] = root
        self.__dict__["_parts"] = {}
        self.__dict__["_save_counter"] = None
        for name, value in sorted(kwargs.items()):
            if not has_state(value) and not callable(value):
                raise ValueError(
                    f"`Checkpoint` was expecting {name} to be a trackable object (an object derived from `Trackable`), "
                    f"got {value}. If you believe this object should be trackable, wrap it in a tf.Variable or a "
                    f"tf.train.experimental.PythonState."
                )
            setattr(self, name, value)

    def __setattr__(self, name: str, value: Any) -> None:
        value = wrapped(value)
        self._parts[name] = value
        object.__setattr__(self, name, value)
        pending = self.__dict__.get("_pending_restore")
        if pending is not None:
            pending(name, value)

    def _checkpoint_children(self) -> dict[str, Any]:
        parts = dict(children(self._root)) if self._root is not None else {}
        parts |= self._parts
        if self._save_counter is not None:
            parts["save_counter"] = self._save_counter
        return parts

    @property
    def save_counter(self) -> Variable:
        """How often `save` was called."""
        if self._save_counter is None:
            made = Variable(np.int64(0), trainable=False, name="save_counter")
            self.__dict__["_save_counter"] = made  # an attribute set the other way would be a part by itself
            pending = self.__dict__.get("_pending_restore")
            if pending is not None:
                pending("save_counter", made)
        assert self._save_counter is not None
        return self._save_counter

    # --- writing ---

    def write(self, file_prefix: str | os.PathLike[str], options: Any = None) -> str:
        """Writes the present state to files whose names begin so; gives that name."""
        prefix = os.fspath(file_prefix)
        nodes, values, states = _collected(self)
        files.write(prefix, nodes, values, states)
        return prefix

    def save(self, file_prefix: str | os.PathLike[str], options: Any = None) -> str:
        """As `write`, with a number that counts up; the folder's file `checkpoint` then names this as the latest."""
        self.save_counter.assign_add(1)
        path = self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")
        checkpoint_state.update(os.path.dirname(path) or ".", path, [path])
        return path

    # --- reading ---

    def read(self, save_path: str | os.PathLike[str] | None, options: Any = None) -> Status:
        """Gives the objects what the files hold. What is not there yet gets its value when it comes."""
        if save_path is None:
            return Status(None, None)
        prefix = os.fspath(save_path)
        index, values = files.read(prefix)
        if not index["objects"]:
            return self._read_weights(prefix)
        found = Restoration(index["objects"], values, index["states"])
        found.match(self, 0)
        return Status(found, prefix)

    def restore(self, save_path: str | os.PathLike[str] | None, options: Any = None) -> Status:
        """As `read`; None is accepted, so that `restore(manager.latest_checkpoint)` begins anew without one."""
        if save_path is not None:
            self.save_counter  # noqa: B018 - made, so that it is restored
        return self.read(save_path, options)

    def _read_weights(self, prefix: str) -> Status:
        """From a file that a model's `save_weights` wrote."""
        models = [part for part in self._checkpoint_children().values() if isinstance(part, Model)]
        models = [self._root] if isinstance(self._root, Model) else models
        if len(models) != 1:
            raise NotFoundError(
                None,
                None,
                f"{prefix!r} is a file of a model's weights alone, and this checkpoint has {len(models)} models: use "
                f"`model.load_weights({prefix!r})`.",
            )
        models[0].load_weights(prefix)
        return Status(None, prefix)


def _collected(root: Checkpoint) -> tuple[list[dict[str, Any]], dict[str, torch.Tensor], dict[str, Any]]:
    """The object graph, the values and the other states. An object of several names is known by the shortest."""
    numbers: dict[int, int] = {id(root): 0}
    nodes: list[dict[str, Any]] = [{"children": {}}]
    values: dict[str, torch.Tensor] = {}
    states: dict[str, Any] = {}
    held = [root]  # no object may go away meanwhile: its id would come again
    waiting = deque([(root, 0, "")])
    while waiting:
        owner, number, path = waiting.popleft()
        for name, part in children(owner).items():
            known = _identity(part)
            if known not in numbers:
                numbers[known] = len(nodes)
                nodes.append({"children": {}})
                held.append(part)
                inner = f"{path}/{_escaped(name)}" if path else _escaped(name)
                _keep(part, nodes[-1], inner, values, states)
                waiting.append((part, numbers[known], inner))
            nodes[number]["children"][name] = numbers[known]
    return nodes, values, states


def _identity(part: Any) -> int:
    # A Variable may be seen through several objects: what it stands for is one.
    return id(part.parameter) if isinstance(part, Variable) else id(part)


def _keep(part: Any, node: dict[str, Any], path: str, values: dict[str, torch.Tensor], states: dict[str, Any]) -> None:
    if isinstance(part, Variable):
        key = f"{path}/.ATTRIBUTES/VARIABLE_VALUE"
        node["value"] = key
        values[key] = part.layout.to_keras(part.parameter.detach()).to("cpu", copy=True).contiguous()
    elif hasattr(part, "_checkpoint_state"):
        key = f"{path}/.ATTRIBUTES/OBJECT_CONFIG_JSON"
        node["state"] = key
        states[key] = part._checkpoint_state()


def _escaped(name: str) -> str:
    return name.replace(".", "..").replace("/", ".S")


__all__ = ["Checkpoint", "CheckpointOptions"]
