"""tf.experimental.numpy against what TensorFlow gave."""

from collections.abc import Iterator

import pytest

from compat_tests.tensorflow.goldens.runner import checks_of
from torchkeras import tensorflow as tf


@pytest.fixture(autouse=True)
def switched_off_again() -> Iterator[None]:
    yield
    tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="off")


locals().update(checks_of("tnp"))


def test_off_is_as_before() -> None:
    add, getitem = tf.Tensor.__add__, tf.Tensor.__getitem__
    tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="all")
    assert tf.Tensor.__add__ is not add
    assert (tf.constant([1, 2]) + 0.5).dtype == tf.float32
    tf.experimental.numpy.experimental_enable_numpy_behavior(dtype_conversion_mode="off")
    assert (tf.Tensor.__add__, tf.Tensor.__getitem__) == (add, getitem)
    with pytest.raises(AttributeError, match="experimental_enable_numpy_behavior"):
        tf.constant([1.0]).T  # noqa: B018
    with pytest.raises(tf.errors.InvalidArgumentError):
        tf.add(tf.constant(1), tf.constant(1.0))
    assert "weak" not in repr(tf.constant(1))
