"""Crews of processes, started once for all tests."""

import pytest

from compat_tests.distribute.crew import Crew


@pytest.fixture(scope="session")
def _crews():
    crews = {}
    yield crews
    for crew in crews.values():
        crew.end()


@pytest.fixture
def crew(_crews):
    """A function from a number to that many processes that stand by."""

    def get(size):
        if size not in _crews or not _crews[size]._members or not _crews[size].works:
            _crews[size] = Crew(size)
        return _crews[size]

    return get
