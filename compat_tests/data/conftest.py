import pytest

from torchkeras.data import arrays, resident, transfers

from .moving import LateTransfers


@pytest.fixture
def far_device(monkeypatch):
    """The CPU stands for a device whose memory is full: all data is sent by the batch; who sent it is noted."""
    monkeypatch.setitem(transfers.TRANSFERS, "cpu", LateTransfers)
    monkeypatch.setattr(arrays, "is_away", lambda tensor, device: True)
    monkeypatch.setattr(resident.residents, "move", lambda tensors, device: None)
    monkeypatch.setattr(LateTransfers, "made", [])
    return LateTransfers
