"""Serialized Examples and SequenceExamples as tensors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torchkeras import records
from torchkeras.records import RaggedFeature
from torchkeras.tensorflow.io.values import tensors
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.strings.arguments import texts


def _shown(found: Mapping[str, Any], features: Mapping[str, Any] | None) -> dict[str, Any]:
    specs = features or {}
    return {
        name: tensors(value, specs[name].row_splits_dtype)
        if isinstance(specs.get(name), RaggedFeature)
        else tensors(value)
        for name, value in found.items()
    }


@operation("io.parse_example", "ParseExampleV2")
def parse_example(
    serialized: Any, features: Mapping[str, Any], example_names: Any = None, name: str | None = None
) -> dict[str, Any]:
    """The features of a batch of serialized Examples, by name.

    Args:
        serialized: a vector of them; a single one is parsed as `parse_single_example` does.
        features: for each name a FixedLenFeature, VarLenFeature, FixedLenSequenceFeature, SparseFeature or
            RaggedFeature.
        example_names: accepted for error messages.
    """
    return _shown(records.parse_example(texts(serialized, "ParseExampleV2"), features), features)


@operation("io.parse_single_example", "ParseSingleExample")
def parse_single_example(
    serialized: Any, features: Mapping[str, Any], example_names: Any = None, name: str | None = None
) -> dict[str, Any]:
    """The features of one serialized Example, by name; see `parse_example`."""
    return _shown(records.parse_single_example(_one(serialized), features), features)


@operation("io.parse_single_sequence_example", "ParseSingleSequenceExample")
def parse_single_sequence_example(
    serialized: Any,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The context and the feature lists of one serialized SequenceExample, each by name."""
    context, lists = records.parse_single_sequence_example(_one(serialized), context_features, sequence_features)
    return _shown(context, context_features), _shown(lists, sequence_features)


@operation("io.parse_sequence_example", "ParseSequenceExample")
def parse_sequence_example(
    serialized: Any,
    context_features: Mapping[str, Any] | None = None,
    sequence_features: Mapping[str, Any] | None = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The contexts and the feature lists of a batch, and the lengths of dense feature lists, each by name."""
    context, lists, lengths = records.parse_sequence_example(
        texts(serialized, "ParseSequenceExample"), context_features, sequence_features
    )
    return _shown(context, context_features), _shown(lists, sequence_features), _shown(lengths, None)


def _one(serialized: Any) -> bytes:
    found = texts(serialized, "ParseSingleExample")
    if found.ndim:
        raise ValueError(
            f"Input serialized must be a scalar. Received shape {found.shape}: use `tf.io.parse_example` for a batch."
        )
    return bytes(found[()])


__all__ = ["parse_example", "parse_sequence_example", "parse_single_example", "parse_single_sequence_example"]
