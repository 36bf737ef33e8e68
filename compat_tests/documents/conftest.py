"""Every test of a document has made data sets of 600 training samples, and a folder of its own as the working directory."""

import pytest

from torchkeras.datasets.synthetic import switch


@pytest.fixture(autouse=True)
def made_data(monkeypatch, tmp_path):
    monkeypatch.setattr(switch._Choice, "samples", 600)
    monkeypatch.chdir(tmp_path)
