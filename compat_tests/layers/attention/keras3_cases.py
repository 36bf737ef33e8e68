"""Attention as only Keras 3 has it: grouped heads, gates, windows. Importable with neither Keras nor torchkeras."""

import zlib
from pathlib import Path

import numpy as np

DATA = Path(__file__).with_name("keras3.npz")

_GROUPED = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
_HEADS = {"num_heads": 2, "key_dim": 3}
_MASK = np.arange(40).reshape(2, 4, 5) % 3 > 0

CASES = {
    "grouped": ("GroupQueryAttention", _GROUPED, {}),
    "grouped_causal": ("GroupQueryAttention", _GROUPED, {"use_causal_mask": True}),
    "grouped_scores": ("GroupQueryAttention", _GROUPED, {"return_attention_scores": True}),
    "grouped_mask": ("GroupQueryAttention", _GROUPED, {"attention_mask": _MASK}),
    "grouped_gate": ("GroupQueryAttention", {**_GROUPED, "use_gate": True}, {}),
    "grouped_window": ("GroupQueryAttention", {**_GROUPED, "sliding_window": 2}, {"use_causal_mask": True}),
    "multi_query": ("GroupQueryAttention", {**_GROUPED, "num_key_value_heads": 1, "use_bias": False}, {}),
    "gate": ("MultiHeadAttention", {**_HEADS, "use_gate": True, "value_dim": 4}, {}),
    "window": ("MultiHeadAttention", {**_HEADS, "sliding_window": 2}, {}),
    "window_causal": ("MultiHeadAttention", {**_HEADS, "sliding_window": 2}, {"use_causal_mask": True}),
    "masks_given": (
        "MultiHeadAttention",
        _HEADS,
        {"query_mask": np.ones((2, 4), bool), "value_mask": np.arange(5)[None] < np.array([[3], [5]])},
    ),
}


def _random(*names: object) -> np.random.RandomState:
    return np.random.RandomState(zlib.crc32("/".join(map(str, names)).encode()))


def inputs() -> tuple[np.ndarray, np.ndarray]:
    """A query of 4 steps and a value of 5."""
    return tuple(_random("input", steps).normal(size=(2, steps, 6)).astype("float32") for steps in (4, 5))


def weight(name: str, index: int, shape: tuple[int, ...]) -> np.ndarray:
    return (0.4 * _random(name, index).normal(size=shape)).astype("float32")
