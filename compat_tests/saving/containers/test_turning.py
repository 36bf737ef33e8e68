"""Kernels that lie the other way round in memory: written in order, and filled, in whatever blocks."""

import threading

import numpy as np
import pytest
import torch

from torchkeras.saving.containers import turning

SHAPES = [(), (1,), (7,), (300, 26), (3, 5, 30, 27), (0, 3), (1, 600), (3, 40, 50), (40, 1, 6), (2, 3, 4, 5, 60)]
#: A row of a page and more, which begins a line of the cache further.
LONG = [(60, 1500), (2, 2, 30, 1100)]
KERNELS = [shape for shape in [*SHAPES, *LONG] if len(shape) > 1 and 0 not in shape]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(turning, "_WHOLE", 100)
    monkeypatch.setattr(turning, "_BLOCK", 5000)
    monkeypatch.setattr(turning, "_PART", (6, 9))
    monkeypatch.setattr(turning, "_LEAST", 400)
    monkeypatch.setattr(turning, "_MOST", 30_000)


def numbers(shape):
    return np.arange(int(np.prod(shape)), dtype="float32").reshape(shape)


def kernels_like(values):
    """Memory as torch has it: of dense layers and of convolutions, with their channels last and first."""
    yield np.zeros((values.shape[-1], *values.shape[:-1]), values.dtype).transpose(*range(1, values.ndim), 0)
    first = np.zeros((values.shape[-1], values.shape[-2], *values.shape[:-2]), values.dtype)
    yield first.transpose(*range(2, values.ndim), 1, 0)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8"])
@pytest.mark.parametrize("shape", KERNELS)
def test_filling_by_rows(shape, dtype):
    values = numbers(shape).astype(dtype)
    for own in kernels_like(values):
        for kernel in (turning.turned(own), turning.turned(torch.from_numpy(own))):
            rows_of_file, seen = values.reshape(-1, shape[-1]), []

            def read(rows, start, rows_of_file=rows_of_file, seen=seen):
                assert all(row.flags.c_contiguous for row in rows)
                rows[...] = rows_of_file[start : start + len(rows)]
                seen.append((start, len(rows)))

            own[...] = 0
            arguments = (
                () if isinstance(kernel.matrix, np.ndarray) else (lambda part, rows: part.copy_(torch.tensor(rows)),)
            )
            turning.fill(kernel, values.dtype, read, *arguments, in_turn=False)
            np.testing.assert_array_equal(own, values)
            assert sum(count for _, count in seen) == len(rows_of_file)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int8"])
@pytest.mark.parametrize("shape", KERNELS)
def test_draining_in_rows(shape, dtype):
    values = numbers(shape).astype(dtype)
    for own in kernels_like(values):
        own[...] = values
        found, seen = np.zeros(values.nbytes, np.uint8), []

        def put(place, data, found=found, seen=seen):
            found[place : place + len(data)] = data
            seen.append(len(data))

        turning.drain(turning.turned(own), put)
        np.testing.assert_array_equal(found.view(dtype), values.reshape(-1))
        assert sum(seen) == values.nbytes


def test_which_tensors_are_drained():
    for own in kernels_like(numbers((3, 5, 30, 27))):
        kernel = turning.to_turn(torch.from_numpy(own))
        assert np.shares_memory(kernel.matrix, own)
    matrix = torch.ones(40, 30)
    assert turning.to_turn(matrix.t()) is not None
    assert turning.to_turn(matrix[:5, :5].t()) is None  # rows that do not stand together
    assert turning.to_turn(matrix[:5, :4].clone().t()) is None  # small
    assert turning.to_turn(matrix) is None
    assert turning.to_turn(matrix.to(torch.complex64).t().conj()) is None
    assert turning.to_turn(matrix.to("meta").t()) is None


def test_what_is_no_kernel():
    for values in (np.zeros(5), np.zeros((4, 5)), np.zeros((0, 5)).T, np.zeros((2, 3, 4, 5)), np.zeros((8, 10))[::2].T):
        assert turning.turned(values) is None
        assert turning.turned(torch.from_numpy(values)) is None


def test_large_kernels_are_filled_by_two_threads():
    own, begun = np.zeros((50, 400), "float32").T, [threading.Event() for _ in range(2)]
    first = iter(begun)

    def read(rows, start):
        mine = next(first, None)
        if mine is not None:
            mine.set()
            assert all(one.wait(60) for one in begun)
        rows[...] = np.arange(start, start + len(rows))[:, None]

    turning.fill(turning.turned(own), own.dtype, read, in_turn=False)
    np.testing.assert_array_equal(own, np.arange(400)[:, None] + np.zeros(50))


def test_rows_apart():
    memory = turning.RowsApart()
    rows = memory(4, 1024, np.dtype("float32"))
    assert rows.shape == (4, 1024)
    assert rows.strides == (4096 + 64, 4)
    assert memory(3, 8, np.dtype("float64")).strides == (64, 8)  # short ones stand together
    assert np.shares_memory(memory(2, 1024, np.dtype("float32")), rows)
