"""Where the files of the data sets come from, and what is said when they cannot be had."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TypeVar

from torchkeras.utils.downloads import DownloadError
from torchkeras.utils.get_file import cache_folder, get_file

T = TypeVar("T")

KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def dataset_file(
    dataset: str,
    fname: str,
    origin: str,
    file_hash: str | None = None,
    *,
    untar: bool = False,
    cache_dir: str | os.PathLike[str] | None = None,
    cache_subdir: str = "datasets",
) -> str:
    """A data set's file from the cache or from its address, or an error that says what can be done."""
    try:
        return get_file(
            fname, origin, untar=untar, file_hash=file_hash, cache_dir=_made(cache_dir), cache_subdir=cache_subdir
        )
    except DownloadError as error:
        raise unavailable(dataset, fname + ".tar.gz" * untar, cache_subdir, cache_dir, str(error)) from error


def _made(cache_dir: str | os.PathLike[str] | None) -> str | None:
    if not cache_dir:
        return None
    folder = os.path.expanduser(os.fspath(cache_dir))
    os.makedirs(folder, exist_ok=True)
    return folder


def unavailable(
    dataset: str, fname: str, cache_subdir: str, cache_dir: str | os.PathLike[str] | None, reason: str
) -> DownloadError:
    """The error for a data set whose file is neither in the cache nor to be had from its address."""
    folder = cache_folder(cache_subdir, _made(cache_dir))
    return DownloadError(
        f"The data set {dataset!r} cannot be loaded. Its file {fname!r} is not in {folder}, and fetching it failed: "
        f"{reason}. Put the file there, or run with made data of the same shape: `python -m torchkeras run "
        f"--synthetic-data FILE`, TORCHKERAS_SYNTHETIC_DATA=1 in the environment, or "
        f"`keras.datasets.use_synthetic_data()`."
    )


def first_that_works(attempts: Sequence[Callable[[], T]]) -> T:
    """What the first of these functions gives that can fetch its files; else an error that says why none could."""
    failures: list[DownloadError | ValueError] = []
    for attempt in attempts:
        try:
            return attempt()
        except (DownloadError, ValueError) as error:
            failures.append(error)
    # Of the others only why they failed: what can be done is the same.
    others = [error.__cause__ if isinstance(error, DownloadError) else error for error in failures[1:]]
    reasons = [str(failures[0]), *(f"A further source failed too: {error}" for error in others)]
    kind = DownloadError if isinstance(failures[0], DownloadError) else ValueError
    raise kind(" ".join(reasons)) from failures[0]
