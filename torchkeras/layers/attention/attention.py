"""Attention: weights from the products of queries and keys (Luong's)."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.core.variable import Variable
from torchkeras.layers.attention.dense_attention import DenseAttention, scores_bias
from torchkeras.layers.attention.masks import fits_kernel


class Attention(DenseAttention):
    """`softmax(query @ key^T) @ value`, called on [query, value] or [query, value, key].

    Args:
        use_scale: multiply the scores by a learned number.
        score_mode: "dot", or "concat" for a learned number times the sum of `tanh(query + key)`.
        dropout: the share of attention weights that training sets to zero.

    Example: `Attention()([query, value], use_causal_mask=True)`

    Its state_dict keys are `scale` and `concat_score_weight`.
    """

    scale: Variable | None
    concat_score_weight: Variable | None

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout=dropout, seed=seed, **kwargs)
        if score_mode not in ("dot", "concat"):
            raise ValueError(
                f"`score_mode` of layer {self.name!r} must be 'dot' or 'concat'. Received: score_mode={score_mode!r}"
            )
        self.use_scale = use_scale
        self.score_mode = score_mode

    def build(self, input_shape: Any) -> None:
        self.scale = self._make_weight("scale", ("scale",), (), "ones") if self.use_scale else None
        self.concat_score_weight = None
        if self.score_mode == "concat":
            self.concat_score_weight = self._make_weight("concat_score_weight", ("concat_score_weight",), (), "ones")

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        if self.score_mode == "dot":
            scores = torch.matmul(query, key.transpose(-1, -2))
            return scores if self.scale is None else scores * self.scale._read()
        sums = query.unsqueeze(-2) + key.unsqueeze(-3)
        sums = torch.tanh(sums if self.scale is None else sums * self.scale._read()).sum(-1)
        return sums if self.concat_score_weight is None else sums * self.concat_score_weight._read()

    def _fused(
        self, query: Tensor, key: Tensor, value: Tensor, value_mask: Any, causal: bool, rate: float
    ) -> Tensor | None:
        own = type(self)
        replaced = own._calculate_scores is not Attention._calculate_scores
        if self.score_mode != "dot" or replaced or own._apply_scores is not DenseAttention._apply_scores:
            return None
        if self.scale is not None:
            query = query * self.scale._read()
        masked = value_mask is not None
        if masked and not fits_kernel(query, key, value):
            return None
        allowed = self._allowed(query, key, value_mask, causal) if masked else None
        bias = None if allowed is None else scores_bias(allowed, query.dtype).unsqueeze(-3)
        # torch's fast kernels want an axis of heads.
        query, key, value = query.unsqueeze(-3), key.unsqueeze(-3), value.unsqueeze(-3)
        return F.scaled_dot_product_attention(
            query, key, value, attn_mask=bias, dropout_p=rate, is_causal=causal and not masked, scale=1.0
        ).squeeze(-3)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {"use_scale": self.use_scale, "score_mode": self.score_mode}
