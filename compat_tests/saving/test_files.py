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
