"""Metrics: figures that are gathered batch by batch, on the device the data is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torchkeras.core.naming import to_snake_case
from torchkeras.core.registry import Family
from torchkeras.losses import (
    binary_crossentropy,
    binary_focal_crossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
    categorical_hinge,
    hinge,
    huber,
    kl_divergence,
    log_cosh,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
    poisson,
    sparse_categorical_crossentropy,
    squared_hinge,
)
from torchkeras.metrics import experimental
from torchkeras.metrics.auc import AUC
from torchkeras.metrics.confusion_counts import FalseNegatives, FalsePositives, TrueNegatives, TruePositives
from torchkeras.metrics.correlation import (
    ConcordanceCorrelation,
    PearsonCorrelation,
    concordance_correlation,
    pearson_correlation,
)
from torchkeras.metrics.f_score import F1Score, FBetaScore
from torchkeras.metrics.iou import BinaryIoU, IoU, MeanIoU, OneHotIoU, OneHotMeanIoU
from torchkeras.metrics.lookup import resolve
from torchkeras.metrics.margins import CategoricalHinge, Hinge, SquaredHinge
from torchkeras.metrics.matching import (
    Accuracy,
    BinaryAccuracy,
    CategoricalAccuracy,
    SparseCategoricalAccuracy,
    accuracy,
    binary_accuracy,
    categorical_accuracy,
    sparse_categorical_accuracy,
)
from torchkeras.metrics.mean_tensor import MeanTensor
from torchkeras.metrics.metric import Metric
from torchkeras.metrics.precision_recall import Precision, Recall
from torchkeras.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    KLDivergence,
    Poisson,
    SparseCategoricalCrossentropy,
)
from torchkeras.metrics.r2_score import R2Score
from torchkeras.metrics.reduction import Mean, MeanMetricWrapper, Sum
from torchkeras.metrics.regression import (
    CosineSimilarity,
    LogCoshError,
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanRelativeError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    RootMeanSquaredError,
    cosine_similarity,
)
from torchkeras.metrics.top_k import (
    SparseTopKCategoricalAccuracy,
    TopKCategoricalAccuracy,
    sparse_top_k_categorical_accuracy,
    top_k_categorical_accuracy,
)
from torchkeras.metrics.torch_metric import TorchMetric
from torchkeras.metrics.trade_off import (
    PrecisionAtRecall,
    RecallAtPrecision,
    SensitivityAtSpecificity,
    SpecificityAtSensitivity,
)

acc = ACC = accuracy
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
cosine_proximity = cosine_similarity

_CLASSES: tuple[type[Metric], ...] = (
    Metric, Mean, Sum, MeanMetricWrapper, MeanTensor, MeanRelativeError,
    Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy, TopKCategoricalAccuracy,
    SparseTopKCategoricalAccuracy,
    TruePositives, TrueNegatives, FalsePositives, FalseNegatives, Precision, Recall,
    PrecisionAtRecall, RecallAtPrecision, SensitivityAtSpecificity, SpecificityAtSensitivity, AUC,
    F1Score, FBetaScore, IoU, MeanIoU, BinaryIoU, OneHotIoU, OneHotMeanIoU,
    MeanSquaredError, RootMeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError,
    MeanSquaredLogarithmicError, CosineSimilarity, LogCoshError, R2Score,
    Hinge, SquaredHinge, CategoricalHinge,
    BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy, KLDivergence, Poisson,
    PearsonCorrelation, ConcordanceCorrelation,
)  # fmt: skip

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "accuracy": accuracy, "acc": acc, "ACC": ACC,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
    "mean_squared_error": mean_squared_error, "mse": mse, "MSE": MSE,
    "mean_absolute_error": mean_absolute_error, "mae": mae, "MAE": MAE,
    "mean_absolute_percentage_error": mean_absolute_percentage_error, "mape": mape, "MAPE": MAPE,
    "mean_squared_logarithmic_error": mean_squared_logarithmic_error, "msle": msle, "MSLE": MSLE,
    "cosine_similarity": cosine_similarity, "cosine_proximity": cosine_proximity,
    "log_cosh": log_cosh, "logcosh": logcosh, "huber": huber,
    "hinge": hinge, "squared_hinge": squared_hinge, "categorical_hinge": categorical_hinge,
    "binary_crossentropy": binary_crossentropy, "bce": bce, "BCE": BCE,
    "binary_focal_crossentropy": binary_focal_crossentropy,
    "categorical_crossentropy": categorical_crossentropy,
    "categorical_focal_crossentropy": categorical_focal_crossentropy,
    "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
    "kl_divergence": kl_divergence, "kullback_leibler_divergence": kullback_leibler_divergence,
    "kld": kld, "KLD": KLD, "poisson": poisson,
    "pearson_correlation": pearson_correlation, "concordance_correlation": concordance_correlation,
}  # fmt: skip

FAMILY = Family(
    "metric function",
    "keras.metrics",
    {metric.__name__: metric for metric in _CLASSES}
    | {to_snake_case(metric.__name__): metric for metric in _CLASSES}  # as Keras 3 takes them
    | _FUNCTIONS,
)
get = FAMILY.get
serialize = FAMILY.serialize
deserialize = FAMILY.deserialize

__all__ = [
    "FAMILY",
    "Metric", "Mean", "Sum", "MeanMetricWrapper", "MeanTensor", "MeanRelativeError",
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "SparseCategoricalAccuracy", "TopKCategoricalAccuracy",
    "SparseTopKCategoricalAccuracy",
    "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall",
    "PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity", "SpecificityAtSensitivity", "AUC",
    "F1Score", "FBetaScore", "IoU", "MeanIoU", "BinaryIoU", "OneHotIoU", "OneHotMeanIoU",
    "MeanSquaredError", "RootMeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError", "CosineSimilarity", "LogCoshError", "R2Score",
    "Hinge", "SquaredHinge", "CategoricalHinge",
    "BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "KLDivergence", "Poisson",
    "PearsonCorrelation", "ConcordanceCorrelation", "TorchMetric", "experimental",
    "accuracy", "acc", "ACC", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy",
    "top_k_categorical_accuracy", "sparse_top_k_categorical_accuracy",
    "mean_squared_error", "mse", "MSE", "mean_absolute_error", "mae", "MAE",
    "mean_absolute_percentage_error", "mape", "MAPE", "mean_squared_logarithmic_error", "msle", "MSLE",
    "cosine_similarity", "cosine_proximity", "log_cosh", "logcosh", "huber",
    "hinge", "squared_hinge", "categorical_hinge",
    "binary_crossentropy", "bce", "BCE", "binary_focal_crossentropy",
    "categorical_crossentropy", "categorical_focal_crossentropy", "sparse_categorical_crossentropy",
    "kl_divergence", "kullback_leibler_divergence", "kld", "KLD", "poisson",
    "pearson_correlation", "concordance_correlation",
    "get", "resolve", "serialize", "deserialize",
]  # fmt: skip
