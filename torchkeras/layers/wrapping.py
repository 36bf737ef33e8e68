"""What torch's own wrappers for several processes, DistributedDataParallel and fully_shard, find at a layer.

Both take the parameters that are there when they wrap. Those that a layer makes later, with its first call, would be
other ones in each process from then on, and nothing would say so. So each is met where it looks at a module.
"""

from __future__ import annotations

from typing import Any

from torchkeras.layers.building import BuildMixin


class WrappingMixin(BuildMixin):
    """Refuses to be wrapped while there are weights to come."""

    @property
    def _ddp_params_and_buffers_to_ignore(self) -> Any:
        """The names that DistributedDataParallel leaves out, which it asks the module it is given for."""
        _refuse_unbuilt(self.modules(), "DistributedDataParallel")
        try:
            return self.__dict__["_ddp_params_and_buffers_to_ignore"]
        except KeyError:
            raise AttributeError("_ddp_params_and_buffers_to_ignore") from None

    @_ddp_params_and_buffers_to_ignore.setter
    def _ddp_params_and_buffers_to_ignore(self, names: Any) -> None:
        self.__dict__["_ddp_params_and_buffers_to_ignore"] = names

    @property
    def _is_fsdp_managed_module(self) -> bool:
        """The note that FullyShardedDataParallel and fully_shard leave at each module whose parameters they take."""
        return bool(self.__dict__.get("_is_fsdp_managed_module", False))

    @_is_fsdp_managed_module.setter
    def _is_fsdp_managed_module(self, managed: bool) -> None:
        _refuse_unbuilt([self], "fully_shard")
        self.__dict__["_is_fsdp_managed_module"] = managed


def _refuse_unbuilt(modules: Any, wrapper: str) -> None:
    waiting = [module for module in modules if isinstance(module, BuildMixin) and _has_weights_to_come(module)]
    if waiting:
        more = f" and {len(waiting) - 1} more are" if len(waiting) > 1 else " is"
        raise RuntimeError(
            f"{wrapper} was given a model of which layer {waiting[0].name!r}{more} not built yet: it would not know "
            f"their weights, and the processes would train different ones. Build it first: call the model on a batch, "
            f"or `model.build(input_shape)`."
        )


def _has_weights_to_come(layer: Any) -> bool:
    # A model without a `build` of its own is built by its layers.
    build = type(layer).build
    return not layer.built and build is not BuildMixin.build and not build.__module__.startswith("torchkeras.models.")


__all__ = ["WrappingMixin"]
