"""tf.types.experimental: types for annotations, and TraceType for classes that say when calls are alike."""

from __future__ import annotations

import abc
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow.distribute.strategy import DistributedValues
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tracing import ConcreteFunction, Function
from torchkeras.tensorflow.tracing.function import Function as GenericFunction

TensorLike = Tensor | torch.Tensor | int | float | bool | str | bytes | complex | tuple | list | np.ndarray | np.generic
PolymorphicFunction = Function
Callable = Function
AtomicFunction = ConcreteFunction


class TraceType(abc.ABC):
    """What an argument of a tf.function is like. A class says so in `__tf_tracing_type__(context)`."""

    @abc.abstractmethod
    def is_subtype_of(self, other: TraceType) -> bool:
        """Whether values of this type are of the other too."""

    @abc.abstractmethod
    def most_specific_common_supertype(self, others: Any) -> TraceType | None:
        """The narrowest type that this and the others are of."""

    @abc.abstractmethod
    def placeholder_value(self, placeholder_context: Any = None) -> Any:
        """A value that stands for the type."""

    @abc.abstractmethod
    def __eq__(self, other: object) -> bool: ...

    @abc.abstractmethod
    def __hash__(self) -> int: ...

    def cast(self, value: Any, cast_context: Any = None) -> Any:
        """The value."""
        return value

    def to_tensors(self, value: Any) -> list[Any]:
        """The tensors in a value."""
        return []


class SupportsTracingProtocol(abc.ABC):
    """A class with `__tf_tracing_type__`."""

    @abc.abstractmethod
    def __tf_tracing_type__(self, context: Any) -> TraceType: ...


class FunctionType:
    """The parameters of a tf.function; see `Function.function_spec`."""


distributed = SimpleNamespace(PerReplica=DistributedValues, Mirrored=DistributedValues)

__all__ = [
    "AtomicFunction", "Callable", "ConcreteFunction", "FunctionType", "GenericFunction", "PolymorphicFunction",
    "SupportsTracingProtocol", "TensorLike", "TraceType", "distributed",
]  # fmt: skip
