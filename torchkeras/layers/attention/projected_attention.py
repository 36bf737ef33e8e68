"""ProjectedAttention: the base of attention layers that project their inputs into heads and back."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import constraints, initializers, regularizers
from torchkeras.core.context import scope_of
from torchkeras.core.errors import positive_int
from torchkeras.graph.keras_tensor import as_shape
from torchkeras.layers.activation.softmax import Softmax
from torchkeras.layers.attention.masks import additive, causal_mask, combined, fits_kernel, window_mask
from torchkeras.layers.base import Layer
from torchkeras.layers.core.einsum_dense import EinsumDense
from torchkeras.layers.regularization.dropout import Dropout
from torchkeras.layers.regularization.random_layer import check_rate


class ProjectedAttention(Layer):
    """Keeps what multi-head and grouped attention share: projections, masks, attention within heads.

    A subclass makes `query_dense`, `key_dense`, `value_dense`, `output_dense` and, gated, `gate_dense` in its build.
    """

    query_dense: EinsumDense
    key_dense: EinsumDense
    value_dense: EinsumDense
    output_dense: EinsumDense

    supports_masking = True

    def __init__(
        self,
        dropout: float,
        use_bias: bool,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        sliding_window: int | None,
        flash_attention: bool | None,
        use_gate: bool,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.dropout = check_rate(dropout, self.name)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        if sliding_window is not None:
            sliding_window = positive_int(sliding_window, "sliding_window", self.name)
        self.sliding_window = sliding_window
        self.flash_attention = flash_attention
        self.use_gate = use_gate
        self.seed = seed
        self._input_shapes: Any = None
        if flash_attention and self.dropout:
            raise ValueError(f"Layer {self.name!r}: `flash_attention=True` goes with no dropout: set dropout=0.")

    # --- building ---

    def _keep_shapes(self, query_shape: Any, value_shape: Any, key_shape: Any) -> tuple[Any, Any, Any]:
        """The shapes as tuples: the value's is the query's unless given, the key's the value's."""
        query = as_shape(query_shape)
        value = query if value_shape is None else as_shape(value_shape)
        key = value if key_shape is None else as_shape(key_shape)
        if len(query) < 3:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}) attends over axes between the batch and the features. "
                f"Received: query_shape={query}"
            )
        if value[1:-1] != key[1:-1]:
            raise ValueError(
                f"Layer {self.name!r} ({type(self).__name__}): all dimensions of `value` and `key`, except the last "
                f"one, must be equal. Received: value_shape={value} and key_shape={key}"
            )
        self._input_shapes = (query, value, key)
        return query, value, key

    def _projection(
        self, name: str, equation: str, sizes: tuple[int, ...], input_shape: Any, activation: Any = None
    ) -> EinsumDense:
        """A built projection `equation` whose last axes have these sizes, with a bias over them."""
        made = EinsumDense(
            equation,
            sizes,
            activation=activation,
            bias_axes=equation[-len(sizes) :] if self.use_bias else None,
            kernel_initializer=self.kernel_initializer,
            bias_initializer=self.bias_initializer,
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self._dtype_policy,
            name=name,
        )
        with scope_of(name):
            made.build(input_shape)
        return made

    def _make_inner_layers(self, robust_masking: bool = False) -> None:
        # Under automatic names, as in Keras: a Dropout that a model has after this layer is called dropout_1.
        self._softmax = Softmax(robust_masking=robust_masking, dtype=self._dtype_policy)
        self._dropout_layer = Dropout(self.dropout, seed=self.seed, dtype=self._dtype_policy)

    # --- masks ---

    def _compute_attention_mask(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        attention_mask: Tensor | None = None,
        use_causal_mask: bool = False,
        *,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
    ) -> Tensor | None:
        """(batch, queries, keys): what the given mask, the masks of the inputs and causality allow together."""
        rows = getattr(query, "_keras_mask", None) if query_mask is None else query_mask
        columns = [getattr(value, "_keras_mask", None) if value_mask is None else value_mask]
        if key is not None and key is not value:
            columns.append(getattr(key, "_keras_mask", None) if key_mask is None else key_mask)
        automatic = [None if rows is None else rows.unsqueeze(-1)]
        automatic += [None if one is None else one.unsqueeze(-2) for one in columns]
        if use_causal_mask:
            automatic.append(self._compute_causal_mask(query, value))
        if self.sliding_window is not None:
            automatic.append(window_mask(query.shape[1], value.shape[1], self.sliding_window, query.device))
        found = combined(*automatic)
        # A given mask that stands alone stays as it is: it may hold fractions.
        return attention_mask if found is None else combined(found, attention_mask)

    def _compute_causal_mask(self, query: Tensor, value: Tensor | None = None) -> Tensor:
        """(1, queries, keys): True for what does not lie ahead."""
        return causal_mask(query.shape[1], (query if value is None else value).shape[1], query.device)

    # --- attention ---

    def _within_heads(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, training: Any, causal: bool, scored: bool
    ) -> tuple[Tensor, Any]:
        """(batch, heads, queries, size) and the scores, None where torch's kernel makes none.

        The scores are those before the dropout, as Keras gives them back.
        """
        rate = self.dropout if training else 0.0
        unfit = mask is not None and (self._softmax.robust_masking or not fits_kernel(query, key, value))
        if not (scored or unfit or (rate and self.seed is not None)):
            added = None if mask is None else additive(mask, query.dtype)
            return F.scaled_dot_product_attention(
                query, key, value, attn_mask=added, dropout_p=rate, is_causal=causal
            ), None
        if causal:
            mask = causal_mask(query.shape[-2], key.shape[-2], query.device)
        scores = torch.matmul(query * (1.0 / math.sqrt(query.shape[-1])), key.transpose(-1, -2))
        scores = self._softmax(scores) if mask is None else self._softmax(scores, mask)
        return torch.matmul(self._dropout_layer(scores, training=bool(training)), value), scores

    def _refuse_scores(self, wanted: bool) -> None:
        if wanted and self.flash_attention:
            raise ValueError(f"Layer {self.name!r}: `flash_attention=True` makes no attention scores to return.")

    # --- shapes and config ---

    def get_build_config(self) -> dict[str, Any] | None:
        if self._input_shapes is None:
            return None
        return dict(zip(("query_shape", "value_shape", "key_shape"), self._input_shapes, strict=True))

    def build_from_config(self, config: dict[str, Any]) -> None:
        if config and config.get("query_shape") is not None:
            self.build(*(read_shape(config.get(f"{name}_shape")) for name in ("query", "value", "key")))

    def get_config(self) -> dict[str, Any]:
        config = super().get_config() | {
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
        # What only Keras 3 has is there where it was asked for: Keras 2 would not know it.
        later = {"sliding_window": None, "flash_attention": None, "use_gate": False, "seed": None}
        return config | {name: getattr(self, name) for name, usual in later.items() if getattr(self, name) != usual}

    # Keras's private names for the projections.
    _query_dense = property(lambda self: self.query_dense)
    _key_dense = property(lambda self: self.key_dense)
    _value_dense = property(lambda self: self.value_dense)
    _output_dense = property(lambda self: self.output_dense)


def read_shape(shape: Any) -> Any:
    """A shape of a config: a list, or Keras 2's {'class_name': 'TensorShape', 'items': [...]}."""
    if isinstance(shape, dict):
        shape = shape["items"]
    return None if shape is None else as_shape(shape)
