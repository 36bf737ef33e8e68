"""MultiHeadAttention: each position of a sequence gathers from another sequence, several times side by side."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from torchkeras.core.errors import positive_int
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.layers.attention.masks import combined
from torchkeras.layers.attention.projected_attention import ProjectedAttention, read_shape


class MultiHeadAttention(ProjectedAttention):
    """Projects query, key and value into heads, attends in each head, and projects the heads' results back.

    Args:
        num_heads: how many heads.
        key_dim: the size of query and key in a head.
        value_dim: the size of value in a head; `key_dim` unless given.
        dropout: the share of attention weights that training sets to zero.
        output_shape: the output's features; those of the query unless given.
        attention_axes: the axes of the inputs to attend over; all between batch and features unless given.
        softmax_robust_masking: replace masked scores by a large negative number, where the default adds one.
        sliding_window: attend only to positions less than so many steps away.
        use_gate: multiply the heads' results by a sigmoid of another projection of the query.

    Example: `MultiHeadAttention(num_heads=8, key_dim=64)(x, x, use_causal_mask=True)`

    Its state_dict keys are `query_dense.linear.weight`, `query_dense.linear.bias`, and so on for `key_dense`,
    `value_dense`, `output_dense` and `gate_dense`.
    """

    def __init__(
        self,
        num_heads: int,
        key_dim: int,
        value_dim: int | None = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        softmax_robust_masking: bool = False,
        *,
        sliding_window: int | None = None,
        flash_attention: bool | None = None,
        use_gate: bool = False,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            dropout, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
            activity_regularizer, kernel_constraint, bias_constraint, sliding_window, flash_attention, use_gate, seed,
            **kwargs,
        )  # fmt: skip
        self.num_heads = positive_int(num_heads, "num_heads", self.name)
        self.key_dim = positive_int(key_dim, "key_dim", self.name)
        self.value_dim = positive_int(value_dim, "value_dim", self.name) if value_dim else self.key_dim
        self.softmax_robust_masking = softmax_robust_masking
        self._output_shape = output_shape or None
        self._attention_axes = None if attention_axes is None else as_axes(attention_axes, self.name)

    def build(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> None:
        query, value, key = self._keep_shapes(query_shape, value_shape, key_shape)
        heads, size = self.num_heads, self.value_dim
        self.query_dense = self._projection("query", "...x,xhk->...hk", (heads, self.key_dim), query)
        self.key_dense = self._projection("key", "...x,xhk->...hk", (heads, self.key_dim), key)
        if self.use_gate:
            self.gate_dense = self._projection("gate", "...x,xhv->...hv", (heads, size), query, activation="sigmoid")
        self.value_dense = self._projection("value", "...x,xhv->...hv", (heads, size), value)
        self._make_inner_layers(self.softmax_robust_masking)
        features = self._features(query)
        letters = "abcdefg"[: len(features)]
        self.output_dense = self._projection(
            "attention_output", f"...hv,hv{letters}->...{letters}", features, (*query[:-1], heads, size)
        )
        axes = range(1, len(query) - 1) if self._attention_axes is None else self._attention_axes
        self._attention_axes = tuple(axis % len(query) for axis in axes)

    def _build_from_signature(self, query: Any, value: Any, key: Any = None) -> None:
        """Keras 2's `build`, on tensors or shapes."""
        self.build(*(None if one is None else tuple(getattr(one, "shape", one)) for one in (query, value, key)))

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
        *,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Any:
        self._refuse_scores(return_attention_scores)
        key = value if key is None else key
        own = type(self)._compute_attention is MultiHeadAttention._compute_attention
        mask = self._compute_attention_mask(
            query, value, key, attention_mask, query_mask=query_mask, value_mask=value_mask, key_mask=key_mask
        )
        # torch's kernel knows causality by itself, without a mask of (steps, steps).
        causal = use_causal_mask and own and mask is None and not return_attention_scores and query.dim() == 3
        if use_causal_mask and not causal:
            mask = combined(self._compute_causal_mask(query, value), mask)
        gate = self.gate_dense(query) if self.use_gate else None
        queries, keys, values = self.query_dense(query), self.key_dense(key), self.value_dense(value)
        if own:
            outputs, scores = self._attend(queries, keys, values, mask, training, causal, return_attention_scores)
        else:
            outputs, scores = self._compute_attention(queries, keys, values, mask, training)
        outputs = self.output_dense(outputs if gate is None else outputs * gate)
        return (outputs, scores) if return_attention_scores else outputs

    def _compute_attention(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        attention_mask: Tensor | None = None,
        training: bool | None = None,
    ) -> tuple[Tensor, Any]:
        """The heads' results and the attention scores, of projected inputs. A subclass may define its own."""
        return self._attend(query, key, value, attention_mask, training, False, True)

    def _attend(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, training: Any, causal: bool, scored: bool
    ) -> tuple[Tensor, Any]:
        if query.dim() == 4:  # (batch, steps, heads, size), by far the commonest
            if mask is not None:
                mask = self._for_heads(mask, 4)
            heads, scores = self._within_heads(
                query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), mask, training, causal, scored
            )
            return heads.transpose(1, 2), scores
        return self._attend_over_axes(query, key, value, mask, training, scored)

    def _for_heads(self, mask: Tensor, rank: int) -> Tensor:
        """The mask with axes of size 1 before those of queries and keys, up to the scores' rank."""
        place = -2 * len(self._attention_axes or ()) - 1
        while mask.dim() < rank:
            mask = mask.unsqueeze(max(place, -mask.dim() - 1))
        return mask

    def _attend_over_axes(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, training: Any, scored: bool
    ) -> tuple[Tensor, Any]:
        """The axes attended over become one for the kernel, and so do the others, the batch among them."""
        outer, inner = self._axes(query.dim())
        order = [*outer, query.dim() - 2, *inner, query.dim() - 1]
        batch, rows, columns = (
            [t.shape[a] for a in axes] for t, axes in ((query, outer), (query, inner), (key, inner))
        )
        first = len(outer) + 1
        q, k, v = (t.permute(order).flatten(first, -2).flatten(0, len(outer) - 1) for t in (query, key, value))
        if mask is not None:
            mask = self._for_heads(mask, first + 2 * len(inner)).expand(*batch, -1, *rows, *columns)
            mask = mask.flatten(first + len(inner)).flatten(first, -2).flatten(0, len(outer) - 1)
        heads, scores = self._within_heads(q, k, v, mask, training, False, scored)
        heads = heads.unflatten(2, rows).unflatten(0, batch).permute([order.index(a) for a in range(query.dim())])
        return heads, None if scores is None else scores.unflatten(3, columns).unflatten(2, rows).unflatten(0, batch)

    def _axes(self, rank: int) -> tuple[list[int], list[int]]:
        """Of a projected input of this rank, the axes left alone (the batch and others) and those attended over."""
        inner = list(self._attention_axes or ())
        return [axis for axis in range(rank - 2) if axis not in inner], inner

    def compute_output_shape(self, query_shape: Any, value_shape: Any = None, key_shape: Any = None) -> Any:
        query = as_shape(query_shape)
        return (*query[:-1], *self._features(query))

    def _features(self, query: Any) -> Any:
        return query[-1:] if self._output_shape is None else as_shape(self._output_shape)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if not self._call_info.static_shape:
            return super().compute_output_spec(*args, **kwargs)
        given = dict(zip(self._call_info.arguments, args, strict=False)) | kwargs
        query, value = as_shape(given["query"].shape), as_shape(given["value"].shape)
        outputs: Any = KerasTensor(self.compute_output_shape(query, value), self._dtype_policy.compute)
        if given.get("return_attention_scores"):
            outer, inner = self._axes(len(query) + 1)
            shape = [*(query[a] for a in outer), self.num_heads, *(query[a] for a in inner), *(value[a] for a in inner)]
            outputs = (outputs, KerasTensor(shape, self._dtype_policy.compute))
        return self._with_symbolic_mask(outputs, args, kwargs)

    def get_config(self) -> dict[str, Any]:
        query, value, key = self._input_shapes or (None, None, None)
        return super().get_config() | {
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_shape,
            "attention_axes": self._attention_axes,
            "query_shape": query,
            "key_shape": key,
            "value_shape": value,
            "softmax_robust_masking": self.softmax_robust_masking,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer like the one whose `get_config` gave this, built where that one was."""
        settings = dict(config)
        shapes = [read_shape(settings.pop(f"{name}_shape", None)) for name in ("query", "value", "key")]
        layer = super().from_config(settings)
        if None not in shapes:
            layer.build(*shapes)
        return layer

    # Keras 2's private names.
    _num_heads = property(lambda self: self.num_heads)
    _key_dim = property(lambda self: self.key_dim)
    _value_dim = property(lambda self: self.value_dim)


def as_axes(axes: Any, layer: str) -> tuple[int, ...]:
    """The attention axes as a tuple of ints."""
    found = (axes,) if isinstance(axes, int) else tuple(axes) if isinstance(axes, (list, tuple)) else ()
    if not found or not all(isinstance(axis, int) for axis in found):
        raise ValueError(
            f"`attention_axes` of layer {layer!r} must be an int, or a list or tuple of ints. "
            f"Received: attention_axes={axes!r}"
        )
    return found
