"""Names, saved forms, and what `compile` makes of an entry of `metrics=[...]`."""

import functools
import json
import types

import pytest
import torch
from torch import nn

from torchkeras import losses, metrics
from torchkeras.core.registry import FAMILIES, custom_object_scope

#: The names of keras.metrics in tf_keras 2.21 and Keras 3.15.
PUBLIC = """
AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge
ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU KLD KLDivergence
LogCoshError MAE MAPE MSE MSLE Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper
MeanRelativeError MeanSquaredError MeanSquaredLogarithmicError MeanTensor Metric OneHotIoU OneHotMeanIoU
PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy
SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives binary_accuracy
binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy
categorical_focal_crossentropy categorical_hinge concordance_correlation deserialize experimental get hinge huber
kl_divergence kld kullback_leibler_divergence log_cosh logcosh mae mape mean_absolute_error
mean_absolute_percentage_error mean_squared_error mean_squared_logarithmic_error mse msle pearson_correlation poisson
serialize sparse_categorical_accuracy sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge
top_k_categorical_accuracy
""".split()

#: What else tf_keras finds by name.
FOUND = "acc ACC accuracy bce BCE cosine_proximity cosine_similarity".split()


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names(name):
    assert hasattr(metrics, name)
    assert name in metrics.__all__


@pytest.mark.parametrize(
    "name",
    [name for name in PUBLIC if name[0].islower() and name not in ("get", "serialize", "deserialize", "experimental")]
    + FOUND,
)
def test_functions_are_found_by_name(name):
    function = metrics.get(name)
    assert function is getattr(metrics, name)
    assert metrics.get(metrics.serialize(function)) is function


def test_aliases_are_the_same_function():
    assert metrics.mse is metrics.MSE is metrics.mean_squared_error is losses.mean_squared_error
    assert metrics.kld is metrics.KLD is metrics.kullback_leibler_divergence
    assert metrics.acc is metrics.accuracy
    # The metric rises with likeness, the loss falls.
    assert metrics.cosine_similarity is not losses.cosine_similarity
    assert metrics.cosine_similarity([[1.0, 0]], [[2.0, 0]]).tolist() == [1.0]


@pytest.mark.parametrize(("name", "kind"), [("AUC", "AUC"), ("auc", "AUC"), ("r2_score", "R2Score"), ("mean", "Mean")])
def test_names_of_classes_make_instances(name, kind):
    assert type(metrics.get(name)) is getattr(metrics, kind)


def test_what_get_leaves_alone():
    assert metrics.get(None) is None
    assert metrics.get(torch.dist) is torch.dist
    metric = metrics.Mean()
    assert metrics.get(metric) is metric
    assert type(metrics.get(metrics.AUC)) is metrics.AUC


def test_unknown_names():
    with pytest.raises(ValueError, match="Unknown metric function: 'presicion'. Did you mean 'precision'?"):
        metrics.get("presicion")
    with pytest.raises(
        ValueError, match="Unknown metric function: 'mean_square_error'. Did you mean 'mean_squared_error'"
    ):
        metrics.resolve("mean_square_error", (4, 1), (4, 1))
    with pytest.raises(ValueError, match="Could not interpret the metric function 3"):
        metrics.get(3)


def test_wrapped_functions_are_saved():
    metric = metrics.MeanMetricWrapper(metrics.mean_squared_error, name="squares")
    saved = json.loads(json.dumps(metrics.serialize(metric)))
    assert saved["config"] == {"name": "squares", "dtype": "float32", "fn": "mean_squared_error"}
    assert metrics.deserialize(saved)._fn is metrics.mean_squared_error

    def own(y_true, y_pred, factor):
        return factor * (y_pred - y_true)

    saved = json.loads(json.dumps(metrics.serialize(metrics.MeanMetricWrapper(own, factor=3.0))))
    with custom_object_scope({"own": own}):
        made = metrics.deserialize(saved)
    assert made([1.0], [2.0]) == 3.0


def test_own_classes_are_saved():
    class Share(metrics.Mean):
        def __init__(self, name="share", part=0.5, **kwargs):
            super().__init__(name=name, **kwargs)
            self.part = part

        def get_config(self):
            return super().get_config() | {"part": self.part}

    saved = json.loads(json.dumps(metrics.serialize(Share(part=0.25))))
    with custom_object_scope({"Share": Share}):
        made = metrics.deserialize(saved)
    assert (type(made), made.part, made.name) == (Share, 0.25, "share")


def test_the_family_is_registered():
    assert FAMILIES["keras.metrics"] is metrics.FAMILY
    assert metrics.FAMILY.names[metrics.Mean] == "Mean"


# --- resolve ---

BY_SHAPE = [
    ((8, 1), (8, 1), "Binary"),
    ((8,), (8, 1), "Binary"),
    ((8, 5, 1), (8, 5, 1), "Binary"),
    ((8,), (8, 3), "SparseCategorical"),
    ((8, 1), (8, 3), "SparseCategorical"),
    ((8, 5), (8, 5, 3), "SparseCategorical"),
    ((8, 3), (8, 3), "Categorical"),
    ((8, 5, 3), (8, 5, 3), "Categorical"),
]


@pytest.mark.parametrize(("y_true", "y_pred", "kind"), BY_SHAPE)
def test_short_names_depend_on_shapes(y_true, y_pred, kind):
    for name in ("accuracy", "acc", "Accuracy"):
        made = metrics.resolve(name, y_true, torch.Size(y_pred))
        assert type(made) is getattr(metrics, f"{kind}Accuracy")
        assert made.name == name
    for name in ("crossentropy", "ce"):
        made = metrics.resolve(name, y_true, y_pred)
        assert type(made) is getattr(metrics, f"{kind}Crossentropy")
        assert made.name == name


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        ("binary_crossentropy", "Binary"),
        ("sparse_categorical_crossentropy", "SparseCategorical"),
        (losses.CategoricalCrossentropy(), "Categorical"),
        (losses.sparse_categorical_crossentropy, "SparseCategorical"),
        ("mse", "Binary"),
    ],
)
def test_where_shapes_are_unknown_the_loss_tells(loss, kind):
    assert type(metrics.resolve("accuracy", loss=loss)) is getattr(metrics, f"{kind}Accuracy")


def own_function(y_true, y_pred):
    return y_true - y_pred


class Callable:
    def __call__(self, y_true, y_pred):
        return y_true - y_pred


class Named(Callable):
    name = "given"


@pytest.mark.parametrize(
    ("identifier", "kind", "name"),
    [
        ("mse", metrics.MeanMetricWrapper, "mse"),
        ("MeanSquaredError", metrics.MeanSquaredError, "mean_squared_error"),
        ("AUC", metrics.AUC, "auc"),
        ("f1_score", metrics.F1Score, "f1_score"),
        ("root_mean_squared_error", metrics.RootMeanSquaredError, "root_mean_squared_error"),
        ("log_cosh_error", metrics.LogCoshError, "log_cosh_error"),
        ("sparse_categorical_accuracy", metrics.SparseCategoricalAccuracy, "sparse_categorical_accuracy"),
        (metrics.binary_accuracy, metrics.BinaryAccuracy, "binary_accuracy"),
        (metrics.accuracy, metrics.MeanMetricWrapper, "accuracy"),
        (metrics.Recall, metrics.Recall, "recall"),
        ({"class_name": "Precision", "config": {"name": "p", "top_k": 2}}, metrics.Precision, "p"),
        (own_function, metrics.MeanMetricWrapper, "own_function"),
        (lambda y_true, y_pred: y_pred, metrics.MeanMetricWrapper, "<lambda>"),
        (functools.partial(own_function), metrics.MeanMetricWrapper, "partial"),
        (Callable(), metrics.MeanMetricWrapper, "callable"),
        (Named(), metrics.MeanMetricWrapper, "given"),
        (losses.MeanAbsoluteError(), metrics.MeanMetricWrapper, "mean_absolute_error"),
        (nn.L1Loss(), metrics.MeanMetricWrapper, "l1_loss"),
        (nn.functional.l1_loss, metrics.MeanMetricWrapper, "l1_loss"),
    ],
)
def test_resolved_metrics_and_their_names(identifier, kind, name):
    made = metrics.resolve(identifier, (4, 2), (4, 2))
    assert type(made) is kind
    assert made.name == name


def test_metrics_and_none_stay():
    metric = metrics.Mean(name="mine")
    assert metrics.resolve(metric, (4, 1), (4, 1)) is metric
    assert metrics.resolve(None, (4, 1), (4, 1)) is None


def test_losses_of_torch_get_predictions_first():
    made = metrics.resolve(nn.CrossEntropyLoss(), (3,), (3, 4))
    scores, labels = torch.randn(3, 4), torch.tensor([0, 3, 1])
    made.update_state(labels, scores)
    assert made.result() == pytest.approx(nn.functional.cross_entropy(scores, labels).item())


def test_what_is_not_callable_is_no_metric():
    with pytest.raises(ValueError, match="Could not interpret the metric function"):
        metrics.resolve(types.SimpleNamespace(update=1), (4,), (4,))
