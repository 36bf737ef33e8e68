"""The files of a SavedModel: regular files within its folder, whatever the folder says."""

from __future__ import annotations

import os
import re

from torchkeras.saving.errors import UnreadableFile, UnsafeFile

MODEL, METADATA, FINGERPRINT = "saved_model.pb", "keras_metadata.pb", "fingerprint.pb"
VARIABLES, ASSETS = "variables", "assets"
#: Values are in files of their own; what describes a model is never nearly as long.
_MOST = 1 << 29


class Folder:
    """One folder.

    Args:
        path: the folder, which itself may be a link.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self._real = os.path.realpath(path)

    def has(self, *names: str) -> bool:
        """Whether there is a file of that name."""
        return os.path.isfile(os.path.join(self.path, *names))

    def file(self, *names: str) -> str:
        """The path of a file; UnsafeFile where it is outside of the folder."""
        path = os.path.join(self.path, *names)
        for name in names:
            if name in ("", ".", "..") or re.search(r"[/\\\0]", name):
                raise UnsafeFile(f"Cannot read {self.path!r}: it names {'/'.join(names)!r}, which is no file of it.")
        real = os.path.realpath(path)
        if real != os.path.join(self._real, *names):
            raise UnsafeFile(
                f"Cannot read {self.path!r}: {os.path.join(*names)!r} in it is a link to {real!r}. If you trust it, "
                f"copy the folder with the files themselves (`cp -rL`)."
            )
        if not os.path.isfile(path):
            raise UnreadableFile(f"Cannot read {self.path!r}: it has no {os.path.join(*names)!r}.")
        return path

    def metadata(self) -> bytes:
        """The content of `keras_metadata.pb`."""
        return self._content(self.file(METADATA))

    def graph(self) -> memoryview:
        """The content of `saved_model.pb`."""
        return memoryview(self._content(self.file(MODEL)))

    def _content(self, path: str) -> bytes:
        size = os.path.getsize(path)
        if not 0 < size <= _MOST:
            raise UnreadableFile(f"Cannot read {path!r}: it has {size} bytes, from 1 to {_MOST} are read.")
        with open(path, "rb") as file:
            return file.read()

    def values(self) -> str:
        """The prefix of the bundle with the values."""
        name = f"{VARIABLES}.index"
        self.file(VARIABLES, name)
        for other in os.listdir(os.path.join(self.path, VARIABLES)):
            if other.startswith(f"{VARIABLES}.data-"):
                self.file(VARIABLES, other)
        return os.path.join(self.path, VARIABLES, VARIABLES)

    def size_of_values(self) -> int:
        """How many bytes the files with the values have."""
        folder = os.path.join(self.path, VARIABLES)
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if ".data-" in name)


__all__ = ["ASSETS", "FINGERPRINT", "METADATA", "MODEL", "VARIABLES", "Folder"]
