"""get_file: a file from the internet, kept in Keras's cache folder."""

from __future__ import annotations

import functools
import os
import tempfile
import urllib.parse
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from torchkeras.utils.archives import extract_archive
from torchkeras.utils.downloads import download, validate_file
from torchkeras.utils.messages import print_msg

ENVIRONMENT = "TORCHKERAS_GET_FILE"


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str | os.PathLike[str] = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: str | Sequence[str] | None = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Fetches a file unless the cache has it, and gives its path.

    Args:
        fname: its name in the cache; by default the last part of the address.
        origin: its address.
        untar: whether it is a tar archive to unpack; `fname` then names the unpacked folder.
        md5_hash: older form of `file_hash`.
        file_hash: its sha256 or md5 hash; a cached file with another hash is fetched anew.
        cache_subdir: the folder within the cache, or an absolute path.
        hash_algorithm: "sha256", "md5" or "auto".
        extract: whether to unpack it as a tar or zip archive.
        archive_format: what to try: "tar", "zip", a list of them, "auto" for both.
        cache_dir: the cache; by default `$KERAS_HOME`, else `~/.keras`.
        force_download: whether to fetch it even if the cache has it.

    What comes back is as in Keras 2: the archive's own path for `extract` (its contents lie beside it), and the
    path `fname` without `.tar.gz` for `untar`. Keras 3 unpacks into a folder of its own and gives that folder; with
    `TORCHKERAS_GET_FILE=keras3` in the environment this function does too.
    """
    if origin is None:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    name = os.fspath(fname) if fname else os.path.basename(urllib.parse.urlsplit(origin).path)
    if not name:
        raise ValueError(
            f"Can't parse the file name from the origin provided: {origin!r}. Please specify the `fname` argument."
        )
    places = _places(name, bool(fname), untar, extract)
    folder = cache_folder(cache_subdir, cache_dir, holding=places.download)
    target = os.path.join(folder, places.download)

    if force_download or not _cached(target, file_hash, hash_algorithm):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        download(origin, target, file_hash, hash_algorithm)
    result = os.path.join(folder, places.result)
    if untar or extract:
        unpacked_before = untar and _style() == "keras2" and os.path.exists(result) and not force_download
        if not unpacked_before:
            where = os.path.normpath(os.path.join(folder, places.unpack_into))
            if not extract_archive(target, where, "tar" if untar else archive_format):
                warnings.warn(f"Could not extract archive: {target} is not one.", stacklevel=2)
    return result


class _Places(NamedTuple):
    download: str
    unpack_into: str
    result: str


def _places(name: str, named: bool, untar: bool, extract: bool) -> _Places:
    """Within the cache folder: the file, the folder it is unpacked into, and the path that is given back."""
    if not (untar or extract):
        return _Places(name, "", name)
    if _style() == "keras2":
        if untar:
            name = name.removesuffix(".tar.gz")
            return _Places(name + ".tar.gz", "", name)
        return _Places(name, os.path.dirname(name), name)
    if named and "." in name:
        folder = name.split(".")[0] + "_extracted"
        return _Places(name, folder, folder)
    return _Places(name + "_archive", name, name)


def _style() -> str:
    style = os.environ.get(ENVIRONMENT, "keras2")
    if style not in ("keras2", "keras3"):
        raise ValueError(f"Expected the environment variable {ENVIRONMENT} to be 'keras2' or 'keras3', got {style!r}.")
    return style


def _cached(target: str, file_hash: str | None, hash_algorithm: str) -> bool:
    if not os.path.exists(target):
        return False
    if file_hash is None or validate_file(target, file_hash, hash_algorithm):
        return True
    print_msg(
        f"A local file was found, but it seems to be incomplete or outdated because the {hash_algorithm} file hash "
        f"does not match the original value of {file_hash} so we will re-download the data."
    )
    return False


def keras_home() -> str:
    """The cache folder of Keras: `$KERAS_HOME`, else `~/.keras`."""
    return os.path.expanduser(os.environ.get("KERAS_HOME") or os.path.join("~", ".keras"))


def cache_folder(
    cache_subdir: str | os.PathLike[str] = "datasets",
    cache_dir: str | os.PathLike[str] | None = None,
    holding: str | None = None,
) -> str:
    """The folder files are kept in.

    Where that cannot be written to, and does not hold the file `holding` either, it is `.keras` in the folder for
    temporary files, as in Keras.
    """
    base = os.path.expanduser(os.fspath(cache_dir)) if cache_dir is not None else keras_home()
    folder = os.path.join(base, os.fspath(cache_subdir))
    if holding is not None and os.path.exists(os.path.join(folder, holding)):
        return folder
    try:
        os.makedirs(folder, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    instead = os.path.join(tempfile.gettempdir(), ".keras", os.fspath(cache_subdir))
    _say_where(folder, instead)
    os.makedirs(instead, exist_ok=True)
    return instead


@functools.cache  # once is enough
def _say_where(folder: str, instead: str) -> None:
    print_msg(f"The cache folder {folder} cannot be written to; files are kept in {instead}")
