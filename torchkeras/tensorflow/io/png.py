"""Reading PNG files of 16 bits for each colour, which Pillow has no pixels for."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 4: 2, 6: 4}  # by PNG's colour types


def is_deep(contents: bytes) -> bool:
    """Whether a file is a PNG of colours with 16 bits each."""
    return contents[:8] == _SIGNATURE and contents[24:25] == b"\x10" and contents[25:26] in (b"\x02", b"\x04", b"\x06")


def deep_pixels(contents: bytes) -> np.ndarray:
    """The pixels of such a file as uint16; a ValueError where it is damaged or interlaced."""
    width, height, _, kind, _, _, interlaced = struct.unpack(">IIBBBBB", contents[16:29])
    if interlaced:
        raise ValueError("an interlaced PNG file of 16 bits for each colour; save it without interlacing")
    size = 2 * _CHANNELS[kind]  # bytes of a pixel
    stride = size * width
    data = zlib.decompressobj().decompress(
        b"".join(body for name, body in _chunks(contents) if name == b"IDAT"), height * (stride + 1)
    )
    if len(data) < height * (stride + 1):
        raise ValueError("the image data end too early")
    lines = np.frombuffer(data, np.uint8).reshape(height, stride + 1)
    above = np.zeros((width, size), np.uint8)
    found = np.empty((height, width, size), np.uint8)
    for i, line in enumerate(lines):
        above = found[i] = _unfiltered(int(line[0]), line[1:].reshape(width, size), above)
    return found.view(">u2").astype(np.uint16)


def _chunks(contents: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at + 8 <= len(contents):
        size = int.from_bytes(contents[at : at + 4], "big")
        yield contents[at + 4 : at + 8], contents[at + 8 : at + 8 + size]
        at += size + 12


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray) -> np.ndarray:
    """A line of pixels as it was before the file's filter, given the line above."""
    if kind == 0:
        return line
    if kind == 1:
        return np.add.accumulate(line, axis=0, dtype=np.uint8)
    if kind == 2:
        return line + above
    if kind > 4:
        raise ValueError(f"there is no PNG filter {kind}")
    made = np.zeros((len(line) + 1, line.shape[1]), np.int64)
    up = np.concatenate([np.zeros((1, line.shape[1]), np.int64), above.astype(np.int64)])
    for i, values in enumerate(line.astype(np.int64), 1):
        left, over, corner = made[i - 1], up[i], up[i - 1]
        made[i] = (values + ((left + over) // 2 if kind == 3 else _paeth(left, over, corner))) & 255
    return made[1:].astype(np.uint8)


def _paeth(left: np.ndarray, over: np.ndarray, corner: np.ndarray) -> np.ndarray:
    guess = left + over - corner
    a, b, c = abs(guess - left), abs(guess - over), abs(guess - corner)
    return np.where((a <= b) & (a <= c), left, np.where(b <= c, over, corner))
