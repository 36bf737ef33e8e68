"""tf.Tensor: a torch tensor that prints, compares, indexes and refuses assignment as TensorFlow's does.

It is a subclass with torch's function dispatch switched off: torch's functions take it as it is and give plain tensors.
Its operators are its own (`operators.py`), and make their plain results tf.Tensors by changing their class, which costs
half of what a new object would. What comes in is never changed so: it may be somebody's parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
import torch

from torchkeras.core.tensor_shape import TensorShape
from torchkeras.tensorflow import printing
from torchkeras.tensorflow.dtypes import DType, of_torch
from torchkeras.tensorflow.reference import Reference

#: torch's own facts of any tensor, where a tf.Tensor's attributes are TensorFlow's; quicker than its methods, too.
plain_dtype = torch._C.TensorBase.dtype.__get__  # type: ignore[attr-defined]
plain_device = torch._C.TensorBase.device.__get__
plain_shape = torch._C.TensorBase.shape.__get__  # type: ignore[attr-defined]
plain_rank = torch._C.TensorBase.ndim.__get__  # type: ignore[attr-defined]


class TensorMeta(torch._C._TensorMeta):
    """Lets `isinstance(x, tf.Tensor)` be true of tensors that torch has no type for, such as strings."""

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls, instance) or (cls is Tensor and getattr(instance, "_is_tf_tensor", False))


class Tensor(torch.Tensor, metaclass=TensorMeta):
    """A tensor as TensorFlow has it. Make one with `tf.constant`."""

    __torch_function__ = torch._C._disabled_torch_function_impl  # type: ignore[assignment]
    __array_priority__ = 100

    # --- facts ---

    @property
    def shape(self) -> TensorShape:  # type: ignore[override]
        return TensorShape(plain_shape(self))

    @property
    def dtype(self) -> DType:  # type: ignore[override]
        return of_torch(plain_dtype(self))

    @property
    def device(self) -> DeviceName:  # type: ignore[override]
        return device_name(plain_device(self))

    def get_shape(self) -> TensorShape:
        return self.shape

    def set_shape(self, shape: Any) -> None:
        """Checks that the tensor has this shape."""
        if not self.shape.is_compatible_with(shape):
            raise ValueError(f"Tensor's shape {self.shape} is not compatible with supplied shape {TensorShape(shape)}.")

    def ref(self) -> Reference:
        """A hashable stand-in for this very tensor."""
        return Reference(self)

    experimental_ref = ref

    # --- values ---

    def numpy(self) -> Any:  # type: ignore[override]
        """A copy as a NumPy array; a NumPy scalar where there is but one value."""
        return np.array(array_of(self))[()]

    def _numpy(self) -> Any:
        return array_of(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = np.array(array_of(self))
        return array if dtype is None else array.astype(dtype)

    def __array_wrap__(self, array: Any, context: Any = None, return_scalar: bool = False) -> Any:
        return array[()] if return_scalar else array

    def __bool__(self) -> bool:
        if self.numel() != 1:
            raise ValueError(
                "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()"
            )
        return bool(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __complex__(self) -> complex:
        return complex(self.item())

    def __index__(self) -> int:
        value = self.item()
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return value

    def __len__(self) -> int:
        if not self.dim():
            raise TypeError("Scalar tensor has no `len()`")
        return plain_shape(self)[0]

    def __iter__(self) -> Iterator[Any]:
        if not self.dim():
            raise TypeError("Cannot iterate over a scalar tensor.")
        return (self[i] for i in range(len(self)))

    def __contains__(self, item: Any) -> bool:
        raise TypeError("A tf.Tensor has no `in`; use `tf.reduce_any(tensor == value)`.")

    def __reversed__(self) -> Any:
        return self[::-1]

    # --- identity ---

    def __hash__(self) -> int:
        raise TypeError("Tensor is unhashable. Instead, use tensor.ref() as the key.")

    def __setitem__(self, index: Any, value: Any) -> None:
        raise TypeError(
            "'tensorflow.python.framework.ops.EagerTensor' object does not support item assignment. "
            "Make a new tensor with `tf.tensor_scatter_nd_update` or `tf.where`, or use a tf.Variable."
        )

    def __delitem__(self, index: Any) -> None:
        raise TypeError("'tensorflow.python.framework.ops.EagerTensor' object doesn't support item deletion")

    def __copy__(self) -> Any:
        return as_tf(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return retag(self.detach().clone())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return _rebuilt, (self.detach().cpu().as_subclass(torch.Tensor),)

    # --- printing ---

    def __repr__(self, *, tensor_contents: Any = None) -> str:  # type: ignore[override]
        if plain_device(self).type == "meta":
            return f"<tf.Tensor: shape={self.shape}, dtype={self.dtype.name}, without values>"
        shown = printing.tensor_repr(array_of(self), self.dtype.name)
        return f"{shown[:-1]}, weak=True>" if "_weak" in self.__dict__ else shown

    def __str__(self) -> str:
        if plain_device(self).type == "meta":
            return repr(self)
        return printing.tensor_str(array_of(self), self.dtype.name)

    def __format__(self, spec: str) -> str:
        return format(self.numpy(), spec) if spec else printing.values(array_of(self))


class Hidden:
    """A method of torch's tensors that TensorFlow's have not; NumPy's functions would call it in a way of their own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, tensor: Any, owner: Any = None) -> NoReturn:
        raise AttributeError(self.name)


for _name in (
    "T all any argmax argmin argsort astype clip conj copy cumprod cumsum diagonal dot fill flatten imag max mean min "
    "name nonzero prod ravel real repeat reshape resize round sort squeeze std sum swapaxes take trace transpose var"
).split():
    setattr(Tensor, _name, Hidden(_name))


def array_of(tensor: torch.Tensor) -> np.ndarray:
    """The values as an array, sharing memory where torch can; bfloat16, which NumPy lacks, as float32."""
    found = tensor.detach().as_subclass(torch.Tensor)
    if found.dtype is torch.bfloat16:
        found = found.float()
    return found.cpu().resolve_conj().resolve_neg().numpy()


class DeviceName(str):
    """TensorFlow's name of a device, which also answers to what torch's device is asked for."""

    type: str
    index: int | None  # type: ignore[assignment]


def device_name(device: torch.device) -> DeviceName:
    """TensorFlow's name of a device."""
    kind = "CPU" if device.type in ("cpu", "meta") else "GPU"
    name = DeviceName(f"/job:localhost/replica:0/task:0/device:{kind}:{device.index or 0}")
    name.type, name.index = device.type, device.index
    return name


def retag(made: torch.Tensor) -> Any:
    """A plain tensor that was just made, and that nobody else holds, as a tf.Tensor: the same object."""
    if type(made) is not torch.Tensor:
        return as_tf(made)
    if torch.compiler.is_compiling():  # a compiled program computes with plain tensors throughout
        return made
    made.__class__ = Tensor
    return made


def as_tf(tensor: torch.Tensor) -> Any:
    """A tf.Tensor of the same values: a new object, the memory shared."""
    if torch.compiler.is_compiling():
        return tensor
    return tensor.as_subclass(Tensor)


def _rebuilt(plain: torch.Tensor) -> Any:
    return as_tf(plain)
