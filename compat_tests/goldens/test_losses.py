"""Losses against their records."""

import types

import pytest

from torchkeras import activations, losses

from . import runner_losses, store
from .cases.losses import LOSSES

keras = types.SimpleNamespace(activations=activations, losses=losses)


@pytest.mark.parametrize("case", LOSSES, ids=lambda case: case.name)
def test_loss(case):
    lines = runner_losses.differences(keras, case, *store.load("losses", case.name))
    assert not lines, "\n".join(lines)
