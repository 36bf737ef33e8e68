"""Losses given as functions, and tapes."""

import pytest
import torch

import torchkeras as keras
from torchkeras.optimizers import SGD, Optimizer

from .weights import net, values


class Tape:
    """What a GradientTape does, as far as an optimizer sees it."""

    def __init__(self):
        self.watched = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def watch(self, variables):
        self.watched += variables

    def gradient(self, target, sources):
        return list(torch.autograd.grad(target, sources, allow_unused=True))


def test_a_function():
    one, two = keras.Variable(1.0), keras.Variable(2.0)
    optimizer = SGD(0.5)
    assert optimizer.minimize(lambda: 3 * one * one + 2 * two, [one, two]) is optimizer.iterations
    assert (float(one), float(two)) == (-2.0, 1.0)
    with torch.no_grad():
        optimizer.minimize(lambda: 3 * one * one, lambda: [one])
    assert float(one) == 4.0


def test_gradients_have_kerass_shapes():
    model = net()
    variables = model.variables()
    x = torch.randn(2, 2, 6, 6)
    pairs = SGD().compute_gradients(lambda: model(x).sum(), variables)
    assert [tuple(gradient.shape) for gradient, _ in pairs] == [tuple(v.shape) for v in variables]
    found = SGD().get_gradients(model(x).sum(), variables)
    assert all(torch.equal(one, two) for (one, _), two in zip(pairs, found))


def test_parameters_and_what_a_loss_does_not_depend_on():
    parameter = torch.nn.Parameter(torch.ones(2))
    unused = keras.Variable(1.0)
    optimizer = SGD(1.0)
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        optimizer.minimize(lambda: parameter.sum(), [parameter, unused])
    assert parameter.tolist() == [0.0, 0.0]
    assert float(unused) == 1.0


def test_tapes():
    weight = keras.Variable(1.0)
    optimizer = SGD(0.5)
    tape = Tape()
    optimizer.minimize(lambda: weight * 2, [weight], tape=tape)
    assert tape.watched == [weight] or tape.watched[0] is weight
    assert float(weight) == 0.0
    optimizer.minimize(weight * 4, [weight], tape=Tape())
    assert float(weight) == -2.0
    with pytest.raises(ValueError, match="`tape` is required when a `Tensor` loss is passed"):
        optimizer.minimize(weight * 4, [weight])


def test_the_namespace_around_may_bring_its_tape(monkeypatch):
    made = []

    def make():
        made.append(Tape())
        return made[-1]

    monkeypatch.setattr(Optimizer, "make_tape", make)
    weight = keras.Variable(1.0)
    SGD(0.5).minimize(lambda: weight * 2, [weight])
    assert float(weight) == 0.0
    assert len(made) == 1


def test_a_word_before_every_update(monkeypatch):
    told = []
    monkeypatch.setattr(Optimizer, "before_update", told.append)
    model = net()
    optimizer = SGD(0.5)
    optimizer.build(model.variables())
    model.backward()
    before = values(model.variables())
    optimizer.step()
    assert len(told[0]) == 4
    assert any(told[0][0] is parameter for parameter in model.parameters())
    assert not (before[0] == values(model.variables())[0]).all()
