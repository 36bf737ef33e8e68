"""Values a block at a time: the same as all at once, whatever the order of the axes in memory."""

import itertools
import threading

import numpy as np
import pytest
import torch

from torchkeras.saving.containers import blocks

SHAPES = [(), (1,), (7,), (300, 26), (3, 5, 30, 27), (0, 3), (1, 600)]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "BLOCK", 500)
    monkeypatch.setattr(blocks, "LARGE", 1000)


def in_every_order(shape):
    values = np.arange(int(np.prod(shape)), dtype="float32").reshape(shape)
    for order in itertools.permutations(range(len(shape))):
        yield np.transpose(values, order)


@pytest.mark.parametrize("shape", SHAPES)
def test_rows_in_order(shape):
    for turned in in_every_order(shape):
        found = []
        for block in blocks.in_order(torch.from_numpy(turned)):
            assert block.is_contiguous()
            found.append(block.numpy().copy().reshape(-1))
        np.testing.assert_array_equal(np.concatenate(found), turned.reshape(-1))


@pytest.mark.parametrize("shape", SHAPES)
def test_parts_to_fill(shape):
    """Each part is copied only when the second after it is being read, as with two `ahead`."""
    for turned in in_every_order(shape):
        filled = np.full_like(turned, -1)  # of the same strides
        left = turned.reshape(-1).view(np.uint8)
        waiting = []
        for part, own in blocks.to_fill(filled):
            assert own.flags.c_contiguous
            assert part.shape == own.shape
            size = own.nbytes
            own.reshape(-1).view(np.uint8)[:], left = left[:size], left[size:]
            waiting.append((part, own))
            if len(waiting) > 2:
                part, own = waiting.pop(0)
                part[...] = own
        for part, own in waiting:
            part[...] = own
        assert not left.size
        np.testing.assert_array_equal(filled, turned)


def test_what_stands_together_has_no_other_memory():
    values = np.zeros((30, 40), "float32")
    assert all(np.shares_memory(own, values) for _, own in blocks.to_fill(values))


def test_the_next_block_is_made_meanwhile():
    """One that could not be made before the one ahead of it is let go would wait here for ever."""
    made = [threading.Event() for _ in range(4)]

    def numbers():
        for number, event in enumerate(made):
            event.set()
            yield number

    found = []
    for number in blocks.ahead(numbers()):
        if number + 1 < len(made):
            assert made[number + 1].wait(60)
        found.append(number)
    assert found == [0, 1, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_errors_pass(count):
    def numbers():
        yield from range(count)
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        list(blocks.ahead(blocks.ahead(numbers())))
