"""Copies of arrays in other orders: the same values as NumPy's."""

import itertools

import numpy as np
import pytest

from torchkeras.saving.containers import tiles


@pytest.mark.parametrize("shape", [(), (1,), (7,), (300, 260), (3, 5, 300, 270), (0, 3), (1, 600)])
def test_every_order(shape):
    values = np.arange(int(np.prod(shape)), dtype="float32").reshape(shape)
    for order in itertools.permutations(range(len(shape))):
        turned = np.transpose(values, order)
        np.testing.assert_array_equal(tiles.contiguous(turned), turned)
        assert tiles.contiguous(turned).flags.c_contiguous
        into = np.zeros(shape, "float32")
        tiles.copy(np.transpose(into, order), turned.copy())
        np.testing.assert_array_equal(into, values)


def test_what_stands_together_is_not_copied():
    values = np.ones((3, 4))
    assert tiles.contiguous(values) is values
