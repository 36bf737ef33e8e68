"""CRC-32C, the checksum of TFRecord files and checkpoints (Castagnoli's polynomial P, reflected).

P divides x^5685 + x^1362 + x^426 + 1, by which long data is folded (`folding.py`). What is left is looked up in
tables.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from torchkeras.records.folding import Folding

_POLYNOMIAL = 0x82F63B78
_BLOCK = 512  # bytes whose checksums are looked up side by side
_SHORT = 32  # up to here a plain loop is quicker
_MASK_DELTA = 0xA282EAD8
#: What P divides, without the 0; and by what long data is folded, in turn: words, and how many stand for one.
EXPONENTS = (5685, 1362, 426)
FOLDS = ((np.dtype("<u8"), 8), (np.dtype("<u8"), 1), (np.dtype(np.uint8), 1))


@cache
def _byte_table() -> list[int]:
    """What each value of one byte becomes."""
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
        table.append(value)
    return table


@cache
def _place_tables() -> np.ndarray:
    """For each place in a block, what each byte there adds to the block's checksum; places in order, 256 each."""
    one = np.array(_byte_table(), np.uint32)
    tables = np.empty((_BLOCK, 256), np.uint32)
    tables[-1] = one
    for place in range(_BLOCK - 2, -1, -1):  # one more zero byte after it
        later = tables[place + 1]
        tables[place] = one[later & 0xFF] ^ later >> 8
    return tables.reshape(-1)


@cache
def _carry_tables() -> tuple[list[int], ...]:
    """What each byte of the checksum so far adds to that of the next block: as the block's first four bytes do."""
    tables = _place_tables().reshape(_BLOCK, 256)
    return tuple(tables[place].tolist() for place in range(4))


def crc32c(data: bytes | memoryview, value: int = 0) -> int:
    """The checksum of `data`; with `value`, that of what went before, followed by `data`."""
    state = value ^ 0xFFFFFFFF
    if len(data) > 4 * EXPONENTS[0]:
        raw = np.frombuffer(data, np.uint8)
        for word, number in FOLDS:
            if raw.size > 4 * EXPONENTS[0] * word.itemsize * number:
                whole = raw.size // word.itemsize * word.itemsize
                folding = Folding(EXPONENTS, word, number, state)
                folding.add(raw[:whole].view(word))
                raw = np.concatenate([folding.rest(), raw[whole:]])
                state = 0
        data = raw.data
    return _looked_up(data, state) ^ 0xFFFFFFFF


def _looked_up(data: bytes | memoryview, state: int) -> int:
    size = len(data)
    whole = size // _BLOCK * _BLOCK if size > _SHORT else 0
    if whole:
        offsets = np.arange(_BLOCK, dtype=np.int32) * 256
        a, b, c, d = _carry_tables()
        raw = np.frombuffer(data, np.uint8)
        blocks = raw[:whole].reshape(-1, _BLOCK)
        found = np.bitwise_xor.reduce(_place_tables()[blocks + offsets], axis=1)
        for own in found.tolist():
            state = own ^ a[state & 255] ^ b[state >> 8 & 255] ^ c[state >> 16 & 255] ^ d[state >> 24]
    rest = size - whole
    if rest > _SHORT:
        # As the end of a block, whose beginning is the state: zeros in front change nothing.
        raw = np.frombuffer(data, np.uint8)[whole:].copy()
        raw[:4] ^= np.frombuffer(state.to_bytes(4, "little"), np.uint8)
        places = np.arange(_BLOCK - rest, _BLOCK) * 256
        state = int(np.bitwise_xor.reduce(_place_tables()[places + raw]))
    elif rest:
        table = _byte_table()
        for byte in data[whole:]:
            state = table[(state ^ byte) & 255] ^ state >> 8
    return state


def masked_crc32c(data: bytes | memoryview) -> int:
    """The checksum as it stands in a file."""
    return masked(crc32c(data))


def masked(crc: int) -> int:
    """Turned and shifted, as it stands in files, since data may hold checksums itself."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF
