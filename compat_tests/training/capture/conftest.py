import pytest

from torchkeras.training.capture import graphs

from .recorded import RecordedCapturer


@pytest.fixture
def captures(monkeypatch):
    """Steps on the CPU are captured; the counts of captures and replays begin at zero."""
    monkeypatch.setitem(graphs.CAPTURERS, "cpu", RecordedCapturer)
    RecordedCapturer.captures = RecordedCapturer.replays = 0
    return RecordedCapturer
