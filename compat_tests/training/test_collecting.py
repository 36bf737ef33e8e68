"""The outputs of predict: kept on the device while they fit, else brought batch by batch."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.data.moving import LateTransfers
from torchkeras import layers
from torchkeras.core.string_array import StringArray
from torchkeras.data import resident, transfers
from torchkeras.data.staging import AHEAD
from torchkeras.training import collecting as module
from torchkeras.training.collecting import CollectedAfar, collecting

CPU = torch.device("cpu")


@pytest.fixture
def far_device(monkeypatch):
    """The CPU stands for an accelerator with so much room for outputs; what is brought back is counted."""
    monkeypatch.setitem(transfers.TRANSFERS, "cpu", LateTransfers)
    monkeypatch.setattr(LateTransfers, "made", [])

    def with_room(size):
        monkeypatch.setattr(module, "room", lambda device: size)
        monkeypatch.setattr(module, "SMALL", 0)
        return LateTransfers.made

    return with_room


def outputs(samples=50, batch=8):
    x = torch.arange(samples * 3.0).reshape(samples, 3)
    return [{"a": part, "b": [part[:, 0].to(torch.int32)]} for part in x.split(batch)]


def collect(batches, samples, reused=False):
    found = collecting(CPU, samples, reused)
    assert isinstance(found, CollectedAfar)
    memory = None
    for batch in batches:
        if reused:  # the next outputs come in the memory of the last
            if memory is None or memory["a"].shape != batch["a"].shape:
                memory = {"a": batch["a"].clone(), "b": [batch["b"][0].clone()]}
            memory["a"].copy_(batch["a"])
            memory["b"][0].copy_(batch["b"][0])
            batch = memory
        found.add(batch)
    return found.arrays()


@pytest.mark.parametrize("reused", [False, True])
@pytest.mark.parametrize("samples", [50, None])
@pytest.mark.parametrize("size", [0, 500, 50 * 16 - 1, 50 * 16, 50 * 32, 1 << 20])
def test_all_outputs_in_order(far_device, samples, size, reused):
    made = far_device(size)
    found = collect(outputs(), samples, reused)
    np.testing.assert_array_equal(found["a"], np.arange(150.0).reshape(50, 3))
    np.testing.assert_array_equal(found["b"][0], np.arange(0, 150, 3))
    assert found["b"][0].dtype == np.int32
    fits = size >= (50 * 16 if samples else 50 * 32)
    assert (made[0].brought == 0) is fits
    if fits:
        assert made[0].waits == 0


def test_the_host_waits_for_what_the_device_did_batches_ago(far_device):
    made = far_device(0)
    found = collecting(CPU, 100, False)
    for count in range(1, 21):
        found.add(torch.full((5, 2), float(count)))
        assert made[0].brought == count
        assert made[0].waits == max(0, count - AHEAD)
    assert made[0].buffers == AHEAD
    np.testing.assert_array_equal(found.arrays()[:, 0], np.repeat(np.arange(1.0, 21), 5))


@pytest.mark.parametrize("size", [0, 40, 1 << 20])
@pytest.mark.parametrize("samples", [6, None])
def test_what_is_no_tensor_of_the_device_comes_in_its_order(far_device, size, samples):
    far_device(size)
    found = collecting(CPU, samples, False)
    found.add(torch.tensor([1.0, 2.0]))
    found.add(np.array([3.0, 4.0], "float32"))
    found.add(torch.tensor([5.0, 6.0]))
    assert found.arrays().tolist() == [1, 2, 3, 4, 5, 6]
    texts = collecting(CPU, 2, False)
    texts.add({"t": StringArray(np.array([b"a"], object)), "n": torch.ones(1)})
    texts.add({"t": StringArray(np.array([b"b"], object)), "n": torch.zeros(1)})
    assert texts.arrays()["t"].tolist() == [b"a", b"b"]
    assert texts.arrays()["n"].tolist() == [1, 0]


def test_nothing_collected(far_device):
    far_device(0)
    with pytest.raises(ValueError, match="non-empty"):
        collecting(CPU, None, False).arrays()


@pytest.mark.parametrize("size", [0, 1 << 20])
def test_predict(far_device, size):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    x = np.random.rand(70, 4).astype("float32")
    expected = x @ model.get_weights()[0]
    made = far_device(size)
    np.testing.assert_allclose(model.predict(x, batch_size=8), expected, 1e-5, 1e-6)
    assert sum(t.brought for t in made) == (9 if size == 0 else 0)
    np.testing.assert_allclose(model.predict(iter(np.split(x, 7)), verbose=1), expected, 1e-5, 1e-6)


@pytest.mark.cuda
@pytest.mark.parametrize("share", [0.0, 0.25])
def test_predict_on_cuda(monkeypatch, share):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    x = np.random.rand(1000, 4).astype("float32")
    expected = x @ model.get_weights()[0]
    monkeypatch.setattr(resident, "SHARE", share)
    monkeypatch.setattr(module, "SMALL", 0)
    np.testing.assert_allclose(model.predict(x, batch_size=8), expected, 1e-3, 1e-4)
    np.testing.assert_allclose(model.predict(iter(np.split(x, 10))), expected, 1e-3, 1e-4)
