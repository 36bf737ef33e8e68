"""Changing the dtype."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.arguments import COMPLEX, invalid, on_texts, plain_dtype
from torchkeras.tensorflow.convert import is_stringy, made, operand, owned, tensor, viewed
from torchkeras.tensorflow.dtypes import DType, as_dtype, string, torch_of
from torchkeras.tensorflow.errors import UnimplementedError
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.tensor import Tensor


@operation("cast", "Cast")
def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """A tensor in another dtype; decimals are cut off where it is one of integers."""
    wanted = dtype if type(dtype) is DType else as_dtype(dtype)
    if wanted.torch is None:
        if wanted == string and is_stringy(x):
            return on_texts(x, lambda a: a)
        raise UnimplementedError(
            None, None, f"Cast to {wanted.name} is not supported; tf.strings.as_string writes numbers. [Op:Cast]"
        )
    try:
        t = operand(x)
    except TypeError:
        if is_stringy(x):
            message = f"Cast string to {wanted.name} is not supported; use tf.strings.to_number. [Op:Cast]"
            raise UnimplementedError(None, None, message) from None
        raise
    held = plain_dtype(t)
    if held is wanted.torch:
        if type(x) is Tensor:
            return x
        return viewed(owned(x) if isinstance(x, Variable) else t)
    if held in COMPLEX and wanted.torch not in COMPLEX:
        t = torch.real(tensor(t))
    return made(t.to(wanted.torch))


@operation("dtypes.saturate_cast", "Cast")
def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Any:
    """A tensor in another dtype; what that cannot hold becomes the nearest value that it can."""
    t, wanted = owned(value), as_dtype(dtype)
    held = as_dtype(plain_dtype(t))
    if held.is_complex and not wanted.is_complex:
        t = torch.real(t)
        held = as_dtype(plain_dtype(t))
    if not (held.is_complex or held.is_bool or wanted.is_complex):
        low, high = max(held.min, wanted.min), min(held.max, wanted.max)
        if held.is_floating and wanted.is_integer and float(torch.tensor(float(high), dtype=held.torch)) > high:
            high = torch.nextafter(
                torch.tensor(float(high), dtype=held.torch), torch.zeros((), dtype=held.torch)
            ).item()
        if held.min < low or held.max > high:
            t = t.clamp(low, high)
    return viewed(t.to(torch_of(wanted)))


@operation("bitcast", "Bitcast")
def bitcast(input: Any, type: Any, name: str | None = None) -> Any:
    """The same bits read as another dtype; a change of size adds or takes the last axis."""
    x, wanted = tensor(input).contiguous(), torch_of(type)
    if plain_dtype(x) is torch.bool or wanted is torch.bool:
        invalid("booleans cannot be read as another dtype", "Bitcast")
    before, after = x.dtype.itemsize, wanted.itemsize
    if before == after:
        return made(x.view(wanted).clone())
    if before > after:
        return made(x.unsqueeze(-1).view(wanted).clone())
    if not x.dim() or x.shape[-1] * before != after:
        invalid(f"Cannot bitcast from {x.dtype} to {wanted} with shape {list(x.shape)}", "Bitcast")
    return made(x.view(wanted).squeeze(-1).clone())


__all__ = ["bitcast", "cast", "saturate_cast"]
