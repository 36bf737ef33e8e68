"""An update that is captured and replayed does what one made by Python does."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import optimizers
from torchkeras.core.capturing import CannotCapture, capturing
from torchkeras.optimizers.captured import Updates, why_not

from .weights import NAMES, NoReading, net, values

CPU = torch.device("cpu")
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


class Replayed:
    """An optimizer's step as a capture of it would be replayed: the same work, with the numbers of the cells."""

    def __init__(self, optimizer):
        self.updates = Updates(CPU)
        self.optimizer = optimizer
        optimizer.step()  # as the steps before a capture do
        optimizer._count[()] = 0

    def capture(self):
        with capturing(self.updates):
            self.optimizer.step()

    def __call__(self):
        self.updates.prepare()
        (noted,) = self.updates._noted
        optimizer = self.optimizer
        work = [found for group, _, _ in noted.groups if (found := group.pending())]
        cells = [
            self.updates._cells[dtype][begin : begin + len(optimizer._rates(group, 0.0, 1))].unbind()
            for group, dtype, begin in noted.groups
        ]
        with torch.no_grad(), NoReading():
            optimizer._run(work, cells)
            optimizer._constrain(work)
        self.updates.finish()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("name", "config"), CONFIGS)
def test_same_numbers(name, config, dtype):
    model, twin = net(dtype=dtype), net(dtype=dtype)
    whole, captured = make(name, config), make(name, config)
    for one, optimizer in ((model, whole), (twin, captured)):
        variables = one.variables()
        variables[2].constraint = keras.constraints.MaxNorm(0.5)
        optimizer.build(variables)
    before = [value.copy() for value in values(twin.variables())], [v.numpy().copy() for v in captured.variables]
    twin.backward(0)
    replay = Replayed(captured)
    replay.capture()
    for variables, kept in zip((twin.variables(), captured.variables), before, strict=True):
        for variable, value in zip(variables, kept, strict=True):
            variable.assign(value)
    for number in range(5):
        model.backward(number)
        whole.step()
        twin.backward(number)
        replay()
        for found, wanted in zip(values(twin.variables()), values(model.variables()), strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=2e-6)
    assert int(captured.iterations) == 5


def test_several_updates_in_one_piece_of_work():
    model = net()
    optimizer = optimizers.Adam(optimizers.schedules.ExponentialDecay(0.05, 1, 0.5))
    optimizer.build(model.variables())
    model.backward(0)
    updates = Updates(CPU)
    with capturing(updates):
        for _ in range(3):
            optimizer.step()
    assert int(optimizer.iterations) == 0
    for replay in range(2):
        updates.prepare()
        rates = updates._cells[torch.float32][:6].view(3, 2)[:, 0]
        np.testing.assert_allclose(rates, [0.05 * 0.5 ** (3 * replay + i) for i in range(3)], rtol=1e-6)
        updates.finish()
    assert int(optimizer.iterations) == 6


def test_the_cells_stay_where_they_are():
    model = net()
    optimizer = optimizers.Adam(0.5)
    optimizer.build(model.variables())
    model.backward(0)
    updates, places = Updates(CPU), set()
    with capturing(updates):
        optimizer.step()
    for number in range(3):
        optimizer.learning_rate = 0.1 * number
        updates.prepare()
        places.add(tuple(cells.data_ptr() for cells in updates._cells.values()))
        assert float(updates._cells[torch.float32][0]) == pytest.approx(0.1 * number)
        updates.finish()
    assert len(places) == 1


def test_a_schedule_of_ones_own_is_asked_for_each_step():
    class Own(optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 1.0 / (1.0 + float(step))

    model = net()
    optimizer = optimizers.SGD(Own())
    optimizer.build(model.variables())
    model.backward(0)
    updates = Updates(CPU)
    with capturing(updates):
        optimizer.step()
        optimizer.step()
    updates.prepare()
    np.testing.assert_allclose(updates._cells[torch.float32][:2], [1.0, 0.5])
    assert int(optimizer.iterations) == 0


def test_what_cannot_be_captured():
    class Own(optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate=None):
            super().update_step(gradient, variable)

    assert why_not(optimizers.Adam()) is None
    assert "Own has an update of its own" in why_not(Own())
    assert "accumulates" in why_not(optimizers.Adam(gradient_accumulation_steps=2))
    model = net()
    optimizer = Own()
    optimizer.build(model.variables())
    model.backward(0)
    with capturing(Updates(CPU)), pytest.raises(CannotCapture, match="Own"):
        optimizer.step()
    scaled = optimizers.LossScaleOptimizer(optimizers.Adam())
    with capturing(Updates(CPU)), pytest.raises(CannotCapture, match="LossScaleOptimizer"):
        scaled.apply_gradients([])
