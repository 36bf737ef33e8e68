"""A step in two halves does what a whole one does."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import optimizers
from torchkeras.optimizers.captured import CapturedStep, can_capture

from .weights import NAMES, NoReading, net, values

CONFIGS = [
    *((name, {}) for name in NAMES),
    *((name, {"weight_decay": 0.1, "clipnorm": 0.5, "use_ema": True, "ema_overwrite_frequency": 3}) for name in NAMES),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {"momentum": 0.9, "centered": True}),
    ("Adam", {"amsgrad": True}),
    ("Adam", {"adaptive_epsilon": True, "epsilon": 0.1}),
]


def make(name, config):
    schedule = optimizers.schedules.ExponentialDecay(0.05, 3, 0.5)
    return getattr(optimizers, name)(schedule, **config)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("name", "config"), CONFIGS)
def test_same_numbers(name, config, dtype):
    model, twin = net(dtype=dtype), net(dtype=dtype)
    whole, halves = make(name, config), make(name, config)
    for one, optimizer in ((model, whole), (twin, halves)):
        variables = one.variables()
        variables[2].constraint = keras.constraints.MaxNorm(0.5)
        optimizer.build(variables)
    step = CapturedStep(halves)
    for number in range(5):
        model.backward(number)
        whole.step()
        twin.backward(number)
        step.prepare()
        with NoReading():
            step.run()
        step.finish()
        for found, wanted in zip(values(twin.variables()), values(model.variables()), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6)
    assert int(halves.iterations) == 5


def test_the_device_half_is_the_same_work_each_time():
    model = net()
    optimizer = optimizers.Adam(0.5)
    optimizer.build(model.variables())
    step = CapturedStep(optimizer)
    cells = set()
    for number in range(3):
        model.backward(number)
        optimizer.learning_rate = 0.1 * number
        step.prepare()
        cells.add(tuple(cell.data_ptr() for own in step._rates for cell in own))
        step.run()
        step.finish()
    assert len(cells) == 1
    assert step.is_current()
    model.linear.weight.data = model.linear.weight.data.clone()
    assert not step.is_current()
    assert not CapturedStep(optimizer).is_current()


def test_what_cannot_be_captured():
    class Own(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate=None):
            super().update_step(gradient, variable)

    assert can_capture(optimizers.Adam())
    assert not can_capture(Own())
    assert not can_capture(optimizers.Adam(gradient_accumulation_steps=2))
    assert not can_capture(optimizers.Optimizer("own"))
    assert not can_capture(torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1))
    with pytest.raises(ValueError, match="The step of Own cannot be captured"):
        CapturedStep(Own())
    with pytest.raises(RuntimeError, match="prepare"):
        CapturedStep(optimizers.Adam()).run()


@pytest.mark.parametrize("name", NAMES)
def test_the_device_half_is_one_graph(name):
    model, twin = net(), net()
    whole, halves = (getattr(optimizers, name)(0.05, clipnorm=1.0) for _ in range(2))
    whole.build(model.variables())
    halves.build(twin.variables())
    step = CapturedStep(halves)
    torch._dynamo.reset()
    run = torch.compile(step.run, backend="aot_eager", fullgraph=True)
    for number in range(3):
        model.backward(number)
        whole.step()
        twin.backward(number)
        step.prepare()
        run()
        step.finish()
    for found, wanted in zip(values(twin.variables()), values(model.variables()), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6)
