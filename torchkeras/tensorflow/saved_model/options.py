"""Options of saving and loading, and files that belong to a model."""

from __future__ import annotations

import os
from typing import Any


class SaveOptions:
    """Accepted: all of them choose what TensorFlow writes of its graphs."""

    def __init__(
        self,
        namespace_whitelist: Any = None,
        save_debug_info: bool = False,
        function_aliases: Any = None,
        experimental_debug_stripper: bool = False,
        experimental_io_device: str | None = None,
        experimental_variable_policy: Any = None,
        experimental_custom_gradients: bool = True,
        **kwargs: Any,
    ) -> None:
        self.save_debug_info, self.experimental_io_device = save_debug_info, experimental_io_device
        self.experimental_custom_gradients = experimental_custom_gradients


class LoadOptions:
    """Accepted."""

    def __init__(
        self,
        allow_partial_checkpoint: bool = False,
        experimental_io_device: str | None = None,
        experimental_skip_checkpoint: bool = False,
        **kwargs: Any,
    ) -> None:
        self.allow_partial_checkpoint, self.experimental_io_device = allow_partial_checkpoint, experimental_io_device
        self.experimental_skip_checkpoint = experimental_skip_checkpoint


class Asset:
    """A file that is copied along with the object it is an attribute of.

    Args:
        path: the file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)

    @property
    def asset_path(self) -> str:
        """Where the file is."""
        return self._path

    def __fspath__(self) -> str:
        return self._path


__all__ = ["Asset", "LoadOptions", "SaveOptions"]
