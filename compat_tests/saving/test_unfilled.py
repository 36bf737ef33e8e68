"""What loading a whole model does not do: make values for weights that the file has; and what it does: all others."""

import h5py
import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import initializers, layers
from torchkeras.core import unfilled
from torchkeras.core.unfilled import unfilled_weights

NAMES = ["model.h5", "model.keras", "model.pt", "folder"]
LARGE = 5000


@pytest.fixture(autouse=True)
def few_bytes_are_large(monkeypatch):
    monkeypatch.setattr(unfilled, "_LARGE", LARGE)


@pytest.fixture
def made(monkeypatch):
    """The bytes of each value that an initializer makes."""
    sizes = []

    def counted(kind):
        real = kind.__call__

        def call(self, *args, **kwargs):
            value = real(self, *args, **kwargs)
            sizes.append(value.nbytes)
            return value

        monkeypatch.setattr(kind, "__call__", call)

    for kind in {one for one in vars(initializers).values() if isinstance(one, type) and "__call__" in vars(one)}:
        counted(kind)
    return sizes


def functional():
    words = keras.Input((6,), dtype="int32")
    x = layers.LSTM(30)(layers.Embedding(200, 30)(words))
    x = layers.Conv2D(40, 3)(layers.Reshape((5, 6, 1))(x))
    x = layers.Dense(60)(layers.Flatten()(layers.DepthwiseConv2D(2)(layers.Conv2D(40, 1)(x))))
    return keras.Model(words, layers.Dense(30, kernel_initializer="orthogonal")(x))


class Own(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.embedding, self.dense = layers.Embedding(200, 30), layers.Dense(60)

    def call(self, inputs):
        return self.dense(self.embedding(inputs))


@pytest.mark.parametrize(
    ("kind", "name"),
    [(functional, name) for name in NAMES] + [(Own, name) for name in NAMES if name != "model.h5"],
)
def test_no_values_are_made_to_be_replaced(tmp_path, made, kind, name):
    model, x = kind(), np.arange(24, dtype="int32").reshape(4, 6)
    model.compile("adam", "mse")
    expected = model.predict(x, verbose=0)
    model.fit(x, np.zeros_like(expected), verbose=0)
    expected = model.predict(x, verbose=0)
    large = [weight for weight in model.weights if weight.parameter.nbytes >= LARGE]
    assert sum(size >= LARGE for size in made) >= len(large) >= 2  # the counting works
    model.save(tmp_path / name)
    made.clear()
    loaded = keras.models.load_model(tmp_path / name, custom_objects={"Own": Own})
    assert max(made, default=0) < LARGE
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), expected)
    for weight, saved in zip(loaded.weights, model.weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), saved.numpy())


def test_what_nobody_sets_has_its_first_values():
    with unfilled_weights():
        forgotten = layers.Dense(50, kernel_initializer="ones", trainable=False)
        forgotten.build((None, 50))
        given = layers.Dense(50, kernel_initializer="ones")
        given.build((None, 50))
        given.kernel.assign(np.full((50, 50), 3.0))
        fixed = layers.Layer()
        kept = fixed.add_weight(name="kept", shape=(50, 50), initializer="ones", trainable=False)
        forgotten.kernel.parameter.data.fill_(7)  # as memory that was used before; torch does not count it
    assert (forgotten.kernel.numpy() == 1).all()
    assert (given.kernel.numpy() == 3).all()
    assert (kept.numpy() == 1).all()


def test_an_error_leaves_nothing_behind():
    with pytest.raises(RuntimeError, match="stop"), unfilled_weights():
        raise RuntimeError("stop")
    layer = layers.Dense(50, kernel_initializer="ones")
    layer.build((None, 50))
    assert (layer.kernel.numpy() == 1).all()


def test_in_inference_mode(tmp_path):
    model = keras.Sequential([keras.Input((50,)), layers.Dense(50)])
    model.save(tmp_path / "model.h5")
    with torch.inference_mode():
        loaded = keras.models.load_model(tmp_path / "model.h5", compile=False)
    np.testing.assert_array_equal(loaded.get_weights()[0], model.get_weights()[0])


class Scaled(keras.Sequential):
    """With a weight of its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.own = self.add_weight(name="own", shape=(50, 50), initializer="ones")


def test_a_weight_that_an_h5_file_does_not_have(tmp_path, monkeypatch):
    """Files of Keras before 2.6 have none of the model itself."""
    model = Scaled([keras.Input((50,)), layers.Dense(50)])
    model.save(tmp_path / "model.h5")
    with h5py.File(tmp_path / "model.h5", "a") as file:
        del file["model_weights"]["top_level_model_weights"]
    soiled(monkeypatch)
    loaded = keras.models.load_model(tmp_path / "model.h5", custom_objects={"Scaled": Scaled}, compile=False)
    np.testing.assert_array_equal(loaded.layers[0].kernel.numpy(), model.layers[0].kernel.numpy())
    assert (loaded.own.numpy() == 1).all()


class Stubborn(layers.Dense):
    def load_own_variables(self, store):
        pass


def test_a_weight_that_a_class_does_not_load(tmp_path, monkeypatch):
    keras.Sequential([keras.Input((50,)), Stubborn(50, kernel_initializer="ones")]).save(tmp_path / "model.keras")
    soiled(monkeypatch)
    loaded = keras.models.load_model(tmp_path / "model.keras", custom_objects={"Stubborn": Stubborn}, compile=False)
    assert (loaded.layers[0].kernel.numpy() == 1).all()


@pytest.mark.parametrize("name", NAMES)
def test_averages_begin_with_the_weights_of_the_file(tmp_path, name):
    """The file, of a model that was never trained, has none."""
    model = keras.Sequential([keras.Input((50,)), layers.Dense(50)])
    model.compile(keras.optimizers.Adam(use_ema=True), "mse")
    model.save(tmp_path / name)
    loaded = keras.models.load_model(tmp_path / name)
    loaded.optimizer.build(loaded.trainable_variables)
    average = loaded.optimizer._model_variables_moving_average[0]
    np.testing.assert_array_equal(average.numpy(), model.get_weights()[0])


def soiled(monkeypatch):
    """Has new memory hold what cannot be taken for values."""
    real = torch.empty

    def empty(*args, **kwargs):
        found = real(*args, **kwargs)
        return found if found.is_meta or not found.is_floating_point() else found.fill_(float("nan"))

    monkeypatch.setattr(torch, "empty", empty)
