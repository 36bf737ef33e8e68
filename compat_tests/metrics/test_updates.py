"""What every metric does alike: no waiting for the device, compiled updates, dtypes, what it may be given."""

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounter

from torchkeras import metrics
from torchkeras.core.variable import Variable
from torchkeras.metrics import histogram, iou

from .ops_seen import OpsSeen

LABELS, SHARES = torch.tensor([2, 0, 1, 2, 3, 0]), torch.softmax(torch.arange(24.0).remainder(7).reshape(6, 4), -1)
ONE_HOT = torch.nn.functional.one_hot(LABELS, 4).float()
TRUTH, CHANCE = torch.tensor([1.0, 0, 1, 1, 0, 0]), torch.tensor([0.9, 0.2, 0.4, 0.5, 0.5, 0.7])

BINARY, CLASSES, VECTORS = (TRUTH, CHANCE), (LABELS, SHARES), (ONE_HOT, SHARES)
ALL = {
    "Mean": ({}, (CHANCE,)),
    "Sum": ({}, (CHANCE,)),
    "MeanTensor": ({}, (CHANCE,)),
    "MeanRelativeError": ({"normalizer": [1.0, 2, 3, 4]}, VECTORS),
    "Accuracy": ({}, (LABELS, LABELS.float())),
    "BinaryAccuracy": ({}, BINARY),
    "CategoricalAccuracy": ({}, VECTORS),
    "SparseCategoricalAccuracy": ({}, CLASSES),
    "TopKCategoricalAccuracy": ({"k": 2}, VECTORS),
    "SparseTopKCategoricalAccuracy": ({"k": 2}, CLASSES),
    "TruePositives": ({}, BINARY),
    "TrueNegatives": ({"thresholds": [0.0, 0.5, 1.0]}, BINARY),
    "FalsePositives": ({"thresholds": [0.1, 0.6]}, BINARY),
    "FalseNegatives": ({}, BINARY),
    "Precision": ({}, BINARY),
    "Recall": ({"top_k": 2}, VECTORS),
    "PrecisionAtRecall": ({"recall": 0.5}, BINARY),
    "RecallAtPrecision": ({"precision": 0.5}, BINARY),
    "SensitivityAtSpecificity": ({"specificity": 0.5}, BINARY),
    "SpecificityAtSensitivity": ({"sensitivity": 0.5}, BINARY),
    "AUC": ({}, BINARY),
    "F1Score": ({}, VECTORS),
    "FBetaScore": ({"beta": 2.0}, VECTORS),
    "IoU": ({"num_classes": 4, "target_class_ids": [1]}, (LABELS, LABELS)),
    "MeanIoU": ({"num_classes": 4, "ignore_class": 3}, (LABELS, LABELS)),
    "BinaryIoU": ({}, BINARY),
    "OneHotIoU": ({"num_classes": 4, "target_class_ids": [1]}, VECTORS),
    "OneHotMeanIoU": ({"num_classes": 4}, VECTORS),
    "MeanSquaredError": ({}, VECTORS),
    "RootMeanSquaredError": ({}, VECTORS),
    "MeanAbsoluteError": ({}, VECTORS),
    "MeanAbsolutePercentageError": ({}, VECTORS),
    "MeanSquaredLogarithmicError": ({}, VECTORS),
    "CosineSimilarity": ({}, VECTORS),
    "LogCoshError": ({}, VECTORS),
    "R2Score": ({}, VECTORS),
    "Hinge": ({}, VECTORS),
    "SquaredHinge": ({}, VECTORS),
    "CategoricalHinge": ({}, VECTORS),
    "BinaryCrossentropy": ({}, VECTORS),
    "CategoricalCrossentropy": ({}, VECTORS),
    "SparseCategoricalCrossentropy": ({}, CLASSES),
    "KLDivergence": ({}, VECTORS),
    "Poisson": ({}, VECTORS),
    "PearsonCorrelation": ({}, VECTORS),
    "ConcordanceCorrelation": ({}, VECTORS),
}
WEIGHTS = torch.tensor([0.5, 1.0, 2.0, 0.0, 1.0, 0.3])


def made(name):
    settings, given = ALL[name]
    return getattr(metrics, name)(**settings), given


def results(name, *updates):
    metric, _ = made(name)
    for given, weight in updates:
        metric.update_state(*given, **({} if weight is None else {"sample_weight": weight}))
    return metric.result()


def test_every_metric_is_here():
    classes = {key for key in metrics.__all__ if isinstance(getattr(metrics, key), type)}
    assert set(ALL) == classes - {"Metric", "MeanMetricWrapper", "TorchMetric"}


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_read_back(name, monkeypatch):
    monkeypatch.setattr(histogram, "may_look", lambda tensor: False)  # as on a GPU
    monkeypatch.setattr(iou, "may_look", lambda tensor: False)
    metric, given = made(name)
    metric.update_state(*given)
    with OpsSeen(forbid_sync=True):
        metric.update_state(*given)
        metric.update_state(*given, sample_weight=WEIGHTS)
        found = metric.result()
        metric.reset_state()
    monkeypatch.undo()
    torch.testing.assert_close(found, results(name, (given, None), (given, None), (given, WEIGHTS)))


@pytest.mark.parametrize("name", ALL)
def test_updates_compile_in_one_graph(name):
    torch._dynamo.reset()
    compiled = CompileCounter()
    metric, given = made(name)
    metric.update_state(*given)  # some make their state at the first update

    @torch.compile(fullgraph=True, backend=compiled)
    def step(*data):
        metric.update_state(*data)

    step(*given)
    step(*given)
    assert compiled.frame_count == 1
    torch.testing.assert_close(metric.result(), results(name, *[(given, None)] * 3))


@pytest.mark.parametrize("name", ALL)
def test_lists_arrays_and_variables_are_as_good_as_tensors(name):
    _, given = made(name)
    wanted = results(name, (given, WEIGHTS))
    lists = [data.tolist() for data in given]
    arrays = [data.numpy().astype("float64") if data.is_floating_point() else data.numpy() for data in given]
    for array in arrays:
        array.flags.writeable = False
    torch.testing.assert_close(results(name, (lists, WEIGHTS.tolist())), wanted)
    torch.testing.assert_close(results(name, (arrays, WEIGHTS.double().numpy())), wanted)
    torch.testing.assert_close(results(name, ([Variable(data) for data in given], Variable(WEIGHTS))), wanted)
    torch.testing.assert_close(results(name, ([list(data) for data in given], WEIGHTS)), wanted)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("name", ALL)
def test_predictions_of_other_types(name, dtype):
    _, given = made(name)
    cast = [data.to(dtype) if data.is_floating_point() else data for data in given]
    found = results(name, (cast, None))
    assert found.dtype is torch.float32
    torch.testing.assert_close(found, results(name, (given, None)), rtol=0.03, atol=0.03)


@pytest.mark.parametrize("name", ALL)
def test_config_round_trip(name):
    metric, given = made(name)
    saved = metrics.serialize(metric)
    assert (saved["module"], saved["class_name"]) == ("keras.metrics", name)
    again = metrics.deserialize(saved)
    assert type(again) is type(metric)
    assert again.get_config() == metric.get_config()
    assert metrics.get({"class_name": name, "config": metric.get_config()}).get_config() == metric.get_config()
    metric.update_state(*given)
    again.update_state(*given)
    torch.testing.assert_close(again.result(), metric.result())


@pytest.mark.parametrize("name", ALL)
def test_results_are_snapshots(name):
    metric, given = made(name)
    metric.update_state(*given)
    result = metric.result()
    kept = result.clone()
    metric.update_state(given[0], *[1 - data if data.is_floating_point() else data for data in given[1:]])
    torch.testing.assert_close(result, kept, equal_nan=True)


@pytest.mark.parametrize("name", ["AUC", "RecallAtPrecision", "MeanIoU", "SparseTopKCategoricalAccuracy", "Precision"])
def test_nan_predictions_do_no_harm(name):
    metric, given = made(name)
    metric.update_state(given[0], torch.full_like(given[1].float(), float("nan")) if name != "MeanIoU" else given[1])
    metric.update_state(*given)
    assert torch.isfinite(metric.result())


def test_nan_predictions_are_never_among_the_best():
    metric = metrics.SparseTopKCategoricalAccuracy(k=2)
    metric.update_state(LABELS, torch.full((6, 4), float("nan")))
    assert metric.result() == 0.0


def test_weights_that_do_not_fit_are_an_error():
    for metric, given in (made("Mean"), made("MeanSquaredError"), made("Precision")):
        with pytest.raises(ValueError, match=r"`sample_weight` of shape \(5, 3\) does not fit values of shape"):
            metric.update_state(*given, sample_weight=np.ones((5, 3)))


def test_a_scalar_counts_once_for_each_weight():
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: (y_true - y_pred).abs().mean())
    metric.update_state(TRUTH, CHANCE, sample_weight=WEIGHTS)
    assert float(metric.count) == pytest.approx(float(WEIGHTS.sum()))
    assert metric.result() == pytest.approx(float((TRUTH - CHANCE).abs().mean()))


def test_functions_may_return_numbers_but_no_dicts():
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: 0.25)
    metric.update_state(TRUTH, CHANCE)
    assert metric.result() == 0.25
    metric = metrics.MeanMetricWrapper(lambda y_true, y_pred: {"a": y_true})
    with pytest.raises(RuntimeError, match="can only be a single Tensor.*implement a custom Metric subclass"):
        metric.update_state(TRUTH, CHANCE)


def test_functions_get_both_arguments_in_the_dtype_of_the_metric():
    seen = []

    def function(y_true, y_pred, scale):
        seen.append((y_true.dtype, y_pred.dtype))
        return scale * (y_true - y_pred)

    metric = metrics.MeanMetricWrapper(function, name="own", dtype="float64", scale=2.0)
    metric.update_state(LABELS, LABELS - 1)
    assert seen == [(torch.float64, torch.float64)]
    assert metric.result() == 2.0


def test_what_is_no_number_is_an_error():
    with pytest.raises(TypeError, match="A metric takes numbers.*Received a value of type list"):
        metrics.Mean().update_state(["a"])
    with pytest.raises(ValueError, match=r"Shapes \(6,\) and \(4,\) are incompatible"):
        metrics.Accuracy().update_state(LABELS, LABELS[:4])
    with pytest.raises(ValueError, match=r"takes class numbers.*y_true.shape=\(6, 4\).*use categorical accuracy"):
        metrics.SparseCategoricalAccuracy().update_state(ONE_HOT, SHARES)
    with pytest.raises(ValueError, match=r"Shapes \(6, 4\) and \(6,\) are incompatible"):
        metrics.Precision().update_state(TRUTH, SHARES)
