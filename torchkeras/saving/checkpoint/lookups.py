"""What preprocessing layers keep besides variables of fixed shapes: tables, weights and summaries that they learned.

The vocabulary itself is in no checkpoint, neither here nor in Keras: it belongs to the model's config.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from torchkeras.layers import Discretization, IntegerLookup, Layer, StringLookup, TextVectorization

_TF_IDF = "tf_idf"


class Table:
    """A table of counts that is filled while a layer adapts, and empty afterwards.

    Args:
        integers: whether its keys are integers, not strings.
    """

    def __init__(self, integers: bool) -> None:
        self.integers = integers

    def values(self) -> dict[str, np.ndarray]:
        """What TensorFlow writes of it, by the endings of the keys."""
        return {"-keys": np.empty(0, np.int64 if self.integers else object), "-values": np.empty(0, np.int64)}


class State(NamedTuple):
    """A value whose shape is not fixed: how to get it, and how to set it."""

    value: np.ndarray
    restore: Callable[[np.ndarray], None]


def parts(layer: Layer) -> dict[str, Any]:
    """The parts of a preprocessing layer by Keras's names; empty for others."""
    if isinstance(layer, (StringLookup, IntegerLookup)):
        return _of_lookup(layer)
    if isinstance(layer, Discretization) and "summary" in layer.__dict__:
        return {"summary": State(layer.summary.numpy(), lambda value: _summarize(layer, value))}
    return {}


def is_weighted(layer: Layer) -> bool:
    """Whether Keras counts a layer among those with weights for what it learns."""
    if isinstance(layer, TextVectorization):
        layer = layer.lookup
    return isinstance(layer, (StringLookup, IntegerLookup)) and bool(_of_lookup(layer))


def _of_lookup(layer: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    idf = layer.output_mode == _TF_IDF
    if idf:
        weights = layer._buffers.get("idf_weights")
        value = np.empty(0, np.float32) if weights is None else weights.detach().cpu().float().numpy()
        found["idf_weights"] = State(value, lambda restored: _set_weights(layer, restored))
    if layer.input_vocabulary is None:
        integers = isinstance(layer, IntegerLookup)
        found["token_counts"] = Table(integers)
        if idf:
            found["token_document_counts"] = Table(integers)
            found["num_documents"] = State(np.asarray(0, np.int64), lambda restored: None)
    return found


def _set_weights(layer: Any, value: np.ndarray) -> None:
    expected = layer.max_tokens if layer.pad_to_max_tokens else layer.vocabulary_size()
    if value.shape != (expected,):
        raise ValueError(
            f"The checkpoint has the weights of {value.size} tokens for the layer {layer.name!r}, whose vocabulary has "
            f"{expected}. A checkpoint has no vocabulary: set or adapt the same one before loading it."
        )
    layer._buffers["idf_weights"] = torch.from_numpy(value.copy()).to(layer._dtype_policy.compute)


def _summarize(layer: Any, value: np.ndarray) -> None:
    if value.ndim != 2 or value.shape[0] != 2:
        raise ValueError(
            f"The checkpoint has a summary of the shape {value.shape} for the layer {layer.name!r}: not (2, n)."
        )
    layer._keep(value)
    layer.finalize_state()


__all__ = ["State", "Table", "is_weighted", "parts"]
