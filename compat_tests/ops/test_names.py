"""Every name of keras.ops and keras.random is there, and takes Keras's arguments in Keras's order."""

import importlib
import inspect

import pytest

import torchkeras as keras
from compat_tests.ops import goldens

NAMES = goldens.facts()["names"]


@pytest.mark.parametrize("space", sorted(NAMES))
def test_names_and_arguments(space):
    module = importlib.import_module(f"torchkeras.{space}")
    assert set(NAMES[space]) <= set(module.__all__)
    for name, arguments in NAMES[space].items():
        function = getattr(module, name)
        assert list(inspect.signature(function).parameters) == arguments, name


def test_reached_from_the_top():
    assert keras.ops.linalg.norm is keras.ops.norm
    assert keras.ops.nn.relu is keras.ops.relu
    assert keras.random.SeedGenerator(1).get_config()["seed"] == 1
