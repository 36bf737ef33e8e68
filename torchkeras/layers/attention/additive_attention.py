"""AdditiveAttention: weights from the sums of queries and keys (Bahdanau's)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import as_shape
from torchkeras.layers.attention.dense_attention import DenseAttention


class AdditiveAttention(DenseAttention):
    """`softmax(sum(scale * tanh(query + key))) @ value`, called on [query, value] or [query, value, key].

    Args:
        use_scale: learn a weight for each feature.
        dropout: the share of attention weights that training sets to zero.

    Its state_dict key is `scale`.
    """

    scale: Variable | None

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(dropout=dropout, seed=seed, **kwargs)
        self.use_scale = use_scale

    def build(self, input_shape: Any) -> None:
        self._check(input_shape, None)
        features = as_shape(input_shape[1])[-1]
        if self.use_scale and features is None:
            raise ValueError(
                f"The last dimension of the value given to layer {self.name!r} (AdditiveAttention) should be defined. "
                f"Received shapes {input_shape}."
            )
        self.scale = self._make_weight("scale", ("scale",), (features,), "glorot_uniform") if self.use_scale else None

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        sums = torch.tanh(query.unsqueeze(-2) + key.unsqueeze(-3))
        return sums.sum(-1) if self.scale is None else torch.matmul(sums, self.scale._read())

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"use_scale": self.use_scale}
