"""DenseAttention: the base of Attention and AdditiveAttention, which have no projections."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras.graph.keras_tensor import KerasTensor, as_shape, shapes_of
from torchkeras.layers.attention.masks import additive, causal_mask, combined
from torchkeras.layers.base import Layer
from torchkeras.layers.regularization.dropout import Dropout
from torchkeras.layers.regularization.random_layer import check_rate


class DenseAttention(Layer):
    """Called on [query, value] or [query, value, key]. A subclass defines `_calculate_scores`.

    Args:
        dropout: the share of attention weights that training sets to zero.
        seed: makes the dropout reproducible.
        causal: Keras 2's earlier way to say `use_causal_mask=True` in each call.
    """

    supports_masking = True

    def __init__(self, dropout: float = 0.0, seed: int | None = None, causal: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.dropout = check_rate(dropout, self.name)
        self.seed = seed
        self.causal = causal
        # A name of its own, so that it takes none from the model's Dropout layers: Keras has no such layer here.
        self._dropout_layer = Dropout(self.dropout, seed=seed, name="dropout", dtype=self._dtype_policy)

    def call(
        self,
        inputs: Any,
        mask: Any = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check(inputs, mask)
        compute = self._dtype_policy.compute
        query, value, key = (x if x.dtype is compute else x.to(compute) for x in (*inputs, inputs[1])[:3])
        query_mask, value_mask = mask[:2] if mask else (None, None)
        causal = self.causal or use_causal_mask
        outputs = scores = None
        if not return_attention_scores and not (training and self.dropout and self.seed is not None):
            outputs = self._fused(query, key, value, value_mask, causal, self.dropout if training else 0.0)
        if outputs is None:
            allowed = self._allowed(query, key, value_mask, causal)
            outputs, scores = self._apply_scores(self._calculate_scores(query, key), value, allowed, training)
        if query_mask is not None:
            outputs = outputs * query_mask.unsqueeze(-1).to(outputs.dtype)
        return (outputs, scores) if return_attention_scores else outputs

    def _calculate_scores(self, query: Tensor, key: Tensor) -> Tensor:
        """(batch, queries, keys)."""
        raise NotImplementedError(f"{type(self).__name__} does not define `_calculate_scores(query, key)`.")

    def _fused(
        self, query: Tensor, key: Tensor, value: Tensor, value_mask: Any, causal: bool, rate: float
    ) -> Tensor | None:
        """The output straight from torch's kernel, where the scores are what that computes; else None."""
        return None

    def _allowed(self, query: Tensor, key: Tensor, value_mask: Any, causal: bool) -> Tensor | None:
        """(batch, 1 or queries, keys): what the value's mask and causality allow."""
        ahead = causal_mask(query.shape[-2], key.shape[-2], query.device) if causal else None
        return combined(None if value_mask is None else value_mask.unsqueeze(-2), ahead)

    def _apply_scores(
        self, scores: Tensor, value: Tensor, scores_mask: Tensor | None = None, training: Any = None
    ) -> tuple[Tensor, Tensor]:
        """The values weighted by the softmax of the scores, and these weights."""
        if scores_mask is not None:
            scores = scores + scores_bias(scores_mask, scores.dtype)
        weights = torch.softmax(scores, -1)
        return torch.matmul(self._dropout_layer(weights, training=bool(training)), value), weights

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        self._check(inputs, mask)
        return mask[0] if mask else None

    def _check(self, inputs: Any, mask: Any) -> None:
        listed = isinstance(inputs, (list, tuple))
        if not listed or not 2 <= len(inputs) <= 3:
            received = f"a list of length {len(inputs)}" if listed else f"{inputs}"
            raise ValueError(
                f"{type(self).__name__} layer must be called on a list of inputs, namely [query, value] or "
                f"[query, value, key]. Received: {received}."
            )
        if mask and (not isinstance(mask, (list, tuple)) or not 2 <= len(mask) <= len(inputs)):
            raise ValueError(
                f"{type(self).__name__} layer mask must be a list, namely [query_mask, value_mask]. Received: {mask}."
            )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*as_shape(input_shape[0])[:-1], as_shape(input_shape[1])[-1])

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(self._call_info.arguments, args, strict=False)) | kwargs
        self._check(args[0], given.get("mask"))
        if not (self._call_info.static_shape and given.get("return_attention_scores")):
            return super().compute_output_spec(*args, **kwargs)
        shapes = [as_shape(shape) for shape in shapes_of(args[0])]
        dtype = self._dtype_policy.compute
        outputs = (KerasTensor(self.compute_output_shape(shapes), dtype),
                   KerasTensor((*shapes[0][:-1], shapes[-1][-2]), dtype))  # fmt: skip
        return self._with_symbolic_mask(outputs, args, kwargs)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {"dropout": self.dropout}
        # What tf_keras's last version does not write is there where it was asked for.
        return config | {key: getattr(self, key) for key in ("seed", "causal") if getattr(self, key)}


def scores_bias(mask: Tensor, dtype: torch.dtype) -> Tensor:
    """What a mask adds to the scores; in float16 Keras has its least number here, not half of it."""
    return additive(mask, dtype, large=-torch.finfo(torch.float16).max if dtype is torch.float16 else -1e9)
