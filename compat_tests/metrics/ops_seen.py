"""What torch is asked to do: a mode that notes every operator, and may forbid reading values back."""

import torch
from torch.utils._python_dispatch import TorchDispatchMode

_VIEWS = ("view", "expand", "unsqueeze", "squeeze", "select", "slice", "t", "detach", "alias", "diagonal", "transpose")


class OpsSeen(TorchDispatchMode):
    """Notes the operators that run a kernel; views are none."""

    def __init__(self, forbid_sync=False):
        super().__init__()
        self.forbid_sync = forbid_sync
        self.kernels = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if self.forbid_sync and func is torch.ops.aten._local_scalar_dense.default:
            raise AssertionError("a value was read back from the device")
        name = func.overloadpacket.__name__
        if name not in _VIEWS:
            self.kernels.append(name)
        return func(*args, **(kwargs or {}))
