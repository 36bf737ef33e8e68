"""What a symbolic tensor says of itself: as tf_keras's does, but for the names of inner operations."""

import subprocess
import sys

import pytest

import torchkeras.tensorflow as tf

keras = tf.keras


@pytest.fixture
def symbols():
    inputs = keras.Input(shape=(784,), name="img")
    hidden = keras.layers.Dense(3, name="dense")(inputs)
    return inputs, hidden, hidden + 1, keras.Input((2,), dtype="string", name="texts")


def test_shown_in_a_notebook_and_in_lists(symbols):
    assert [repr(symbol) for symbol in symbols[:2]] == [
        "<KerasTensor: shape=(None, 784) dtype=float32 (created by layer 'img')>",
        "<KerasTensor: shape=(None, 3) dtype=float32 (created by layer 'dense')>",
    ]
    assert repr(symbols[2]).startswith(
        "<KerasTensor: shape=(None, 3) dtype=float32 (created by layer 'tf.__operators__.add"
    )
    assert repr(symbols[3]) == "<KerasTensor: shape=(None, 2) dtype=string (created by layer 'texts')>"


def test_printed(symbols):
    assert str(symbols[0]) == (
        "KerasTensor(type_spec=TensorSpec(shape=(None, 784), dtype=tf.float32, name='img'), name='img', "
        "description=\"created by layer 'img'\")"
    )
    assert str(symbols[1]).startswith("KerasTensor(type_spec=TensorSpec(shape=(None, 3), dtype=tf.float32, name=None)")
    assert str(symbols[1]).endswith("description=\"created by layer 'dense'\")")


def test_its_dtype_is_tensorflows(symbols):
    assert [repr(symbol.dtype) for symbol in symbols] == ["tf.float32"] * 3 + ["tf.string"]
    assert str(symbols[0].dtype) == "<dtype: 'float32'>"
    assert symbols[0].dtype.name == "float32"
    assert symbols[0].dtype.is_floating
    assert symbols[0].dtype == tf.float32 == "float32"
    assert keras.Input((2,), dtype=tf.int64).dtype is tf.int64
    assert keras.backend.dtype(symbols[0]) == "float32"


def test_its_dtype_goes_into_further_operations(symbols):
    inputs, hidden, _, _ = symbols
    mask = tf.cast(hidden > 0, hidden.dtype)
    ones = tf.ones((3,), dtype=inputs.dtype)
    model = keras.Model(inputs, hidden * mask + ones)
    again = keras.Model.from_config(model.get_config())
    again.set_weights(model.get_weights())
    data = tf.random.normal((4, 784), seed=0)
    assert model.output.dtype is tf.float32
    tf.debugging.assert_near(again(data), tf.nn.relu(model.layers[1](data)) + 1)


def test_without_the_tf_namespace_it_is_torchs():
    program = "import torchkeras; print(torchkeras.Input((2,)).dtype, torchkeras.Input((2,), dtype='int64').dtype)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["torch.float32", "torch.int64"]
