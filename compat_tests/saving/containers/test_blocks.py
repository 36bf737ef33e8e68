"""Values a block at a time: the same as all at once, whatever the order of the axes in memory."""

import itertools
import threading

import numpy as np
import pytest

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
def test_parts_of_an_array(shape):
    for turned in in_every_order(shape):
        filled = np.full_like(turned, -1)  # of the same strides
        left = turned.reshape(-1).view(np.uint8)
        for part in blocks.parts_of(filled):
            assert np.shares_memory(part, filled) or not part.size
            own = np.empty(part.shape, part.dtype)
            own.reshape(-1).view(np.uint8)[:], left = left[: own.nbytes], left[own.nbytes :]
            part[...] = own
        assert not left.size
        np.testing.assert_array_equal(filled, turned)


def test_parts_are_read_in_order_and_used_at_once():
    """One that could be used only after the one before it would wait here for ever."""
    begun = [threading.Event() for _ in range(2)]
    read, used = [], []

    def use(part, memory):
        if part < 2:
            begun[part].set()
            assert begun[1 - part].wait(60)
        used.append(part)
        return memory["last"] == part

    def into(part, memory):
        read.append(part)
        memory["last"] = part
        return memory

    assert blocks.side_by_side(range(20), dict, into, use) == [True] * 20
    assert read == list(range(20))
    assert sorted(used) == read
    assert blocks.side_by_side([], dict, into, use) == []


@pytest.mark.parametrize(("processors", "threads"), [(1, 2), (2, 2), (3, 3), (64, 4)])
def test_parts_are_read_at_once_where_they_may_be(processors, threads, monkeypatch):
    monkeypatch.setattr(blocks, "processors", lambda: processors)
    begun, seen = [threading.Event() for _ in range(threads)], set()

    def into(part, memory):
        seen.add(threading.get_ident())
        if part < threads:
            begun[part].set()
            assert all(one.wait(60) for one in begun)
        return part

    found = blocks.side_by_side(range(20), dict, into, lambda part, read: (part, read), in_turn=False)
    assert found == [(part, part) for part in range(20)]
    assert len(seen) == threads


@pytest.mark.parametrize("where", ["read", "use", "memory"])
def test_an_error_in_one_thread_ends_all(where):
    seen = []

    def fail(name, part=3):
        seen.append(part)
        if name == where and part >= 3:
            raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        blocks.side_by_side(
            itertools.count(),
            lambda: fail("memory"),
            lambda part, memory: fail("read", part),
            lambda part, found: fail("use", part),
        )
    assert len(seen) < 50


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
