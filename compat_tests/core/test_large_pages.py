"""Memory in large pages: asked for whole pages within the tensor, for large tensors alone."""

import ctypes

import pytest
import torch

from torchkeras.core import large_pages


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(large_pages, "_madvise", lambda: lambda *args: calls.append(args))
    return calls


def test_whole_pages_within_a_large_tensor(asked):
    tensor = torch.empty(1 << 22)
    assert large_pages.in_large_pages(tensor) is tensor
    ((begin, size, advice),) = asked
    assert begin % (1 << 21) == size % (1 << 21) == 0
    assert tensor.data_ptr() <= begin < tensor.data_ptr() + (1 << 21)
    assert begin + size <= tensor.data_ptr() + tensor.nbytes < begin + size + (1 << 21)
    assert advice == 14


@pytest.mark.parametrize("tensor", [torch.empty(1000), torch.empty(1 << 23, device="meta")])
def test_others_are_left_alone(asked, tensor):
    assert large_pages.in_large_pages(tensor) is tensor
    assert asked == []


def test_it_can_be_switched_off(monkeypatch):
    monkeypatch.setenv("TORCHKERAS_MALLOC", "0")
    assert large_pages._madvise.__wrapped__() is None


def test_a_system_without_it(monkeypatch):
    monkeypatch.setattr(large_pages.sys, "platform", "darwin")
    assert large_pages._madvise.__wrapped__() is None


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "madvise"), reason="this system has no madvise")
def test_the_values_stay():
    tensor = torch.arange(1 << 21, dtype=torch.float32)
    assert torch.equal(large_pages.in_large_pages(tensor), torch.arange(1 << 21, dtype=torch.float32))
