"""Every test of a document has made data sets of 600 training samples, and works in a folder of its own."""

import pytest

from torchkeras.datasets.synthetic import switch


@pytest.fixture(autouse=True)
def made_data(monkeypatch, tmp_path):
    monkeypatch.setattr(switch._Choice, "samples", 600)
    monkeypatch.chdir(tmp_path)
