"""Made data: the true shapes and dtypes, the same at every call, and learnable."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import datasets
from torchkeras.datasets import (
    boston_housing,
    california_housing,
    cifar10,
    cifar100,
    fashion_mnist,
    imdb,
    mnist,
    reuters,
)
from torchkeras.datasets.synthetic import switch


@pytest.fixture(autouse=True)
def real_by_default(cache):
    yield
    switch._Choice.samples = None


def shapes(parts):
    return [array.shape for part in parts for array in part]


def test_full_size():
    datasets.use_synthetic_data()
    assert shapes(mnist.load_data()) == [(60000, 28, 28), (60000,), (10000, 28, 28), (10000,)]
    assert shapes(boston_housing.load_data()) == [(404, 13), (404,), (102, 13), (102,)]
    assert shapes(california_housing.load_data()) == [(16512, 8), (16512,), (4128, 8), (4128,)]
    assert shapes(california_housing.load_data(version="small")) == [(480, 8), (480,), (120, 8), (120,)]
    assert shapes(reuters.load_data()) == [(8982,), (8982,), (2246,), (2246,)]


@pytest.mark.parametrize(
    ("module", "shape", "labels", "dtype"),
    [
        (mnist, (28, 28), (), "uint8"),
        (fashion_mnist, (28, 28), (), "uint8"),
        (cifar10, (32, 32, 3), (1,), "uint8"),
        (cifar100, (32, 32, 3), (1,), "int64"),
    ],
)
def test_images(module, shape, labels, dtype, monkeypatch):
    monkeypatch.setenv(switch.ENVIRONMENT, "1200")
    first, second = module.load_data(), module.load_data()
    assert shapes(first) == [(1200, *shape), (1200, *labels), (200, *shape), (200, *labels)]
    assert [array.dtype for part in first for array in part] == ["uint8", dtype] * 2
    for a, b in zip(first[0], second[0], strict=True):
        np.testing.assert_array_equal(a, b)
    assert not np.array_equal(first[0][0][:200], first[1][0])  # the test pictures are others
    classes = 100 if module is cifar100 else 10
    assert len(np.unique(first[0][1])) == classes


def test_coarse_labels_group_the_fine_ones():
    datasets.use_synthetic_data(2000)
    fine, coarse = (cifar100.load_data(label_mode=mode)[0][1][:, 0] for mode in ("fine", "coarse"))
    assert len(set(zip(fine.tolist(), coarse.tolist(), strict=True))) == 100
    assert sorted(set(coarse.tolist())) == list(range(20))


def test_sequences():
    datasets.use_synthetic_data(3000)
    (x_train, y_train), (x_test, _) = imdb.load_data(num_words=1000, maxlen=400, skip_top=3)
    assert len(x_test) < 500  # some were too long
    lengths = np.array([len(text) for text in x_train])
    assert lengths.max() < 400
    assert 120 < np.median(lengths) < 220
    words = np.concatenate([np.array(text) for text in x_train])
    assert words.max() < 1000
    assert set(words[words < 3].tolist()) == {2}
    assert {text[0] for text in x_train} == {2}  # the start, 1, is below skip_top: as in Keras
    assert set(y_train.tolist()) == {0, 1}
    index = imdb.get_word_index()
    assert sorted(index.values()) == list(range(1, 88585))
    assert index["the"] == 1


def test_the_frequencies_of_words_fall_as_zipfs_law_says():
    datasets.use_synthetic_data(3000)
    (texts, _), _ = imdb.load_data(start_char=None, index_from=0)
    counts = np.bincount(np.concatenate([np.array(text) for text in texts]), minlength=20001)
    # Sums over octaves are alike, far from the words that tell the label.
    octaves = [counts[start : 2 * start].sum() for start in (1000, 2000, 4000, 8000)]
    assert max(octaves) < 1.2 * min(octaves)


def test_amounts(monkeypatch):
    monkeypatch.setenv(switch.ENVIRONMENT, "1")
    assert len(boston_housing.load_data()[0][0]) == 404
    datasets.use_synthetic_data(60)
    assert shapes(boston_housing.load_data())[::2] == [(60, 13), (10, 13)]
    assert shapes(boston_housing.load_data(test_split=0.0))[::2] == [(60, 13), (0, 13)]
    assert shapes(reuters.load_data())[::2] == [(60,), (10,)]
    datasets.use_synthetic_data(100000)  # no more than there really are
    assert len(boston_housing.load_data()[0][0]) == 404


def test_bad_amounts(monkeypatch):
    monkeypatch.setenv(switch.ENVIRONMENT, "lots")
    with pytest.raises(ValueError, match=r"TORCHKERAS_SYNTHETIC_DATA.*'lots'"):
        mnist.load_data()
    with pytest.raises(ValueError, match="samples=-3"):
        datasets.use_synthetic_data(-3)


def test_it_is_said_once_on_stderr(monkeypatch, capsys):
    monkeypatch.setattr(switch._Choice, "announced", False)
    datasets.use_synthetic_data(60)
    mnist.load_data()
    boston_housing.load_data()
    said = capsys.readouterr()
    assert said.err.count("synthetic") == 1
    assert said.out == ""


def test_real_data_again(monkeypatch):
    monkeypatch.setenv(switch.ENVIRONMENT, "60")
    datasets.use_synthetic_data(False)
    with pytest.raises(OSError, match="cannot be loaded"):
        mnist.load_data()


def test_a_small_network_learns_the_digits_in_an_epoch():
    datasets.use_synthetic_data(6000)
    (x_train, y_train), (x_test, y_test) = mnist.load_data()
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Conv2D(16, 3, activation="relu", input_shape=(28, 28, 1)),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train[..., None] / 255.0, y_train, batch_size=32, epochs=1, verbose=0)
    assert model.evaluate(x_test[..., None] / 255.0, y_test, verbose=0)[1] > 0.95


def _score(x_train, y_train, x_test, y_test):
    """How well a straight line through the training rows tells the test rows: the share of variance explained."""
    scale = x_train.std(axis=0) + 1e-9
    rows = [np.c_[(x - x_train.mean(axis=0)) / scale, np.ones(len(x))] for x in (x_train, x_test)]
    line, *_ = np.linalg.lstsq(rows[0], y_train, rcond=None)
    return 1 - np.var(y_test - rows[1] @ line) / np.var(y_test)


@pytest.mark.parametrize("module", [boston_housing, california_housing])
def test_the_columns_tell_the_price(module):
    datasets.use_synthetic_data()
    (x_train, y_train), (x_test, y_test) = module.load_data()
    assert _score(x_train, y_train, x_test, y_test) > 0.7


@pytest.mark.parametrize(("module", "least"), [(imdb, 0.85), (reuters, 0.7)])
def test_the_words_tell_the_label(module, least):
    datasets.use_synthetic_data(4000)
    (x_train, y_train), (x_test, y_test) = module.load_data(num_words=800)

    def counted(texts):
        return np.stack([np.bincount(text, minlength=800) for text in texts]).astype(float)

    # Naive Bayes: for each label the share of each word.
    labels = range(int(y_train.max()) + 1)
    rows = counted(x_train)
    shares = np.stack([rows[y_train == label].sum(axis=0) + 1 for label in labels])
    shares /= shares.sum(axis=1, keepdims=True)
    told = (counted(x_test) @ np.log(shares).T).argmax(axis=1)
    assert (told == y_test).mean() > least
