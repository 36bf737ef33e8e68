"""Processes of a test's own."""

from pathlib import Path

import pytest

from compat_tests.distribute.launch.started import Processes


@pytest.fixture(scope="session")
def _fork_server():
    """Started once: what it has imported, the processes begin with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))  # the server looks for modules by itself
        processes = Processes()
        processes.start(int).outcome()
    return processes


@pytest.fixture
def processes(_fork_server):
    yield _fork_server
    _fork_server.end()
