"""Losses that users write: subclasses and functions."""

import numpy as np
import pytest
import torch

from torchkeras import losses


class Square(losses.Loss):
    def call(self, y_true, y_pred):
        return torch.mean(torch.square(y_true - y_pred), -1)


class Bare(losses.Loss):
    def __init__(self, factor):
        self.factor = factor  # and no super().__init__()

    def call(self, y_true, y_pred):
        return self.factor * torch.mean(torch.abs(y_true - y_pred), -1)


Y, P, W = np.asarray([[0.0, 1.0], [2.0, 3.0]]), torch.tensor([[1.0, 1.0], [1.0, 1.0]]), [1.0, 3.0]


def test_a_subclass_needs_call_only():
    loss = Square()
    assert (loss.reduction, loss.name) == ("auto", None)
    assert loss(Y, P).item() == pytest.approx((0.5 + 2.5) / 2)
    assert loss(Y, P).dtype is torch.float32  # NumPy's float64 gives way, as in TensorFlow
    assert loss(Y, P, sample_weight=W).item() == pytest.approx((0.5 + 7.5) / 2)
    assert Square(reduction="sum")(Y, P).item() == 3.0
    assert Square(reduction="none")(Y, P).tolist() == [0.5, 2.5]
    assert Square.from_config(Square("sum", "s").get_config()).get_config() == {"reduction": "sum", "name": "s"}
    assert Bare(2.0)(Y, P).item() == pytest.approx(2 * (0.5 + 1.5) / 2)


def test_call_is_a_must():
    with pytest.raises(NotImplementedError, match=r"Loss Loss does not define `call\(y_true, y_pred\)`"):
        losses.Loss()(Y, P)


def test_a_subclass_of_a_loss_of_keras():
    class Doubled(losses.MeanSquaredError):
        def call(self, y_true, y_pred):
            return 2 * super().call(y_true, y_pred)

    assert Doubled()(Y, P).item() == pytest.approx(3.0)


def test_losses_that_are_no_floats_are_weighted_as_floats_and_come_back():
    class Wrong(losses.Loss):
        def call(self, y_true, y_pred):
            return (y_true != y_pred).sum(-1, dtype=torch.int32)

    found = Wrong("sum")(torch.tensor([[1, 2], [3, 4]]), torch.tensor([[0, 0], [3, 0]]), [0.5, 2.0])
    assert found.dtype is torch.int32
    assert found.item() == 3


def test_a_mask_on_the_losses_counts():
    class Masked(losses.Loss):
        def call(self, y_true, y_pred):
            values = (y_true - y_pred).abs().mean(-1)
            values._keras_mask = torch.tensor([True, False])
            return values

    assert Masked()(torch.zeros(2, 1), torch.tensor([[1.0], [5.0]])).item() == 1.0
    y_pred = torch.tensor([[1.0], [5.0]])
    y_pred._keras_mask = torch.tensor([False, True])
    assert Masked()(torch.zeros(2, 1), y_pred).item() == 0.0


def test_several_outputs_reach_call_as_they_are():
    class Both(losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred["a"] + y_pred["b"] - y_true["a"]

    one = torch.tensor([1.0, 2.0])
    assert Both()({"a": one}, {"a": one, "b": one}).item() == 1.5

    class Pair(losses.Loss):
        def call(self, y_true, y_pred):
            return y_pred[0].mean(-1) + y_pred[1]

    assert Pair()([one, one], [torch.ones(2, 3), one]).item() == 2.5


def per_sample(y_true, y_pred):
    return torch.abs(y_true - y_pred).mean(-1)


def scalar(y_true, y_pred):
    return torch.mean(torch.abs(y_true - y_pred))


@pytest.mark.parametrize("function", [per_sample, scalar, lambda y_true, y_pred: per_sample(y_true, y_pred)])
def test_functions(function):
    loss = losses.as_loss(function)
    assert type(loss) is losses.LossFunctionWrapper
    assert loss.name == function.__name__
    assert loss(Y, P).item() == pytest.approx(1.0)
    assert loss(torch.tensor([1.0, 3.0]), torch.tensor([[0.0], [0.0]])).item() == pytest.approx(2.0)


def test_a_scalar_takes_part_in_the_mean_of_the_weights():
    for weights in (W, [[1.0], [3.0]]):
        assert losses.as_loss(scalar)(Y, P, weights).item() == pytest.approx(2.0)
    assert losses.as_loss(per_sample)(Y, P, W).item() == pytest.approx((0.5 + 4.5) / 2)
    assert losses.as_loss(lambda y_true, y_pred: 2.0)(Y, P).item() == 2.0


def test_names_of_functions():
    class Callable:
        def __call__(self, y_true, y_pred):
            return per_sample(y_true, y_pred)

    class Named(Callable):
        name = "mine"

    assert losses.as_loss(Callable()).name == "callable"
    assert losses.as_loss(Named()).name == "mine"
    assert losses.as_loss(lambda y_true, y_pred: y_pred).name == "<lambda>"


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("mse", losses.LossFunctionWrapper, "mean_squared_error"),
        (losses.bce, losses.LossFunctionWrapper, "binary_crossentropy"),
        ("MeanSquaredError", losses.MeanSquaredError, "mean_squared_error"),
        (losses.Huber, losses.Huber, "huber_loss"),
        ({"class_name": "Huber", "config": {"name": "h"}}, losses.Huber, "h"),
    ],
)
def test_names_configs_and_classes(given, kind, name):
    loss = losses.as_loss(given)
    assert type(loss) is kind
    assert loss.name == name


def test_losses_stay_themselves():
    loss = Square()
    assert losses.as_loss(loss) is loss
    assert losses.as_loss(None) is None
    with pytest.raises(ValueError, match="Unknown loss function"):
        losses.as_loss("mean_square_err")
