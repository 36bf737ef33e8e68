"""Every test starts with automatic names at their beginning and the same random numbers.

The tf namespace takes part in the tests whose module has it as `tf`, and in no others: once loaded it stays loaded.
"""

import numpy as np
import pytest
import torch

from compat_tests.kinds import as_its_module_has_it
from torchkeras import backend
from torchkeras.core.context import seen


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests that take minutes too")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--long"):
        skipped = pytest.mark.skip(reason="takes minutes: run with --long, as `nox -s long` does")
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(skipped)
    if not torch.cuda.is_available():
        no_gpu = pytest.mark.skip(reason="needs an NVIDIA GPU")
        for item in items:
            if item.get_closest_marker("cuda"):
                item.add_marker(no_gpu)


@pytest.fixture(autouse=True)
def fresh_session():
    backend.clear_session()
    seen.masks = False
    torch.manual_seed(0)
    np.random.seed(0)


@pytest.fixture(autouse=True)
def kinds_of_tensors(request):
    with as_its_module_has_it(request.module):
        yield
