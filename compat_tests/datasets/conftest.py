"""A server on this machine in place of the data sets' addresses, and an empty cache."""

import pytest

from compat_tests.utils.web_site import serving
from torchkeras.datasets import cifar10, cifar100, fashion_mnist, imdb, mnist, reuters
from torchkeras.datasets.synthetic import switch


@pytest.fixture
def site(tmp_path):
    with serving(tmp_path / "site") as server:
        yield server


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache; no made data is asked for, and no loader asks the internet."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(switch.ENVIRONMENT, raising=False)
    monkeypatch.setattr(switch._Choice, "samples", None)
    nowhere = "http://127.0.0.1:9/"  # nothing listens there
    for module in (mnist, fashion_mnist, cifar10, cifar100, imdb, reuters):
        for name in ("ORIGIN", "MIRROR", "INDEX_ORIGIN"):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, nowhere)
    return tmp_path / "home"
