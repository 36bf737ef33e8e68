"""The checksum of a whole, from those of its parts."""

import zlib

import numpy as np
import pytest

from torchkeras.records.crc32c import crc32c
from torchkeras.saving.containers.crc import CRC32, CRC32C, crc_of_parts


@pytest.mark.parametrize("sizes", [[], [0], [1], [5, 0, 7], [1, 2, 3, 4, 5], [4096, 4096, 17], [100_003, 1, 65_536]])
@pytest.mark.parametrize(("checksum", "polynomial"), [(zlib.crc32, CRC32), (crc32c, CRC32C)])
def test_parts_sum_up(checksum, polynomial, sizes):
    values = np.random.default_rng(3).integers(0, 256, sum(sizes), np.uint8).tobytes()
    parts, at = [], 0
    for size in sizes:
        parts.append((checksum(values[at : at + size]), size))
        at += size
    assert crc_of_parts(parts, polynomial) == checksum(values)
