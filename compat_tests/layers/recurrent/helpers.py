"""Layers with weights that are no zeros, and the kinds that the tests go through."""

import numpy as np
import pytest
import torch

from torchkeras import layers

KINDS = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}  # with their numbers of states
each_kind = pytest.mark.parametrize("kind", KINDS)


def make(kind, units=3, features=4, batch=None, **settings):
    layer = getattr(layers, kind)(units, **settings)
    layer.build((batch, None, features))
    return fill(layer)


def fill(layer, seed=0):
    random = np.random.RandomState(seed)
    layer.set_weights([0.5 * random.normal(size=w.shape).astype("float32") for w in layer.weights])
    return layer


def draw(*shape, seed=1):
    return np.random.RandomState(seed).normal(size=shape).astype("float32")


def close(found, wanted, tolerance=1e-5):
    for a, b in zip(found, wanted, strict=True):
        np.testing.assert_allclose(torch.as_tensor(a).detach().numpy(), b, rtol=tolerance, atol=tolerance)
