"""A look-out for what a replay would get wrong: values on the host that captured work reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras.core.capturing import CannotCapture
from torchkeras.core.nest import flatten

aten = torch.ops.aten
_READS = {aten._local_scalar_dense.default, aten.item.default, aten.equal.default, aten.is_nonzero.default}
#: What torch.tensor and the like pass a new tensor through.
_NEW = {aten.lift_fresh.default, aten.lift_fresh_copy.default, aten.lift.default}


class HostWatch(TorchDispatchMode):
    """Within, reading a value of the device, or computing with a tensor on the host that was there before, is refused.

    A replay would go on with what was read when the work was captured: the count of steps, say, or a rate. Tensors
    made on the host meanwhile are constants, and may be.

    Args:
        device: where the captured work is done.
        host: tensors that are the host's, for devices that are the host themselves.
    """

    def __init__(self, device: torch.device, host: Iterable[Tensor] = ()) -> None:
        super().__init__()
        self._device = device
        self._host = {tensor.untyped_storage()._cdata for tensor in host}
        self._made: dict[int, Any] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in _READS:
            raise CannotCapture(f"it reads a value back to the host ({func.__name__})")
        if func not in _NEW:
            for value in flatten((args, kwargs)):
                if isinstance(value, Tensor) and self._is_hosts(value):
                    raise CannotCapture(
                        f"it uses a tensor on the host, of shape {tuple(value.shape)} ({func.__name__}), which a "
                        f"replay would not read again"
                    )
        found = func(*args, **kwargs)
        for value in flatten(found):
            if isinstance(value, Tensor) and value.device.type == "cpu":
                storage = value.untyped_storage()
                self._made[storage._cdata] = storage  # kept, so that no other takes its place
        return found

    def _is_hosts(self, tensor: Tensor) -> bool:
        if tensor.layout is not torch.strided or tensor.device.type == "meta":
            return False
        storage = tensor.untyped_storage()._cdata
        if self._device.type == "cpu":
            return storage in self._host
        return tensor.device.type == "cpu" and storage not in self._made
