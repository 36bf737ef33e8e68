"""Data to train on."""

import numpy as np
import pytest


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    return random.normal(size=(48, 4)).astype("float32"), random.integers(0, 3, 48)
