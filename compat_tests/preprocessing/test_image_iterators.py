"""Iterators as data of a model: training, validating, evaluating and predicting from arrays and from files."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.preprocessing.image import ImageDataGenerator, apply_affine_transform

from .cases import images


@pytest.fixture
def folder(tmp_path):
    """Bright and dark pictures, ten of each."""
    pytest.importorskip("PIL")
    for i in range(20):
        name = ("bright", "dark")[i % 2]
        (tmp_path / name).mkdir(exist_ok=True)
        level = 200.0 if name == "bright" else 40.0
        keras.utils.save_img(tmp_path / name / f"{i:02d}.png", images(1, 10, 12, seed=i)[0] / 6 + level, scale=False)
    return tmp_path


def model(classes, activation, loss, shape=(8, 8, 3)):
    layers = keras.layers
    made = keras.Sequential(
        [layers.Input(shape), layers.GlobalAveragePooling2D(), layers.Dense(classes, activation=activation)]
    )
    made.compile(keras.optimizers.Adam(0.3), loss, metrics=["accuracy"])
    return made


@pytest.mark.parametrize(
    ("mode", "classes", "activation", "loss"),
    [
        ("binary", 1, "sigmoid", "binary_crossentropy"),
        ("categorical", 2, "softmax", "categorical_crossentropy"),
        ("sparse", 2, "softmax", "sparse_categorical_crossentropy"),
    ],
)
def test_fit_from_a_folder(folder, capsys, mode, classes, activation, loss):
    generator = ImageDataGenerator(rescale=1 / 255, rotation_range=10, validation_split=0.3)
    settings = {"target_size": (8, 8), "batch_size": 4, "class_mode": mode}
    train = generator.flow_from_directory(folder, subset="training", **settings)
    validation = generator.flow_from_directory(str(folder), subset="validation", **settings)
    printed = capsys.readouterr().out
    assert printed == "Found 14 images belonging to 2 classes.\nFound 6 images belonging to 2 classes.\n"
    assert train.class_indices == {"bright": 0, "dark": 1}
    assert train.samples == train.n == 14
    assert len(train) == 4
    made = model(classes, activation, loss)
    history = made.fit(train, epochs=12, validation_data=validation, verbose=0)
    assert history.history["val_accuracy"][-1] == 1.0
    assert made.evaluate(validation, verbose=0)[1] == 1.0
    ordered = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
        folder, target_size=(8, 8), class_mode=None, shuffle=False
    )
    predicted = made.predict(ordered, verbose=0)
    assert predicted.shape == (20, classes)
    found = predicted[:, 0] > 0.5 if classes == 1 else predicted.argmax(1)
    assert (found == ordered.classes).all()


def test_fit_on_an_autoencoders_input_mode(folder):
    flow = ImageDataGenerator(rescale=1 / 255).flow_from_directory(folder, target_size=(4, 4), class_mode="input")
    x, y = next(flow)
    np.testing.assert_array_equal(x, y)
    made = keras.Sequential([keras.layers.Input((4, 4, 3)), keras.layers.Dense(3)])
    made.compile("adam", "mse")
    losses = made.fit(flow, epochs=3, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_fit_from_arrays_with_weights_and_steps():
    x = np.concatenate([images(16, 8, 8) / 4, images(16, 8, 8) / 4 + 150])
    y = np.repeat([0, 1], 16)
    generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True, height_shift_range=0.1)
    made = model(1, "sigmoid", "binary_crossentropy")
    flow = generator.flow(x, y, batch_size=8, sample_weight=np.ones(32), seed=1)
    history = made.fit(flow, steps_per_epoch=3, epochs=12, verbose=0)
    assert len(history.history["loss"]) == 12
    assert made.evaluate(generator.flow(x, y, batch_size=10), verbose=0)[1] == 1.0
    assert made.predict(generator.flow(x, batch_size=7, shuffle=False), verbose=0).shape == (32, 1)


def test_one_epoch_by_hand_and_beyond():
    flow = ImageDataGenerator().flow(images(10), np.arange(10), batch_size=4, seed=0)
    sizes, seen = [], []
    for x, y in flow:
        sizes.append(len(x))
        seen.append(y)
        if len(sizes) == 6:
            break
    assert sizes == [4, 4, 2, 4, 4, 2]
    first, second = np.concatenate(seen[:3]), np.concatenate(seen[3:])
    assert sorted(first) == sorted(second) == list(range(10))
    assert not np.array_equal(first, second)
    flow.reset()
    assert len(next(flow)[0]) == 4


def test_images_are_saved_where_asked(tmp_path):
    pytest.importorskip("PIL")
    flow = ImageDataGenerator().flow(images(5), batch_size=5, save_to_dir=str(tmp_path), save_prefix="aug")
    next(flow)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert len(files) == 5
    assert all(name.startswith("aug_") and name.endswith(".png") for name in files)
    assert keras.utils.load_img(tmp_path / files[0]).size == (9, 11)


def test_what_is_implied_is_told():
    with pytest.warns(UserWarning, match="overrides setting of `featurewise_center`"):
        one = ImageDataGenerator(featurewise_std_normalization=True)
    with pytest.warns(UserWarning, match="hasn't been fit"):
        one.standardize(images()[0])
    with pytest.warns(UserWarning, match="overrides setting of `samplewise_center`"):
        ImageDataGenerator(samplewise_std_normalization=True)


def test_errors():
    make = ImageDataGenerator
    for settings, message in (
        ({"zoom_range": (1, 2, 3)}, "zoom_range"),
        ({"brightness_range": 0.5}, "brightness_range"),
        ({"validation_split": 1.5}, "strictly between 0 and 1"),
        ({"data_format": "nhwc"}, "data_format"),
    ):
        with pytest.raises(ValueError, match=message):
            make(**settings)
    flow = make().flow
    with pytest.raises(ValueError, match="rank 4"):
        flow(np.zeros((3, 4, 4)))
    with pytest.raises(ValueError, match="same length"):
        flow(images(), np.arange(3))
    with pytest.raises(ValueError, match="different number of classes"):
        make(validation_split=0.5).flow(images(), [0, 0, 0, 1, 1, 1], subset="training")
    with pytest.raises(ValueError, match="element 2.*length 2"):
        flow(images(), batch_size=3)[2]
    with pytest.raises(NotImplementedError, match="order 3"):
        apply_affine_transform(images()[0], theta=3, row_axis=0, col_axis=1, channel_axis=2, order=3)
    with pytest.raises(ValueError, match="fill_mode"):
        apply_affine_transform(images()[0], theta=3, row_axis=0, col_axis=1, channel_axis=2, fill_mode="mirror")


def test_folder_errors(tmp_path):
    make = ImageDataGenerator().flow_from_directory
    with pytest.raises(FileNotFoundError):
        make(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="Invalid class_mode"):
        make(tmp_path, class_mode="many")
    with pytest.raises(ValueError, match="Invalid color mode"):
        make(tmp_path, color_mode="cmyk")
    with pytest.raises(ValueError, match="Invalid subset name"):
        make(tmp_path, subset="test")


def test_file_errors(tmp_path):
    pytest.importorskip("PIL")
    with pytest.raises(TypeError, match="path-like"):
        keras.utils.load_img(3)
    path = tmp_path / "one.png"
    keras.utils.save_img(path, images()[0])
    with pytest.raises(ValueError, match="color_mode"):
        keras.utils.load_img(path, color_mode="hsv")
    with pytest.raises(ValueError, match="Supported methods are nearest, bilinear"):
        keras.utils.load_img(path, target_size=(3, 3), interpolation="spline")
    with pytest.warns(UserWarning, match="does not support RGBA"):
        keras.utils.save_img(tmp_path / "one.jpg", images(channels=4)[0])
    with pytest.raises(ValueError, match="rank 3"):
        keras.utils.array_to_img(images())
    with pytest.raises(ValueError, match="channel number: 2"):
        keras.utils.array_to_img(images()[0][..., :2])
