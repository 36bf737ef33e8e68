"""Weights in the type a layer computes in, where a mixed policy keeps them in float32.

Built-in layers cast each weight right where a kernel of torch takes it, and Variables are cast when they are read.
What remains are parameters that torch modules read themselves: modules set on a layer of the user's own, wrapped ones,
inner ones with hooks or with another module in their place. For the time of a call their tables hold the cast values.
Autograd casts the gradients back, so that those of the parameters are float32.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn

from torchkeras.core.dtypes import torch_dtype
from torchkeras.core.machinery import hooked
from torchkeras.graph.operation import Operation

Replaced = list[tuple[dict[str, Any], str, Any]]


def weight_in(dtype: Any, weight: Any, bias: Any) -> tuple[Any, Any]:
    """A weight and the bias, or None, in the type of the inputs: torch's, or the tf.DType of a tf.Tensor."""
    dtype = torch_dtype(dtype)
    if weight.dtype is dtype:
        return weight, bias
    return weight.to(dtype), None if bias is None else bias.to(dtype)


def cast_parameters(layer: Any) -> Replaced:
    """Puts cast values in place of the parameters that torch modules within this layer read; what was there before."""
    plain = layer.__dict__.get("_plain_children", ())
    modules = [
        module
        for name, module in layer._modules.items()
        if module is not None and (name in plain or (name in layer._held_modules and hooked(module)))
    ]
    replaced: Replaced = []
    policy = layer._dtype_policy
    cast: dict[int, Tensor] = {}  # what modules share stays shared
    own = {id(variable.parameter) for variable in layer._own_weights} if layer._parameters else set()
    for name, parameter in layer._parameters.items():  # an nn.Parameter that is no Variable
        if parameter is not None and id(parameter) not in own:
            _replace(layer._parameters, name, policy, cast, replaced)
    for module in modules:
        for inner in _plain_modules(module):
            for name in inner._parameters:
                _replace(inner._parameters, name, policy, cast, replaced)
            if isinstance(inner, nn.RNNBase):  # which keeps a list of them
                flat: Any = [None if weight is None else cast.get(id(weight), weight) for weight in inner._flat_weights]
                replaced.append((inner.__dict__, "_flat_weights", inner._flat_weights))
                inner.__dict__["_flat_weights"] = flat
    return replaced


def put_back(replaced: Replaced) -> None:
    """Undoes `cast_parameters`."""
    for table, name, before in replaced:
        table[name] = before


def _replace(table: dict[str, Any], name: str, policy: Any, cast: dict[int, Tensor], replaced: Replaced) -> None:
    parameter = table[name]
    if parameter is None or parameter.dtype is not policy.variable:
        return
    if id(parameter) not in cast:
        cast[id(parameter)] = parameter.to(policy.compute)
    replaced.append((table, name, parameter))
    table[name] = cast[id(parameter)]


def _plain_modules(module: nn.Module) -> Iterator[nn.Module]:
    """A torch module and those in it, up to layers, which have policies of their own.

    Batch normalization is left out: its statistics are float32, and torch wants its scale in their type.
    """
    if isinstance(module, Operation):
        return
    if not isinstance(module, nn.modules.batchnorm._NormBase):
        yield module
    for child in module.children():
        yield from _plain_modules(child)
