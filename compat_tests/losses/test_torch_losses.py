"""torch's own losses, taken as they are."""

import functools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from torchkeras import activations, layers, losses

LABELS, LOGITS = torch.tensor([0, 2, 1, 2]), torch.randn(4, 3)


@pytest.mark.parametrize("given", [nn.CrossEntropyLoss(), nn.CrossEntropyLoss, functional.cross_entropy,
                                   functools.partial(functional.cross_entropy)], ids=repr)  # fmt: skip
@pytest.mark.parametrize("dtype", [torch.int64, torch.int32, torch.uint8, torch.float32])
def test_labels_come_as_keras_has_them(given, dtype):
    loss = losses.as_loss(given)
    assert type(loss) is losses.TorchLoss
    wanted = functional.cross_entropy(LOGITS, LABELS)
    for labels in (LABELS, LABELS[:, None], LABELS.numpy()):
        labels = labels.astype("int16") if isinstance(labels, np.ndarray) else labels.to(dtype)
        torch.testing.assert_close(loss(labels, LOGITS), wanted)
    one_hot = functional.one_hot(LABELS, 3)
    torch.testing.assert_close(loss(one_hot.to(dtype), LOGITS), wanted)


def test_classes_on_the_last_axis_are_found():
    loss = losses.as_loss(nn.CrossEntropyLoss())
    logits, labels = torch.randn(2, 4, 5), torch.randint(0, 5, (2, 4))
    wanted = functional.cross_entropy(logits.movedim(-1, 1), labels)
    torch.testing.assert_close(loss(labels, logits), wanted)
    torch.testing.assert_close(loss(labels, logits.movedim(-1, 1)), wanted)


@pytest.mark.parametrize(
    "module",
    [nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(), nn.BCEWithLogitsLoss(), functional.mse_loss],
)
def test_values_are_cast_and_aligned(module):
    loss = losses.as_loss(module)
    y_true, y_pred = torch.tensor([0, 1, 1, 0]), torch.randn(4, 1)
    torch.testing.assert_close(loss(y_true, y_pred), module(y_pred, y_true.float()[:, None]))
    torch.testing.assert_close(loss(y_true.numpy().astype("float64"), y_pred), module(y_pred, y_true.float()[:, None]))


def test_predictions_come_first():
    found = losses.as_loss(nn.KLDivLoss(reduction="batchmean"))(
        torch.softmax(LOGITS, -1), torch.log_softmax(-LOGITS, -1)
    )
    wanted = functional.kl_div(torch.log_softmax(-LOGITS, -1), torch.softmax(LOGITS, -1), reduction="batchmean")
    torch.testing.assert_close(found, wanted)


def test_reduction_is_theirs_and_weights_need_none():
    y_true, y_pred, weights = torch.zeros(4, 2), torch.randn(4, 2), torch.tensor([1.0, 0.0, 2.0, 1.0])
    assert losses.as_loss(nn.MSELoss(reduction="sum"))(y_true, y_pred).item() == pytest.approx(
        y_pred.square().sum().item()
    )
    each = losses.as_loss(nn.CrossEntropyLoss(reduction="none"))
    wanted = functional.cross_entropy(LOGITS, LABELS, reduction="none")
    torch.testing.assert_close(each(LABELS, LOGITS), wanted.mean())
    torch.testing.assert_close(each(LABELS, LOGITS, weights), (wanted * weights).mean())
    with pytest.raises(ValueError, match="make the loss CrossEntropyLoss with reduction='none'.*'mean'"):
        losses.as_loss(nn.CrossEntropyLoss())(LABELS, LOGITS, weights)


def test_class_weights_follow_the_predictions_dtype_and_device():
    module = nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]), label_smoothing=0.1)
    torch.testing.assert_close(losses.as_loss(module)(LABELS, LOGITS), module(LOGITS, LABELS))
    assert losses.as_loss(module).module is module


def test_probabilities_for_a_loss_of_logits_are_worth_a_warning():
    loss = losses.as_loss(nn.CrossEntropyLoss())
    with pytest.warns(UserWarning, match="CrossEntropyLoss expects logits, but the model's output went through"):
        loss(LABELS, activations.softmax(LOGITS))
    loss(LABELS, activations.softmax(LOGITS))  # said once


class OwnModule(nn.Module):
    def forward(self, prediction, target):
        return (prediction - 2 * target).square().mean()


class KerasOrder(nn.Module):
    def forward(self, y_true, y_pred):
        return (y_pred - 2 * y_true).square().mean(-1)


class OwnLayer(layers.Layer):
    def call(self, target, prediction):
        return (prediction - 2 * target).square().mean(-1)


@pytest.mark.parametrize("kind", [OwnModule, KerasOrder, OwnLayer])
def test_own_modules(kind):
    y_true, y_pred = torch.rand(4, 2), torch.rand(4, 2)
    torch.testing.assert_close(losses.as_loss(kind())(y_true, y_pred), (y_pred - 2 * y_true).square().mean())


def test_there_is_no_config():
    with pytest.raises(NotImplementedError, match="The torch loss MSELoss has no Keras config"):
        losses.as_loss(nn.MSELoss()).get_config()
