"""tf.train.Checkpoint: the state of objects in files, by the names of their attributes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.core.variable import Variable
from torchkeras.saving import checkpoint_state
from torchkeras.saving.checkpoint.objects import children, has_state
from torchkeras.saving.checkpoint.reading import OpenCheckpoint
from torchkeras.saving.checkpoint.restoring import Restoration
from torchkeras.saving.checkpoint.status import NothingRestored, Status
from torchkeras.saving.checkpoint.writing import write_checkpoint
from torchkeras.tensorflow.errors import NotFoundError
from torchkeras.tensorflow.train.containers import wrapped
from torchkeras.tensorflow.train.reader import op_errors


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
        if root is not None and not has_state(root):
            raise _not_trackable("root", root)
        self.__dict__["_root"] = root
        self.__dict__["_parts"] = {}
        self.__dict__["_save_counter"] = None
        for name, value in sorted(kwargs.items()):
            if not has_state(value) and not callable(value):
                raise _not_trackable(name, value)
            if getattr(root, name, value) is not value:
                raise ValueError(
                    f"Cannot create a Checkpoint with keyword argument {name} if root.{name} already exists: the "
                    f"checkpoint would have two objects of one name. Give it another."
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

    def _checkpoint_waits(self, came: Callable[[str, Any], None]) -> None:
        self.__dict__["_pending_restore"] = came

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
        write_checkpoint(prefix, self)
        return prefix

    def save(self, file_prefix: str | os.PathLike[str], options: Any = None) -> str:
        """As `write`, with a number that counts up; the folder's file `checkpoint` then names this as the latest."""
        self.save_counter.assign_add(1)
        path = self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")
        checkpoint_state.update(os.path.dirname(path) or ".", path, [path])
        return path

    # --- reading ---

    def read(self, save_path: str | os.PathLike[str] | None, options: Any = None) -> Status | NothingRestored:
        """Gives the objects what the files hold. What is not there yet gets its value when it comes."""
        return self._restored(save_path, "")

    def _restored(self, save_path: str | os.PathLike[str] | None, context: str) -> Status | NothingRestored:
        if save_path is None:
            return NothingRestored()
        prefix = os.fspath(save_path)
        with op_errors(prefix, context):
            source = OpenCheckpoint(prefix)
            if not source.nodes:
                raise NotFoundError(
                    None,
                    None,
                    f"{prefix!r} is a checkpoint without a graph of objects, as `tf.compat.v1.train.Saver` writes it, "
                    f"whose values go by names. Read them with `tf.train.load_checkpoint({prefix!r})`.",
                )
            found = Restoration(source)
            found.restore(self)
        return Status(found, self)

    def sync(self) -> None:
        """Nothing: files are whole when `save` and `write` return."""

    def restore(self, save_path: str | os.PathLike[str] | None, options: Any = None) -> Status | NothingRestored:
        """As `read`; None is accepted, so that `restore(manager.latest_checkpoint)` begins anew without one."""
        if save_path is not None:
            self.save_counter  # noqa: B018 - made, so that it is restored
        return self._restored(save_path, f"Error when restoring from checkpoint or SavedModel at {save_path}: ")


def _not_trackable(name: str, value: Any) -> ValueError:
    return ValueError(
        f"`Checkpoint` was expecting {name} to be a trackable object (an object derived from `Trackable`), got "
        f"{value}. If you believe this object should be trackable, wrap it in a tf.Variable or a "
        f"tf.train.experimental.PythonState."
    )


__all__ = ["Checkpoint", "CheckpointOptions"]
