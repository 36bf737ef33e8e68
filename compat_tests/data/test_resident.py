"""Data sets that go to the device whole: which, in what form, and in whose memory."""

import gc
import weakref

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.data import ArrayFeed, make_feed, resident
from torchkeras.training.checks import check_arrays

#: Stands for an accelerator: what is there has no values, but a place.
META = torch.device("meta")


@pytest.fixture
def free(monkeypatch):
    """Lets the stand-in tell how much memory is free."""
    monkeypatch.setattr(resident, "SMALL", 0)
    monkeypatch.setattr(resident.residents, "_left", [])
    return lambda size: monkeypatch.setitem(resident._FREE, "meta", lambda device: size)


@pytest.mark.parametrize(("size", "whole"), [(4 * 880, True), (4 * 880 - 1, False)])
def test_a_set_is_moved_when_it_takes_a_quarter_of_what_is_free(free, size, whole):
    free(size)
    feed = ArrayFeed(np.zeros((10, 10)), np.zeros(10), device=META)
    assert feed.is_resident is whole
    assert feed.x.is_meta is whole
    assert next(feed.epoch()).x.is_meta


def test_a_device_that_does_not_tell_takes_a_gigabyte(monkeypatch):
    monkeypatch.setattr(resident, "RESIDENT_BYTES", 800)
    monkeypatch.setattr(resident, "SMALL", 0)
    assert ArrayFeed(np.zeros((10, 10)), device=META).is_resident
    assert not ArrayFeed(np.zeros((10, 11)), device=META).is_resident


def test_dtypes_stay(free):
    free(1 << 30)
    images = np.zeros((10, 4, 4, 3), "uint8")
    feed = ArrayFeed(images, np.zeros(10, "int16"), device=META)
    assert feed.is_resident
    assert (feed.x.dtype, feed.y.dtype) == (torch.uint8, torch.int16)


def test_an_array_given_twice_is_moved_once(free):
    free(4 * 800)
    x = np.zeros((10, 10))
    feed = ArrayFeed(x, x, device=META)
    assert feed.is_resident
    assert feed.x is feed.y
    other = ArrayFeed(x, x[::-1].copy(), device=META)
    assert not other.is_resident


def test_nothing_is_moved_before_the_first_batch(free):
    free(1 << 30)
    first, last = ArrayFeed(np.zeros((10, 10)), np.zeros(10), device=META).split(0.2)
    assert not first.x.is_meta
    assert not last.x.is_meta
    assert first.first().x.is_meta


def test_labels_of_a_set_that_was_moved_are_looked_at(free):
    free(1 << 30)
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    model.compile("sgd", "sparse_categorical_crossentropy")
    feed = ArrayFeed(np.zeros((10, 2)), np.arange(10), device=META)
    assert feed.is_resident
    with pytest.raises(ValueError, match=r"\[0, 3\)"):
        check_arrays(feed, model, "sparse_categorical_crossentropy")


def test_the_next_fit_has_the_memory_of_the_last(free):
    free(4 * 800)
    feed = ArrayFeed(np.zeros((10, 10)), device=META)
    assert feed.is_resident
    kept = feed.x  # by captured steps
    free(0)
    assert not ArrayFeed(np.zeros((10, 10)), device=META).is_resident  # the first fit is not over
    feed.finished()
    again = ArrayFeed(np.ones((10, 10)), device=META)
    assert again.is_resident
    assert again.x is kept
    assert not ArrayFeed(np.zeros((10, 10)), device=META).is_resident
    again.finished()
    assert not ArrayFeed(np.zeros((10, 11)), device=META).is_resident


def test_memory_that_nobody_keeps_is_free(free):
    free(1 << 30)
    feed = ArrayFeed(np.zeros((10, 10)), device=META)
    assert feed.is_resident
    gone = weakref.ref(feed.x)
    feed.finished()
    del feed
    gc.collect()
    assert gone() is None


def test_the_present_gpu_has_a_number(monkeypatch):
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 2)
    there = torch.device("cuda", 2)
    assert ArrayFeed(np.zeros(3), device=torch.device("cuda")).device == there
    assert make_feed(iter([np.zeros(3)]), device=torch.device("cuda")).device == there


def test_nobody_asks_for_little(monkeypatch):
    def asked(device):
        raise AssertionError("how much is free takes time to find out")

    monkeypatch.setitem(resident._FREE, "meta", asked)
    assert ArrayFeed(np.zeros((10, 10)), device=META).is_resident


@pytest.mark.cuda
def test_repeated_fits_hold_one_copy():
    x, y = np.random.rand(4096, 1024).astype("float32"), np.random.rand(4096, 1).astype("float32")
    model = keras.Sequential([keras.Input((1024,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, epochs=2, verbose=0)
    torch.cuda.synchronize()
    torch.cuda.reset_peak_memory_stats()
    model.fit(x, y, epochs=2, verbose=0)
    assert torch.cuda.max_memory_allocated() < 1.5 * x.nbytes


@pytest.mark.cuda
def test_sets_that_do_not_fit_are_sent_ahead(monkeypatch):
    def fit():
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((64,)), layers.Dense(32, "relu"), layers.Dense(1)])
        model.compile("adam", "mse")
        x = np.random.rand(5000, 64).astype("float32")
        history = model.fit(x, x.sum(1), epochs=3, batch_size=64, verbose=0, validation_split=0.1).history
        return history, model.predict(x, batch_size=64)

    history, outputs = fit()
    monkeypatch.setattr(resident, "SHARE", 0.0)
    monkeypatch.setattr(resident, "SMALL", 0)
    ahead, ahead_outputs = fit()
    for name, values in history.items():
        np.testing.assert_allclose(ahead[name], values, 1e-5)
    np.testing.assert_allclose(ahead_outputs, outputs, 1e-5, 1e-6)
