"""GroupQueryAttention: multi-head attention in which several query heads share a head of keys and values."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.errors import positive_int
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.layers.attention.masks import combined
from torchkeras.layers.attention.projected_attention import ProjectedAttention


class GroupQueryAttention(ProjectedAttention):
    """Attention with fewer heads of keys and values than of queries; one such head makes multi-query attention.

    Args:
        head_dim: the size of a head.
        num_query_heads: how many heads of queries.
        num_key_value_heads: how many heads of keys and values; it divides `num_query_heads`.
        dropout: the share of attention weights that training sets to zero.
        sliding_window: attend only to positions less than so many steps away.
        use_gate: multiply the heads' results by a sigmoid of another projection of the query.

    Its state_dict keys are those of MultiHeadAttention.
    """

    def __init__(
        self,
        head_dim: int,
        num_query_heads: int,
        num_key_value_heads: int,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint, sliding_window, flash_attention, use_gate, seed,
            **kwargs,
        )  # fmt: skip
        self.head_dim = positive_int(head_dim, "head_dim", self.name)
        self.num_query_heads = positive_int(num_query_heads, "num_query_heads", self.name)
        self.num_key_value_heads = positive_int(num_key_value_heads, "num_key_value_heads", self.name)
        if self.num_query_heads % self.num_key_value_heads:
            raise ValueError(
                f"Layer {self.name!r}: `num_query_heads` must be divisible by `num_key_value_heads`. Received: "
                f"num_query_heads={num_query_heads}, num_key_value_heads={num_key_value_heads}"
            )

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        query, value, key = self._keep_shapes(query_shape, value_shape, key_shape)
        heads, shared = (self.num_query_heads, self.head_dim), (self.num_key_value_heads, self.head_dim)
        self.query_dense = self._projection("query", "...m,muh->...uh", heads, query)
        self.key_dense = self._projection("key", "...m,mvh->...vh", shared, key)
        if self.use_gate:
            self.gate_dense = self._projection("gate", "...m,muh->...uh", heads, query, activation="sigmoid")
        self.value_dense = self._projection("value", "...m,mvh->...vh", shared, value)
        self._make_inner_layers()
        self.output_dense = self._projection("attention_output", "...uh,uhm->...m", query[-1:], (*query[:-1], *heads))

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        self._refuse_scores(return_attention_scores)
        key = value if key is None else key
        mask = self._compute_attention_mask(
            query, value, key, attention_mask, query_mask=query_mask, value_mask=value_mask, key_mask=key_mask
        )
        causal = use_causal_mask and mask is None and not return_attention_scores
        if use_causal_mask and not causal:
            mask = combined(self._compute_causal_mask(query, value), mask)
        while mask is not None and mask.dim() < 4:
            mask = mask.unsqueeze(max(-3, -mask.dim() - 1))
        gate = self.gate_dense(query) if self.use_gate else None
        queries = self.query_dense(query).transpose(1, 2)
        keys, values = self.key_dense(key).transpose(1, 2), self.value_dense(value).transpose(1, 2)
        repeats = self.num_query_heads // self.num_key_value_heads
        if repeats > 1:
            keys, values = keys.repeat_interleave(repeats, 1), values.repeat_interleave(repeats, 1)
        heads, scores = self._within_heads(queries, keys, values, mask, training, causal, return_attention_scores)
        heads = heads.transpose(1, 2)
        outputs = self.output_dense(heads if gate is None else heads * gate)
        return (outputs, scores) if return_attention_scores else outputs

    def compute_output_shape(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> Any:
        return as_shape(query_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if not self._call_info.static_shape:
            return super().compute_output_spec(*args, **kwargs)
        given = dict(zip(self._call_info.arguments, args, strict=False)) | kwargs
        query, value = as_shape(given["query"].shape), as_shape(given["value"].shape)
        outputs: Any = KerasTensor(query, self._dtype_policy.compute)
        if given.get("return_attention_scores"):
            scores = (query[0], self.num_query_heads, query[1], value[1])
            outputs = (outputs, KerasTensor(scores, self._dtype_policy.compute))
        return self._with_symbolic_mask(outputs, args, kwargs)

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }
