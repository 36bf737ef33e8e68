"""How values of several replicas are put together."""

from __future__ import annotations

from enum import Enum
from typing import Any, NamedTuple


class ReduceOp(Enum):
    """SUM or MEAN."""

    SUM = "SUM"
    MEAN = "MEAN"

    @classmethod
    def of(cls, value: Any) -> ReduceOp:
        """From 'SUM', 'mean' and the like."""
        if isinstance(value, ReduceOp):
            return value
        try:
            return cls(str(value).upper())
        except ValueError as error:
            raise ValueError(f"`reduce_op` must be 'SUM' or 'MEAN'. Received: {value!r}") from error


class CrossDeviceOps:
    """How gradients of several devices are put together; accepted, torch.distributed chooses by itself."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.options = (args, kwargs)


class HierarchicalCopyAllReduce(CrossDeviceOps):
    """Accepted."""

    def __init__(self, num_packs: int = 1) -> None:
        super().__init__(num_packs=num_packs)


class NcclAllReduce(CrossDeviceOps):
    """Accepted."""

    def __init__(self, num_packs: int = 1) -> None:
        super().__init__(num_packs=num_packs)


class ReductionToOneDevice(CrossDeviceOps):
    """Accepted."""

    def __init__(self, reduce_to_device: Any = None, accumulation_fn: Any = None) -> None:
        super().__init__(reduce_to_device=reduce_to_device, accumulation_fn=accumulation_fn)


class RunOptions(NamedTuple):
    """Accepted."""

    experimental_enable_dynamic_batch_size: bool = True
    experimental_bucketizing_dynamic_shape: bool = False
    experimental_xla_options: Any = None


class CommunicationImplementation(Enum):
    """How processes talk to each other."""

    AUTO = "AUTO"
    RING = "RING"
    NCCL = "NCCL"


class CommunicationOptions:
    """How the processes of a strategy talk to each other.

    Args:
        bytes_per_pack: accepted.
        timeout_seconds: how long a process waits for the others, to join and with every word from then on.
        implementation: accepted: NCCL talks between GPUs, gloo between CPUs.
    """

    def __init__(
        self,
        bytes_per_pack: int = 0,
        timeout_seconds: float | None = None,
        implementation: CommunicationImplementation = CommunicationImplementation.AUTO,
    ) -> None:
        self.bytes_per_pack, self.timeout_seconds, self.implementation = bytes_per_pack, timeout_seconds, implementation


__all__ = [
    "CommunicationImplementation", "CommunicationOptions", "CrossDeviceOps", "HierarchicalCopyAllReduce",
    "NcclAllReduce", "ReduceOp", "ReductionToOneDevice", "RunOptions",
]  # fmt: skip
