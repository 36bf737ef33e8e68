"""The look of progress and messages does not depend on who runs the tests."""

import pytest

from torchkeras.utils.progbar import ENVIRONMENT


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)
