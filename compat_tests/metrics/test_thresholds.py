"""Metrics of thresholds: documented figures, settings, errors."""

import numpy as np
import pytest
import torch

from torchkeras import metrics
from torchkeras.metrics.confusion import keep_top_k
from torchkeras.metrics.curves import area

TRUE, PRED = [0, 0, 1, 1], [0, 0.5, 0.3, 0.9]


@pytest.mark.parametrize(
    ("metric", "given", "weights", "value"),
    [
        (metrics.AUC(num_thresholds=3), (TRUE, PRED), None, 0.75),
        (metrics.AUC(num_thresholds=3), (TRUE, PRED), [1, 0, 0, 1], 1.0),
        (metrics.Precision(), ([0, 1, 1, 1], [1, 0, 1, 1]), None, 2 / 3),
        (metrics.Precision(), ([0, 1, 1, 1], [1, 0, 1, 1]), [0, 0, 1, 0], 1.0),
        (metrics.Precision(top_k=2), ([0, 0, 1, 1], [1, 1, 1, 1]), None, 0.0),
        (metrics.Precision(top_k=4), ([0, 0, 1, 1], [1, 1, 1, 1]), None, 0.5),
        (metrics.SensitivityAtSpecificity(0.5), ([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), None, 0.5),
        (metrics.SensitivityAtSpecificity(0.5), ([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), [1, 1, 2, 2, 1], 1 / 3),
        (metrics.SpecificityAtSensitivity(0.5), ([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), None, 2 / 3),
        (metrics.PrecisionAtRecall(0.5), ([0, 0, 0, 1, 1], [0, 0.3, 0.8, 0.3, 0.8]), [2, 2, 2, 1, 1], 1 / 3),
        (metrics.RecallAtPrecision(0.8), (TRUE, PRED), None, 0.5),
        (metrics.FalsePositives(), ([0, 1, 0, 0], [0, 0, 1, 1]), [0, 0, 1, 0], 1.0),
        (metrics.IoU(2, [0]), ([0, 0, 1, 1], [0, 1, 0, 1]), [0.3, 0.3, 0.3, 0.1], 1 / 3),
        (metrics.MeanIoU(2), ([0, 0, 1, 1], [0, 1, 0, 1]), [0.3, 0.3, 0.3, 0.1], 0.23809525),
        (metrics.BinaryIoU(threshold=0.3), ([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7]), [0.2, 0.3, 0.4, 0.1], 0.17361112),
        (metrics.R2Score(), ([[1], [4], [3]], [[2], [4], [4]]), None, 0.57142854),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_figures_of_the_documentation(metric, given, weights, value):
    metric.update_state(*given, sample_weight=weights)
    assert float(metric.result()) == pytest.approx(value, rel=1e-6)


def test_scores_of_the_documentation():
    y_true = np.array([[1, 1, 1], [1, 0, 0], [1, 1, 0]], np.int32)
    y_pred = np.array([[0.2, 0.6, 0.7], [0.2, 0.6, 0.6], [0.6, 0.8, 0.0]], np.float32)
    assert metrics.FBetaScore(beta=2.0, threshold=0.5)(y_true, y_pred).tolist() == pytest.approx(
        [0.3846154, 0.90909094, 0.8333334]
    )
    assert metrics.F1Score(threshold=0.5)(y_true, y_pred).tolist() == pytest.approx([0.5, 0.8, 0.6666667])


@pytest.mark.parametrize("thresholds", [1.5, [0.2, -0.1], [0.5, None]])
def test_thresholds_are_between_0_and_1(thresholds):
    for kind in (metrics.TruePositives, metrics.Precision, metrics.Recall):
        with pytest.raises(ValueError, match=r"Threshold values must be in \[0, 1\]. Received: \["):
            kind(thresholds=thresholds)


def test_one_value_for_each_threshold():
    metric = metrics.Recall(thresholds=[0.1, 0.4, 0.95])
    assert metric(TRUE, PRED).tolist() == [1.0, 0.5, 0.0]
    assert metrics.Recall(thresholds=np.array([0.4]))(TRUE, PRED).shape == ()
    assert metric.true_positives.shape == (3,)


@pytest.mark.parametrize(
    ("kind", "settings", "message"),
    [
        (metrics.AUC, {"num_thresholds": 1}, "`num_thresholds` must be an integer > 1. Received: num_thresholds=1"),
        (metrics.AUC, {"curve": "rocc"}, 'Invalid AUC curve value: "rocc".*Did you mean'),
        (metrics.AUC, {"summation_method": "left"}, 'Invalid AUC summation method value: "left"'),
        (metrics.AUC, {"num_labels": 3}, "`num_labels` is needed only when `multi_label` is True"),
        (metrics.AUC, {"label_weights": [1.0, -1.0]}, "`label_weights` must be non-negative"),
        (
            metrics.RecallAtPrecision,
            {"precision": 1.5},
            r"`precision` must be in the range \[0, 1\]. Received: precision=1.5",
        ),
        (metrics.PrecisionAtRecall, {"recall": -1}, r"`recall` must be in the range \[0, 1\]"),
        (metrics.SensitivityAtSpecificity, {"specificity": 0.5, "num_thresholds": 0}, "must be an integer > 0"),
        (metrics.F1Score, {"average": "mean"}, "Invalid `average` argument value.*average=mean"),
        (metrics.FBetaScore, {"beta": 2}, "Invalid `beta` argument value. It should be a Python float"),
        (metrics.FBetaScore, {"beta": -1.0}, "It should be > 0"),
        (metrics.F1Score, {"threshold": 1}, "Invalid `threshold` argument value. It should be a Python float"),
        (metrics.F1Score, {"threshold": 1.5}, "It should verify 0 < threshold <= 1"),
        (metrics.R2Score, {"class_aggregation": "mean"}, "Invalid value for argument `class_aggregation`"),
        (metrics.R2Score, {"num_regressors": -1}, "Expected a value >= 0"),
        (
            metrics.IoU,
            {"num_classes": 2, "target_class_ids": [2]},
            r"Target class id 2 is out of range, which is \[0, 2\)",
        ),
    ],
)
def test_wrong_settings(kind, settings, message):
    with pytest.raises(ValueError, match=message):
        kind(**settings)


def test_wrong_shapes():
    with pytest.raises(ValueError, match="must have rank 2 when `multi_label=True`"):
        metrics.AUC(multi_label=True).update_state(TRUE, PRED)
    metric = metrics.AUC(multi_label=True, num_labels=3)
    with pytest.raises(ValueError, match="Number of labels is not consistent. Received 2 labels, expected"):
        metric.update_state([[0, 1]], [[0.2, 0.3]])
    with pytest.raises(ValueError, match="F1Score expects 2D inputs"):
        metrics.F1Score().update_state(TRUE, PRED)
    with pytest.raises(ValueError, match="R2Score expects 2D inputs"):
        metrics.R2Score().update_state(TRUE, PRED)
    metric = metrics.MeanTensor()
    with pytest.raises(ValueError, match="does not have any value yet"):
        metric.result()
    metric.update_state([1.0, 2.0])
    with pytest.raises(ValueError, match=r"Expected shape \(set during the first call\): \(2,\). Got: \(3,\)"):
        metric.update_state([1.0, 2.0, 3.0])


def test_class_numbers_that_are_none():
    metric = metrics.MeanIoU(3)
    with pytest.raises(ValueError, match="`y_true` has class number 255, but there are 3 classes.*`ignore_class`"):
        metric.update_state([0, 255], [0, 1])
    with pytest.raises(ValueError, match="`y_pred` has class number -1"):
        metric.update_state([0, 1], [0, -1])
    metric = metrics.MeanIoU(3, ignore_class=255)
    metric.update_state([0, 255, 1], [0, 7, 2])
    assert float(metric.result()) == pytest.approx(1 / 3)


def test_class_numbers_that_are_none_on_a_gpu_are_not_counted_elsewhere(monkeypatch):
    from torchkeras.metrics import histogram, iou

    monkeypatch.setattr(histogram, "may_look", lambda tensor: False)
    monkeypatch.setattr(iou, "may_look", lambda tensor: False)
    with pytest.raises(RuntimeError, match="out of bounds"):
        metrics.MeanIoU(3).update_state([0, 0], [0, 4])


def test_the_first_of_equal_predictions_are_the_top():
    found = keep_top_k(torch.tensor([[1.0, 3, 3, 3, 2]]), 2)
    assert found.tolist() == [[-1e10, 3, 3, -1e10, -1e10]]


def test_scores_far_apart_keep_their_counts():
    """Weighted counts of a small tail beside a large body."""
    metric = metrics.AUC(num_thresholds=4)
    metric.update_state([1] * 1000 + [1], [0.1] * 1000 + [0.9], sample_weight=[1e4] * 1000 + [1e-3])
    assert metric.true_positives.numpy().tolist() == pytest.approx([1e7, 1e-3, 1e-3, 0.0])


def test_areas_of_hand_made_curves():
    tp, fp = torch.tensor([2.0, 1, 0]), torch.tensor([2.0, 1, 0])
    fn, tn = 2 - tp, 2 - fp
    for summation, value in (("interpolation", 0.5), ("majoring", 0.75), ("minoring", 0.25)):
        assert float(area("ROC", summation, tp, tn, fp, fn)) == value


def test_adjusted_r2_needs_samples():
    metric = metrics.R2Score(num_regressors=2)
    metric.update_state([[1.0], [2.0], [4.0]], [[1.0], [2.5], [3.0]])
    with pytest.warns(UserWarning, match="Division by zero in adjusted R2 score"):
        plain = metric.result()
    metric.num_regressors = 5
    with pytest.warns(UserWarning, match="More independent predictors than datapoints"):
        assert metric.result() == plain
    metric.num_regressors = 1
    assert float(metric.result()) == pytest.approx(1 - (1 - float(plain)) * 2)


def test_settings_are_saved():
    assert metrics.AUC(thresholds=[0.6, 0.2]).get_config()["thresholds"] == [0.2, 0.6]
    assert "thresholds" not in metrics.AUC().get_config()
    config = metrics.AUC(curve="pr", label_weights=[1, 2]).get_config()
    assert (config["curve"], config["label_weights"]) == ("PR", [1.0, 2.0])
    assert metrics.Precision(thresholds=[0.1, 0.2], class_id=3).get_config()["class_id"] == 3
    assert "beta" not in metrics.F1Score().get_config()
