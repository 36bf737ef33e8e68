"""Every test leaves the policy as it was, and nothing of mixed policies seen."""

import pytest

from torchkeras import mixed_precision
from torchkeras.core.context import seen


@pytest.fixture(autouse=True)
def restored_policy():
    before = seen.mixed
    yield
    mixed_precision.set_global_policy(None)
    seen.mixed = before
