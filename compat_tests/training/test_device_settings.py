"""How cuDNN is set while there is work, and what of it stays."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.data import make_feed
from torchkeras.tensorflow.config import experimental
from torchkeras.training.device_settings import ENOUGH_STEPS, at_work, cudnn_benchmark, wants_benchmark

CUDA = torch.device("cuda")


def feed_of(steps=ENOUGH_STEPS):
    return make_feed(np.zeros((steps * 4, 8, 8, 3), "float32"), batch_size=4)


@pytest.fixture
def model():
    return keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(2, 3)])


@pytest.fixture(autouse=True)
def settings_stay():
    before = torch.backends.cudnn.benchmark
    yield
    assert torch.backends.cudnn.benchmark is before


def test_on_where_shapes_are_fixed_and_steps_are_many(model):
    free = keras.Sequential([keras.Input((None, None, 3)), layers.Conv2D(2, 3)])
    stream = make_feed(np.zeros((4, 8, 8, 3)) for _ in range(3))
    assert wants_benchmark(model, CUDA, feed_of(), 1)
    assert wants_benchmark(model, CUDA, stream, 1)
    assert wants_benchmark(free, CUDA, feed_of(), 1)
    assert not wants_benchmark(free, CUDA, stream, 1)
    assert not wants_benchmark(model, CUDA, feed_of(ENOUGH_STEPS - 1), 1)
    assert wants_benchmark(model, CUDA, feed_of(ENOUGH_STEPS // 2), 2)
    assert not wants_benchmark(model, torch.device("cpu"), feed_of(), 1)


def test_off_where_results_are_to_be_the_same_each_time(model, monkeypatch):
    torch.use_deterministic_algorithms(True, warn_only=True)
    try:
        assert not wants_benchmark(model, CUDA, feed_of(), 1)
    finally:
        torch.use_deterministic_algorithms(False)
    monkeypatch.setattr(torch.backends.cudnn, "deterministic", True)
    assert not wants_benchmark(model, CUDA, feed_of(), 1)
    monkeypatch.undo()
    assert wants_benchmark(model, CUDA, feed_of(), 1)
    monkeypatch.setenv("TORCHKERAS_CUDNN_BENCHMARK", "0")
    assert not wants_benchmark(model, CUDA, feed_of(), 1)


def test_put_back_also_after_an_error(model):
    seen = []
    with pytest.raises(ZeroDivisionError), at_work(model, CUDA, feed_of(), None):
        seen.append(torch.backends.cudnn.benchmark / 0)
    with at_work(model, CUDA, feed_of(), None):
        seen.append(torch.backends.cudnn.benchmark)
    assert seen == [True]
    assert torch.backends.cudnn.benchmark is False
    with cudnn_benchmark(False):
        assert torch.backends.cudnn.benchmark is False


def test_what_the_user_set_stays(model):
    torch.backends.cudnn.benchmark = True
    try:
        with at_work(model, CUDA, feed_of(1)):
            assert torch.backends.cudnn.benchmark is True
        assert torch.backends.cudnn.benchmark is True
    finally:
        torch.backends.cudnn.benchmark = False


def test_feeds_are_let_go_also_after_an_error(model):
    told = []
    feeds = [feed_of(1), feed_of(1)]
    for feed in feeds:
        feed.finished = lambda feed=feed: told.append(feed)
    with pytest.raises(ZeroDivisionError), at_work(model, torch.device("cpu"), *feeds, None):
        raise ZeroDivisionError
    assert told == feeds


def test_tensor_float_32_is_as_was_asked_for():
    backends = torch.backends
    before = backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32
    try:
        for enabled in (True, False, True):
            experimental.enable_tensor_float_32_execution(enabled)
            assert experimental.tensor_float_32_execution_enabled() is enabled
            precision = "tf32" if enabled else "ieee"
            assert backends.cuda.matmul.fp32_precision == precision
            assert backends.cudnn.allow_tf32 is enabled
    finally:
        backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32 = before


@pytest.mark.cuda
def test_cudnn_is_set_during_fit(model):
    seen = []

    class Look(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(torch.backends.cudnn.benchmark)

    x = np.zeros((ENOUGH_STEPS * 2, 8, 8, 3), "float32")
    model.compile("sgd", "mse")
    model.fit(x, np.zeros((len(x), 6, 6, 2), "float32"), batch_size=2, verbose=0, callbacks=[Look()])
    assert set(seen) == {True}
