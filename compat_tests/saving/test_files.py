"""The files themselves: which format, what they may hold, what an interruption leaves."""

import io
import os
import zipfile

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers


def model(units=3):
    made = keras.Sequential([layers.Dense(units, activation="softmax", input_shape=(4,))])
    made.compile("adam", "sparse_categorical_crossentropy")
    return made


def same(one, other):
    return all((a == b).all() for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


@pytest.mark.parametrize("ending", [".pt", ".pth", ".torch"])
def test_torchs_own_endings(ending, tmp_path):
    first = model()
    path = tmp_path / "deeper" / f"model{ending}"
    first.save(path)
    content = torch.load(path, weights_only=True)
    assert content["format"] == "torchkeras model"
    assert list(content["weights"]) == list(first.state_dict())
    assert same(first, keras.models.load_model(path))


@pytest.mark.parametrize("name", ["model", "model-0.97", "1", "model.onnx"])
def test_other_endings_are_folders(name, tmp_path, recwarn):
    first = model()
    for _ in range(2):
        first.save(tmp_path / name)
    assert not recwarn.list
    assert sorted(os.listdir(tmp_path / name)) == ["assets", "keras_metadata.pb", "saved_model.pb", "variables"]
    assert same(first, keras.models.load_model(tmp_path / name))


def test_the_format_by_name(tmp_path):
    model().save(tmp_path / "model", save_format="torch")
    assert keras.models.load_model(tmp_path / "model").built
    model().save(tmp_path / "second", save_format="h5")
    assert (tmp_path / "second").read_bytes()[1:4] == b"HDF"
    model().save(tmp_path / "third", save_format="tf")
    assert (tmp_path / "third" / "saved_model.pb").is_file()
    with pytest.raises(ValueError, match="Unknown `save_format`: 'onnx'. Expected 'torch'"):
        model().save(tmp_path / "model", save_format="onnx")


def test_weights_alone(tmp_path, recwarn):
    first, second = model(), model()
    first.save_weights(tmp_path / "checkpoint")  # without an ending it is TensorFlow's own, for weights
    first.save_weights(tmp_path / "weights.pt")
    assert not recwarn.list
    second.load_weights(tmp_path / "weights.pt")
    assert same(first, second)
    assert list(torch.load(tmp_path / "weights.pt", weights_only=True)) == list(first.state_dict())
    with pytest.raises(ValueError, match="holds weights alone.*load_weights"):
        keras.models.load_model(tmp_path / "weights.pt")
    first.save_weights(tmp_path / "weights.h5")
    keras.saving.load_weights(second, tmp_path / "weights.h5")


def test_weights_out_of_a_whole_model(tmp_path):
    first, second = model(), model()
    first.save(tmp_path / "model.pt")
    second.load_weights(tmp_path / "model.pt")
    assert same(first, second)


def named(*sizes):
    return keras.Sequential(
        [keras.Input((4,)), *(layers.Dense(size, name=f"dense_of_{place}") for place, size in enumerate(sizes))]
    )


def test_weights_by_name(tmp_path):
    first, longer, other = named(3, 2), named(3, 2, 5), named(3, 7)
    first.save_weights(tmp_path / "w.pt")
    last = longer.get_layer("dense_of_2").get_weights()
    with pytest.raises(ValueError, match="Missing key.*dense_of_2"):
        longer.load_weights(tmp_path / "w.pt")
    longer.load_weights(tmp_path / "w.pt", by_name=True)
    for found, expected in zip(longer.get_weights(), [*first.get_weights(), *last], strict=True):
        np.testing.assert_array_equal(found, expected)
    with pytest.raises(ValueError, match=r"shape \(2, 3\) in .* but \(7, 3\) in the model.*skip_mismatch"):
        other.load_weights(tmp_path / "w.pt", by_name=True)
    with pytest.warns(UserWarning, match="Skipping 'dense_of_1"):
        other.load_weights(tmp_path / "w.pt", by_name=True, skip_mismatch=True)
    assert same(first.layers[0], other.layers[0])


def test_only_the_weights_themselves_are_written(tmp_path):
    """Not the memory that a parameter is a part of."""
    first = model()
    big = torch.zeros(1000, 4)
    first.layers[0].linear.weight.data = big[:3]
    first.save_weights(tmp_path / "w.pt")
    assert os.path.getsize(tmp_path / "w.pt") < 5000


class Attack:
    def __reduce__(self):
        return os.mkdir, ("/nowhere/at/all",)


def test_files_that_would_run_code(tmp_path):
    for content in ({"format": "torchkeras model", "version": 1, "weights": Attack()}, Attack()):
        torch.save(content, tmp_path / "model.pt")
        with pytest.raises(ValueError, match=r"Cannot read .*model.pt.* damaged, or holds other things"):
            keras.models.load_model(tmp_path / "model.pt")
        with pytest.raises(ValueError, match="Cannot read"):
            model().load_weights(tmp_path / "model.pt")


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("config.json", "{}")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89HDF\r\n\x1a\n" + bytes(100), "Cannot read .*model.h5"),
        (archive(), "has no 'model.weights.h5', which a .keras file has"),
        (b"something", "in no known format"),
        (b"", "it is empty"),
    ],
)
def test_files_of_others(content, words, tmp_path):
    (tmp_path / "model.h5").write_bytes(content)
    with pytest.raises(ValueError, match=words):
        keras.models.load_model(tmp_path / "model.h5")


def test_damaged_files(tmp_path):
    model().save(tmp_path / "model.pt")
    whole = (tmp_path / "model.pt").read_bytes()
    for place in (10, len(whole) // 2, len(whole) - 30):
        (tmp_path / "model.pt").write_bytes(whole[:place])
        with pytest.raises(ValueError, match="Cannot read"):
            keras.models.load_model(tmp_path / "model.pt")


def test_folders_and_missing_files(tmp_path):
    (tmp_path / "saved").mkdir()
    with pytest.raises(OSError, match="No file or directory found at .*nothing.h5"):
        keras.models.load_model(tmp_path / "nothing.h5")
    with pytest.raises(IsADirectoryError, match="it is a directory"):
        model().save(tmp_path / "saved", save_format="h5")
    with pytest.raises(IsADirectoryError, match="Add a name"):
        model().save(f"{tmp_path}/new/", save_format="torch")
    with pytest.raises(ValueError, match="it is a folder, and no SavedModel"):
        keras.models.load_model(tmp_path / "saved")
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="there is a file of that name"):
        model().save(tmp_path / "file")


def test_overwriting(tmp_path):
    model().save(tmp_path / "model.pt")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        model().save(tmp_path / "model.pt", overwrite=False)
    with pytest.raises(TypeError, match="save_model\\(\\) got an unexpected keyword argument 'over'"):
        model().save(tmp_path / "model.pt", over=True)


def test_an_interruption_leaves_the_file_before(tmp_path, monkeypatch):
    first = model()
    first.save(tmp_path / "model.pt")

    def half(content, file):
        file.write(b"half")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", half)
        with pytest.raises(KeyboardInterrupt):
            model().save(tmp_path / "model.pt")
    assert [path.name for path in tmp_path.iterdir()] == ["model.pt"]
    assert same(first, keras.models.load_model(tmp_path / "model.pt"))


@pytest.mark.parametrize("name", ["model.pt", "model.h5", "model.keras"])
def test_a_link_stays_one_and_rights_stay(name, tmp_path):
    (tmp_path / "run").mkdir()
    model().save(tmp_path / "run" / name)
    (tmp_path / "run" / name).chmod(0o640)
    (tmp_path / name).symlink_to(f"run/{name}")
    second = model()
    second.save(tmp_path / name)
    assert (tmp_path / name).is_symlink()
    assert (tmp_path / "run" / name).stat().st_mode & 0o777 == 0o640
    assert same(second, keras.models.load_model(tmp_path / "run" / name))
    assert os.listdir(tmp_path / "run") == [name]


def test_a_read_only_file_is_not_replaced(tmp_path, monkeypatch):
    first = model()
    first.save(tmp_path / "model.keras")
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)  # root may write to any file
    with pytest.raises(PermissionError, match=r"read-only.*model\.keras"):
        model().save(tmp_path / "model.keras")
    assert same(first, keras.models.load_model(tmp_path / "model.keras"))


# --- borders ---


@keras.utils.register_keras_serializable("borders")
class Unbuilt(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(2)

    def call(self, inputs):
        return self.dense(inputs)


@pytest.mark.parametrize("ending", [".keras", ".pt"])
@pytest.mark.parametrize(
    "make", [keras.Sequential, lambda: keras.Sequential([layers.Dense(2)]), Unbuilt], ids=["empty", "dense", "own"]
)
def test_a_model_without_weights_yet(make, ending, tmp_path):
    """As in Keras; HDF5 and TensorFlow's folders cannot hold one."""
    first = make()
    first.save(tmp_path / f"m{ending}")
    second = keras.models.load_model(tmp_path / f"m{ending}", compile=False)
    assert type(second) is type(first)
    assert not second.built
    assert [type(layer) for layer in second.layers] == [type(layer) for layer in first.layers]
    if type(first) is keras.Sequential:
        with pytest.raises(ValueError, match="have not yet been created"):
            first.save(tmp_path / "m.h5")
        with pytest.raises(ValueError, match="have not yet been created"):
            first.save_weights(tmp_path / "m.weights.h5")


class Own(layers.Layer):
    """Its weight has no axis, or no values."""

    def __init__(self, shape=(), **kwargs):
        super().__init__(**kwargs)
        self.shape = shape

    def build(self, input_shape):
        self.scale = self.add_weight(name="scale", shape=self.shape, initializer="ones")

    def call(self, inputs):
        return inputs * self.scale.sum()

    def get_config(self):
        return super().get_config() | {"shape": self.shape}


def line(*parts, **kwargs):
    return keras.Sequential([keras.Input((3,)), *parts], **kwargs)


#: A model without layers that compute, without weights, with names of all kinds, with weights of few axes.
BORDERS = {
    "identity": lambda: keras.Model(*[keras.Input((3,))] * 2),
    "no weights": lambda: line(layers.ReLU()),
    "function": lambda: line(layers.Activation(keras.activations.tanh)),
    "unicode": lambda: line(layers.Dense(2, name="größe_層"), name="模型"),
    "case": lambda: line(layers.Dense(3, name="Dense"), layers.Dense(2, name="dense")),
    "paths": lambda: line(layers.Dense(3, name="a/b"), layers.Dense(2, name="a"), layers.Dense(2, name="a/c")),
    "scalar": lambda: line(Own()),
    "no values": lambda: line(Own((0, 3))),
}
MODEL_NAMES = ["m.keras", "m.h5", "folder", "m.pt"]
WEIGHT_NAMES = ["w.weights.h5", "w.h5", "prefix", "w.pt", "w.safetensors", "w.weights.json"]


@pytest.mark.parametrize("name", MODEL_NAMES)
@pytest.mark.parametrize("case", BORDERS)
def test_whole_models_at_the_borders(case, name, tmp_path):
    first = BORDERS[case]()
    first.set_weights([weight + 1.5 for weight in first.get_weights()])
    first.save(tmp_path / name)
    second = keras.models.load_model(tmp_path / name, {"Own": Own}, compile=False)
    assert second.name == first.name
    assert [layer.name for layer in second.layers] == [layer.name for layer in first.layers]
    assert same(first, second)
    given = torch.arange(6.0).reshape(2, 3)
    assert torch.equal(first(given), second(given))


@pytest.mark.parametrize("name", WEIGHT_NAMES)
@pytest.mark.parametrize("case", BORDERS)
def test_weights_at_the_borders(case, name, tmp_path):
    model = BORDERS[case]()
    expected = [weight + 1.5 for weight in model.get_weights()]
    model.set_weights(expected)
    model.save_weights(tmp_path / name, max_shard_size=1 if name.endswith("json") else None)
    model.set_weights([weight * 0 for weight in expected])
    model.load_weights(tmp_path / name)
    for found, one in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, one)


def test_paths_of_every_kind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = model()
    for path in ("m.keras", b"m.keras", tmp_path / "m.keras", "~m.keras"):
        first.save(path)
        assert same(first, keras.models.load_model(path))
    with pytest.raises(TypeError, match="expected str, bytes or os.PathLike object, not int"):
        first.save(3)


def test_a_checkpoint_may_be_called_as_a_folder(tmp_path):
    first, second = model(), model()
    (tmp_path / "run").mkdir()
    for prefix in (tmp_path / "run", f"{tmp_path}/run/"):
        first.save_weights(prefix)
        second.load_weights(prefix)
        assert same(first, second)
    assert (tmp_path / "run" / ".index").is_file()


def test_what_is_missing_is_told_in_every_way(tmp_path):
    for kind in (FileNotFoundError, ValueError):
        with pytest.raises(kind, match=r"No file or directory found at .*none\.keras"):
            keras.models.load_model(tmp_path / "none.keras")
        with pytest.raises(kind, match=r"No file or directory found at .*none\.weights\.h5"):
            model().load_weights(tmp_path / "none.weights.h5")


def test_a_config_alone_is_no_model(tmp_path):
    (tmp_path / "model.json").write_text(model().to_json())
    with pytest.raises(ValueError, match=r"it is JSON: `keras\.models\.model_from_json`"):
        keras.models.load_model(tmp_path / "model.json")


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_compiled_later_and_loaded_twice(name, tmp_path):
    first = model()
    given, targets = np.ones((4, 4), "float32"), np.zeros(4)
    first.fit(given, targets, verbose=0)
    first.save(tmp_path / name)
    one, other = (keras.models.load_model(tmp_path / name, compile=False) for _ in range(2))
    assert not one.compiled
    one.compile("sgd", "sparse_categorical_crossentropy")
    one.fit(given, targets, verbose=0)
    assert same(first, other)
    assert not same(one, other)


@pytest.mark.parametrize("name", MODEL_NAMES)
def test_custom_objects_by_every_way(name, tmp_path):
    line(Own()).save(tmp_path / name)

    def kind(**options):
        return type(keras.models.load_model(tmp_path / name, compile=False, **options).layers[-1])

    with pytest.raises(ValueError, match="Own.*custom_objects"):
        kind()
    assert kind(custom_objects={"Own": Own}) is Own
    with keras.utils.custom_object_scope({"Own": Own}), keras.device("cpu:0"):
        assert kind() is Own
    keras.utils.get_custom_objects()["Own"] = Own
    try:
        assert kind() is Own
    finally:
        del keras.utils.get_custom_objects()["Own"]
    with pytest.raises(ValueError, match="Own.*custom_objects"):
        kind()
