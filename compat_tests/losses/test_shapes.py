"""Which shapes go together, and what happens to those that don't."""

import numpy as np
import pytest
import torch

from torchkeras import losses

N = np.asarray([1.0, 0.0, 1.0, 1.0], "float32")
P = np.asarray([[0.9], [0.2], [0.6], [0.3]], "float32")
ELEMENTWISE = (
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
    "binary_crossentropy", "binary_focal_crossentropy", "hinge", "squared_hinge", "huber", "log_cosh", "poisson",
)  # fmt: skip
CLASSES = (
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "Huber", "LogCosh", "Poisson",
)  # fmt: skip


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_functions_never_broadcast_one_target_per_sample(name):
    function = getattr(losses, name)
    wanted = function(N[:, None], P)
    assert wanted.shape == (4,)
    for y_true in (N, N.tolist(), torch.tensor(N)):
        for y_pred in (P, torch.tensor(P)):
            assert torch.equal(function(y_true, y_pred), wanted)
    assert torch.equal(function(N[:, None], P[:, 0]), wanted)


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("weights", [None, [1.0, 2.0, 0.0, 0.5]])
def test_classes_never_broadcast_one_target_per_sample(name, weights):
    loss = getattr(losses, name)()
    wanted = loss(N[:, None], P, weights)
    for y_true in (N, N.tolist(), torch.tensor(N)):
        for y_pred in (P, torch.tensor(P)):
            torch.testing.assert_close(loss(y_true, y_pred, weights), wanted)
    torch.testing.assert_close(loss(torch.tensor(N)[:, None], torch.tensor(P)[:, 0], weights), wanted)


def test_time_steps_of_one_value():
    y_true, y_pred = torch.rand(2, 3), torch.rand(2, 3, 1)
    assert losses.mse(y_true, y_pred).shape == (2, 3)
    torch.testing.assert_close(losses.mse(y_true, y_pred), (y_true - y_pred[..., 0]).square())


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_wrong_shapes(name):
    with pytest.raises(ValueError, match=r"Shapes \(3,\) and \(4, 5\) are incompatible"):
        getattr(losses, name)(torch.zeros(3), torch.zeros(4, 5))


def test_logits_and_labels_have_one_shape():
    with pytest.raises(ValueError, match=r"must have the same shape, received \(\(4, 5\) vs \(4, 1\)\)"):
        losses.binary_crossentropy(torch.zeros(4, 1), torch.zeros(4, 5), from_logits=True)


@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_integer_labels_for_a_one_hot_loss(shape):
    labels, predictions = torch.zeros(shape, dtype=torch.int64), torch.full((4, 5), 0.2)
    match = r"incompatible.*sparse_categorical_crossentropy.*to_categorical\(y_true, 5\)"
    with pytest.raises(ValueError, match=match):
        losses.CategoricalCrossentropy()(labels, predictions)
    with pytest.raises(ValueError, match=match):
        losses.categorical_crossentropy(labels, predictions)
    with pytest.raises(ValueError, match="Make integer labels one-hot"):
        losses.CategoricalFocalCrossentropy()(labels, predictions)


def test_one_hot_targets_for_a_label_loss():
    with pytest.raises(ValueError, match=r"\(4, 5\).*makes \(4,\).*One-hot targets go with `categorical_cross"):
        losses.SparseCategoricalCrossentropy()(torch.eye(5)[:4], torch.full((4, 5), 0.2))
    with pytest.raises(ValueError, match=r"`y_true` of shape \(3,\) and `y_pred` of shape \(4, 5\)"):
        losses.SparseCategoricalCrossentropy()(torch.zeros(3), torch.full((4, 5), 0.2))


def test_one_class_is_worth_a_warning():
    for name in ("categorical_crossentropy", "categorical_focal_crossentropy"):
        with pytest.warns(SyntaxWarning, match=f"In loss {name}, expected y_pred.shape"):
            getattr(losses, name)(torch.ones(4, 1), torch.ones(4, 1))
    with pytest.raises(ValueError, match="`axis` must be of type `int`"):
        losses.categorical_crossentropy(torch.ones(4, 2), torch.ones(4, 2), axis=True)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"])
@pytest.mark.parametrize("shape", [(6,), (6, 1), (2, 3), (2, 3, 1)])
def test_labels_of_any_dtype_and_shape(dtype, shape):
    labels = np.asarray([0, 3, 1, 2, 2, 0]).reshape(shape)
    logits = torch.randn((6, 4) if shape[0] == 6 else (2, 3, 4))
    found = losses.sparse_categorical_crossentropy(labels.astype(dtype), logits, from_logits=True)
    assert found.shape == logits.shape[:-1]
    wanted = torch.nn.functional.cross_entropy(logits.reshape(6, 4), torch.tensor(labels.reshape(6)), reduction="none")
    torch.testing.assert_close(found.reshape(6), wanted)
    loss = losses.SparseCategoricalCrossentropy(from_logits=True)
    torch.testing.assert_close(loss(torch.tensor(labels.astype(dtype)), logits), wanted.mean())


def test_classes_on_any_axis_without_copies():
    images = torch.randn(2, 3, 5, 7)  # classes on axis 1
    labels = torch.randint(0, 3, (2, 5, 7))
    wanted = torch.nn.functional.cross_entropy(images, labels, reduction="none")
    for logits, axis in ((images, 1), (images.movedim(1, -1), -1), (images.movedim(1, -1).contiguous(), 3)):
        found = losses.sparse_categorical_crossentropy(labels, logits, from_logits=True, axis=axis)
        torch.testing.assert_close(found, wanted)


def test_weights_that_fit():
    y_true, y_pred = torch.rand(2, 3, 4), torch.rand(2, 3, 4)
    each = (y_true - y_pred).square().mean(-1)
    loss = losses.MeanSquaredError()
    for weights in (2.0, np.float64(2.0), torch.tensor(2)):
        torch.testing.assert_close(loss(y_true, y_pred, weights), 2 * each.mean())
    samples, steps = torch.tensor([1.0, 3.0]), torch.rand(2, 3)
    for weights in (samples, samples[:, None], samples.tolist(), samples.numpy().astype("float64"), samples.int()):
        torch.testing.assert_close(loss(y_true, y_pred, weights), (each * samples[:, None]).mean())
    for weights in (steps, steps[..., None]):
        torch.testing.assert_close(loss(y_true, y_pred, weights), (each * steps).mean())


def test_a_weight_per_sample_of_images_is_no_weight_per_column():
    y_true, y_pred = torch.rand(3, 3, 3, 1), torch.rand(3, 3, 3, 1)
    weights = torch.tensor([1.0, 0.0, 0.0])
    each = (y_true - y_pred).square()[..., 0]
    found = losses.MeanSquaredError()(y_true, y_pred, weights)
    torch.testing.assert_close(found, each[0].sum() / each.numel())


@pytest.mark.parametrize("shape", [(3,), (2, 4), (2, 2), (2, 3, 2), (1, 1, 2, 3, 1)])
def test_weights_that_do_not_fit(shape):
    with pytest.raises(ValueError, match=r"`sample_weight` of shape .* does not fit losses of shape \(2, 3\)"):
        losses.MeanSquaredError()(torch.rand(2, 3, 4), torch.rand(2, 3, 4), torch.ones(shape))


def test_no_samples():
    for name, y_true in (("MeanSquaredError", (0, 3)), ("CategoricalCrossentropy", (0, 3)), ("Huber", (0, 3))):
        assert getattr(losses, name)()(torch.zeros(y_true), torch.zeros(0, 3)).item() == 0.0
    assert losses.SparseCategoricalCrossentropy()(torch.zeros(0), torch.zeros(0, 3)).item() == 0.0
    assert losses.BinaryCrossentropy(from_logits=True)(torch.zeros(0, 3), torch.zeros(0, 3)).item() == 0.0


def test_what_fit_does_to_ranks_and_dtypes():
    y_true, _, weights = losses.match_dtype_and_rank(
        torch.zeros(4, dtype=torch.float64), torch.zeros(4, 1), torch.ones(4, dtype=torch.int32)
    )
    assert (y_true.shape, y_true.dtype) == ((4, 1), torch.float32)
    assert (weights.shape, weights.dtype) == ((4, 1), torch.float32)
    labels, _, weights = losses.match_dtype_and_rank(torch.zeros(4, dtype=torch.int32), torch.zeros(4, 5))
    assert (labels.shape, labels.dtype, weights) == ((4, 1), torch.int32, None)
    same = torch.zeros(4, 3)
    assert losses.match_dtype_and_rank(same, torch.zeros(4, 3, 2))[0] is same
