"""How variables of several replicas behave; accepted by tf.Variable."""

from __future__ import annotations

from enum import Enum


class VariableSynchronization(Enum):
    """When a variable's copies are put together."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(Enum):
    """How a variable's copies are put together."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3


class AggregationMethod:
    """How gradients of several uses are added; accepted where TensorFlow takes it."""

    ADD_N = 0
    DEFAULT = 0
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


__all__ = ["AggregationMethod", "VariableAggregation", "VariableSynchronization"]
