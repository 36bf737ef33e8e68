"""Every test starts with automatic names at their beginning and the same random numbers."""

import os

import numpy as np
import pytest
import torch

from torchkeras import backend
from torchkeras.core.context import seen

if os.environ.get("TORCHKERAS_TEST_WITH_TF"):  # all of this must hold beside the tf namespace too
    import torchkeras.tensorflow  # noqa: F401


@pytest.fixture(autouse=True)
def fresh_session():
    backend.clear_session()
    seen.masks = False
    torch.manual_seed(0)
    np.random.seed(0)
