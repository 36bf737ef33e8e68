"""Data that does not fit the device: a thread makes and sends it; everything else is as without one."""

import gc
import subprocess
import sys
import threading
import time
import weakref

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.string_array import StringArray
from torchkeras.data import ArrayFeed, Batch, make_feed
from torchkeras.data.ahead import AheadBatches
from torchkeras.data.staging import AHEAD, Buffers


def feeders():
    return [thread for thread in threading.enumerate() if thread.name == "torchkeras-feed"]


@pytest.fixture(autouse=True)
def no_thread_is_left():
    yield
    gc.collect()
    assert feeders() == []


def values(batches):
    return [[t.tolist() for t in (b.x["a"], b.x["b"], *b.y, b.sample_weight)] + [b.size] for b in batches]


def nested(samples=70):
    x = {"a": np.arange(samples * 6, dtype="uint8").reshape(samples, 2, 3), "b": np.arange(samples) % 3 == 0}
    return x, [np.arange(samples, dtype="float64")], np.linspace(0, 1, samples).astype("float16")


@pytest.mark.parametrize("shuffle", [False, True, "batch"])
def test_batches_are_those_without_a_thread(far_device, monkeypatch, shuffle):
    def epochs():
        torch.manual_seed(3)
        feed = ArrayFeed(*nested(), batch_size=8, shuffle=shuffle)
        return [values(feed.epoch()) for _ in range(3)], torch.rand(2).tolist()

    ahead = epochs()
    assert [(t.sends, t.threads) for t in far_device.made] == [(9, {"torchkeras-feed"})] * 3
    monkeypatch.undo()
    assert ahead == epochs()


def test_dtypes_stay(far_device):
    (batch,) = ArrayFeed(*nested(4), batch_size=8).epoch()
    found = [t.dtype for t in (batch.x["a"], batch.x["b"], *batch.y, batch.sample_weight)]
    assert found == [torch.uint8, torch.bool, torch.float64, torch.float16]


def test_few_batches_are_ahead_and_their_memory_is_used_again(far_device):
    epoch = ArrayFeed(np.arange(1000.0), np.arange(1000), batch_size=10).epoch()
    (transfers,) = far_device.made
    first = next(epoch)
    deadline = time.monotonic() + 20
    while transfers.sends < AHEAD and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert transfers.sends == AHEAD  # one taken, the others ahead
    rest = list(epoch)
    assert torch.equal(torch.cat([b.x for b in [first, *rest]]), torch.arange(1000.0, dtype=torch.float64))
    assert transfers.buffers == AHEAD * 2
    assert transfers.most <= AHEAD
    # The device is waited for, in the thread, before more is sent to it: for all but what was ahead.
    assert transfers.waits == 100 - (AHEAD - 1)


def test_fits_are_the_same(far_device, monkeypatch):
    def fit():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((5,)), layers.Dense(4, "relu"), layers.Dropout(0.5), layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        x = np.random.rand(50, 5)
        weights = {"sample_weight": np.random.rand(50)}
        found = model.fit(x, x.sum(1), batch_size=8, epochs=3, verbose=0, validation_split=0.2, **weights).history
        return found, model.predict(x, batch_size=8).tolist(), model.evaluate(x, x.sum(1), verbose=0)

    ahead = fit()
    assert sum(t.sends for t in far_device.made) == 3 * (5 + 2) + 7 + 2
    monkeypatch.undo()
    assert ahead == fit()


def test_a_memory_map_is_read_in_the_thread(far_device, tmp_path, monkeypatch):
    readers = []
    plain = torch.index_select

    def noting(*args, **kwargs):
        readers.append(threading.current_thread().name)
        return plain(*args, **kwargs)

    monkeypatch.setattr(torch, "index_select", noting)
    np.save(tmp_path / "x.npy", np.arange(40.0))
    feed = ArrayFeed(np.load(tmp_path / "x.npy", mmap_mode="r"), batch_size=8, shuffle=True)
    assert sorted(torch.cat([b.x for b in feed.epoch()]).tolist()) == list(range(40))
    assert readers == ["torchkeras-feed"] * 5


def test_texts_and_rows_come_along(far_device):
    texts = np.array([f"text {i}" for i in range(10)])
    batches = list(ArrayFeed(texts, np.arange(10), batch_size=4, shuffle=True).epoch())
    assert all(isinstance(b.x, StringArray) for b in batches)
    for batch in batches:
        assert [f"text {i}".encode() for i in batch.y.tolist()] == batch.x.numpy().tolist()


# --- the thread's end ---


class Oops(Exception):
    pass


def failing(at):
    def make(index):
        def run(buffers: Buffers):
            if index == at:
                raise Oops(f"batch {index}")
            return filled(index, buffers)

        return run

    return map(make, range(10))


def filled(index, buffers):
    return Batch(buffers.tensor((2,), torch.int64).fill_(index), None, None, 2)


def test_an_error_comes_out_where_its_batch_is_asked_for(far_device):
    batches = AheadBatches(failing(4), far_device(None), torch.device("cpu"))
    assert [next(batches).x[0].item() for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(Oops, match="batch 4"):
        next(batches)
    assert feeders() == []
    with pytest.raises(StopIteration):
        next(batches)


def test_an_abandoned_iterator_ends_its_thread(far_device):
    batches = ArrayFeed(np.arange(1000.0), batch_size=2).epoch()
    next(batches)
    assert len(feeders()) == 1
    gone = weakref.ref(batches)
    del batches
    gc.collect()
    assert gone() is None
    assert feeders() == []


def test_a_closed_iterator_has_ended(far_device):
    batches = ArrayFeed(np.arange(1000.0), batch_size=2).epoch()
    next(batches)
    batches.close()
    batches.close()
    assert feeders() == []
    assert list(batches) == []


class Breaks(keras.callbacks.Callback):
    def __init__(self, how):
        super().__init__()
        self.how = how

    def on_train_batch_end(self, batch, logs=None):
        if batch == 2:
            if self.how == "stop":
                self.model.stop_training = True
            else:
                raise Oops


@pytest.mark.parametrize("how", ["stop", "raise"])
@pytest.mark.parametrize("fit", [{}, {"steps_per_epoch": 7}, {"class_weight": {0: 1.0, 1: 2.0}}])
def test_an_epoch_that_is_broken_off_ends_its_thread(far_device, how, fit):
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    error = None
    try:
        model.fit(np.zeros((100, 1)), np.zeros((100, 1)), batch_size=4, verbose=0, callbacks=[Breaks(how)], **fit)
    except Oops as raised:
        error = raised  # with the frames of fit, and what they hold
    assert (error is None) == (how == "stop")
    assert far_device.made[0].sends > 2
    assert feeders() == []


def test_the_interpreter_ends_with_a_batch_half_taken():
    code = """
import numpy as np, torch
from compat_tests.data.moving import LateTransfers
from torchkeras.data import arrays, resident, transfers
transfers.TRANSFERS["cpu"] = LateTransfers
arrays.is_away = lambda tensor, device: True
resident.residents.move = lambda tensors, device: None
batches = arrays.ArrayFeed(np.arange(1000.), batch_size=2).epoch()
print(next(batches).x.tolist())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[0.0, 1.0]\n", "")


# --- batches of others ---


class Squares(keras.utils.Sequence):
    def __init__(self):
        super().__init__()
        self.asked = []

    def __len__(self):
        return 6

    def __getitem__(self, index):
        self.asked.append((index, threading.current_thread().name))
        x = np.full((3, 2), index, "float32")
        return x, x[:, 0] ** 2


class Pairs:
    def __init__(self, x):
        self.x = x

    def __iter__(self):
        return ((self.x[i : i + 3], self.x[i : i + 3]) for i in range(0, 18, 3))


def streams():
    x = torch.arange(18.0).reshape(18, 1)
    yield Squares()
    yield (Squares()[i] for i in range(6))
    yield DataLoader(TensorDataset(x, x * 2), batch_size=3)
    yield Pairs(x.numpy())


@pytest.mark.parametrize("which", range(4))
def test_streams_are_sent_while_the_device_works(far_device, which):
    feed = make_feed(list(streams())[which])
    taken = [(b.x, b.y) for b in feed.epoch()]
    (transfers,) = far_device.made
    assert (transfers.sends, transfers.buffers, transfers.threads) == (6, AHEAD * 2, {"MainThread"})
    assert transfers.waits == 6 - AHEAD  # the host goes no further ahead of the device
    plain = list(streams())[which]
    plain = [plain[i] for i in range(6)] if isinstance(plain, Squares) else plain
    for (x, y), (x_given, y_given) in zip(taken, plain, strict=True):
        np.testing.assert_array_equal(x, x_given)
        np.testing.assert_array_equal(y, y_given)


def test_nobodys_code_runs_earlier_or_elsewhere(far_device):
    source = Squares()
    batches = make_feed(source).epoch()
    for index in range(6):
        next(batches)
        assert source.asked[-1] == (index, "MainThread")
        assert len(source.asked) == index + 1
