"""Every way in, and a file that only code from a config would write."""

import pytest

from compat_tests.saving.configs import doors


@pytest.fixture(params=list(doors.ALL))
def door(request, tmp_path):
    """A function of a config that makes a model of it."""
    return lambda config: doors.ALL[request.param](config, tmp_path)


@pytest.fixture
def canary(tmp_path):
    """The path of a file; at the end it must not be there."""
    path = tmp_path / "canary.txt"
    yield path
    assert not path.exists(), "code of the config was run"
