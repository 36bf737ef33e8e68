"""Losses: what training makes small. Functions give a loss per sample, classes weight and reduce it."""

from __future__ import annotations

from torchkeras.core.registry import Family
from torchkeras.losses.binary_crossentropy import (
    BinaryCrossentropy,
    BinaryFocalCrossentropy,
    binary_crossentropy,
    binary_focal_crossentropy,
)
from torchkeras.losses.categorical_crossentropy import (
    CategoricalCrossentropy,
    CategoricalFocalCrossentropy,
    categorical_crossentropy,
    categorical_focal_crossentropy,
)
from torchkeras.losses.circle import Circle, circle
from torchkeras.losses.convert import as_loss
from torchkeras.losses.cosine import CosineSimilarity, cosine_similarity
from torchkeras.losses.ctc import CTC, ctc
from torchkeras.losses.divergence import KLDivergence, Poisson, kl_divergence, poisson
from torchkeras.losses.generalized_crossentropy import (
    CategoricalGeneralizedCrossEntropy,
    categorical_generalized_cross_entropy,
)
from torchkeras.losses.hinge import CategoricalHinge, Hinge, SquaredHinge, categorical_hinge, hinge, squared_hinge
from torchkeras.losses.inputs import match_dtype_and_rank
from torchkeras.losses.labels import check_labels
from torchkeras.losses.loss import Loss
from torchkeras.losses.overlap import Dice, Tversky, dice, tversky
from torchkeras.losses.reduction import Reduction
from torchkeras.losses.regression import (
    MeanAbsoluteError,
    MeanAbsolutePercentageError,
    MeanSquaredError,
    MeanSquaredLogarithmicError,
    mean_absolute_error,
    mean_absolute_percentage_error,
    mean_squared_error,
    mean_squared_logarithmic_error,
)
from torchkeras.losses.robust import Huber, LogCosh, huber, log_cosh
from torchkeras.losses.sparse_categorical_crossentropy import (
    SparseCategoricalCrossentropy,
    sparse_categorical_crossentropy,
)
from torchkeras.losses.torch_loss import TorchLoss
from torchkeras.losses.wrapper import LossFunctionWrapper

mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
huber_loss = huber
cosine_proximity = cosine = cosine_similarity  # before Keras 2.4

_CLASSES: tuple[type[Loss], ...] = (
    Loss, LossFunctionWrapper,
    MeanSquaredError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredLogarithmicError,
    BinaryCrossentropy, BinaryFocalCrossentropy, CategoricalCrossentropy, CategoricalFocalCrossentropy,
    SparseCategoricalCrossentropy, CategoricalGeneralizedCrossEntropy,
    Hinge, SquaredHinge, CategoricalHinge, Huber, LogCosh, Poisson, KLDivergence, CosineSimilarity,
    Dice, Tversky, Circle, CTC,
)  # fmt: skip

FAMILY = Family(
    "loss function",
    "keras.losses",
    {loss.__name__: loss for loss in _CLASSES}
    | {
        "mean_squared_error": mean_squared_error, "mse": mse, "MSE": MSE,
        "mean_absolute_error": mean_absolute_error, "mae": mae, "MAE": MAE,
        "mean_absolute_percentage_error": mean_absolute_percentage_error, "mape": mape, "MAPE": MAPE,
        "mean_squared_logarithmic_error": mean_squared_logarithmic_error, "msle": msle, "MSLE": MSLE,
        "binary_crossentropy": binary_crossentropy, "bce": bce, "BCE": BCE,
        "binary_focal_crossentropy": binary_focal_crossentropy,
        "categorical_crossentropy": categorical_crossentropy,
        "categorical_focal_crossentropy": categorical_focal_crossentropy,
        "sparse_categorical_crossentropy": sparse_categorical_crossentropy,
        "categorical_generalized_cross_entropy": categorical_generalized_cross_entropy,
        "hinge": hinge, "squared_hinge": squared_hinge, "categorical_hinge": categorical_hinge,
        "huber": huber, "huber_loss": huber_loss, "log_cosh": log_cosh, "logcosh": logcosh, "poisson": poisson,
        "kl_divergence": kl_divergence, "kullback_leibler_divergence": kullback_leibler_divergence,
        "kld": kld, "KLD": KLD,
        "cosine_similarity": cosine_similarity, "cosine_proximity": cosine_proximity, "cosine": cosine,
        "dice": dice, "tversky": tversky, "circle": circle, "ctc": ctc,
    },
)  # fmt: skip
get = FAMILY.get
serialize = FAMILY.serialize
deserialize = FAMILY.deserialize

__all__ = [
    "FAMILY",
    "Loss", "LossFunctionWrapper", "Reduction", "TorchLoss",
    "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
    "BinaryCrossentropy", "BinaryFocalCrossentropy", "CategoricalCrossentropy", "CategoricalFocalCrossentropy",
    "SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy",
    "Hinge", "SquaredHinge", "CategoricalHinge", "Huber", "LogCosh", "Poisson", "KLDivergence", "CosineSimilarity",
    "Dice", "Tversky", "Circle", "CTC",
    "mean_squared_error", "mse", "MSE", "mean_absolute_error", "mae", "MAE",
    "mean_absolute_percentage_error", "mape", "MAPE", "mean_squared_logarithmic_error", "msle", "MSLE",
    "binary_crossentropy", "bce", "BCE", "binary_focal_crossentropy",
    "categorical_crossentropy", "categorical_focal_crossentropy", "sparse_categorical_crossentropy",
    "categorical_generalized_cross_entropy", "hinge", "squared_hinge", "categorical_hinge",
    "huber", "huber_loss", "log_cosh", "logcosh", "poisson",
    "kl_divergence", "kullback_leibler_divergence", "kld", "KLD",
    "cosine_similarity", "cosine_proximity", "cosine", "dice", "tversky", "circle", "ctc",
    "as_loss", "check_labels", "match_dtype_and_rank",
    "get", "serialize", "deserialize",
]  # fmt: skip
