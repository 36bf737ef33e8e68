"""Capturing on the CPU: operators are written down with the memory they work on, and replayed there without Python.

Like a CUDA graph it does nothing while it captures, bakes in every Python number, and refuses to read a value.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from torchkeras.core.capturing import CannotCapture
from torchkeras.training.capture.graphs import raise_as_cannot

aten = torch.ops.aten
_READS = {aten._local_scalar_dense.default, aten.equal.default, aten.is_nonzero.default}
#: Their results have shapes that depend on values.
_DYNAMIC = {
    aten.nonzero.default, aten.masked_select.default, aten._unique2.default, aten.unique_dim.default,
    aten.repeat_interleave.Tensor, aten.bincount.default,
}  # fmt: skip
#: What these write to without their schemas saying so.
_UNSAID = {
    aten.native_batch_norm: ("running_mean", "running_var"),
    aten.cudnn_batch_norm: ("running_mean", "running_var"),
}


def tensors_in(*values: Any) -> list[Tensor]:
    return [leaf for leaf in tree_flatten(values)[0] if isinstance(leaf, Tensor)]


class Recorder(TorchDispatchMode):
    """Runs operators and notes them; keeps what they overwrite of the memory that was there before."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, Any, Any, list[Tensor]]] = []
        self.before: dict[int, tuple[Tensor, Tensor]] = {}
        self.made: dict[int, Any] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func in _READS or func in _DYNAMIC:
            raise RuntimeError(f"operation not permitted when stream is capturing: {func}")
        written = self._written(func, args, kwargs)
        for tensor in written:
            self._keep(tensor)
        found = func(*args, **kwargs)
        given = {one.untyped_storage()._cdata for one in tensors_in(args, kwargs)}
        fresh = [one for one in tensors_in(found) if one.untyped_storage()._cdata not in given]
        for tensor in fresh:
            storage = tensor.untyped_storage()
            self.made[storage._cdata] = storage  # kept, so that no other takes its place
        if fresh or written:
            self.calls.append((func, args, kwargs, fresh))
        return found

    @staticmethod
    def _written(func: Any, args: Any, kwargs: Any) -> list[Tensor]:
        schema = func._schema.arguments
        values = {**dict(zip([a.name for a in schema], args)), **kwargs}
        names = [a.name for a in schema if a.alias_info is not None and a.alias_info.is_write]
        names += _UNSAID.get(func.overloadpacket, ())
        return tensors_in(*(values[name] for name in names if name in values))

    def _keep(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.made and storage._cdata not in self.before:
            whole = torch.empty(0, dtype=torch.uint8).set_(storage)
            self.before[storage._cdata] = whole, whole.clone()

    def undo(self) -> None:
        for whole, kept in self.before.values():
            whole.copy_(kept)

    def replay(self) -> None:
        with torch.no_grad():
            for func, args, kwargs, fresh in self.calls:
                found = tensors_in(func(*args, **kwargs))
                if fresh:
                    again = [one for one in found if not any(one is given for given in tensors_in(args, kwargs))]
                    for own, value in zip(fresh, again, strict=True):
                        own.copy_(value)


class RecordedCapturer:
    """What CudaCapturer is, for tests.

    Args:
        device: the CPU.
    """

    captures = 0
    replays = 0

    def __init__(self, device: torch.device) -> None:
        pass

    def warm_up(self, work: Callable[[], Any]) -> Any:
        return work()

    def capture(self, work: Callable[[], None], generators: list[torch.Generator]) -> Callable[[], None]:
        recorder = Recorder()
        states = [(torch.default_generator, torch.get_rng_state()), *((g, g.get_state()) for g in generators)]
        failed: list[BaseException] = []
        with recorder:
            try:
                work()
            except BaseException as error:
                failed.append(error)
        recorder.undo()
        for generator, state in states:
            generator.set_state(state)
        if failed:
            raise_as_cannot(failed[0])
        RecordedCapturer.captures += 1

        def replay() -> None:
            RecordedCapturer.replays += 1
            recorder.replay()

        return replay


def is_capturing(name: str) -> bool:
    """For tests that want to know which of two ways was taken."""
    return bool(getattr(RecordedCapturer, name))


__all__ = ["CannotCapture", "RecordedCapturer"]
