"""`.keras` and `.weights.h5` as they are written and read here."""

import json
import warnings
import zipfile

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.saving import formats
from torchkeras.saving.containers.hdf5 import open_hdf5
from torchkeras.saving.errors import UnsafeFile

from .models import MODELS, classes, data, inputs, losses

classes(keras)


def model(units=3, **settings):
    made = keras.Sequential([layers.Dense(8, activation="relu", input_shape=(12,)), layers.Dense(2)], **settings)
    made.layers[0]._name = "first"
    made.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return made


def same(one, other):
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


def archive_of(path):
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


# --- the same model comes back ---


@pytest.mark.parametrize("name", ["subclassed", "nested", "stack"])
def test_training_goes_on_exactly_where_it_was(name, tmp_path):
    first = MODELS[name](keras)
    losses(first)
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    assert type(second) is type(first)
    assert losses(second) == losses(first)
    assert int(second.optimizer.iterations) == int(first.optimizer.iterations) == 8


def test_what_layers_learned_from_data(tmp_path):
    first = MODELS["words"](keras)
    first.save(tmp_path / "m.keras")
    assert archive_of(tmp_path / "m.keras")["assets/layers/text_vectorization/vocabulary.txt"].startswith(
        b"\n[UNK]\nrose\nis"
    )
    second = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(second.predict(inputs("words")), first.predict(inputs("words")))


def test_boundaries_and_statistics(tmp_path):
    values = np.random.default_rng(0).normal(size=(100, 1)).astype("float32")
    bins, scale = layers.Discretization(num_bins=4), layers.Normalization()
    bins.adapt(values)
    scale.adapt(values)
    x = keras.Input((1,))
    first = keras.Model(x, [bins(x), scale(x)])
    first.save(tmp_path / "m.keras")
    config = json.loads(archive_of(tmp_path / "m.keras")["config.json"])
    saved = next(one for one in config["config"]["layers"] if one["class_name"] == "Discretization")
    assert saved["config"]["bin_boundaries"] == pytest.approx(bins.bin_boundaries)  # where Keras 3 looks for them
    second = keras.models.load_model(tmp_path / "m.keras")
    for one, other in zip(first.predict(values), second.predict(values), strict=True):
        np.testing.assert_array_equal(one, other)


def test_weights_of_idf(tmp_path):
    lookup = layers.StringLookup(output_mode="tf_idf")
    lookup.adapt(np.array([["a", "b"], ["a", "c"]], dtype=object))
    x = keras.Input((2,), dtype="string")
    first = keras.Model(x, lookup(x))
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    given = np.array([["a", "c"]], dtype=object)
    np.testing.assert_array_equal(first.predict(given), second.predict(given))


OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    "plain": lambda: keras.optimizers.SGD(0.05),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.05, 3, 0.5)),
    "ema": lambda: keras.optimizers.AdamW(0.01, use_ema=True, ema_momentum=0.5),
    "accumulation": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=3),
    "centered": lambda: keras.optimizers.RMSprop(0.01, centered=True, momentum=0.5),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "adafactor": lambda: keras.optimizers.Adafactor(0.01),
    "ftrl": lambda: keras.optimizers.Ftrl(0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_go_on(name, tmp_path):
    first = model()
    first.compile(OPTIMIZERS[name](), "mse")
    losses(first)
    if name == "momentum":
        first.optimizer.learning_rate = 0.03
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    assert losses(second) == losses(first)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("momentum", [(), (), (12, 8), (8,), (8, 2), (2,)]),
        ("schedule", [(), *[(12, 8)] * 2, *[(8,)] * 2, *[(8, 2)] * 2, *[(2,)] * 2]),
        ("ema", [(), (), (12, 8), (8,), (8, 2), (2,), *[(12, 8)] * 2, *[(8,)] * 2, *[(8, 2)] * 2, *[(2,)] * 2]),
        ("nadam", [(), (), *[(12, 8)] * 2, *[(8,)] * 2, *[(8, 2)] * 2, *[(2,)] * 2, ()]),
        ("adafactor", [(), (), (12,), (8,), (12, 8), (), (), (8,), (8,), (2,), (8, 2), (), (), (2,)]),
    ],
)
def test_the_order_of_an_optimizers_values(name, expected, tmp_path):
    """As keras 3.15 writes them."""
    first = model()
    first.compile(OPTIMIZERS[name](), "mse")
    losses(first, 1)
    first.save_weights(tmp_path / "m.weights.h5")
    with open_hdf5(tmp_path / "m.weights.h5") as root:
        group = root.group("optimizer/vars")
        assert [tuple(group.dataset(str(place)).shape) for place in range(len(group.names()))] == expected


def test_saved_before_the_first_step(tmp_path, recwarn):
    first = model()
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    assert losses(second) == losses(first)
    assert not recwarn.list


def test_without_the_optimizer(tmp_path):
    first = model()
    losses(first)
    first.save(tmp_path / "m.keras", include_optimizer=False)
    second = keras.models.load_model(tmp_path / "m.keras")
    assert same(first, second)
    assert not second.compiled
    first.save(tmp_path / "m.keras")
    assert not keras.models.load_model(tmp_path / "m.keras", compile=False).compiled


# --- what an archive holds ---


def test_members(tmp_path):
    model().save(tmp_path / "deeper" / "m.keras")
    content = archive_of(tmp_path / "deeper" / "m.keras")
    assert list(content) == ["metadata.json", "config.json", "model.weights.h5"]
    assert json.loads(content["metadata.json"]).keys() == {"keras_version", "date_saved"}
    config = json.loads(content["config.json"])
    assert config["class_name"] == "Sequential"
    assert config["compile_config"]["optimizer"]["class_name"] == "Adam"
    assert content["model.weights.h5"].startswith(b"\x89HDF")


def test_formats_by_ending_and_name():
    assert formats.format_to_write("a.keras", True) is formats.KERAS
    assert formats.format_to_write("a", True, "keras") is formats.KERAS
    assert formats.format_to_write("a.weights.h5", False) is formats.KERAS3_WEIGHTS
    assert formats.format_to_write("a.h5", False) is formats.HDF5
    assert formats.format_to_write("a.keras", False) is formats.HDF5  # as Keras 2 does


def test_bfloat16(tmp_path):
    layer = layers.Dense(3)
    first = keras.Sequential([keras.Input((4,)), layer])
    first.to(torch.bfloat16)
    first.save_weights(tmp_path / "w.weights.h5")
    with open_hdf5(tmp_path / "w.weights.h5") as root:
        assert root.dataset("layers/dense/vars/0").attribute("dtype") == "bfloat16"
    second = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    second.load_weights(tmp_path / "w.weights.h5")
    np.testing.assert_array_equal(second.layers[0].kernel.numpy(), layer.kernel.numpy())


def test_large_weights_go_block_by_block(tmp_path):
    first = keras.Sequential([keras.Input((1500,)), layers.Dense(3000)])
    first.save_weights(tmp_path / "w.weights.h5")
    second = keras.Sequential([keras.Input((1500,)), layers.Dense(3000)])
    second.load_weights(tmp_path / "w.weights.h5")
    assert same(first, second)


# --- what a class says of itself ---


@keras.utils.register_keras_serializable("files_of_ours")
class Hooked(layers.Layer):
    """With all that Keras lets a class say."""

    said: list = []

    def build(self, input_shape):
        self.inner = layers.Dense(input_shape[-1])
        self.inner.build(input_shape)

    def call(self, inputs):
        return self.inner(inputs)

    def save_own_variables(self, store):
        super().save_own_variables(store)
        store["answer"] = np.array([42])

    def load_own_variables(self, store):
        assert "answer" in store
        assert list(store.keys()) == ["answer"]
        self.said.append(int(store["answer"][0]))

    def save_assets(self, dir_path):
        with open(f"{dir_path}/note.txt", "w") as file:
            file.write("noted")

    def load_assets(self, dir_path):
        with open(f"{dir_path}/note.txt") as file:
            self.said.append(file.read())


def test_hooks_of_a_class(tmp_path):
    x = keras.Input((3,))
    first = keras.Model(x, Hooked()(x))
    first.save(tmp_path / "m.keras")
    assert archive_of(tmp_path / "m.keras")["assets/layers/hooked/note.txt"] == b"noted"
    Hooked.said.clear()
    second = keras.models.load_model(tmp_path / "m.keras")
    assert Hooked.said == [42, "noted"]
    assert same(first, second)


@keras.utils.register_keras_serializable("files_of_ours")
class Compiled(keras.Model):
    """With settings of `compile` that are its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)

    def compile(self, factor=1.0, **kwargs):
        super().compile("sgd", "mse", **kwargs)
        self.factor = factor

    def get_compile_config(self):
        return {"factor": self.factor}

    def compile_from_config(self, config):
        self.compile(factor=config["factor"])


def test_compile_of_a_class(tmp_path):
    first = Compiled()
    first.compile(factor=3.0)
    losses(first)
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    assert second.factor == 3.0
    assert losses(second) == losses(first)


@keras.utils.register_keras_serializable("files_of_ours")
class WithTorch(keras.Model):
    """A plain torch module, and tensors as torch has them."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.mix = torch.nn.Sequential(torch.nn.Linear(12, 4), torch.nn.BatchNorm1d(4))
        self.head = layers.Dense(2)
        self.bias = torch.nn.Parameter(torch.randn(2))
        self.register_buffer("steps", torch.randn(3))

    def call(self, inputs):
        return self.head(self.mix(inputs)) + self.bias


def test_torch_modules(tmp_path):
    first = WithTorch()
    first.compile(keras.optimizers.Adam(0.01), "mse")
    losses(first)
    first.save(tmp_path / "m.keras")
    second = keras.models.load_model(tmp_path / "m.keras")
    for (key, one), (other_key, other) in zip(first.state_dict().items(), second.state_dict().items(), strict=True):
        assert key == other_key
        assert torch.equal(one, other), key
    assert losses(second) == losses(first)


def test_layers_that_build_makes(tmp_path):
    """Of which `build` of the model knows nothing: what they were built with is in the file."""

    @keras.utils.register_keras_serializable("files_of_ours")
    class Two(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.one, self.other = layers.Dense(3), layers.Dense(2)

        def call(self, inputs):
            return self.other(self.one(inputs["x"]) + inputs["y"])

    first = Two()
    given = {"x": np.ones((2, 4), "float32"), "y": np.ones((2, 3), "float32")}
    expected = first(given)
    first.save(tmp_path / "m.keras")
    assert torch.equal(keras.models.load_model(tmp_path / "m.keras")(given), expected)


# --- weights alone ---


def test_weights_alone(tmp_path):
    first, second = model(), model()
    losses(first)
    losses(second, 1)
    first.save_weights(tmp_path / "w.weights.h5")
    second.load_weights(tmp_path / "w.weights.h5")
    assert losses(first) == losses(second)
    with pytest.raises(ValueError, match=r"holds weights alone.*load_weights"):
        keras.models.load_model(tmp_path / "w.weights.h5")


def test_a_new_optimizer_keeps_its_rate(tmp_path):
    """As in Keras: what was saved goes to an optimizer that has taken steps, never to a fresh one."""
    first, second = model(), model()
    losses(first)
    first.save_weights(tmp_path / "w.weights.h5")
    second.compile(keras.optimizers.Adam(0.5), "mse")
    with pytest.warns(UserWarning, match="has 2 variables whereas the saved optimizer has 10"):
        second.load_weights(tmp_path / "w.weights.h5")
    assert float(second.optimizer.learning_rate) == 0.5
    assert int(second.optimizer.iterations) == 0


def test_by_name_is_for_older_files(tmp_path):
    first = model()
    first.save(tmp_path / "m.keras")
    first.save_weights(tmp_path / "w.weights.h5")
    for name in ("m.keras", "w.weights.h5"):
        with pytest.raises(ValueError, match="`by_name` only supports loading legacy '.h5' or '.hdf5' files"):
            first.load_weights(tmp_path / name, by_name=True)


def test_another_model(tmp_path):
    model().save_weights(tmp_path / "w.weights.h5")
    other = keras.Sequential([keras.Input((12,)), layers.Dense(8), layers.Dense(5, name="last"), layers.Dense(2)])
    before = other.get_weights()
    with pytest.raises(ValueError, match="total of 2 objects") as caught:
        other.load_weights(tmp_path / "w.weights.h5")
    text = str(caught.value)
    assert "Layer 'last' (Dense): 'kernel' has the shape (8, 5), and (8, 2) was saved" in text
    assert "expected 2 variables, of shapes [(5, 2), (2,)]; 0 were saved" in text
    for one, other_one in zip(before, other.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other_one)  # nothing was changed
    with pytest.warns(UserWarning, match="total of 2 objects could not be loaded"):
        other.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(other.layers[0].get_weights()[0].shape, (12, 8))
    assert (other.layers[0].get_weights()[0] != before[0]).any()


@keras.utils.register_keras_serializable("files_of_ours")
class Holds(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


def test_models_and_layers_that_were_not_built(tmp_path):
    first, second = Holds(), Holds()
    first(np.ones((2, 3), "float32"))
    first.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ValueError, match=r"has not yet been built.*call it on some data"):
        second.load_weights(tmp_path / "w.weights.h5")
    second.built = True
    with pytest.raises(ValueError, match=r"\(Dense\) was never built.*2 were saved for it"):
        second.load_weights(tmp_path / "w.weights.h5")


# --- callbacks ---


def test_callbacks_write_and_resume(tmp_path):
    x, y = data()
    first = model()
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "best-{epoch}.keras", save_freq="epoch")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0, callbacks=[checkpoint])
    second = keras.models.load_model(tmp_path / "best-2.keras")
    assert same(first, second)
    assert losses(first) == losses(second)
    weights = keras.callbacks.ModelCheckpoint(tmp_path / "best.weights.h5", save_weights_only=True)
    first.fit(x, y, epochs=1, verbose=0, callbacks=[weights])
    second.load_weights(tmp_path / "best.weights.h5")
    assert same(first, second)


# --- folders ---


def test_a_folder_in_place_of_an_archive(tmp_path):
    first = MODELS["words"](keras)
    first.save(tmp_path / "folder", zipped=False)
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == [
        "assets",
        "config.json",
        "metadata.json",
        "model.weights.h5",
    ]
    keras.saving.save_model(first, tmp_path / "folder", zipped=False)
    second = keras.models.load_model(tmp_path / "folder")
    np.testing.assert_array_equal(second.predict(inputs("words")), first.predict(inputs("words")))
    with pytest.raises(FileExistsError, match="overwrite=True"):
        first.save(tmp_path / "folder", overwrite=False, zipped=False)
    with pytest.raises(ValueError, match="should not end in `.keras`"):
        first.save(tmp_path / "folder.keras", zipped=False)


def test_links_in_folders(tmp_path):
    first = MODELS["words"](keras)
    first.save(tmp_path / "folder", zipped=False)
    vocabulary = next((tmp_path / "folder" / "assets").rglob("vocabulary.txt"))
    vocabulary.unlink()
    vocabulary.symlink_to("/etc/passwd")
    with pytest.raises(UnsafeFile, match=r"vocabulary\.txt' in it is a link"):
        keras.models.load_model(tmp_path / "folder")
