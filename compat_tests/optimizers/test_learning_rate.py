"""Reading, setting and scheduling the learning rate; the step counter."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.optimizers import SGD, Adam, schedules

from .weights import NoReading


def step(optimizer, weight, gradient=1.0):
    optimizer.apply_gradients([(torch.full_like(weight._read().detach(), gradient), weight)])


@pytest.fixture
def weight():
    return keras.Variable([0.0], name="weight")


def test_it_is_a_variable_on_the_cpu():
    rate = SGD(0.125).learning_rate
    assert isinstance(rate, keras.Variable)
    assert (float(rate), rate.numpy(), rate.device.type, rate.dtype) == (0.125, 0.125, "cpu", torch.float32)
    assert repr(SGD(0.001).lr).startswith("<tf.Variable 'learning_rate:0' shape=() dtype=float32, numpy=0.001")
    assert f"{SGD(0.5).lr:.3f}" == "0.500"
    with torch.device("meta"):
        assert SGD(0.5).lr.device.type == "cpu"


def test_setting_it_keeps_the_variable(weight):
    optimizer = SGD(0.5)
    rate = optimizer.learning_rate
    step(optimizer, weight)
    optimizer.lr = 0.25
    assert float(rate) == 0.25
    rate.assign(rate * 0.5)
    assert float(optimizer.lr) == 0.125
    step(optimizer, weight)
    optimizer.learning_rate = np.float32(1.0)
    step(optimizer, weight)
    assert float(weight) == -(0.5 + 0.125 + 1.0)
    optimizer.learning_rate = torch.tensor(2.0)
    assert float(rate) == 2.0


@pytest.mark.parametrize("given", [torch.tensor(0.25), np.float64(0.25), keras.Variable(0.25), 1])
def test_kinds_of_numbers(given):
    optimizer = SGD(given)
    assert float(optimizer.learning_rate) == float(given)
    assert optimizer.learning_rate is not given


def test_double_precision():
    keras.backend.set_floatx("float64")
    try:
        assert float(SGD(0.1).learning_rate) == 0.1
    finally:
        keras.backend.set_floatx("float32")


def test_a_schedule_stays_a_schedule(weight):
    optimizer = SGD(schedules.PiecewiseConstantDecay([0, 1], [1.0, 0.5, 0.25]))
    assert float(optimizer.lr) == 1.0
    read = []
    for _ in range(3):
        step(optimizer, weight)
        read.append(float(optimizer.lr))
    assert read == [1.0, 0.5, 0.25]  # of the step just taken
    assert float(weight) == -1.75
    with pytest.raises(TypeError, match="its learning rate is not settable"):
        optimizer.learning_rate = 0.1
    optimizer.learning_rate = schedules.ExponentialDecay(8.0, 1, 0.5)
    step(optimizer, weight)
    assert float(optimizer.lr) == 1.0


def test_a_schedule_of_ones_own(weight):
    class Warmup(schedules.LearningRateSchedule):
        def __init__(self, target):
            self.target = target

        def __call__(self, step):
            return self.target * torch.minimum(step / 4.0, torch.tensor(1.0))

        def get_config(self):
            return {"target": self.target}

    optimizer = SGD(Warmup(2.0))
    for _ in range(3):
        step(optimizer, weight)
    assert float(weight) == -(0.0 + 0.5 + 1.0)
    with keras.utils.custom_object_scope({"Warmup": Warmup}):
        again = SGD.from_config(optimizer.get_config())
    assert again._learning_rate.target == 2.0

    class Halving(schedules.ExponentialDecay):
        def __call__(self, step):
            return super().__call__(step) * 0.5

    optimizer = SGD(Halving(1.0, 1, 0.5))
    step(optimizer, weight)
    assert float(optimizer.lr) == 0.5


def test_a_schedule_without_formula_says_so():
    class Empty(schedules.LearningRateSchedule):
        pass

    with pytest.raises(NotImplementedError, match="'Empty' must override `__call__"):
        SGD(Empty())
    with pytest.raises(NotImplementedError, match="get_config"):
        Empty().get_config()


def test_schedules_take_many_steps_at_once():
    steps = torch.arange(40)
    for schedule in (
        schedules.CosineDecay(0.0, 20, warmup_target=0.1, warmup_steps=10),
        schedules.PolynomialDecay(0.1, 7, cycle=True),
        schedules.PiecewiseConstantDecay([5, 10], [1.0, 0.5, 0.1]),
        schedules.CosineDecayRestarts(0.1, 5),
    ):
        together = schedule(steps)
        assert together.shape == (40,)
        assert together.tolist() == [float(schedule(int(one))) for one in steps]
        assert schedule(keras.Variable(3)).item() == together[3].item()
        assert schedule(np.array([3])).item() == together[3].item()


def test_a_function_is_asked_at_every_step(weight):
    rates = iter([1.0, 0.5, 0.25, 0.125])
    optimizer = SGD(lambda: next(rates))
    for _ in range(3):
        step(optimizer, weight)
    assert float(weight) == -1.75
    assert optimizer.learning_rate == 0.125


def test_text_is_refused_when_it_is_first_used(weight):
    optimizer = SGD(lr="text")
    assert optimizer.lr == "text"
    message = "`learning_rate` of SGD must be a number, a LearningRateSchedule .* Received: learning_rate='text'"
    with pytest.raises(ValueError, match=message):
        step(optimizer, weight)
    assert float(weight) == 0.0
    assert int(optimizer.iterations) == 0
    optimizer.lr = 0.5
    step(optimizer, weight)
    assert float(weight) == -0.5
    with pytest.raises(ValueError, match="learning_rate='fast'"):
        optimizer.lr = "fast"


def test_old_arguments(weight):
    optimizer = SGD(lr=1.0, decay=1.0)
    for _ in range(3):
        step(optimizer, weight)
    assert float(weight) == pytest.approx(-(1 + 1 / 2 + 1 / 3))
    assert float(optimizer.lr) == 1.0  # reading gives the rate before the decay
    assert float(optimizer._decayed_lr(torch.float32)) == 0.25
    assert optimizer._decayed_lr("float64").dtype is torch.float64


def test_the_step_counter(weight):
    optimizer = Adam()
    assert (int(optimizer.iterations), optimizer.iterations.dtype) == (0, torch.int64)
    assert optimizer.iterations.name == "iteration:0"
    assert optimizer.apply_gradients([(torch.ones(1), weight)]) is optimizer.iterations
    assert int(optimizer.iterations) == 1
    optimizer.iterations.assign(7)
    step(optimizer, weight)
    assert int(optimizer.iterations) == 8
    with pytest.raises(RuntimeError, match="Cannot set `iterations`"):
        optimizer.iterations = keras.Variable(0)
    fresh = Adam()
    fresh.iterations = keras.Variable(5)
    step(fresh, weight)
    assert int(fresh.iterations) == 6
    assert int(fresh.variables[0]) == 6


def test_nothing_is_read_back_in_a_step(weight):
    optimizers = [SGD(0.1), SGD(schedules.CosineDecay(0.1, 10)), SGD(lr=0.1, decay=0.1), Adam(clipnorm=1.0)]
    for optimizer in optimizers:
        optimizer.build([weight])
        weight.grad = torch.ones(1)
        optimizer.step()  # tries the kernels
        with NoReading():
            optimizer.step()
