"""PNG: images as files, without an imaging library."""

from __future__ import annotations

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}  # grey, grey with alpha, RGB, RGBA
_UP = 2


def encode_png(image: np.ndarray, compression: int = -1) -> bytes:
    """An image of shape (height, width, channels), uint8 or uint16, as a PNG file.

    Args:
        compression: zlib's level, -1 for its default.
    """
    if image.ndim != 3 or image.shape[2] not in _COLOR_TYPES:
        raise ValueError(
            f"An image has the shape (height, width, channels), of 1 to 4 channels. Received: {image.shape}"
        )
    if image.dtype not in (np.uint8, np.uint16):
        raise TypeError(f"A PNG image is of dtype uint8 or uint16. Received: {image.dtype}")
    height, width, channels = image.shape
    if not height or not width:
        raise ValueError(f"An image must not be empty. Received shape {image.shape}")
    depth = image.dtype.itemsize
    rows = np.ascontiguousarray(image.astype(image.dtype.newbyteorder(">"))).view(np.uint8).reshape(height, -1)
    # Each row as its difference from the one above: smaller than the values in most images.
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _UP
    filtered[0, 1:] = rows[0]
    filtered[1:, 1:] = rows[1:] - rows[:-1]
    header = struct.pack(">IIBBBBB", width, height, 8 * depth, _COLOR_TYPES[channels], 0, 0, 0)
    data = zlib.compress(filtered.tobytes(), compression)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
