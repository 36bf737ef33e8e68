"""The checksum of a whole, from those of its parts."""

import zlib

import numpy as np
import pytest

from torchkeras.records.crc32c import crc32c
from torchkeras.saving.containers.crc import CRC32, CRC32C, SumsOfParts, crc_of_parts


@pytest.mark.parametrize(
    "sizes",
    [
        [],
        [0],
        [1],
        [5, 0, 7],
        [1, 2, 3, 4, 5],
        [4096, 4096, 17],
        [100_003, 1, 65_536],
        [1_000_000, 1_400_003, 1_000_000],
    ],
)
@pytest.mark.parametrize(("checksum", "polynomial"), [(zlib.crc32, CRC32), (crc32c, CRC32C)])
def test_parts_sum_up(checksum, polynomial, sizes):
    values = np.random.default_rng(3).integers(0, 256, sum(sizes), np.uint8).tobytes()
    parts, at = [], 0
    for size in sizes:
        parts.append((checksum(values[at : at + size]), size))
        at += size
    assert crc_of_parts(parts, polynomial) == checksum(values)


@pytest.mark.parametrize(
    "known", [[], [(0, 50)], [(10, 5), (15, 5), (40, 60)], [(20, 30), (25, 5), (30, 40)], [(0, 100)]]
)
@pytest.mark.parametrize("at_most", [7, 1000])
def test_sums_as_they_become_known(known, at_most):
    values = np.random.default_rng(3).integers(0, 256, 100, np.uint8)
    sums = SumsOfParts()
    for place, size in reversed(known):
        apart = np.zeros((size // 5, 9), np.uint8)[:, :5]
        apart[...] = values[place : place + size].reshape(-1, 5)
        sums.add(place, apart)
    gaps = sums.gaps(100, at_most)
    assert all(0 < len(gap) <= at_most for gap in gaps)
    kept = known if known[1:2] != [(25, 5)] else known[:1]  # the others overlap it
    assert sum(map(len, gaps)) == 100 - sum(size for _, size in kept)
    for gap in gaps:
        sums.add(gap.start, values[gap.start : gap.stop].data)
    assert sums.of_all() == zlib.crc32(values)
