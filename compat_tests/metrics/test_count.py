"""Counts of what is known on the host, and how few kernels the common updates take."""

import copy

import pytest
import torch

from torchkeras import metrics
from torchkeras.metrics import count
from torchkeras.metrics.count import Count, divide_no_nan

from .ops_seen import OpsSeen

SCORES = torch.rand(8, 4)
LABELS = torch.randint(0, 4, (8,))
ONE_HOT = torch.nn.functional.one_hot(LABELS, 4).float()
TRUTH, CHANCE = (torch.rand(8, 1) > 0.5).float(), torch.rand(8, 1)


@pytest.mark.parametrize(
    ("metric", "given", "kernels"),
    [
        (metrics.SparseCategoricalAccuracy, (LABELS, SCORES), ["argmax", "eq", "sum", "add_"]),
        (metrics.SparseCategoricalAccuracy, (LABELS[:, None].float(), SCORES), ["argmax", "eq", "sum", "add_"]),
        (metrics.CategoricalAccuracy, (ONE_HOT, SCORES), ["argmax", "argmax", "eq", "sum", "add_"]),
        (metrics.BinaryAccuracy, (TRUTH, CHANCE), ["gt", "eq", "sum", "add_"]),
        (metrics.Mean, (SCORES,), ["sum", "add_"]),
        (metrics.Mean, (torch.tensor(0.5),), ["add_"]),
        (metrics.Mean, (torch.tensor(0.5), 32), ["add_"]),
        (metrics.MeanSquaredError, (ONE_HOT, SCORES), ["mse_loss", "add_"]),
        (metrics.RootMeanSquaredError, (ONE_HOT, SCORES), ["mse_loss", "add_"]),
    ],
)
def test_kernels_of_an_update(metric, given, kernels):
    subject = metric()
    subject.update_state(*given)
    with OpsSeen(forbid_sync=True) as seen:
        subject.update_state(*given)
    assert seen.kernels == kernels
    with OpsSeen(forbid_sync=True) as seen:
        subject.result()
    assert set(seen.kernels) <= {"div", "sqrt"}


def test_a_count_is_read_as_a_variable():
    number = Count(torch.zeros(()), trainable=False, name="count")
    number.add(3)
    number.add(0.5)
    assert number.divide(torch.tensor(7.0)) == 2.0
    assert float(number) == 3.5
    assert number.numpy() == 3.5
    number.add(1)
    number.assign_add(1.0)
    assert (number + 0.5).tolist() == 6.0
    assert number.divide(torch.tensor(11.0)) == 2.0
    assert copy.deepcopy(number).numpy() == 5.5
    number.assign(2.0)
    assert number.numpy() == 2.0
    number.zero()
    assert number.numpy() == 0.0


def test_numbers_and_weights_in_turn():
    metric = metrics.Mean()
    metric.update_state([1.0, 2.0])
    metric.update_state([3.0], sample_weight=[2.0])
    metric.update_state([5.0])
    assert metric.result() == pytest.approx(14.0 / 5.0)
    metric.reset_state()
    assert metric.result() == 0.0
    metric.update_state([4.0])
    assert metric.result() == 4.0


def test_a_mean_of_nothing_is_zero_and_nan_stays_nan():
    assert metrics.Mean().result() == 0.0
    metric = metrics.Mean()
    metric.update_state([float("nan")])
    assert torch.isnan(metric.result())
    metric.update_state([1.0], sample_weight=[1.0])
    assert torch.isnan(metric.result())
    assert divide_no_nan(torch.tensor([1.0, 2.0]), torch.tensor([0.0, 4.0])).tolist() == [0.0, 0.5]


def test_many_numbers_are_counted_exactly():
    metric = metrics.Mean()
    metric.update_state(torch.ones(()), sample_weight=2**24)
    metric.update_state(torch.ones(()))
    assert metric.count._pending == 2**24 + 1


def test_a_recorded_update_counts_on_the_device(monkeypatch):
    """In a captured graph Python runs once and the kernels many times: the count is one of them."""
    metric = metrics.Mean()
    metric.update_state([2.0, 4.0])  # before the capture
    monkeypatch.setattr(count, "_recording", lambda tensor: True)
    values = torch.tensor([2.0, 4.0])
    with OpsSeen() as seen:
        metric.update_state(values)
    assert seen.kernels == ["sum", "add_", "add_"]
    monkeypatch.undo()
    metric.count._tensor.add_(2)  # what a replay does
    metric.total._tensor.add_(6)
    assert metric.result() == 3.0
    metric.reset_state()
    metric.count._tensor.add_(2)
    metric.total._tensor.add_(8)
    assert metric.result() == 4.0


def test_a_recorded_update_with_weights_counts_on_the_device_after_a_reset(monkeypatch):
    metric = metrics.Mean()
    monkeypatch.setattr(count, "_recording", lambda tensor: True)
    metric.update_state(torch.tensor([2.0]), sample_weight=torch.tensor([1.0]))
    monkeypatch.undo()
    metric.reset_state()
    metric.count._tensor.add_(2)
    metric.total._tensor.add_(8)
    assert metric.result() == 4.0


def test_compiled_updates():
    metric, plain = metrics.SparseCategoricalAccuracy(), metrics.SparseCategoricalAccuracy()
    metric.update_state(LABELS, SCORES)
    plain.update_state(LABELS, SCORES)

    @torch.compile(fullgraph=True, backend="eager")
    def step(labels, scores):
        metric.update_state(labels, scores)

    for _ in range(3):
        step(LABELS, SCORES)
        plain.update_state(LABELS, SCORES)
    assert metric.result() == plain.result()
    assert float(metric.count) == float(plain.count) == 32.0
