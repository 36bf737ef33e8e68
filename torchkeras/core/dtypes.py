"""Dtypes by name, and the policies that say in what type a layer computes and keeps its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from torchkeras.core import config
from torchkeras.core.context import seen
from torchkeras.core.errors import did_you_mean

_BY_NAME: dict[str, torch.dtype] = {
    name: getattr(torch, name)
    for name in (
        "float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64",
        "uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128",
    )
}  # fmt: skip
_BY_NAME |= {"half": torch.float16, "float": torch.float32, "double": torch.float64, "int": torch.int32}
_NAMES: dict[Any, str] = {dtype: str(dtype).removeprefix("torch.") for dtype in _BY_NAME.values()}


class StringDType(str):
    """The dtype of texts, which torch has none for: its name, answering to what is asked of a torch dtype."""

    is_floating_point = is_complex = False
    name = "string"

    def __reduce__(self) -> str:
        return "STRING"  # copies are the same object


STRING = StringDType("string")


def torch_dtype(dtype: Any) -> torch.dtype:
    """The torch dtype of a name, a NumPy dtype or type, a Python type, or anything with a `.name`; None is floatx."""
    if isinstance(dtype, torch.dtype):
        return dtype
    if dtype is None:
        return _BY_NAME[config.floatx()]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    if name is None:
        if dtype is float:
            return _BY_NAME[config.floatx()]
        name = {int: "int32", bool: "bool"}.get(dtype) or np.dtype(dtype).name
    found = _BY_NAME.get(name.removeprefix("torch."))
    if found is None:
        raise ValueError(f"Unknown dtype {name!r}.{did_you_mean(name, _BY_NAME)}")
    return found


def any_dtype(dtype: Any) -> Any:
    """As `torch_dtype`, and STRING for any spelling of the dtype of texts."""
    if dtype is None or isinstance(dtype, torch.dtype):
        return torch_dtype(dtype)
    if dtype is STRING or dtype is str or dtype is bytes or getattr(dtype, "name", dtype) == "string":
        return STRING
    return torch_dtype(dtype)


def dtype_name(dtype: Any) -> str:
    """'float32' for whatever `torch_dtype` takes, 'string' for texts."""
    return "string" if any_dtype(dtype) is STRING else _NAMES[torch_dtype(dtype)]


class DTypePolicy:
    """In which type a layer computes and in which it keeps its weights.

    Args:
        name: a dtype, or 'mixed_float16' / 'mixed_bfloat16' (weights stay float32).
    """

    def __init__(self, name: str = "float32") -> None:
        mixed = {"mixed_float16": torch.float16, "mixed_bfloat16": torch.bfloat16}
        if isinstance(name, str) and name.startswith("mixed") and name not in mixed:
            raise ValueError(f"Unknown dtype policy {name!r}.{did_you_mean(name, mixed)}")
        self._name = name if name in mixed else dtype_name(name)
        self.compute = mixed.get(name) or torch_dtype(name)
        self.variable = torch.float32 if name in mixed else self.compute
        self.is_mixed = name in mixed
        if self.is_mixed:
            seen.mixed = True

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str:
        return dtype_name(self.compute)

    @property
    def variable_dtype(self) -> str:
        return dtype_name(self.variable)

    def get_config(self) -> dict[str, Any]:
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        return cls(**config)

    def __reduce__(self) -> Any:
        return type(self), (self._name,)  # a copy in another process makes itself known there too

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


def global_policy() -> DTypePolicy:
    """The policy of layers that are not given one: what was set, else floatx."""
    return get_policy(None)


def set_global_policy(policy: Any) -> None:
    """Sets the policy of layers that are not given one, by itself or by name; None for floatx again."""
    chosen = None if policy is None else get_policy(policy)
    if chosen is not None and not chosen.compute.is_floating_point:
        raise ValueError(f"The global policy must be one of floating types. Received: {chosen.name!r}")
    config.settings.policy = chosen


def get_policy(dtype: Any) -> DTypePolicy:
    """The policy of a layer's `dtype` argument: a policy, its config, a dtype, or None for the global one."""
    if isinstance(dtype, DTypePolicy):
        return dtype
    if isinstance(dtype, dict):
        return DTypePolicy.from_config(dtype["config"])
    if dtype is None:
        policy: DTypePolicy = config.settings.policy or DTypePolicy(config.floatx())
        return policy
    return DTypePolicy(dtype if isinstance(dtype, str) else dtype_name(dtype))
