"""The checksum of a whole, from those of its parts."""

import io
import zlib

import numpy as np
import pytest

from torchkeras.records.crc32c import crc32c
from torchkeras.saving.containers import crc
from torchkeras.saving.containers.crc import CRC32, CRC32C, Sum, SumsOfParts, crc_of_parts


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
    file, sums = io.BytesIO(values), SumsOfParts()
    for place, size in reversed(known):
        apart = np.zeros((size // 5, 9), np.uint8)[:, :5]
        assert sums.read(file, place, apart)
        assert (apart.ravel() == values[place : place + size]).all()
    gaps = sums.gaps(100, at_most)
    assert all(0 < len(gap) <= at_most for gap in gaps)
    kept = known if known[1:2] != [(25, 5)] else known[:1]  # the others overlap it
    assert sum(map(len, gaps)) == 100 - sum(size for _, size in kept)
    for gap in gaps:
        assert sums.read(file, gap.start, np.empty(len(gap), np.uint8))
    assert sums.of_all() == zlib.crc32(values)


WAYS = [(zlib.crc32, CRC32), (crc32c, CRC32C)]
VALUES = np.random.default_rng(4).integers(0, 256, 5_000_000, np.uint8)


@pytest.mark.parametrize(("checksum", "polynomial"), WAYS)
@pytest.mark.parametrize(
    "pieces",
    [
        [],
        [3],
        [1_048_576],
        [1_048_577],
        [7, 2_000_000, 4096, 4095, 1_200_000, 8],
        [16, 1_500_000, 400_000, 65_536, 1000],
        [1_048_576, 4100, 4104, 1_048_580],
    ],
)
def test_the_sum_of_pieces(checksum, polynomial, pieces):
    found, at = Sum(polynomial), 0
    for size in pieces:
        found.add(VALUES[at : at + size] if size % 2 else VALUES[at : at + size].data)
        at += size
    assert found.value == found.value == checksum(VALUES[:at].data)
    found.add(VALUES[at : at + 5000])
    assert found.value == checksum(VALUES[: at + 5000].data)


@pytest.mark.parametrize(("checksum", "polynomial"), WAYS)
@pytest.mark.parametrize("dtype", ["u1", "<u2", "<f4", "<f8"])
def test_rows_apart(checksum, polynomial, dtype):
    rows = VALUES[:4_800_000].view(dtype).reshape(1000, -1)[:, :-3]
    file, into = io.BytesIO(rows.tobytes()), np.empty((1000, rows.shape[1] + 5), dtype)[:, : rows.shape[1]]
    assert crc.read_summed(file, 0, into, polynomial) == checksum(rows.tobytes())
    np.testing.assert_array_equal(into, rows)
    assert crc.read_summed(file, 1, into, polynomial) is None  # it ends before


LARGE = crc._LONG


@pytest.mark.parametrize(
    ("writes", "left"),
    [
        ([(0, 100), (100, 50), (150, LARGE), (150 + LARGE, 9)], 0),  # one after another
        ([(96, 500), (596, 2 * LARGE), (0, 96)], 0),  # the beginning last
        ([(LARGE, LARGE), (0, LARGE), (2 * LARGE, 5)], 0),  # by threads
        ([(5, 20)], 5),  # a hole
        ([(0, 100), (100, LARGE), (50, 20)], 80),  # over something
        ([(0, 100), (100, LARGE), (90, LARGE)], 90 + 10),
        ([(0, 50), (100, 50), (20, 100)], 20 + 30),
        ([(0, 10), (0, 10), (10, 10)], 0),
    ],
)
def test_sums_of_what_is_written(writes, left):
    size = max(place + size for place, size in writes)
    file, sums = io.BytesIO(bytes(size)), SumsOfParts()
    for number, (place, length) in enumerate(writes):
        data = VALUES[number : number + length].tobytes()
        file.seek(place)
        file.write(data)
        sums.written(place, memoryview(data))
    gaps = sums.gaps(size, 1 << 30)
    assert sum(map(len, gaps)) == left
    for gap in gaps:
        assert sums.read(file, gap.start, np.empty(len(gap), np.uint8))
    assert sums.of_all() == zlib.crc32(file.getvalue())
