"""Values that records do not cover: worked examples, dtypes, logits, masks, derivatives."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from torchkeras import activations, losses
from torchkeras.core.variable import Variable

# Examples worked in Keras's documents.
T, P = [[0.0, 1.0], [0.0, 0.0]], [[0.6, 0.4], [0.4, 0.6]]
ONE_HOT, SHARES = [[0, 1, 0], [0, 0, 1]], [[0.05, 0.95, 0], [0.1, 0.8, 0.1]]
EXAMPLES = [
    ("MeanSquaredError", T, [[1.0, 1.0], [1.0, 0.0]], None, 0.5),
    ("MeanSquaredError", T, [[1.0, 1.0], [1.0, 0.0]], [0.7, 0.3], 0.25),
    ("MeanAbsolutePercentageError", [[2.0, 1.0], [2.0, 3.0]], [[1.0, 1.0], [1.0, 0.0]], None, 50.0),
    ("MeanSquaredLogarithmicError", T, [[1.0, 1.0], [1.0, 0.0]], None, 0.240),
    ("BinaryCrossentropy", T, P, None, 0.815),
    ("BinaryCrossentropy", T, P, [1.0, 0.0], 0.458),
    ("CategoricalCrossentropy", ONE_HOT, SHARES, None, 1.177),
    ("CategoricalCrossentropy", ONE_HOT, SHARES, [0.3, 0.7], 0.814),
    ("SparseCategoricalCrossentropy", [1, 2], SHARES, None, 1.177),
    ("SparseCategoricalCrossentropy", [1, 2], SHARES, [0.3, 0.7], 0.814),
    ("Hinge", T, P, None, 1.3),
    ("Hinge", T, P, [1.0, 0.0], 0.55),
    ("SquaredHinge", T, P, None, 1.86),
    ("CategoricalHinge", T, P, None, 1.4),
    ("Poisson", T, [[1.0, 1.0], [0.0, 0.0]], None, 0.5),
    ("LogCosh", T, [[1.0, 1.0], [0.0, 0.0]], None, 0.108),
    ("KLDivergence", [[0, 1], [0, 0]], P, None, 0.458),
    ("Huber", T, P, None, 0.155),
    ("CosineSimilarity", [[0.0, 1.0], [1.0, 1.0]], [[1.0, 0.0], [1.0, 1.0]], [0.8, 0.2], -0.1),
]


@pytest.mark.parametrize(("name", "y_true", "y_pred", "weights", "value"), EXAMPLES)
def test_documented_examples(name, y_true, y_pred, weights, value):
    loss = getattr(losses, name)()
    for convert in (lambda x: x, np.asarray, torch.tensor, lambda x: Variable(np.asarray(x, "float32"))):
        found = loss(convert(y_true), convert(y_pred), sample_weight=weights)
        assert found.shape == ()
        assert found.item() == pytest.approx(value, abs=6e-4)


def test_lists_and_arrays_have_their_dtype():
    assert losses.mse([[1, 2]], [[1, 4]]).dtype is torch.float32
    assert losses.mse([[1.0, 2.0]], [[1.0, 4.0]]).dtype is torch.float32
    assert losses.mse(np.ones((1, 2)), np.zeros((1, 2))).dtype is torch.float64
    assert losses.mse(np.ones((1, 2)), torch.zeros(1, 2)).dtype is torch.float32
    assert losses.mse(np.ones((1, 2), "uint8"), torch.zeros(1, 2)).item() == 1.0
    assert losses.mse([[torch.tensor(1.0), torch.tensor(2.0)]], torch.zeros(1, 2)).item() == 2.5
    assert losses.mse(np.ones((3, 4))[::-1], np.zeros((3, 4))[:, ::-1]).tolist() == [1.0, 1.0, 1.0]
    with pytest.raises(TypeError, match="dtype <U1"):
        losses.mse(np.asarray(["a"]), torch.zeros(1))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("row", {row[0]: row for row in reversed(EXAMPLES)}.values(), ids=lambda row: row[0])
def test_dtype_of_the_predictions_stays(row, dtype):
    name, y_true, y_pred, weights, value = row
    found = getattr(losses, name)()(torch.tensor(y_true), torch.tensor(y_pred, dtype=dtype), weights)
    # Keras computes this one in floatx.
    assert found.dtype is (torch.float32 if name == "Huber" and dtype is not torch.float64 else dtype)
    assert found.item() == pytest.approx(value, rel=0.02, abs=2e-3)


def test_logits_behind_a_softmax_are_used():
    x = torch.tensor([[200.0, 0.0], [0.0, -300.0]], requires_grad=True)
    labels = torch.tensor([1, 1])
    for loss, targets in (
        (losses.SparseCategoricalCrossentropy(), labels),
        (losses.CategoricalCrossentropy(), functional.one_hot(labels)),
        (losses.LossFunctionWrapper(losses.categorical_crossentropy), functional.one_hot(labels)),
    ):
        found = loss(targets, activations.softmax(x))
        assert found.item() == 250.0  # clipped probabilities have 16 at most, and no gradient
        np.testing.assert_allclose(torch.autograd.grad(found, x)[0], [[0.5, -0.5], [0.5, -0.5]])
        assert loss(targets, torch.softmax(x, -1)).item() < 17
    logits = torch.tensor([[200.0], [-300.0]], requires_grad=True)
    found = losses.BinaryCrossentropy()(torch.tensor([[0], [1]]), activations.sigmoid(logits))
    assert found.item() == 250.0
    np.testing.assert_allclose(torch.autograd.grad(found, logits)[0], [[0.5], [-0.5]])


def test_logits_asked_for_behind_an_activation_are_worth_a_warning():
    x = torch.randn(3, 4)
    for name, y_true, activation in (
        ("sparse_categorical_crossentropy", torch.tensor([0, 1, 2]), "softmax"),
        ("categorical_crossentropy", torch.eye(4)[:3], "softmax"),
        ("binary_crossentropy", torch.eye(4)[:3], "sigmoid"),
    ):
        y_pred = getattr(activations, activation)(x)
        with pytest.warns(UserWarning, match=f"`{name}` received `from_logits=True`.*{activation.title()} activation"):
            found = getattr(losses, name)(y_true, y_pred, from_logits=True)
        assert torch.equal(found, getattr(losses, name)(y_true, y_pred))


def test_gradient_of_targets_that_do_not_sum_to_one_is_tensorflows():
    x = torch.randn(3, 4, requires_grad=True)
    y = torch.tensor([[1.0, 1, 0, 0], [0, 0, 0, 0], [0.2, 0.3, 0.1, 0]])
    each = losses.categorical_crossentropy(y, x, from_logits=True)
    torch.testing.assert_close(each, -(y * torch.log_softmax(x, -1)).sum(-1))
    wanted = torch.softmax(x, -1) - y
    torch.testing.assert_close(torch.autograd.grad(each.sum(), x)[0], wanted)
    torch.testing.assert_close(
        torch.autograd.grad(losses.CategoricalCrossentropy(from_logits=True)(y, x), x)[0], wanted / 3
    )
    by_func = torch.func.grad(lambda z: losses.categorical_crossentropy(y, z, from_logits=True).sum())(x)
    torch.testing.assert_close(by_func, wanted)
    by_rows = torch.func.vmap(lambda t, z: losses.categorical_crossentropy(t, z, from_logits=True))(y, x)
    torch.testing.assert_close(by_rows, each)
    mean = losses.LossFunctionWrapper(losses.categorical_crossentropy, from_logits=True)
    torch.testing.assert_close(torch.func.grad(lambda z: mean(y, z))(x), wanted / 3)


@pytest.mark.parametrize("mean", [False, True])
def test_softmax_crossentropy_can_be_differentiated_twice_and_by_its_labels(mean):
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    y = torch.softmax(torch.randn(3, 4, dtype=torch.float64), -1).requires_grad_()

    def compute(x):
        loss = losses.CategoricalCrossentropy(from_logits=True, reduction="auto" if mean else "none")
        return loss(y.detach(), x)

    assert torch.autograd.gradcheck(compute, x)
    assert torch.autograd.gradgradcheck(compute, x)
    by_labels = torch.autograd.grad(losses.categorical_crossentropy(y, x, from_logits=True).sum(), y)[0]
    torch.testing.assert_close(by_labels, -torch.log_softmax(x, -1))


def test_hinge_takes_each_batch_as_zeros_and_ones_or_as_it_is():
    p = torch.tensor([[0.3, -0.2]])
    torch.testing.assert_close(losses.hinge([[0.0, 1.0]], p), losses.hinge([[-1.0, 1.0]], p))
    torch.testing.assert_close(losses.hinge([[0.0, 0.5]], p), torch.tensor([(1.0 + 1.1) / 2]))


def test_huber_without_a_parabola():
    error = torch.tensor([[1.0, -3.0, 0.0]])
    assert losses.huber(torch.zeros(1, 3), error, delta=0.0).item() == 0.0
    assert losses.Huber(delta=0.0)(torch.zeros(1, 3), error).item() == 0.0
    found = losses.Huber(delta=torch.tensor(2.0))(torch.zeros(1, 3), error)
    assert found.item() == pytest.approx((0.5 + 2 * 3 - 2) / 3)


def test_reductions():
    y_true, y_pred, w = torch.zeros(3, 2), torch.tensor([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]), torch.tensor([1.0, 0, 2])
    each = torch.tensor([1.0, 4.0, 9.0])

    def found(reduction, weights=None):
        return losses.MeanSquaredError(reduction=reduction)(y_true, y_pred, weights)

    for reduction in ("auto", "sum_over_batch_size", "mean", "mean_with_sample_weight"):
        assert found(reduction).item() == pytest.approx(14 / 3)
    for reduction in ("auto", "sum_over_batch_size", "mean"):
        assert found(reduction, w).item() == pytest.approx(19 / 3)
    assert found("mean_with_sample_weight", w).item() == pytest.approx(19 / 3)
    assert found("mean_with_sample_weight", 2 * w).item() == pytest.approx(19 / 3)
    assert found("mean_with_sample_weight", 0 * w).item() == 0.0
    assert (found("sum").item(), found("sum", w).item()) == (14.0, 19.0)
    for reduction in ("none", None):
        assert torch.equal(found(reduction), each)
        assert torch.equal(found(reduction, w), each * w)


def test_masks_keep_values_out_of_the_mean():
    y_true, y_pred = torch.zeros(2, 3, 1), torch.tensor([[[1.0], [2.0], [5.0]], [[3.0], [7.0], [8.0]]])
    loss = losses.MeanSquaredError()
    y_pred._keras_mask = torch.tensor([[True, True, False], [True, False, False]])
    assert loss(y_true, y_pred).item() == pytest.approx((1 + 4 + 9) / 3)
    assert loss(y_true, y_pred, torch.tensor([1.0, 2.0])).item() == pytest.approx((1 + 4 + 18) / 3)
    y_pred._keras_mask = torch.zeros(2, 3, dtype=torch.bool)
    assert loss(y_true, y_pred).item() == 0.0
    assert losses.MeanSquaredError(dtype="float64")(y_true, y_pred).item() == 0.0


def test_an_ignored_class_has_no_loss_and_no_gradient():
    x = torch.randn(4, 3, requires_grad=True)
    labels = torch.tensor([0, 255, 2, 255])
    loss = losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    found = loss(labels, x)
    torch.testing.assert_close(found, functional.cross_entropy(x[::2], labels[::2]))
    assert torch.autograd.grad(found, x)[0][1::2].abs().max() == 0.0
    each = losses.sparse_categorical_crossentropy(labels, x, from_logits=True, ignore_class=255)
    assert each._keras_mask.tolist() == [True, False, True, False]
    assert loss(torch.full((4,), 255), x).item() == 0.0


def test_circle_without_pairs_is_zero_and_has_a_gradient():
    x = functional.normalize(torch.randn(3, 4), dim=-1).requires_grad_()
    found = losses.Circle()(torch.tensor([0, 1, 2]), x)
    assert found.item() == 0.0
    assert torch.equal(torch.autograd.grad(found, x)[0], torch.zeros(3, 4))
    references = functional.normalize(torch.randn(5, 4), dim=-1)
    each = losses.circle([0, 1, 0], x, [0, 1, 1, 0, 2], references, remove_diagonal=False)
    assert each.shape == (3,)
    assert (each > 0).all()


def test_ctc_shapes():
    with pytest.raises(ValueError, match="Targets `y_true` are expected"):
        losses.ctc(torch.ones(3), torch.ones(3, 4, 5))
    with pytest.raises(ValueError, match="Logits `y_pred` are expected"):
        losses.ctc(torch.ones(3, 2), torch.ones(3, 4))
    found = losses.ctc(torch.tensor([[1, 2]]), torch.zeros(1, 2, 3, dtype=torch.float16))
    torch.testing.assert_close(found, 2 * torch.log(torch.tensor([3.0])))
