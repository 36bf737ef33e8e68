"""ActivityRegularization."""

import pytest
import torch

import torchkeras as keras
from torchkeras.layers import ActivityRegularization


def test_adds_its_penalty_to_the_losses():
    layer = ActivityRegularization(l1=0.1, l2=0.01)
    x = torch.tensor([[1.0, -2.0], [3.0, 0.0]], requires_grad=True)
    assert torch.equal(layer(x), x)
    (loss,) = layer.losses
    assert loss.item() == pytest.approx((0.1 * 6 + 0.01 * 14) / 2)
    loss.backward()
    torch.testing.assert_close(x.grad, (0.1 * x.detach().sign() + 0.02 * x.detach()) / 2)


def test_in_a_model():
    model = keras.Sequential([keras.Input((3,)), ActivityRegularization(l2=1.0), keras.layers.Dense(1)])
    for scale in (1.0, 2.0):
        model(scale * torch.ones(4, 3))
        assert [loss.item() for loss in model.losses] == [3.0 * scale**2]


def test_config_and_errors():
    assert (
        ActivityRegularization(l1=0.5).get_config() | {"l1": 0.5, "l2": 0.0}
        == ActivityRegularization(l1=0.5, name="activity_regularization").get_config()
    )
    with pytest.raises(ValueError, match="penalty|number"):
        ActivityRegularization(l1="much")
