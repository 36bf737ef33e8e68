"""Data to train on, and formats that have told nothing yet."""

import numpy as np
import pytest

from torchkeras.saving import formats


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    return random.normal(size=(48, 4)).astype("float32"), random.integers(0, 3, 48)


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch):
    monkeypatch.setattr(formats, "_told", set())
