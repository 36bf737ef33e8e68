"""BMP files without compression, as TensorFlow reads them: 8, 24 or 32 bits a pixel, palettes left aside."""

from __future__ import annotations

import struct

import numpy as np


def is_bmp(contents: bytes) -> bool:
    return contents[:2] == b"BM"


def bmp_pixels(contents: bytes) -> np.ndarray:
    """The pixels as uint8 of shape (height, width, 1, 3 or 4); a ValueError where the file is another kind of BMP."""
    if len(contents) < 32:
        raise ValueError(f"Incomplete bmp content, requires at least 32 bytes to find the header size, width, height, "
                         f"and bpp, got {len(contents)} bytes")  # fmt: skip
    start, _, width, height, _, bits = struct.unpack_from("<IIiiHH", contents, 10)
    if bits not in (8, 24, 32):
        raise ValueError(f"a BMP file of {bits} bits a pixel; 8, 24 and 32 are supported")
    if width <= 0 or not height:
        raise ValueError(f"a BMP file of width {width} and height {height}")
    channels = bits // 8
    stride = (width * channels + 3) // 4 * 4  # lines fill whole words
    lines = np.frombuffer(contents, np.uint8, offset=min(start, len(contents)))
    if len(lines) < stride * abs(height) - (stride - width * channels):
        raise ValueError("Incomplete bmp content")
    lines = np.resize(lines, stride * abs(height)) if len(lines) < stride * abs(height) else lines
    found = lines[: stride * abs(height)].reshape(abs(height), stride)[:, : width * channels]
    found = found.reshape(abs(height), width, channels)
    if height > 0:  # the lowest line comes first
        found = found[::-1]
    return found if channels == 1 else found[:, :, [2, 1, 0, 3][:channels]]
