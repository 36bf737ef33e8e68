"""Input and InputLayer: where a functional model begins."""

from __future__ import annotations

from typing import Any

from torchkeras.core.dtypes import dtype_name
from torchkeras.core.naming import unique_name
from torchkeras.graph.keras_tensor import KerasTensor, as_shape
from torchkeras.graph.operation import Node
from torchkeras.layers.base import Layer


class InputLayer(Layer):
    """The entry point of a model: a placeholder of a shape and a dtype.

    Args:
        input_shape: the shape without the batch; or `batch_input_shape` / `batch_shape` with it.
        batch_size: the fixed batch size, if any.
        dtype: floatx unless given.
        input_tensor: a KerasTensor to take instead of making one.
        sparse: whether tf.SparseTensors will be given; they are made dense.
        ragged: whether tf.RaggedTensors will be given: they come as dense tensors with a mask of their rows' lengths.
        type_spec: the spec of what will be given, in place of shape and dtype.
    """

    takes_texts = True
    keeps_dtype = True

    def __init__(
        self,
        input_shape: Any = None,
        batch_size: int | None = None,
        dtype: Any = None,
        input_tensor: KerasTensor | None = None,
        sparse: bool | None = None,
        name: str | None = None,
        ragged: bool | None = None,
        type_spec: Any = None,
        optional: bool = False,
        shape: Any = None,
        batch_shape: Any = None,
        batch_input_shape: Any = None,
        **kwargs: Any,
    ) -> None:
        if sparse and ragged:
            raise ValueError("Cannot set both sparse and ragged to True in a Keras input.")
        whole = batch_input_shape if batch_input_shape is not None else batch_shape
        if type_spec is not None:
            whole, dtype = type_spec.shape, type_spec.dtype
            ragged = ragged or bool(getattr(type_spec, "ragged_rank", 0))
            sparse = sparse or type(type_spec).__name__ == "SparseTensorSpec"
        if input_tensor is not None:
            whole, dtype = input_tensor.shape, input_tensor.dtype
        if whole is None:
            tail = input_shape if input_shape is not None else shape
            if tail is None:
                raise ValueError("An InputLayer needs a `shape` (or `batch_shape`, or `input_tensor`).")
            whole = (batch_size, *as_shape(tail))
        super().__init__(name=name or unique_name("input", first=1), **kwargs)
        self.input_dtype = dtype_name(dtype)
        self.built = True
        self.__dict__["_batch_input_shape"] = as_shape(whole)
        tensor = KerasTensor(self._batch_input_shape, self.input_dtype, name=self.name)
        if ragged:  # rows of different lengths come as dense tensors with a mask
            tensor._keras_mask = KerasTensor(self._batch_input_shape[:2], "bool")
        self.sparse, self.ragged = bool(sparse), bool(ragged)
        Node(self, (), {}, tensor)

    @property
    def dtype(self) -> str:
        return self.input_dtype

    @property
    def batch_shape(self) -> Any:
        return self._batch_input_shape

    @property
    def output_shape(self) -> Any:
        return [self._batch_input_shape]  # a list, as Keras 2 has it and summaries show it

    input_shape = output_shape

    def call(self, inputs: Any) -> Any:
        return inputs

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_input_shape": self._batch_input_shape,
            "dtype": self.input_dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
        }


def Input(
    shape: Any = None,
    batch_size: int | None = None,
    name: str | None = None,
    dtype: Any = None,
    sparse: bool | None = None,
    tensor: KerasTensor | None = None,
    ragged: bool | None = None,
    type_spec: Any = None,
    batch_shape: Any = None,
    optional: bool = False,
    **kwargs: Any,
) -> KerasTensor:
    """A symbolic tensor to build a functional model from.

    Args:
        shape: the shape of one sample; None for axes that vary.
        batch_size: the fixed batch size, if any.
        name: the name of the input.
        dtype: floatx unless given.
        sparse, ragged: whether tf.SparseTensors or tf.RaggedTensors will be given.

    Example: `inputs = keras.Input(shape=(28, 28, 1))`
    """
    if batch_shape is None:
        batch_shape = kwargs.pop("batch_input_shape", None)
    if kwargs:
        raise TypeError(f"Unrecognized keyword arguments of Input: {', '.join(sorted(kwargs))}")
    if shape is None and batch_shape is None and tensor is None and type_spec is None:
        raise ValueError("Please provide to Input either a `shape` or a `batch_shape` (or a `tensor`).")
    layer = InputLayer(
        input_shape=shape, batch_size=batch_size, name=name, dtype=dtype, sparse=sparse, input_tensor=tensor,
        ragged=ragged, type_spec=type_spec, batch_shape=batch_shape,
    )  # fmt: skip
    output: KerasTensor = layer.output
    return output
