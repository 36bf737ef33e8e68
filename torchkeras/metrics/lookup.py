"""Whatever `compile` takes as a metric, as a Metric with the name it is reported under."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

from torch import nn

from torchkeras import losses
from torchkeras.core.naming import to_snake_case
from torchkeras.core.registry import FAMILIES
from torchkeras.metrics import matching, top_k
from torchkeras.metrics.metric import Metric
from torchkeras.metrics.probabilistic import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from torchkeras.metrics.reduction import MeanMetricWrapper
from torchkeras.metrics.torch_metric import TorchMetric, is_torch_metric

_ACCURACY: dict[str, Any] = {
    "binary": matching.BinaryAccuracy,
    "categorical": matching.CategoricalAccuracy,
    "sparse": matching.SparseCategoricalAccuracy,
}
_CROSSENTROPY: dict[str, Any] = {
    "binary": BinaryCrossentropy,
    "categorical": CategoricalCrossentropy,
    "sparse": SparseCategoricalCrossentropy,
}
#: The short names whose meaning depends on the data.
_BY_TASK = {"accuracy": _ACCURACY, "acc": _ACCURACY, "crossentropy": _CROSSENTROPY, "ce": _CROSSENTROPY}

#: Functions whose class gives the same figure in fewer kernels.
_CLASSES: dict[Any, Any] = {
    matching.binary_accuracy: matching.BinaryAccuracy,
    matching.categorical_accuracy: matching.CategoricalAccuracy,
    matching.sparse_categorical_accuracy: matching.SparseCategoricalAccuracy,
    top_k.top_k_categorical_accuracy: top_k.TopKCategoricalAccuracy,
    top_k.sparse_top_k_categorical_accuracy: top_k.SparseTopKCategoricalAccuracy,
}


def resolve(
    identifier: Any,
    y_true_shape: Sequence[int] | None = None,
    y_pred_shape: Sequence[int] | None = None,
    loss: Any = None,
) -> Any:
    """The Metric for what `compile(metrics=[...])` was given; None stays None, a Metric itself.

    'accuracy' (or 'acc') and 'crossentropy' (or 'ce') become the binary, categorical or sparse categorical one.

    Args:
        identifier: a name, a function of (y_true, y_pred), a class, a Metric, a loss, a config, or a metric of torch.
        y_true_shape: of the labels, with which 'accuracy' is told apart.
        y_pred_shape: of the predictions.
        loss: the loss of the output; tells in place of the shapes where these are not known.
    """
    if identifier is None or isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str) and identifier.lower() in _BY_TASK:
        return _BY_TASK[identifier.lower()][_task(y_true_shape, y_pred_shape, loss)](name=identifier)
    found = FAMILIES["keras.metrics"].get(identifier)
    if isinstance(found, Metric):
        if isinstance(identifier, str) and identifier != type(found).__name__:
            found.name = identifier  # Keras 3's names of classes, 'auc'
        return found
    if is_torch_metric(found):
        return TorchMetric(found)
    if not callable(found):
        raise ValueError(f"Metric should be a callable, received: {identifier}")
    name = identifier if isinstance(identifier, str) else _name(found)
    if isinstance(found, nn.Module) or getattr(found, "__module__", None) == "torch.nn.functional":
        found = losses.as_loss(found)  # which knows torch's order of arguments
    own = _CLASSES.get(found) if inspect.isfunction(found) else None
    return MeanMetricWrapper(found, name) if own is None else own(name=name)


def _task(y_true_shape: Sequence[int] | None, y_pred_shape: Sequence[int] | None, loss: Any) -> str:
    """'binary', 'categorical' or 'sparse', by the rules of tf.keras."""
    if y_true_shape is None or y_pred_shape is None:
        name = (loss if isinstance(loss, str) else _name(loss)).lower()
        return "sparse" if "sparse" in name else "categorical" if "categorical" in name else "binary"
    if tuple(y_pred_shape[-1:]) in ((), (1,)):
        return "binary"
    one_number = tuple(y_true_shape[-1:]) == (1,)
    return "sparse" if len(y_true_shape) < len(y_pred_shape) or one_number else "categorical"


def _name(function: Any) -> str:
    for attribute in ("name", "__name__"):
        found = getattr(function, attribute, None)
        if isinstance(found, str):
            return found
    return to_snake_case(type(function).__name__)
