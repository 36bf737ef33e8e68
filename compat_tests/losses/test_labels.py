"""Labels outside the classes are named."""

import numpy as np
import pytest
import torch

from torchkeras import losses

RANGE = r"label value of {} which is outside the valid range of \[0, 3\)"


@pytest.mark.parametrize("make", [list, np.asarray, torch.tensor, lambda y: np.asarray(y, "float32"),
                                  lambda y: torch.tensor(y, dtype=torch.bfloat16)])  # fmt: skip
@pytest.mark.parametrize(("labels", "wrong"), [([0, 3, 1], 3), ([2, -1, 7], -1)])
def test_check_labels(make, labels, wrong):
    with pytest.raises(ValueError, match=RANGE.format(wrong) + ": the output layer 'dense_1' has 3 classes"):
        losses.check_labels(make(labels), 3, "dense_1")
    losses.check_labels(make([0, 2, 1]), 3, "dense_1")


def test_check_labels_of_no_class_and_of_no_samples():
    losses.check_labels(np.asarray([[0, 255], [2, 1]], "uint8"), 3, ignore_class=255)
    losses.check_labels(np.zeros((0,)), 3)
    with pytest.raises(ValueError, match=RANGE.format(9)):
        losses.check_labels([0, 255, 9], 3, ignore_class=255)
    with pytest.raises(ValueError, match=RANGE.format("nan")):
        losses.check_labels([0.0, float("nan")], 3)


@pytest.mark.parametrize("wrong", [3, -1, -100])
@pytest.mark.parametrize("shape", [(4, 3), (2, 2, 3), (2, 2, 2, 3)])
@pytest.mark.parametrize("options", [{}, {"from_logits": True}, {"ignore_class": 7}])
def test_a_loss_on_the_cpu_says_which(wrong, shape, options):
    labels = torch.zeros(shape[:-1], dtype=torch.int64)
    labels.view(-1)[1] = wrong
    y_pred = torch.full(shape, 1 / 3)
    with pytest.raises(ValueError, match=RANGE.format(wrong)):
        losses.SparseCategoricalCrossentropy(**options)(labels, y_pred)
    with pytest.raises(ValueError, match=RANGE.format(wrong)):
        losses.sparse_categorical_crossentropy(labels, y_pred.movedim(-1, 1).contiguous(), axis=1, **options)


def test_errors_that_are_about_something_else_stay():
    with pytest.raises(RuntimeError, match="not implemented for|expected scalar type"):
        losses.sparse_categorical_crossentropy(
            torch.zeros(2), torch.zeros(2, 3, dtype=torch.float8_e4m3fn), from_logits=True
        )
