"""Clusters that end with their test."""

import pytest

from compat_tests.distribute.parameter_server.cluster import Tasks


@pytest.fixture
def started(monkeypatch):
    """A function that starts a cluster and gives its processes."""
    monkeypatch.setenv("TORCHKERAS_TIMEOUT", "60")
    made = []

    def start(workers=2, servers=1):
        made.append(Tasks(workers, servers))
        return made[-1]

    yield start
    for tasks in made:
        tasks.end()
