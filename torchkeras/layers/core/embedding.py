"""Embedding: a table with a vector for each index."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import constraints, initializers, regularizers
from torchkeras.core.errors import positive_int
from torchkeras.core.machinery import plain
from torchkeras.core.tensors import as_tensor
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.layers.base import Layer


class Embedding(Layer):
    """Turns indices, whole numbers from 0 to `input_dim - 1`, into vectors.

    Args:
        input_dim: how many indices there are.
        output_dim: the length of a vector.
        mask_zero: treat index 0 as padding, which later layers skip.
        input_length: the length of the sequences where it is fixed, as a Flatten and Dense after it need.

    Example: `Embedding(10000, 64)` makes (batch, steps, 64) of (batch, steps).

    Its state_dict key is `embedding.weight`.
    """

    embeddings: Variable

    makes_masks = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        activity_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        input_length: Any = None,
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        if sparse:
            raise ValueError("An Embedding with sparse=True gives sparse tensors, which torch's layers do not take.")
        lengths = () if input_length is None else as_shape(input_length)
        if not {"input_shape", "batch_input_shape", "batch_shape"} & set(kwargs):
            kwargs["input_shape"] = lengths or (None,)
        kwargs.pop("use_one_hot_matmul", None)
        # Large indices would change if floats were cast to float16 first.
        super().__init__(activity_regularizer=activity_regularizer, **(kwargs | {"autocast": False}))
        self.input_dim = positive_int(input_dim, "input_dim", self.name)
        self.output_dim = positive_int(output_dim, "output_dim", self.name)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = self.supports_masking = bool(mask_zero)
        self.input_length = input_length

    def build(self, input_shape: Any = None) -> None:
        self._hold("embedding", nn.Embedding(self.input_dim, self.output_dim, device="meta"))
        self.embeddings = self._make_weight(
            "embeddings", ("embedding", "weight"), (self.input_dim, self.output_dim), self.embeddings_initializer,
            regularizer=self.embeddings_regularizer, constraint=self.embeddings_constraint,
        )  # fmt: skip

    def _finish_build(self) -> None:
        super()._finish_build()
        quiet = not self.mask_zero and self.activity_regularizer is None
        self.__dict__["_lean_path"] = self._call_info.builtin and quiet

    def call(self, inputs: Tensor) -> Tensor:
        table: Any = self._modules["embedding"]
        if inputs.dtype is not torch.int64 and inputs.dtype is not torch.int32:
            inputs = inputs.long()
        try:
            if plain(table, nn.Embedding) and table.max_norm is None:
                padding = -1 if table.padding_idx is None else table.padding_idx
                weight = table._parameters["weight"]
                outputs = torch.embedding(weight, inputs, padding, table.scale_grad_by_freq, table.sparse)
            else:
                outputs = table(inputs)
        except IndexError as error:
            raise ValueError(
                f"Layer {self.name!r} (Embedding) received indices from {int(inputs.min())} to {int(inputs.max())}; "
                f"expected indices from 0 to {self.input_dim - 1}, as its input_dim is {self.input_dim}."
            ) from error
        # The rows that were looked up are cast, not the table.
        return outputs if outputs.dtype is self._dtype_policy.compute else outputs.to(self._dtype_policy.compute)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Tensor | None:
        # A mask that comes in is that of rows of different lengths, which a ragged tensor brings.
        if not self.mask_zero:
            return mask
        found = torch.ne(as_tensor(inputs), 0)
        return found if mask is None else found & mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self.input_length is None:
            return (*input_shape, self.output_dim)
        lengths, found = as_shape(self.input_length), as_shape(input_shape)[1:]
        same = all(a is None or b is None or a == b for a, b in zip(lengths, found, strict=False))
        if len(lengths) != len(found) or not same:
            raise ValueError(
                f"Layer {self.name!r} (Embedding) has input_length={self.input_length}, but received an input of shape "
                f"{tuple(input_shape)}."
            )
        return (input_shape[0], *[b if a is None else a for a, b in zip(lengths, found, strict=True)], self.output_dim)

    def compute_output_spec(self, inputs: Any) -> Any:
        # A call goes by what it gets; as in Keras, input_length holds for the shapes of models that have no Input.
        outputs = KerasTensor((*inputs.shape, self.output_dim), self._dtype_policy.compute)
        return self._with_symbolic_mask(outputs, (inputs,), {})

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        return (None, None) if "embedding.weight" in shapes else None

    def get_config(self) -> dict[str, Any]:
        return super().get_config() | {
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
            "input_length": self.input_length,
        }
