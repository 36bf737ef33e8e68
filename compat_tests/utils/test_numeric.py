"""to_categorical and normalize, with the values tf_keras gives."""

import numpy as np
import pytest

from torchkeras.utils import normalize, pack_x_y_sample_weight, to_categorical, unpack_x_y_sample_weight


def test_to_categorical():
    assert to_categorical([0, 2, 1]).tolist() == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert to_categorical([0, 2, 1]).dtype == np.float32
    assert to_categorical([[1], [0]], num_classes=3, dtype="int32").tolist() == [[0, 1, 0], [1, 0, 0]]
    assert to_categorical(np.zeros((2, 4), int), 5).shape == (2, 4, 5)
    assert to_categorical(3, 4).tolist() == [0, 0, 0, 1]
    assert to_categorical([-1], 3).tolist() == [[0, 0, 1]]
    with pytest.raises(IndexError, match="Label 3 is out of range for 3 classes"):
        to_categorical([3], 3)


def test_normalize():
    x = np.array([[3.0, 4.0], [0.0, 0.0]])
    np.testing.assert_allclose(normalize(x), [[0.6, 0.8], [0, 0]])
    np.testing.assert_allclose(normalize(x, axis=0), [[1, 1], [0, 0]])
    np.testing.assert_allclose(normalize(x, order=1), [[3 / 7, 4 / 7], [0, 0]])
    np.testing.assert_allclose(normalize([3.0, 4.0]), [[0.6, 0.8]])


def test_packing_data():
    assert pack_x_y_sample_weight(1) == 1
    assert pack_x_y_sample_weight([1]) == ([1],)
    assert pack_x_y_sample_weight(1, 2) == (1, 2)
    assert unpack_x_y_sample_weight((1, 2)) == (1, 2, None)
    assert unpack_x_y_sample_weight([1, 2, 3]) == (1, 2, 3)
    assert unpack_x_y_sample_weight(5) == (5, None, None)
