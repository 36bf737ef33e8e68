"""SequenceExamples as arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.records.arrays import as_array
from torchkeras.records.feature_specs import FixedLenSequenceFeature, RaggedFeature, VarLenFeature, type_name
from torchkeras.records.feature_values import Located
from torchkeras.records.parsing import (
    SparseValues,
    bytes_of,
    empty,
    padded,
    parse_example,
    parse_single_example,
    sparse,
    typed,
)
from torchkeras.records.partitions import RaggedValues


def parse_single_sequence_example(
    serialized: Any,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The context and the feature lists of one serialized SequenceExample, each by name.

    Args:
        context_features: as for `parse_single_example`.
        sequence_features: for each name a FixedLenSequenceFeature, VarLenFeature or RaggedFeature.
    """
    _check(context_features, sequence_features)
    context = parse_single_example(serialized, context_features) if context_features else {}
    located = Located(bytes_of(serialized))
    lists: dict[str, Any] = {}
    for name, spec in _sorted(sequence_features):
        dtype = type_name(spec, name)
        steps = _steps(located, name, spec, dtype)
        if isinstance(spec, FixedLenSequenceFeature):
            lists[name] = _dense(steps, spec, dtype)
        elif isinstance(spec, VarLenFeature):
            lists[name] = sparse(steps, dtype)
        else:
            lists[name] = RaggedValues(_joined(steps, dtype), (_sizes(steps),), (None,))
    return context, lists


def parse_sequence_example(
    serialized: Any,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, np.ndarray]]:
    """The contexts and the feature lists of a batch, and how many steps each dense feature list has, each by name."""
    _check(context_features, sequence_features)
    context = parse_example(serialized, context_features) if context_features else {}
    located = [Located(example) for example in as_array(serialized)]
    lists: dict[str, Any] = {}
    lengths: dict[str, np.ndarray] = {}
    for name, spec in _sorted(sequence_features):
        dtype = type_name(spec, name)
        steps = [_steps(example, name, spec, dtype) for example in located]
        counts = _sizes(steps)
        if isinstance(spec, FixedLenSequenceFeature):
            lists[name] = padded([_dense(own, spec, dtype) for own in steps], spec, dtype)
            lengths[name] = counts
        elif isinstance(spec, VarLenFeature):
            lists[name] = _sparse_of_steps(steps, counts, dtype)
        else:
            flat = [step for own in steps for step in own]
            lists[name] = RaggedValues(_joined(flat, dtype), (counts, _sizes(flat)), (None, None))
    return context, lists, lengths


def _steps(located: Located, name: str, spec: Any, dtype: str) -> list[np.ndarray]:
    key = spec.value_key or name if isinstance(spec, RaggedFeature) else name
    if isinstance(spec, RaggedFeature) and spec.partitions:
        raise NotImplementedError(
            f"Feature list {name!r}: a RaggedFeature with `partitions` is not supported in feature lists. "
            f"Parse the features it is made of and join them."
        )
    found = located.steps(key)
    if found is None:
        if isinstance(spec, FixedLenSequenceFeature) and not spec.allow_missing:
            raise InvalidArgumentError(
                None, None,
                f"Name: <unknown>, Feature list '{name}' is required but could not be found. Did you mean to set "
                f"`allow_missing=True`?",
            )  # fmt: skip
        return []
    return [typed(step, dtype, f"Feature list: {name}, Index: {i}.") for i, step in enumerate(found)]


def _dense(steps: Sequence[np.ndarray], spec: FixedLenSequenceFeature, dtype: str) -> np.ndarray:
    made = empty((len(steps), *(int(size) for size in spec.shape)), dtype)
    for i, step in enumerate(steps):
        if step.size != made[i].size:
            raise InvalidArgumentError(
                None, None,
                f"Feature list step {i}: Number of values != expected. Values size: {step.size} but output shape: "
                f"{list(spec.shape)}",
            )  # fmt: skip
        made[i] = step.reshape(made.shape[1:])
    return made


def _sparse_of_steps(steps: Sequence[Sequence[np.ndarray]], counts: np.ndarray, dtype: str) -> SparseValues:
    flat = [step for own in steps for step in own]
    found = sparse(flat, dtype)
    example = np.repeat(np.arange(len(steps)), counts)  # of each step
    step = np.concatenate([np.arange(n) for n in counts]) if len(counts) else example
    rows = found.indices[:, 0]
    indices = np.stack([example[rows], step[rows], found.indices[:, 1]], axis=1).astype(np.int64)
    most = int(counts.max()) if len(counts) else 0
    return SparseValues(indices, found.values, np.array([len(steps), most, found.dense_shape[1]], np.int64))


def _joined(steps: Sequence[np.ndarray], dtype: str) -> np.ndarray:
    return np.concatenate(steps) if steps else empty((0,), dtype)


def _sizes(items: Sequence[Any]) -> np.ndarray:
    return np.array([len(item) for item in items], np.int64)


def _sorted(features: Mapping[str, Any] | None) -> list[tuple[str, Any]]:
    kinds = (VarLenFeature, FixedLenSequenceFeature, RaggedFeature)
    return [(name, spec) for kind in kinds for name, spec in sorted((features or {}).items()) if isinstance(spec, kind)]


def _check(context_features: Any, sequence_features: Any) -> None:
    if not context_features and not sequence_features:
        raise ValueError("Missing features: give `context_features`, `sequence_features` or both.")
    for name, spec in (sequence_features or {}).items():
        if not isinstance(spec, (VarLenFeature, FixedLenSequenceFeature, RaggedFeature)):
            raise ValueError(
                f"Unsupported {type(spec).__name__} for feature list {name!r}. Expected a FixedLenSequenceFeature, "
                f"VarLenFeature or RaggedFeature."
            )
