"""Numbers too small to be normal count as zero during training, in all of torch's threads, and only then."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.core.denormals import flushed

CPU = torch.device("cpu")


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def kept(size=1_000_000):
    """How many of so many products too small to be normal are something other than zero."""
    return int(((torch.full((size,), 1e-20) * torch.full((size,), 1e-19)) != 0).sum())


def test_in_every_thread(threads):
    assert kept() == 1_000_000  # the threads are there now
    with flushed(CPU):
        assert kept() == 0
        with flushed(CPU):
            assert kept() == 0
        assert kept() == 0
    assert kept() == 1_000_000
    with pytest.raises(KeyError), flushed(CPU):
        raise KeyError
    assert kept() == 1_000_000


def test_whoever_has_asked_for_it_keeps_it():
    torch.set_flush_denormal(True)
    try:
        with flushed(CPU):
            pass
        assert kept(10) == 0
    finally:
        torch.set_flush_denormal(False)


def test_not_for_other_devices():
    with flushed(torch.device("meta")):
        assert kept(10) == 10


def test_what_an_optimizer_remembers_ends_at_zero():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("adam", "mse")
    x = np.zeros((32, 2), "float32")
    x[0, 0] = 1.0  # a gradient at the first step alone
    model.fit(x, x[:, 0] + 1.0, batch_size=1, shuffle=False, verbose=0)
    momentum = next(v for v in model.optimizer.variables if v.name.startswith("m/"))
    assert float(momentum.numpy()[0, 0]) != 0.0
    x[:] = 0.0
    model.fit(x, x[:, 0], batch_size=1, epochs=40, shuffle=False, verbose=0)
    for variable in model.optimizer.variables[1:]:
        values = np.abs(variable.numpy())
        assert ((values == 0.0) | (values > np.finfo("float32").tiny)).all()
    assert float(momentum.numpy()[0, 0]) == 0.0


def test_in_a_loop_of_ones_own(threads):
    weight = keras.Variable(np.ones((400, 400), "float32"))
    optimizer = keras.optimizers.Adam()
    optimizer.apply_gradients([(torch.ones(400, 400), weight)])
    for _ in range(1200):
        optimizer.apply_gradients([(torch.zeros(400, 400), weight)])
    assert not optimizer.variables[1].numpy().any()
    assert kept() == 1_000_000


def test_can_be_left_alone():
    program = (
        "import torch; from torchkeras.core.denormals import flushed\n"
        "with flushed(torch.device('cpu')): print(float(torch.tensor(1e-39)) != 0)"
    )
    for setting, expected in (("keep", "True"), ("", "False")):
        environment = os.environ | {"TORCHKERAS_DENORMALS": setting}
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
        assert done.stdout.strip() == expected, done.stderr
