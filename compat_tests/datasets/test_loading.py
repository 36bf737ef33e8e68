"""The loaders on small files in the form of the real ones, compared with what tf_keras makes of the same files."""

import hashlib
import json
import pathlib

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.datasets import made_files
from compat_tests.datasets.cases import CASES
from compat_tests.datasets.record import as_json
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
from torchkeras.utils.downloads import DownloadError

GOLDEN = json.loads((pathlib.Path(__file__).parent / "golden.json").read_text())
TABLES = {
    "imdb": (imdb, made_files.imdb),
    "reuters": (reuters, made_files.reuters),
    "boston_housing": (boston_housing, made_files.boston),
}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(monkeypatch, site, module, make, name):
    """Puts a made file on the site, as the one the module's address and hash mean."""
    path = make(site.folder / name)
    monkeypatch.setattr(module, "ORIGIN", site.address + name)
    monkeypatch.setattr(module, "HASH", sha256(path))
    return path


def equal(parts, expected):
    for array, wanted in zip([a for part in parts for a in part], expected, strict=True):
        np.testing.assert_array_equal(array, wanted)
        assert array.dtype == wanted.dtype


@pytest.mark.parametrize("label", CASES)
def test_as_tf_keras_loads_it(label, site, cache, monkeypatch):
    dataset, arguments = CASES[label]
    module, make = TABLES[dataset]
    publish(monkeypatch, site, module, make, f"{dataset}.npz")
    assert as_json(module.load_data(**arguments)) == GOLDEN[label]


def test_words_are_python_integers_in_lists(site, cache, monkeypatch):
    publish(monkeypatch, site, imdb, made_files.imdb, "imdb.npz")
    (x_train, _), _ = imdb.load_data()
    assert type(x_train[0]) is list
    assert {type(word) for text in x_train for word in text} == {int}


def test_a_second_call_asks_nobody(site, cache, monkeypatch, capsys):
    publish(monkeypatch, site, imdb, made_files.imdb, "imdb.npz")
    first, second = imdb.load_data(), imdb.load_data()
    assert as_json(first) == as_json(second)
    assert site.asked == ["/imdb.npz"]
    assert (cache / "datasets" / "imdb.npz").exists()
    assert capsys.readouterr().out.startswith(f"Downloading data from {site.address}imdb.npz\n")


def test_no_review_is_short_enough(site, cache, monkeypatch):
    publish(monkeypatch, site, imdb, made_files.imdb, "imdb.npz")
    with pytest.raises(ValueError, match="maxlen=2, no sequence was kept"):
        imdb.load_data(maxlen=2)
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        imdb.load_data(words=2)


def test_word_index(site, cache, monkeypatch):
    path = made_files.word_index(site.folder / "words.json")
    monkeypatch.setattr(imdb, "INDEX_ORIGIN", site.address + "words.json")
    monkeypatch.setattr(imdb, "INDEX_HASH", hashlib.md5(path.read_bytes()).hexdigest())
    assert imdb.get_word_index() == {"the": 1, "and": 2, "fawn": 34701}


def test_reuters_topics():
    names = reuters.get_label_names()
    assert len(names) == 46
    assert (names[0], names[3], names[45]) == ("cocoa", "earn", "lead")


@pytest.mark.parametrize(("version", "rows"), [("small", 600), ("large", 700)])
def test_california(version, rows, site, cache, monkeypatch):
    path = publish(monkeypatch, site, california_housing, made_files.california, "california_housing.npz")
    (x_train, y_train), (x_test, _) = california_housing.load_data(version=version, test_split=0.25, seed=5)
    order = np.arange(rows)
    np.random.RandomState(5).shuffle(order)
    table = np.load(path)["x"][:rows][order]
    cut = int(rows * 0.75)
    np.testing.assert_array_equal(x_train, table[:cut])
    np.testing.assert_array_equal(x_test, table[cut:])
    np.testing.assert_allclose(y_train, x_train.sum(axis=1), rtol=1e-6)


def test_arguments_that_are_no_good(cache):
    with pytest.raises(ValueError, match="version"):
        california_housing.load_data(version="huge")
    with pytest.raises(ValueError, match="test_split"):
        california_housing.load_data(test_split=1.0)
    with pytest.raises(AssertionError, match="test_split"):
        boston_housing.load_data(test_split=-0.1)
    with pytest.raises(ValueError, match="label_mode"):
        cifar100.load_data(label_mode="superfine")


def test_mnist_from_keras_address(site, cache, monkeypatch):
    publish(monkeypatch, site, mnist, made_files.mnist, "mnist.npz")
    equal(mnist.load_data(), made_files.mnist_arrays())


def test_mnist_from_the_mirror_when_keras_address_fails(site, cache, monkeypatch):
    folder = made_files.idx_files(site.folder / "idx")
    hashes = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    monkeypatch.setattr(mnist, "MIRROR", site.address + "idx/")
    monkeypatch.setattr(mnist, "MIRROR_HASHES", hashes)
    equal(mnist.load_data(), made_files.mnist_arrays())
    asked = len(site.asked)
    equal(mnist.load_data(), made_files.mnist_arrays())
    assert len(site.asked) == asked  # the mirror's files are kept too


def test_mnist_mirror_with_another_hash_is_refused(site, cache, monkeypatch):
    made_files.idx_files(site.folder / "idx")
    monkeypatch.setattr(mnist, "MIRROR", site.address + "idx/")
    with pytest.raises(DownloadError, match="A further source failed too: Incomplete or corrupted file"):
        mnist.load_data()


def test_a_file_with_another_hash_is_refused_and_not_kept(site, cache, monkeypatch):
    publish(monkeypatch, site, reuters, made_files.reuters, "reuters.npz")
    monkeypatch.setattr(reuters, "HASH", "0" * 64)
    with pytest.raises(ValueError, match="hash does not match"):
        reuters.load_data()
    assert list((cache / "datasets").iterdir()) == []


def test_fashion_mnist(site, cache, monkeypatch):
    made_files.idx_files(site.folder / "fashion")
    monkeypatch.setattr(fashion_mnist, "ORIGIN", site.address + "fashion/")
    equal(fashion_mnist.load_data(), made_files.mnist_arrays())
    assert (cache / "datasets" / "fashion-mnist" / "t10k-images-idx3-ubyte.gz").exists()


def test_fashion_mnist_from_the_mirror(site, cache, monkeypatch):
    folder = made_files.idx_files(site.folder / "fashion")
    hashes = {path.name: hashlib.md5(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    monkeypatch.setattr(fashion_mnist, "MIRROR", site.address + "fashion/")
    monkeypatch.setattr(fashion_mnist, "MIRROR_HASHES", hashes)
    equal(fashion_mnist.load_data(), made_files.mnist_arrays())


def test_an_idx_file_that_is_cut_short(site, cache, monkeypatch):
    folder = made_files.idx_files(site.folder / "fashion")
    images = folder / "train-images-idx3-ubyte.gz"
    images.write_bytes(images.read_bytes()[:-20])
    monkeypatch.setattr(fashion_mnist, "ORIGIN", site.address + "fashion/")
    with pytest.raises(ValueError, match="not a gzipped idx file"):
        fashion_mnist.load_data()


@pytest.fixture
def small_cifar(site, cache, monkeypatch):
    def make(module, hundred):
        name = "cifar.tar.gz"
        publish(monkeypatch, site, module, lambda path: made_files.cifar(path, hundred, per_batch=4), name)

    return make


def test_cifar10(small_cifar, cache):
    small_cifar(cifar10, hundred=False)
    (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    assert (x_train.shape, x_test.shape) == ((20, 32, 32, 3), (4, 32, 32, 3))
    assert (y_train.shape, y_train.dtype, y_test.dtype) == ((20, 1), np.uint8, np.uint8)
    rng = np.random.RandomState(6)  # how made_files draws them
    row = rng.randint(0, 256, (1, 3072)).astype("uint8")
    np.testing.assert_array_equal(x_train[3], row.reshape(3, 32, 32).transpose(1, 2, 0))
    np.testing.assert_array_equal(y_train[:4, 0], rng.randint(0, 10, 4))
    assert (cache / "datasets" / "cifar-10-batches-py" / "data_batch_1").exists()


def test_cifar10_channels_first(small_cifar):
    small_cifar(cifar10, hundred=False)
    last = cifar10.load_data()[0][0]
    keras.backend.set_image_data_format("channels_first")
    try:
        first = cifar10.load_data()[0][0]
    finally:
        keras.backend.set_image_data_format("channels_last")
    np.testing.assert_array_equal(first.transpose(0, 2, 3, 1), last)


@pytest.mark.parametrize("label_mode", ["fine", "coarse"])
def test_cifar100(label_mode, small_cifar):
    small_cifar(cifar100, hundred=True)
    (x_train, y_train), _ = cifar100.load_data(label_mode=label_mode)
    assert x_train.shape == (4, 32, 32, 3)
    assert y_train.dtype == np.int64  # tf_keras's documentation says uint8, its arrays are int64


def test_offline_error_says_what_can_be_done(cache, monkeypatch):
    monkeypatch.setattr(imdb, "ORIGIN", "http://127.0.0.1:9/imdb.npz")
    with pytest.raises(DownloadError) as caught:
        imdb.load_data()
    text = str(caught.value)
    for part in ("'imdb.npz'", str(cache / "datasets"), "http://127.0.0.1:9/imdb.npz", "--synthetic-data"):
        assert part in text


def test_offline_error_of_a_set_with_two_sources(cache):
    with pytest.raises(DownloadError, match="further source failed too: URL fetch failure on http://127.0.0.1:9/train"):
        fashion_mnist.load_data()


def test_addresses_and_hashes_are_keras_own():
    keras_site = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
    for module, name in ((mnist, "mnist"), (imdb, "imdb"), (reuters, "reuters"), (boston_housing, "boston_housing")):
        assert f"{keras_site}{name}.npz" == module.ORIGIN
        assert len(module.HASH) == 64
    assert cifar10.ORIGIN.endswith("/cifar-10-python.tar.gz")
