"""Whole files as texts, and their names."""

from __future__ import annotations

import os
from typing import Any

from torchkeras.tensorflow.arguments import invalid
from torchkeras.tensorflow.errors import NotFoundError
from torchkeras.tensorflow.io.gfile import glob
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import text_result, texts


def file_name(value: Any, kernel: str) -> str:
    """An argument that is the name of a file."""
    found = texts(os.fspath(value) if isinstance(value, os.PathLike) else value, kernel)
    if found.ndim:
        invalid(f"Input filename tensor must be scalar, but had shape: {list(found.shape)}", kernel)
    return os.fsdecode(found.item())


@operation("io.read_file", "ReadFile")
def read_file(filename: Any, name: str | None = None) -> Any:
    """The contents of a file, as a text."""
    path = file_name(filename, "ReadFile")
    try:
        with open(path, "rb") as file:
            return text_result([file.read()], ())
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory [Op:ReadFile]") from None


@operation("io.write_file", "WriteFile")
def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Writes a text into a file, making folders that are not there."""
    path, found = file_name(filename, "WriteFile"), texts(contents, "WriteFile")
    if found.ndim:
        invalid(f"Contents tensor must be scalar, but had shape: {list(found.shape)}", "WriteFile")
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(found.item())


@operation("io.matching_files", "MatchingFiles")
def matching_files(pattern: Any, name: str | None = None) -> Any:
    """The names of the files that match one or several patterns, sorted."""
    patterns = [os.fsdecode(one) for one in texts(pattern, "MatchingFiles").reshape(-1)]
    found = sorted({os.fsencode(path) for one in patterns for path in glob(one)})
    return text_result(found, (len(found),))


@operation("io.match_filenames_once", "MatchingFiles")
def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """The names of the files that match one or several patterns, sorted."""
    return matching_files(pattern)


__all__ = ["match_filenames_once", "matching_files", "read_file", "write_file"]
