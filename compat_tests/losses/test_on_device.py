"""Losses in a training step: nothing read back from the device, torch.compile, symbolic tensors."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras as keras
from torchkeras import activations, losses


class NoReading(TorchDispatchMode):
    """Raises where a value would be read back from the device."""

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if function is torch.ops.aten._local_scalar_dense.default:
            raise AssertionError("a value was read back")
        return function(*args, **(kwargs or {}))


def ones_and_zeros():
    return torch.randint(0, 2, (6, 4)).float()


LABELS = torch.tensor([0, 3, 1, 2, 2, 0])
#: loss, targets, activation of the predictions
STEPS = [
    (losses.MeanSquaredError(), ones_and_zeros(), None),
    (losses.MeanAbsoluteError(), ones_and_zeros(), None),
    (losses.MeanAbsolutePercentageError(), ones_and_zeros(), None),
    (losses.MeanSquaredLogarithmicError(), ones_and_zeros(), None),
    (losses.BinaryCrossentropy(from_logits=True), ones_and_zeros(), None),
    (losses.BinaryCrossentropy(label_smoothing=0.1), ones_and_zeros(), activations.sigmoid),
    (losses.BinaryCrossentropy(), ones_and_zeros(), torch.sigmoid),
    (losses.BinaryFocalCrossentropy(apply_class_balancing=True), ones_and_zeros(), activations.sigmoid),
    (losses.CategoricalCrossentropy(from_logits=True), torch.eye(4)[LABELS], None),
    (losses.CategoricalCrossentropy(label_smoothing=0.1), torch.eye(4)[LABELS], activations.softmax),
    (losses.CategoricalFocalCrossentropy(), torch.eye(4)[LABELS], activations.softmax),
    (losses.SparseCategoricalCrossentropy(from_logits=True), LABELS, None),
    (losses.SparseCategoricalCrossentropy(), LABELS.int(), activations.softmax),
    (losses.SparseCategoricalCrossentropy(ignore_class=2), LABELS, torch.sigmoid),
    (losses.CategoricalGeneralizedCrossEntropy(), LABELS, torch.sigmoid),
    (losses.Hinge(), ones_and_zeros(), None),
    (losses.SquaredHinge(), ones_and_zeros(), None),
    (losses.CategoricalHinge(), torch.eye(4)[LABELS], None),
    (losses.Huber(), ones_and_zeros(), None),
    (losses.LogCosh(), ones_and_zeros(), None),
    (losses.Poisson(), ones_and_zeros(), torch.sigmoid),
    (losses.KLDivergence(), torch.eye(4)[LABELS], torch.sigmoid),
    (losses.CosineSimilarity(), ones_and_zeros(), None),
    (losses.Dice(), ones_and_zeros(), torch.sigmoid),
    (losses.Tversky(axis=-1), ones_and_zeros(), torch.sigmoid),
    (losses.Circle(), LABELS, None),
    (losses.MeanSquaredError("mean_with_sample_weight"), ones_and_zeros(), None),
]
VARIANTS = ["plain", "weights", "mask"]


def step(loss, activation, variant):
    weights, mask = torch.rand(6), torch.tensor([True, False, True, True, False, True])

    def run(x, y_true):
        y_pred = activation(x) if activation else x * 1.0
        if variant == "mask":
            y_pred._keras_mask = mask
        return loss(y_true, y_pred, None if variant == "plain" else weights)

    return run


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("loss", "y_true", "activation"), STEPS, ids=lambda v: getattr(v, "name", ""))
def test_nothing_is_read_back(loss, y_true, activation, variant):
    x = torch.randn(6, 4, requires_grad=True)
    with NoReading():
        step(loss, activation, variant)(x, y_true).sum().backward()
    assert loss.capturable
    assert torch.isfinite(x.grad).all()


def test_what_cannot_be_captured_says_so():
    assert not losses.CTC().capturable


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize(("loss", "y_true", "activation"), STEPS, ids=lambda v: getattr(v, "name", ""))
def test_compiled_whole(loss, y_true, activation, variant):
    torch._dynamo.reset()
    run = step(loss, activation, variant)
    x = torch.randn(6, 4)
    values, gradients = [], []
    for function in (run, torch.compile(run, fullgraph=True, backend="aot_eager")):
        leaf = x.clone().requires_grad_()
        values.append(function(leaf, y_true))
        gradients.append(torch.autograd.grad(values[-1].sum(), leaf)[0])
    torch.testing.assert_close(*values)
    torch.testing.assert_close(*gradients)


def test_the_crossentropies_compile_whole():
    """A quick one of the above."""
    torch._dynamo.reset()
    x, sparse, one_hot = torch.randn(6, 4), losses.SparseCategoricalCrossentropy(), losses.CategoricalCrossentropy()

    def run(x):
        y_pred = activations.softmax(x)
        return sparse(LABELS, y_pred) + one_hot(torch.eye(4)[LABELS], y_pred)

    torch.testing.assert_close(torch.compile(run, fullgraph=True, backend="aot_eager")(x), run(x))


@pytest.mark.parametrize("loss", [losses.mse, losses.MeanSquaredError("none"), losses.bce, losses.cosine_similarity])
def test_on_symbolic_tensors(loss):
    x, y = keras.Input((3,)), keras.Input((3,))
    symbolic = loss(x, y)
    assert symbolic.shape == (None,)
    model = keras.Model([x, y], symbolic)
    a, b = torch.rand(4, 3), torch.rand(4, 3)
    torch.testing.assert_close(model([a, b]), loss(a, b))
    assert losses.MeanSquaredError()(x, y, sample_weight=2.0).shape == ()


def test_targets_go_to_the_predictions_device():
    y_pred = torch.empty(4, 3, device="meta")
    for y_true in (torch.zeros(4, 3), [[0.0] * 3] * 4):
        assert losses.MeanSquaredError()(y_true, y_pred, torch.ones(4)).device.type == "meta"
        assert losses.mse(y_true, y_pred).device.type == "meta"


@pytest.mark.parametrize(
    ("loss", "y_true", "most"),
    [
        (losses.MeanSquaredError(), torch.eye(4), 1),
        (losses.MeanAbsoluteError(), torch.eye(4), 3),
        (losses.Huber(), torch.eye(4), 1),
        (losses.SparseCategoricalCrossentropy(from_logits=True), torch.tensor([0, 1, 2, 3]), 2),
        (losses.CategoricalCrossentropy(from_logits=True), torch.eye(4), 4),
    ],
)
def test_plain_losses_take_few_operators(loss, y_true, most):
    class Count(TorchDispatchMode):
        names = ()

        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            Count.names += (str(function),)
            return function(*args, **(kwargs or {}))

    with Count():
        loss(y_true, torch.randn(4, 4))
    made = [name for name in Count.names if not any(free in name for free in ("detach", "randn", "view"))]
    assert len(made) <= most, made
