"""Values as tensors: what the functions of the namespace make of their arguments, and of their results.

`operand` and `tensor` read an argument; `made`, `viewed` and `owned` hand a result on. A symbolic argument raises
`Symbolic`, which the decorator of the functions (`operation.py`) turns into a node of the graph.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.compiler import is_dynamo_compiling

from torchkeras.core.device import default_device
from torchkeras.core.nest import flatten
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.state import state
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tensor import Tensor, as_tf, plain_dtype


class Symbolic(Exception):
    """An argument is a KerasTensor: the function is to be recorded, not run."""


class NotNumbers(TypeError):
    """An argument is text where numbers are needed; the decorator makes TensorFlow's InvalidArgumentError of it."""


# --- arguments ---


def fresh(tensor: Any) -> Any:
    """A tf.Tensor as the present recording takes it: one recorded by an earlier tape is a constant by now."""
    session = tensor.__dict__.get("_session")
    if session is None or session == state.session:
        return tensor
    leaf = tensor.__dict__.get("_leaf")
    if leaf is not None and leaf[0] == state.session:
        return leaf[1]
    return tensor.detach()


def read(variable: Variable) -> torch.Tensor:
    """The value of a Variable, in Keras's shape; recorded where something records."""
    if state.tapes:
        for tape in state.tapes:
            value = tape.access(variable)
        return value
    value = variable._read()
    return value if state.inside else value.detach()


def operand(value: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """An argument for a kernel of torch, which may be a tf.Tensor as it is: quick, and only fit to be handed to torch.

    Args:
        value: anything that TensorFlow makes a tensor of.
        dtype: what numbers and arrays become; tensors keep their own.
    """
    kind = type(value)
    if kind is Tensor:
        session = value.__dict__.get("_session")
        return value if session is None or session == state.session else fresh(value)
    if kind is torch.Tensor:
        return value
    if kind is Variable or isinstance(value, Variable):
        return read(value)
    return from_python(value, dtype)


def tensor(value: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """An argument as a plain torch tensor, to compute with in any way but in place."""
    found = operand(value, dtype)
    return found.as_subclass(torch.Tensor) if type(found) is Tensor else found


def owned(value: Any, dtype: torch.dtype | None = None) -> torch.Tensor:
    """As `tensor`, for functions whose result may share memory with their argument: a Variable's value is copied."""
    if isinstance(value, Variable):
        return read(value).clone()
    return tensor(value, dtype)


#: What brings two dtypes together where NumPy's behaviour is switched on so (tf.experimental.numpy).
_promotion: Callable[[Any, Any, str], tuple[torch.Tensor, torch.Tensor]] | None = None


def set_promotion(function: Callable[[Any, Any, str], tuple[torch.Tensor, torch.Tensor]] | None) -> None:
    """From now on `pair` asks this function, or nobody."""
    global _promotion
    _promotion = function


def pair(x: Any, y: Any, name: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Two arguments that must be of one dtype: numbers and arrays take the tensor's, or the first one's."""
    if _promotion is not None:
        return _promotion(x, y, name)
    first, second = type(x), type(y)
    if first in _KNOWN and second in _KNOWN:
        a = fresh(x) if first is Tensor else read(x) if first is Variable else x
        b = fresh(y) if second is Tensor else read(y) if second is Variable else y
    elif first is Tensor or isinstance(x, (torch.Tensor, Variable)):
        a = operand(x)
        b = operand_like(y, a, name)
    elif type(y) is Tensor or isinstance(y, (torch.Tensor, Variable)):
        b = operand(y)
        a = operand_like(x, b, name)
    else:
        a = operand(x)
        b = operand_like(y, a, name)
    if plain_dtype(a) is not plain_dtype(b) and first is not torch.Tensor and second is not torch.Tensor:
        mismatch(name, a, b)
    return a, b


_KNOWN = frozenset((Tensor, torch.Tensor, Variable))


def operand_like(value: Any, other: torch.Tensor, name: str) -> torch.Tensor:
    """An argument beside a tensor: Python's numbers, arrays and lists take the tensor's dtype."""
    kind = type(value)
    if kind is Tensor or kind is torch.Tensor or isinstance(value, (Variable, KerasTensor)):
        return operand(value)
    dtype = plain_dtype(other)
    if not (dtype.is_floating_point or dtype.is_complex) and _has_floats(value):
        if name in ("Less", "LessEqual", "Greater", "GreaterEqual", "Equal", "NotEqual"):
            raise TypeError(f"Cannot convert {_shortened(value)} to EagerTensor of dtype {dtypes.of_torch(dtype).name}")
        mismatch(name, other, from_python(value, None))
    return from_python(value, dtype)


def _has_floats(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_has_floats(item) for item in value)
    return isinstance(value, float) and not isinstance(value, np.generic)


def mismatch(name: str, first: torch.Tensor, second: torch.Tensor) -> None:
    """Raises TensorFlow's error about two dtypes that do not go together."""
    names = [_SPOKEN.get(n, n) for n in (dtypes.of_torch(plain_dtype(t)).name for t in (first, second))]
    raise InvalidArgumentError(
        None,
        None,
        f"cannot compute {name} as input #1(zero-based) was expected to be a {names[0]} tensor but is a "
        f"{names[1]} tensor [Op:{name}]",
    )


_SPOKEN = {"float32": "float", "float64": "double", "float16": "half"}


# --- Python's values ---


def from_python(value: Any, dtype: torch.dtype | None) -> torch.Tensor:
    """A number, array or list as a plain tensor of its own memory."""
    if type(value) is float or type(value) is int or type(value) is bool:
        return _number(value, dtype)
    if isinstance(value, KerasTensor):
        raise Symbolic
    if isinstance(value, (np.ndarray, np.generic)):
        return _place(_from_array(np.asarray(value), dtype))
    if isinstance(value, (list, tuple, range)):
        return _from_list(value, dtype)
    if isinstance(value, torch.Tensor):
        return value.as_subclass(torch.Tensor)
    if isinstance(value, (str, bytes, StringTensor)):
        raise NotNumbers(
            f"Expected a tensor of numbers, got strings: {_shortened(value)}. "
            f"`tf.strings.to_number` turns texts into numbers."
        )
    if isinstance(value, (int, float, complex)):
        return _number(value, dtype)
    if hasattr(value, "_as_tf_tensor"):  # RaggedTensor, SparseTensor and the like say themselves what they become
        return tensor(value._as_tf_tensor())
    if hasattr(value, "__array__"):
        return _place(_from_array(np.asarray(value), dtype))
    raise ValueError(f"Attempt to convert a value ({value!r}) with an unsupported type ({type(value)}) to a Tensor.")


def _place(made: torch.Tensor) -> torch.Tensor:
    device = default_device()
    return made if device.type == "cpu" else made.to(device)


def _number(value: Any, dtype: torch.dtype | None) -> torch.Tensor:
    if dtype is None:
        if isinstance(value, bool):
            dtype = torch.bool
        elif isinstance(value, int):
            dtype = torch.int32 if -(2**31) <= value < 2**31 else torch.int64
        else:
            dtype = torch.complex128 if isinstance(value, complex) else torch.float32
    elif isinstance(value, float) and not (dtype.is_floating_point or dtype.is_complex):
        raise TypeError(f"Cannot convert {value!r} to EagerTensor of dtype {dtypes.of_torch(dtype).name}")
    make = torch.scalar_tensor if dtype.is_floating_point else torch.tensor  # the one is quicker, the other checks
    return make(value, dtype=dtype, device=default_device())


def _from_array(array: np.ndarray, dtype: torch.dtype | None) -> torch.Tensor:
    if array.dtype.kind in "SUO":
        if array.dtype.kind == "O" and array.size and not isinstance(array.flat[0], (str, bytes)):
            return _from_list(array.tolist(), dtype)
        raise NotNumbers(f"Expected numbers, got an array of strings: {_shortened(array)}.")
    if array.dtype.kind not in "fiubc":
        raise ValueError(f"Failed to convert a NumPy array of dtype {array.dtype} to a Tensor.")
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    found = torch.tensor(array.copy() if any(step < 0 for step in array.strides) else array)
    return found if dtype is None else found.to(dtype)


def _from_list(value: Any, dtype: torch.dtype | None) -> torch.Tensor:
    leaves = flatten(list(value) if isinstance(value, range) else value)
    if any(
        isinstance(leaf, (torch.Tensor, Variable, KerasTensor)) or hasattr(leaf, "_as_tf_tensor") for leaf in leaves
    ):
        return _stacked(value, dtype)
    if any(isinstance(leaf, (str, bytes, StringTensor)) for leaf in leaves):
        raise NotNumbers(f"Expected numbers, got a list with strings: {_shortened(value)}.")
    for leaf in leaves:
        if leaf is None:
            raise ValueError(
                f"Attempt to convert a value ({_shortened(value)}) with an unsupported type ({type(None)}) to a Tensor."
            )
    kinds = {type(leaf) for leaf in leaves}
    if bool in kinds and kinds & {int, float}:
        raise ValueError("Can't convert Python sequence with mixed types to Tensor.")
    try:
        array = np.array(value)
    except ValueError as error:
        raise ValueError("Can't convert non-rectangular Python sequence to Tensor.") from error
    if array.dtype.kind == "O":
        raise ValueError(f"Can't convert a sequence of {sorted(k.__name__ for k in kinds)} to a Tensor.")
    if dtype is not None and float in kinds and not (dtype.is_floating_point or dtype.is_complex):
        raise TypeError(f"Cannot convert {_shortened(value)} to EagerTensor of dtype {dtypes.of_torch(dtype).name}")
    if dtype is None and not leaves:
        dtype = torch.float32
    if dtype is None and not any(issubclass(kind, (np.generic, np.ndarray)) for kind in kinds):
        if array.dtype.kind == "f":
            dtype = torch.float32
        elif array.dtype.kind in "iu" and (not array.size or (array.min() >= -(2**31) and array.max() < 2**31)):
            dtype = torch.int32
    return _place(_from_array(array, dtype))


def _stacked(value: Any, dtype: torch.dtype | None) -> torch.Tensor:
    """A list that holds tensors: they give the dtype to the numbers beside them."""
    if dtype is None:
        for leaf in flatten(value):
            if isinstance(leaf, torch.Tensor):
                dtype = plain_dtype(leaf)
                break
            if isinstance(leaf, Variable):
                dtype = leaf.parameter.dtype
                break
    parts = [tensor(item, dtype) for item in value]
    try:
        return torch.stack(parts)
    except RuntimeError as error:
        shapes = [tuple(part.shape) for part in parts]
        raise InvalidArgumentError(
            None, None, f"Shapes of all inputs must match: got {shapes} [Op:Pack] name: packed"
        ) from error


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) < 80 else text[:77] + "..."


def is_stringy(value: Any) -> bool:
    """Whether a value is text, or a list or array of texts."""
    if isinstance(value, (str, bytes, StringTensor)):
        return True
    if isinstance(value, (np.ndarray, np.generic)):
        kind = np.asarray(value).dtype.kind
        return kind in "SU" or (kind == "O" and value.size > 0 and isinstance(value.flat[0], (str, bytes)))
    if isinstance(value, (list, tuple)):
        leaves = flatten(value)
        return bool(leaves) and all(isinstance(leaf, (str, bytes, StringTensor)) for leaf in leaves)
    return False


def any_tensor(value: Any, dtype: Any = None) -> Any:
    """What `tf.constant` and `tf.convert_to_tensor` give: numbers as a tf.Tensor, texts as a StringTensor.

    Tensors that are given come back as they are.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if type(value) is Tensor or isinstance(value, StringTensor):
        if wanted is not None and wanted != value.dtype:
            raise ValueError(
                f"Tensor conversion requested dtype {wanted.name} for Tensor with dtype {value.dtype.name}: {value!r}"
            )
        return value
    if wanted == dtypes.string or (wanted is None and is_stringy(value)):
        return StringTensor(to_bytes_array(value))
    plain = None if wanted is None else wanted.torch
    if isinstance(value, torch.Tensor):
        return as_tf(value if plain is None else value.to(plain))
    if isinstance(value, Variable):
        return viewed(owned(value))
    try:
        return made(from_python(value, plain))
    except NotNumbers as error:
        raise TypeError(f"Cannot convert {_shortened(value)} to a tensor of numbers.") from error


# --- results ---


def made(result: torch.Tensor) -> Any:
    """A tensor that was just computed, as a tf.Tensor: the same object under its new class."""
    if type(result) is not torch.Tensor or is_dynamo_compiling():
        return viewed(result)
    if result.requires_grad and (session := state.session):
        result._session = session  # type: ignore[attr-defined]
    result.__class__ = Tensor
    return result


def viewed(result: torch.Tensor) -> Any:
    """A tensor that may be one of the arguments itself, as a tf.Tensor of its own."""
    if type(result) is Tensor:
        return result
    found = as_tf(result)
    if found.requires_grad and state.session:
        found._session = state.session
    return found


__all__ = [
    "NotNumbers",
    "Symbolic",
    "any_tensor",
    "fresh",
    "from_python",
    "is_stringy",
    "made",
    "mismatch",
    "operand",
    "operand_like",
    "owned",
    "pair",
    "read",
    "set_promotion",
    "tensor",
    "viewed",
]
