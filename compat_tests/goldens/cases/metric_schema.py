"""What a case of a metric is: plain data, and the kinds of data that most of them are called on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: How values are drawn (a name of `metric_arrays.KINDS`), and their shape without the batch axis.
Data = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class MetricCase:
    """A metric and the updates it gets; its result is recorded after each.

    Args:
        name: Unique; starts with the class name.
        metric: A class in `keras.metrics`.
        config: Constructor arguments.
        data: What each update is called with: y_true and y_pred, or values alone.
        steps: One word per update: "plain" for no weights, a name of `metric_arrays.WEIGHTS`, or "reset".
        source: "tf_keras", or "keras3" for what only that has.
        given_as: "tensors", "arrays" or "lists".
    """

    name: str
    metric: str
    config: dict[str, Any]
    data: tuple[Data, ...]
    steps: tuple[str, ...]
    source: str = "tf_keras"
    given_as: str = "tensors"


@dataclass(frozen=True)
class MetricFunctionCase:
    """A function of `keras.metrics` and its arguments."""

    name: str
    function: str
    data: tuple[Data, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)
    source: str = "tf_keras"


@dataclass(frozen=True)
class ReportCase:
    """What `evaluate` reports for an entry of `compile(metrics=[...])`.

    Args:
        name: Unique.
        identifier: A string, or the name of an object that `metric_arrays.OWN` makes of a Keras-like namespace.
        data: y_true and y_pred.
        weighted: Whether it is given as a weighted metric, with a weight per sample.
    """

    name: str
    identifier: str
    data: tuple[Data, ...]
    weighted: bool = False


PLAIN = ("plain", "plain", "reset", "plain")
MIXED = ("plain", "sample", "reset", "sample", "plain")
WEIGHTED = ("sample", "column", "scalar")
EACH = ("full", "reset", "full", "scalar")

CLASSES: tuple[Data, Data] = (("labels", ()), ("shares", (4,)))
CLASSES_COLUMN: tuple[Data, Data] = (("labels", (1,)), ("shares", (4,)))
ONE_HOT: tuple[Data, Data] = (("one_hot", (4,)), ("shares", (4,)))
BINARY: tuple[Data, Data] = (("binary", ()), ("grid", ()))
BINARY_COLUMN: tuple[Data, Data] = (("binary", (1,)), ("grid", (1,)))
BINARY_MATRIX: tuple[Data, Data] = (("binary", (3,)), ("grid", (3,)))
VALUES: tuple[Data, Data] = (("normal", (3,)), ("normal", (3,)))


def case(metric: str, label: str, data: Any, steps: Any = PLAIN, config: Any = None, **options: Any) -> MetricCase:
    """Make one MetricCase named `metric-label`."""
    return MetricCase(f"{metric}-{label}", metric, dict(config or {}), data, steps, **options)


def table(
    metric: str, data: Any, rows: dict[str, dict[str, Any]], steps: Any = MIXED, **options: Any
) -> list[MetricCase]:
    """Make one case per row of {label: constructor arguments}, all called alike."""
    return [case(metric, label, data, steps, config, **options) for label, config in rows.items()]
