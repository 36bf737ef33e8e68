"""Options of data sets: accepted, kept and merged. What they tune, a runtime of its own, is not there to be tuned."""

from __future__ import annotations

import enum
from typing import Any


class AutoShardPolicy(enum.IntEnum):
    """How a distribution strategy divides a data set."""

    OFF = -1
    AUTO = 0
    FILE = 1
    DATA = 2
    HINT = 3


class ExternalStatePolicy(enum.Enum):
    """What to do about state outside of a data set."""

    WARN = 0
    IGNORE = 1
    FAIL = 2


class AutotuneAlgorithm(enum.Enum):
    """How a buffer's size would be found."""

    DEFAULT = 0
    HILL_CLIMB = 1
    GRADIENT_DESCENT = 2
    MAX_PARALLELISM = 3
    STAGE_BASED = 4


class _Group:
    """A few settings by name; a name that is not among them is an error. Those not set are None."""

    _names: tuple[str, ...] = ()
    _groups: dict[str, type] = {}

    def __init__(self) -> None:
        self.__dict__["_given"] = {}

    def __getattr__(self, name: str) -> Any:
        if name in self._groups:
            return self._given.setdefault(name, self._groups[name]())
        if name in self._names:
            return self._given.get(name)
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._names and name not in self._groups:
            raise AttributeError(f"Cannot set the property {name} on {type(self).__name__}.")
        self._given[name] = value

    def __deepcopy__(self, memo: Any) -> Any:
        return self._merged(type(self)())

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._given == other._given

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return id(type(self))

    def _merged(self, other: Any) -> Any:
        """These settings, with another's over them."""
        found = type(self)()
        found._given.update(self._given)
        for name, value in other._given.items():
            mine = found._given.get(name)
            found._given[name] = mine._merged(value) if isinstance(mine, _Group) else value
        return found


class AutotuneOptions(_Group):
    """About automatic tuning."""

    _names = ("enabled", "cpu_budget", "ram_budget", "autotune_algorithm", "initial_parallelism", "min_parallelism")


class DistributeOptions(_Group):
    """About distribution."""

    _names = ("auto_shard_policy", "num_devices")


class OptimizationOptions(_Group):
    """About rewriting the pipeline."""

    _names = (
        "apply_default_optimizations",
        "filter_fusion",
        "filter_parallelization",
        "inject_prefetch",
        "map_and_batch_fusion",
        "map_and_filter_fusion",
        "map_fusion",
        "map_parallelization",
        "map_vectorization",
        "noop_elimination",
        "parallel_batch",
        "seq_interleave_prefetch",
        "shuffle_and_repeat_fusion",
    )


class ThreadingOptions(_Group):
    """About threads."""

    _names = ("max_intra_op_parallelism", "private_threadpool_size")


class ServiceOptions(_Group):
    """About the data service."""

    _names = ("pinned",)


class Options(_Group):
    """Options of a data set, set as attributes."""

    _names = (
        "deterministic",
        "experimental_deterministic",
        "experimental_external_state_policy",
        "experimental_slack",
        "experimental_symbolic_checkpoint",
        "experimental_warm_start",
        "dataset_name",
        "framework_type",
        "warm_start",
    )
    _groups = {
        "autotune": AutotuneOptions,
        "experimental_distribute": DistributeOptions,
        "experimental_optimization": OptimizationOptions,
        "experimental_service": ServiceOptions,
        "experimental_threading": ThreadingOptions,
        "threading": ThreadingOptions,
    }

    def merge(self, options: Any) -> Any:
        """These options, with the others' over them."""
        return self._merged(options)


__all__ = [
    "AutoShardPolicy", "AutotuneAlgorithm", "AutotuneOptions", "DistributeOptions", "ExternalStatePolicy",
    "OptimizationOptions", "Options", "ServiceOptions", "ThreadingOptions",
]  # fmt: skip
