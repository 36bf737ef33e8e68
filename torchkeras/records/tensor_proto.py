"""TensorProto: a tensor as a message, and arrays to and from it."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np
import torch

from torchkeras.core.op_errors import InvalidArgumentError
from torchkeras.records.arrays import as_array
from torchkeras.records.fields import Repeated, RepeatedSub, Single, Sub
from torchkeras.records.kinds import BOOL, BYTES, DOUBLE, FLOAT, INT32, INT64, STRING, UINT32, UINT64
from torchkeras.records.message import Message
from torchkeras.records.wire import DecodeError

#: TensorFlow's numbers of dtypes, by their names.
DTYPE_NUMBERS = {
    "float32": 1, "float64": 2, "int32": 3, "uint8": 4, "int16": 5, "int8": 6, "string": 7, "complex64": 8,
    "int64": 9, "bool": 10, "bfloat16": 14, "uint16": 17, "complex128": 18, "float16": 19, "uint32": 22, "uint64": 23,
}  # fmt: skip
DTYPE_NAMES = {number: name for name, number in DTYPE_NUMBERS.items()}
_PROTO_NAMES = {
    number: "DT_" + {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}.get(name, name.upper())
    for number, name in DTYPE_NAMES.items()
}
#: In which field values stand, where they do not stand as bytes.
_FIELDS = {
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "int16": "int_val", "int8": "int_val",
    "uint8": "int_val", "uint16": "int_val", "string": "string_val", "complex64": "scomplex_val",
    "complex128": "dcomplex_val", "int64": "int64_val", "bool": "bool_val", "float16": "half_val",
    "bfloat16": "half_val", "uint32": "uint32_val", "uint64": "uint64_val",
}  # fmt: skip
#: What one message may ask for where it holds fewer values than its shape says.
_MOST_REPEATED = 1 << 28


class Dim(Message):
    """One dimension: its `size`, -1 where it is not known."""

    __slots__ = ()
    size = Single(1, INT64)
    name = Single(2, STRING)


class TensorShapeProto(Message):
    """A shape: its `dim`s."""

    __slots__ = ()
    Dim = Dim
    dim = RepeatedSub(2, Dim)
    unknown_rank = Single(3, BOOL)


class TensorProto(Message):
    """A tensor: dtype, shape, and its values as bytes or in the field of their type."""

    __slots__ = ()
    dtype = Single(1, INT32, names=_PROTO_NAMES)
    tensor_shape = Sub(2, TensorShapeProto)
    version_number = Single(3, INT32)
    tensor_content = Single(4, BYTES)
    float_val = Repeated(5, FLOAT)
    double_val = Repeated(6, DOUBLE)
    int_val = Repeated(7, INT32)
    string_val = Repeated(8, BYTES)
    scomplex_val = Repeated(9, FLOAT)
    int64_val = Repeated(10, INT64)
    bool_val = Repeated(11, BOOL)
    dcomplex_val = Repeated(12, DOUBLE)
    half_val = Repeated(13, INT32)
    uint32_val = Repeated(16, UINT32)
    uint64_val = Repeated(17, UINT64)


def shape_proto(shape: Any) -> TensorShapeProto:
    """A shape as a message; None within it is a size that is not known."""
    return TensorShapeProto(dim=[Dim(size=-1 if size is None else int(size)) for size in shape])


def tensor_proto(value: Any, in_fields: bool = False) -> TensorProto:
    """A value as a message, its numbers as bytes.

    Args:
        value: what `as_array` takes; a bfloat16 tensor stays one.
        in_fields: whether single numbers, booleans and complex numbers stand in the field of their type, as
            `tf.make_tensor_proto` has it.
    """
    if isinstance(value, torch.Tensor) and value.dtype == torch.bfloat16:
        bits = torch.Tensor.view(torch.Tensor.cpu(torch.Tensor.detach(value)).contiguous(), torch.int16)
        name, array = "bfloat16", torch.Tensor.numpy(bits)
    else:
        array = as_array(value)
        name = "string" if array.dtype == object else array.dtype.name
    if name not in DTYPE_NUMBERS:
        raise TypeError(f"There is no TensorProto of dtype {name}. Cast it to one of {sorted(DTYPE_NUMBERS)}.")
    proto = TensorProto(dtype=DTYPE_NUMBERS[name], tensor_shape=shape_proto(array.shape))
    proto.tensor_shape.SetInParent()
    if name == "string":
        proto.string_val.extend(array.reshape(-1).tolist())
    elif in_fields and (array.size == 1 or array.dtype.kind in "bc"):
        if name == "float16":
            array = array.view(np.uint16)
        elif name.startswith("complex"):
            array = array.reshape(-1).view(array.real.dtype)
        getattr(proto, _FIELDS[name]).extend(array.reshape(-1).tolist())
    else:
        proto.tensor_content = array.astype(array.dtype.newbyteorder("<")).tobytes()
    return proto


def array_of(proto: TensorProto) -> np.ndarray:
    """The values of a message as an array of its own; strings as bytes objects, bfloat16 as float32."""
    name = DTYPE_NAMES.get(proto.dtype)
    if name is None:
        raise TypeError(f"Unsupported tensor type: {proto.dtype}. Expected one of {sorted(DTYPE_NUMBERS)}.")
    shape = [dim.size for dim in proto.tensor_shape.dim]
    if any(size < 0 for size in shape) or proto.tensor_shape.unknown_rank:
        raise ValueError(f"The shape of a TensorProto must be known. Received: {shape}")
    size = math.prod(shape)
    width = np.dtype({"string": "O", "bfloat16": "<u2"}.get(name, name))
    if proto.tensor_content and name != "string":
        if len(proto.tensor_content) != size * width.itemsize:
            raise ValueError(
                f"A TensorProto of shape {shape} and dtype {name} needs {size * width.itemsize} bytes. "
                f"Received: {len(proto.tensor_content)}"
            )
        found = np.frombuffer(proto.tensor_content, width.newbyteorder("<")).astype(width)
    else:
        found = _from_fields(list(getattr(proto, _FIELDS[name])), name, width, size)
    if name == "bfloat16":
        found = (found.astype(np.uint32) << 16).view(np.float32)
    return found.reshape(shape)


def _from_fields(values: list[Any], name: str, width: np.dtype, size: int) -> np.ndarray:
    if name == "string":
        made = np.empty(len(values), object)
        made[:] = values
    elif name == "float16":
        made = np.array(values, np.uint16).view(np.float16)
    elif name.startswith("complex"):
        made = np.array(values, np.empty(0, width).real.dtype).view(width)
    else:
        made = np.array(values, width)
    if made.size > size:
        raise ValueError(f"A TensorProto of {size} elements holds {made.size} values.")
    if made.size == size:
        return made
    if size > _MOST_REPEATED:
        raise ValueError(f"A TensorProto holds {made.size} values for {size} elements; that many are not repeated.")
    # The last value stands for all that follow, an empty list for zeros.
    fill = made[-1] if made.size else (b"" if name == "string" else 0)
    whole = np.full(size, fill, dtype=made.dtype)
    whole[: made.size] = made
    return whole


def serialize_tensor(value: Any) -> bytes:
    """A value as the bytes of a TensorProto."""
    return tensor_proto(value).SerializeToString()


def parse_tensor(serialized: bytes, out_type: str) -> np.ndarray:
    """The array in the bytes of a TensorProto; bfloat16 as float32.

    Args:
        out_type: the name of the dtype it must have.
    """
    try:
        proto = TensorProto.FromString(serialized)
        array = array_of(proto)
    except (DecodeError, ValueError, TypeError) as error:
        shown = base64.b64encode(bytes(serialized)[:60]).decode()
        raise InvalidArgumentError(
            None, None, f"Could not parse `serialized` as TensorProto, base64: {shown} ({error})"
        ) from None
    if DTYPE_NAMES[proto.dtype] != out_type:
        raise InvalidArgumentError(
            None, None, f"Type mismatch between parsed tensor ({DTYPE_NAMES[proto.dtype]}) and dtype ({out_type})"
        )
    return array
