"""Data sets of folders: what is printed, how they are divided, and where they are reached from."""

import numpy as np
import pytest
from PIL import Image

from torchkeras import tensorflow as tf
from torchkeras import utils


@pytest.fixture
def folder(tmp_path):
    for kind, count in {"cats": 6, "dogs": 4}.items():
        (tmp_path / kind).mkdir()
        for i in range(count):
            pixels = np.full((8, 10, 3), [i * 20, 100, 200], dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / kind / f"{i}.png")
    (tmp_path / "cats" / "notes.txt").write_text("no image")
    return tmp_path


def load(folder, **kwargs):
    return utils.image_dataset_from_directory(folder, **{"image_size": (4, 5), **kwargs})


def test_what_is_printed(folder, capsys):
    dataset = load(folder)
    assert capsys.readouterr().out == "Found 10 files belonging to 2 classes.\n"
    assert dataset.class_names == ["cats", "dogs"]
    load(folder, validation_split=0.2, subset="training", seed=1)
    assert capsys.readouterr().out == "Found 10 files belonging to 2 classes.\nUsing 8 files for training.\n"
    load(folder, validation_split=0.2, subset="validation", seed=1)
    assert capsys.readouterr().out == "Found 10 files belonging to 2 classes.\nUsing 2 files for validation.\n"


def test_images_keep_their_labels_when_shuffled(folder):
    for images, labels in load(folder, batch_size=3):
        assert images.dtype == tf.float32
        assert images.shape[1:] == (4, 5, 3)
        for image, label in zip(images.numpy(), labels.numpy()):
            shade = round(float(image[0, 0, 0]) / 20)
            assert image[0, 0].tolist() == [shade * 20, 100, 200]
            assert shade < 4 or label == 0  # only cats have shades of 4 and 5


def test_the_parts_do_not_overlap(folder):
    parts = [load(folder, validation_split=0.3, subset=s, seed=5) for s in ("training", "validation")]
    train, held = (set(part.file_paths) for part in parts)
    assert (len(train), len(held)) == (7, 3)
    assert not train & held


@pytest.mark.parametrize(("mode", "channels"), [("rgb", 3), ("rgba", 4), ("grayscale", 1)])
def test_colour_modes(folder, mode, channels):
    images, _ = next(iter(load(folder, color_mode=mode)))
    assert images.shape == (10, 4, 5, channels)
    if mode == "rgba":
        assert (images.numpy()[..., 3] == 255).all()


def test_padding_to_the_proportions(folder):
    images, _ = next(iter(load(folder, image_size=(10, 10), pad_to_aspect_ratio=True)))
    assert (images.numpy()[:, 0] == 0).all()  # 8 rows of 10 are the image's
    assert (images.numpy()[:, 5, :, 1] == 100).all()


def test_representation(folder):
    assert repr(load(folder)) == (
        "<PrefetchDataset element_spec=(TensorSpec(shape=(None, 4, 5, 3), dtype=tf.float32, name=None), "
        "TensorSpec(shape=(None,), dtype=tf.int32, name=None))>"
    )


def test_it_trains(folder):
    model = tf.keras.Sequential([tf.keras.layers.Flatten(), tf.keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    history = model.fit(load(folder, label_mode="binary"), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_older_and_other_places():
    from torchkeras import preprocessing

    for name in ("image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array"):
        assert getattr(preprocessing, name) is getattr(utils, name) is getattr(tf.keras.utils, name)


def test_texts_are_shuffled_with_their_labels(tmp_path):
    for kind in ("neg", "pos"):
        (tmp_path / kind).mkdir()
        for i in range(20):
            (tmp_path / kind / f"{i}.txt").write_text(f"{kind} {i}")
    dataset = utils.text_dataset_from_directory(tmp_path, batch_size=8, seed=3)
    seen = []
    for texts, labels in dataset:
        for text, label in zip(texts.numpy(), labels.numpy()):
            assert text.startswith(b"pos" if label else b"neg")
            seen.append(text)
    assert len(set(seen)) == 40
    assert seen != sorted(seen)


def test_shuffled_sequences_keep_their_targets():
    data = np.arange(60, dtype="float32")
    found = []
    for x, y in utils.timeseries_dataset_from_array(data, data * 10, 4, shuffle=True, seed=1, batch_size=8):
        np.testing.assert_array_equal(x.numpy()[:, 0] * 10, y.numpy())
        np.testing.assert_array_equal(np.diff(x.numpy(), axis=1), 1)
        found += x.numpy()[:, 0].tolist()
    assert sorted(found) == list(range(57))
    assert found != sorted(found)
