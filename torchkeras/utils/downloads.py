"""Fetching one file: to a temporary place first, with a progress bar, checked, then moved where it belongs."""

from __future__ import annotations

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any

from torchkeras.utils.messages import print_msg
from torchkeras.utils.progbar import Progbar

_CHUNK = 1 << 16
# Seconds without a single byte, not for the whole file.
_STALL = 30.0


class DownloadError(OSError):
    """A file could not be fetched."""


def download(origin: str, target: str, file_hash: str | None = None, hash_algorithm: str = "auto") -> None:
    """Fetches `origin` into the file `target`, which changes only if all went well.

    Args:
        origin: the address.
        target: where the file is to be.
        file_hash: what it must hash to.
        hash_algorithm: "sha256", "md5", or "auto" to tell by the hash's length.
    """
    print_msg(f"Downloading data from {origin}")
    hasher = resolve_hasher(hash_algorithm, file_hash)
    handle, scratch = tempfile.mkstemp(prefix=".downloading-", dir=os.path.dirname(target) or ".")
    try:
        with os.fdopen(handle, "wb") as sink:
            try:
                with urllib.request.urlopen(origin, timeout=_STALL) as response:
                    _receive(response, sink, hasher, origin)
            except urllib.error.HTTPError as error:
                error.close()
                raise DownloadError(f"URL fetch failure on {origin}: {error.code} -- {error.msg}") from error
            except urllib.error.URLError as error:
                raise DownloadError(f"URL fetch failure on {origin}: {error.errno} -- {error.reason}") from error
            except (OSError, HTTPException) as error:
                if isinstance(error, DownloadError):
                    raise
                raise DownloadError(f"URL fetch failure on {origin}: None -- {error}") from error
        if file_hash is not None and hasher.hexdigest() != file_hash:
            raise ValueError(
                f"Incomplete or corrupted file detected. The {hash_algorithm} file hash does not match the provided "
                f"value of {file_hash}. Received: {hasher.hexdigest()} from {origin}"
            )
        os.chmod(scratch, 0o666 & ~_umask())  # mkstemp makes files for their owner alone
        os.replace(scratch, target)
    except BaseException:
        if os.path.exists(scratch):
            os.remove(scratch)
        raise


def _receive(response: Any, sink: Any, hasher: Any, origin: str) -> None:
    declared = response.headers.get("Content-Length")
    total = int(declared) if declared and declared.strip().isdigit() else None
    bar = Progbar(total)
    received = 0
    while chunk := response.read(_CHUNK):
        sink.write(chunk)
        hasher.update(chunk)
        received += len(chunk)
        if received != total:
            bar.update(received, finalize=False)
    if total is not None and received < total:
        raise DownloadError(
            f"URL fetch failure on {origin}: None -- retrieval incomplete: got only {received} out of {total} bytes"
        )
    bar.update(received, finalize=True)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def resolve_hasher(algorithm: str, file_hash: str | None = None) -> Any:
    """The hash function meant by a name, or by the length of a hash."""
    if algorithm not in ("auto", "sha256", "md5"):
        raise ValueError(
            f"Expected `hash_algorithm` to be 'auto', 'sha256' or 'md5'. Received: hash_algorithm={algorithm!r}"
        )
    if algorithm == "sha256" or (algorithm == "auto" and file_hash is not None and len(file_hash) == 64):
        return hashlib.sha256()
    return hashlib.md5(usedforsecurity=False)


def validate_file(path: str | os.PathLike[str], file_hash: str, algorithm: str = "auto") -> bool:
    """Whether a file has this hash."""
    hasher = resolve_hasher(algorithm, file_hash)
    with open(path, "rb") as file:
        while chunk := file.read(_CHUNK):
            hasher.update(chunk)
    return str(hasher.hexdigest()) == file_hash
