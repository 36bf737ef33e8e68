"""Metrics of torch, metrics in plain Python."""

import pytest
import torch
from torch import nn

from torchkeras import metrics
from torchkeras.metrics.torch_metric import is_torch_metric


class TorchAccuracy(nn.Module):
    """In torchmetrics's manner."""

    def __init__(self):
        super().__init__()
        self.seen = []
        self.reset()

    def update(self, preds, target):
        self.seen.append((preds, target))
        self.hits += (preds.argmax(-1) == target).sum()
        self.total += target.numel()

    def compute(self):
        return self.hits / self.total

    def reset(self):
        self.hits, self.total = torch.tensor(0), 0


class ClassificationMetric(TorchAccuracy):
    pass


ClassificationMetric.__module__ = "torchmetrics.classification.accuracy"


def test_metrics_of_torch():
    inner = TorchAccuracy()
    assert is_torch_metric(inner)
    assert not is_torch_metric(metrics.Mean())
    metric = metrics.resolve(inner, (3,), (3, 2))
    assert isinstance(metric, metrics.TorchMetric)
    assert metric.name == "torch_accuracy"
    scores = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], requires_grad=True)
    metric.update_state(torch.tensor([0, 1, 0]), scores)
    assert float(metric.result()) == pytest.approx(2 / 3)
    metric.update_state([1], [[0.4, 0.6]], sample_weight=[0.5])
    assert float(metric.result()) == 0.75
    metric.reset_state()
    assert float(metric([1], [[0.4, 0.6]])) == 1.0
    assert metric.variables == []
    with pytest.raises(NotImplementedError, match="holds a torch metric, TorchAccuracy, which has no config"):
        metric.get_config()
    assert str(metric) == "<TorchMetric name=torch_accuracy>"


def test_shapes_and_labels_for_metrics_of_torch():
    metric = metrics.TorchMetric(TorchAccuracy(), name="own")
    metric.update_state(torch.tensor([[0.0], [1.0]]), torch.tensor([0.2, 0.8]).expand(2))
    preds, target = metric.metric.seen[-1]
    assert preds.shape == target.shape == (2,)
    assert target.dtype is torch.float32
    metric = metrics.TorchMetric(ClassificationMetric())
    metric.update_state(torch.tensor([0.0, 1.0]), torch.rand(2, 3))
    assert metric.metric.seen[-1][1].dtype is torch.int64


class Jaccard(metrics.experimental.PyMetric):
    def update_state(self, y_true, y_pred, sample_weight=None):
        assert not y_pred.requires_grad
        self.total += float((y_true.numpy() * y_pred.numpy()).sum() / (y_true + y_pred).clamp(max=1).sum())
        self.count += 1

    def reset_state(self):
        self.total, self.count = 0.0, 0

    def result(self):
        return self.total / self.count


def test_metrics_in_plain_python():
    metric = Jaccard()
    assert metric.name == "jaccard"
    metric.update_state(torch.tensor([1.0, 0, 1]), torch.tensor([1.0, 0, 0], requires_grad=True))
    metric.update_state(torch.tensor([1.0, 0, 1]), y_pred=torch.tensor([1.0, 0, 1]))
    assert isinstance(metric.result(), torch.Tensor)
    assert float(metric.result()) == 0.75
    metric.reset_state()
    assert metric.count == 0
    with pytest.raises(NotImplementedError, match="merge_state"):
        metric.merge_state([metric])
    with pytest.raises(NotImplementedError, match="reset_state"):
        metrics.experimental.PyMetric()


class Weighted(metrics.Mean):
    """As users extend a built-in metric."""

    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state((y_true - y_pred).abs(), sample_weight)


class ArgMaxIoU(metrics.MeanIoU):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(y_true, y_pred.argmax(-1), sample_weight)


def test_extended_metrics():
    metric = Weighted("own")
    metric.update_state(torch.tensor([1.0, 2.0]), torch.tensor([1.5, 4.0]), sample_weight=[1.0, 3.0])
    assert float(metric.result()) == 6.5 / 4
    metric = ArgMaxIoU(num_classes=2)
    metric.update_state(torch.tensor([0, 1]), torch.tensor([[0.9, 0.1], [0.4, 0.6]]))
    assert metric.result() == 1.0
    assert ArgMaxIoU.from_config(metric.get_config()).num_classes == 2
